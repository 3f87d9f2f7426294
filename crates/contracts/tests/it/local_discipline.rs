//! `Local` is unpacked into globals while a message is handled (`contracts/delector/state.tolk`). Who has loaded it must
//! save it before it calls what loads it too: else what it changed is lost. This reads the sources and finds every call
//! that breaks the rule; branches count in the order of the text.

use crate::common;

use std::collections::{BTreeMap, BTreeSet};

/// A function of the D'Elector.
#[derive(Debug)]
struct Function {
    /// Whether its caller has loaded `Local`: its documentation says so, or it saves that.
    is_loaded: bool,
    /// Names that it calls, in order.
    calls: Vec<String>,
}

const LOADED: &str = "Local is loaded";
const SAVED: &str = "Local is saved";

/// Functions by name: methods of several types may share one.
type Functions = BTreeMap<String, Vec<Function>>;

/// The functions in a source.
fn functions(source: &str) -> Functions {
    let mut found = Functions::new();
    let (mut doc, mut open): (String, Option<(String, Function)>) = (String::new(), None);
    for line in source.lines() {
        let code = line.split("//").next().unwrap();
        if let Some(text) = line.strip_prefix("///") {
            doc += text;
        } else if let Some(rest) = line.strip_prefix("fun ") {
            let name = rest.split('(').next().unwrap();
            let name = name.rsplit('.').next().unwrap().to_owned();
            let says = doc.replace("Local and the parameters are loaded", LOADED);
            let says = says.replace("Local and the ranking are loaded", LOADED);
            let is_loaded = says.contains(LOADED) && !says.contains(SAVED);
            let calls = called(rest.split_once('{').map_or("", |(_, body)| body));
            open = Some((name, Function { is_loaded, calls }));
            doc.clear();
        } else if let Some((_, function)) = &mut open {
            function.calls.extend(called(code));
        } else if !line.starts_with('@') {
            doc.clear();
        }
        if (line.starts_with('}') || (line.starts_with("fun ") && line.trim_end().ends_with('}')))
            && let Some((name, mut function)) = open.take()
        {
            // who saves before loading anything has it from the caller
            let mut own = function.calls.iter().filter(|call| call.ends_with("Local"));
            function.is_loaded |= own.next().is_some_and(|call| call == "saveLocal");
            found.entry(name).or_default().push(function);
        }
    }
    found
}

/// Names before an opening parenthesis.
fn called(code: &str) -> Vec<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (place, _) in code.match_indices('(') {
        let before = &code[..place];
        let name = before.rsplit(|c| !is_name(c)).next().unwrap();
        if !name.is_empty() {
            names.push(name.to_owned());
        }
    }
    names
}

/// Functions that load `Local`, themselves or by what they call.
fn loaders(all: &Functions) -> BTreeSet<String> {
    let mut loaders = BTreeSet::from(["loadLocal".to_owned()]);
    loop {
        let more: Vec<_> = all
            .iter()
            .filter(|(name, functions)| {
                let mut calls = functions.iter().flat_map(|function| &function.calls);
                !loaders.contains(*name) && calls.any(|call| loaders.contains(call))
            })
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return loaders;
        }
        loaders.extend(more);
    }
}

/// Calls that lose changes: `caller -> callee`.
fn lost(all: &Functions) -> Vec<String> {
    let loaders = loaders(all);
    let mut lost = Vec::new();
    let each = all
        .iter()
        .flat_map(|(name, functions)| functions.iter().map(move |f| (name, f)));
    for (name, function) in each {
        let mut is_loaded = function.is_loaded;
        for call in &function.calls {
            match call.as_str() {
                "loadLocal" => is_loaded = true,
                "saveLocal" => is_loaded = false,
                // a function whose callers have loaded it begins with what is there
                call if is_loaded
                    && loaders.contains(call)
                    && !(all
                        .get(call)
                        .is_some_and(|all| all.iter().all(|callee| callee.is_loaded))) =>
                {
                    lost.push(format!("{name} -> {call}"));
                }
                _ => {}
            }
        }
    }
    lost
}

fn sources() -> String {
    let mut text = String::new();
    let dir = common::repo("contracts/delector");
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.push(common::repo("contracts/delector.tolk"));
    for file in files {
        text += &std::fs::read_to_string(file).unwrap();
    }
    text
}

#[test]
fn no_call_reloads_local_over_unsaved_changes() {
    let all = functions(&sources());
    assert!(all.len() > 100 && loaders(&all).len() > 10);
    assert_eq!(lost(&all), Vec::<String>::new());
}

#[test]
fn a_call_that_loses_changes_is_found() {
    let source = sources();
    let bad = "\nfun forgetful() {\n    loadLocal();\n    qHead += 1;\n    lookAgain();\n    saveLocal();\n}\n";
    let all = functions(&(source.clone() + bad));
    assert_eq!(lost(&all), ["forgetful -> lookAgain"]);
    // of two methods with one name, one loads it
    let methods = "\nfun Update.put(self) {\n    loadLocal();\n    saveLocal();\n}\nfun Purge.put(self) {\n}\n";
    let bad = "\nfun forgetful(update: Update) {\n    loadLocal();\n    qHead += 1;\n    update.put();\n    saveLocal();\n}\n";
    let all = functions(&(source + methods + bad));
    assert_eq!(lost(&all), ["forgetful -> put"]);
}
