//! The walls of the house: what ARCHITECTURE.md says must never be there, checked over cargo's metadata and the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

#[test]
fn crates_depend_on_the_floors_below_and_nothing_else() {
    let own = ["engine", "lessons", "sockets", "lab", "web", "interleave", "bench", "xtask", "tests"];
    let below = |package: &str| -> BTreeSet<String> {
        dependencies(package).into_iter().filter(|name| own.contains(&name.as_str())).collect()
    };
    assert_eq!(below("engine"), names(&[]));
    assert_eq!(below("lessons"), names(&["engine"]));
    assert_eq!(below("sockets"), names(&["engine"]));
    assert_eq!(below("interleave"), names(&["engine", "lessons", "sockets"]));
    for front in ["lab", "web"] {
        assert_eq!(below(front), names(&["engine", "lessons"]), "{front}");
    }
    assert_eq!(below("bench"), names(&["engine"]));
    assert_eq!(below("xtask"), names(&[]));
    assert_eq!(below("tests"), names(&[]), "tests drive what is built, from outside");
}

#[test]
fn the_engine_knows_no_page_no_file_and_no_process() {
    let allowed = names(&[
        "libm",
        "pin-project-lite",
        "postcard",
        "rand",
        "rand_distr",
        "rand_pcg",
        "serde",
        "serde_json",
        "smallvec",
        "web-time",
    ]);
    assert_eq!(dependencies("engine"), allowed);
    nowhere_in("crates/engine/src", &["std::fs", "std::process", "std::net", "web_sys", "js_sys", "wasm_bindgen"]);
    nowhere_in("crates/engine/src/simulate", &["Instant", "SystemTime", "std::thread", "rand::", "HashMap", "HashSet"]);
}

#[test]
fn the_page_has_no_threads() {
    let threads = names(&["rayon", "wasm-bindgen-rayon", "crossbeam-channel"]);
    assert!(dependencies("web").is_disjoint(&threads));
    nowhere_in("web/src", &["std::thread", "std::sync::mpsc", "Condvar", "rayon"]);
}

#[test]
fn no_file_outgrows_its_reader() {
    for path in sources(&root()) {
        let lines = read(&path).lines().count();
        assert!(lines <= 600, "{} has {lines} lines: it is to be split by what its parts do", path.display());
    }
}

fn dependencies(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline", "--manifest-path"])
        .arg(root().join("Cargo.toml"))
        .output()
        .expect("cargo tells its metadata");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let found = packages.iter().find(|candidate| candidate["name"] == package);
    let dependencies = found.unwrap_or_else(|| panic!("the workspace has no {package}"))["dependencies"].as_array();
    let normal = dependencies.into_iter().flatten().filter(|dependency| dependency["kind"].is_null());
    normal.filter_map(|dependency| dependency["name"].as_str()).map(str::to_owned).collect()
}

fn nowhere_in(folder: &str, words: &[&str]) {
    for path in sources(&root().join(folder)) {
        let text = read(&path);
        for word in words {
            assert!(!text.contains(word), "{} speaks of {word}, which has no place there", path.display());
        }
    }
}

/// Every Rust source below `folder`, what is built left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("a folder lists its entries").path());
    let mut found = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" && name != "dist" {
            found.extend(sources(&path));
        } else if name.ends_with(".rs") {
            found.push(path);
        }
    }
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
