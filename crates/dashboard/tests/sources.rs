//! The files refer only to each other, are all in the binary, are small, and know every kind of event.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ddvs_index::rows::EventKind;

/// Bytes of all files together, unpacked.
const MAX_BYTES: usize = 165_000;

fn text(name: &str) -> &'static str {
    let asset = ddvs_dashboard::find(name).unwrap_or_else(|| panic!("{name} is not in the binary"));
    std::str::from_utf8(asset.bytes()).expect("files are text")
}

/// All parts of `text` between `before` and `after`.
fn between<'a>(text: &'a str, before: &'a str, after: char) -> impl Iterator<Item = &'a str> {
    text.split(before)
        .skip(1)
        .filter_map(move |rest| rest.split_once(after).map(|(found, _)| found))
}

/// The files that a file refers to, by name.
fn references(name: &str) -> BTreeSet<String> {
    let source = text(name);
    let mut found: BTreeSet<String> = between(source, "\"/assets/", '"')
        .map(str::to_owned)
        .collect();
    if name.ends_with(".js") {
        let base = Path::new(name).parent().expect("a file is in a directory");
        let static_ones = between(source, " from '", '\'').chain(between(source, "import '", '\''));
        for path in static_ones.filter(|path| path.starts_with('.')) {
            let mut whole = PathBuf::new();
            for part in base.join(path).components() {
                match part.as_os_str().to_str() {
                    Some("..") => assert!(whole.pop(), "{name} refers to {path}"),
                    Some(".") => {}
                    _ => whole.push(part),
                }
            }
            found.insert(whole.to_str().expect("names are text").to_owned());
        }
    }
    found
}

/// Pages that the script knows, by the names in its table of routes.
fn pages() -> BTreeSet<String> {
    let main = text("js/main.js");
    let table = between(main, "const ROUTES = [", ';')
        .next()
        .expect("there is a table of routes");
    let rows = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix('['));
    let names = rows.filter_map(|row| row.split(", ").nth(1));
    let names = names.map(|name| name.trim_matches(|c| !char::is_alphabetic(c)));
    names.map(|name| format!("js/pages/{name}.js")).collect()
}

#[test]
fn every_file_that_is_referred_to_exists_and_every_file_is_referred_to() {
    let mut open = vec!["index.html".to_owned()];
    open.extend(pages());
    // shown where there is no page
    open.push("js/pages/none.js".to_owned());
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(name) = open.pop() {
        if seen.insert(name.clone()) {
            open.extend(references(&name));
        }
    }
    let all: BTreeSet<String> = ddvs_dashboard::all()
        .iter()
        .map(|asset| asset.name.to_owned())
        .collect();
    assert_eq!(seen, all);
    assert!(
        pages().len() > 10,
        "the table of routes was read: {:?}",
        pages()
    );
}

#[test]
fn the_binary_has_every_file_of_the_directory() {
    fn walk(directory: &Path, found: &mut BTreeSet<PathBuf>) {
        for entry in std::fs::read_dir(directory).expect("the directory can be read") {
            let path = entry.expect("the directory can be read").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.insert(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut found = BTreeSet::new();
    walk(&root, &mut found);
    let listed = ddvs_dashboard::all()
        .iter()
        .map(|asset| root.join(asset.name))
        .collect();
    assert_eq!(found, listed);
}

#[test]
fn every_page_has_a_path_at_the_server() {
    // `/tx/{hash}` is the page `tx`
    let served: BTreeSet<String> = ddvs_dashboard::PAGES
        .iter()
        .map(|path| match path.split('/').nth(1) {
            Some("") | None => "js/pages/overview.js".to_owned(),
            Some(name) => format!("js/pages/{name}.js"),
        })
        .collect();
    assert_eq!(served, pages());
}

#[test]
fn sources_load_nothing_external_and_insert_no_markup() {
    for asset in ddvs_dashboard::all() {
        let source = text(asset.name)
            .replace("http://www.w3.org/2000/svg", "")
            .replace("http://127.0.0.1:8080", "")
            // a function that makes a command line, not the `url()` of a style sheet
            .replace("curl(", "");
        for bad in ["http://", "https://", "//cdn", "@import", "url("] {
            assert!(!source.contains(bad), "{} has {bad}", asset.name);
        }
        for bad in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "srcdoc",
        ] {
            assert!(!source.contains(bad), "{} has {bad}", asset.name);
        }
        assert!(
            !source.contains(" style=\"") && !source.contains(" onclick="),
            "{} has what the policy forbids",
            asset.name
        );
    }
}

#[test]
fn total_size_is_below_the_limit() {
    let bytes: usize = ddvs_dashboard::all()
        .iter()
        .map(|asset| asset.bytes().len())
        .sum();
    assert!(bytes < MAX_BYTES, "{bytes} bytes");
}

/// What the dashboard loads of the kinds of events.
fn events_js() -> String {
    let mut text = "// Written by `UPDATE_SNAPSHOTS=1 cargo test -p ddvs-dashboard`: the kinds of events that the index has.\n\nexport const EVENTS = [\n".to_owned();
    for kind in EventKind::all() {
        let words = kind.words();
        let tone = if words.is_problem {
            ", problem: true"
        } else {
            ""
        };
        let sentence = words.sentence.replace('\'', "\\'");
        text += &format!(
            "  {{ name: '{}', sentence: '{sentence}'{tone} }},\n",
            words.name
        );
    }
    text + "];\n"
}

#[test]
fn every_kind_of_event_has_a_sentence() {
    let made = events_js();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/js/events.js");
        std::fs::write(path, &made).expect("the file can be written");
        return;
    }
    assert_eq!(text("js/events.js"), made);
}

#[test]
fn sentences_are_filled_with_known_parts() {
    let table = text("js/words.js")
        .split_once("const PARTS = {")
        .expect("there is a table of parts")
        .1;
    let table = table.split_once("\n};").expect("the table ends").0;
    let known: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.trim().split([':', ',']).next())
        .filter(|name| !name.is_empty())
        .collect();
    let used: BTreeSet<&str> = EventKind::all()
        .flat_map(|kind| between(kind.words().sentence, "{", '}'))
        .collect();
    assert_eq!(used, known);
}
