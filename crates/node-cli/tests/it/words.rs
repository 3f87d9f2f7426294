//! What the program says when something is wrong.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::network::{Network, ddvs_node};

fn error(words: &[&str]) -> String {
    let output = ddvs_node(words);
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).expect("it is text")
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    let network = Network::new(3);
    let path = network.path();
    let again = error(&["net", "init", "--dir", &path]);
    assert!(
        again.contains("is not empty: take another directory"),
        "{again}"
    );
    let nowhere = error(&["net", "up", "--dir", "/nowhere"]);
    assert!(
        nowhere.contains("`ddvs-node net init` makes one"),
        "{nowhere}"
    );
    let many = error(&[
        "net",
        "init",
        "--dir",
        "/nowhere",
        "--validators",
        "400",
        "--workchains",
        "23",
    ]);
    assert!(
        many.contains("take a lower --base-port, or fewer nodes"),
        "{many}"
    );
    let few = error(&["net", "init", "--dir", "/nowhere", "--validators", "2"]);
    assert!(few.contains("2 is not in 3..=400"), "{few}");
    let host = error(&["net", "init", "--dir", "/nowhere", "--host", "my host"]);
    assert!(
        host.contains("invalid value 'my host' for '--host <HOST>'"),
        "{host}"
    );
    let home = network.home(0).display().to_string();
    let silent = error(&["status", "--home", &home]);
    assert!(silent.contains("asking http://127.0.0.1:"), "{silent}");
    // keys are for their owner only
    for name in ["consensus.key", "consensus.json"] {
        let file = network.home(0).join(name);
        let mode = fs::metadata(&file)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
    // a network file that differs is another network
    let file = std::path::Path::new(&path).join("network.toml");
    let text = fs::read_to_string(&file).expect("it is there");
    fs::write(
        &file,
        text.replacen("name = \"ddvs\"", "name = \"other\"", 1),
    )
    .expect("it is ours");
    let other = error(&["run", "--home", &home]);
    assert!(other.contains("all nodes need the same file"), "{other}");
    let up = error(&["net", "up", "--dir", &path]);
    assert!(
        up.contains("node 0 does not start") && up.contains("all nodes need the same file"),
        "{up}"
    );
}

#[test]
fn home_is_of_one_process() {
    let network = Network::new(3);
    network.up();
    let home = network.home(0).display().to_string();
    let second = error(&["run", "--home", &home]);
    assert!(second.contains("used by another process"), "{second}");
}
