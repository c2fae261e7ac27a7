//! The service worker, which keeps the page for when there is no network: it is told what this build's files are.

use crate::folder::{files_under, fingerprint};
use crate::size::{Part, part_of, path_in_words};
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// Its name in the page. The page asks for it under this name, so it has no hash.
const SCRIPT: &str = "service-worker.js";

/// What in the source stands for the build, and for the list of its files.
const FILLED_IN: [&str; 2] = ["interleave-BUILD", "PAGE = FILES"];

/// Writes the script into a page that is otherwise complete.
pub fn put(workspace: &Workspace, page: &Path) -> Result<()> {
    let source = workspace.root().join("web").join(SCRIPT);
    let text = fs::read_to_string(&source).with_context(|| format!("{} could not be read.", source.display()))?;
    fs::write(page.join(SCRIPT), filled_in(&text, page)?)
        .with_context(|| format!("{SCRIPT} could not be written into {}.", page.display()))
}

fn filled_in(script: &str, page: &Path) -> Result<String> {
    let [build, list] = FILLED_IN;
    for place in FILLED_IN {
        ensure!(script.contains(place), "web/{SCRIPT} must hold `{place}`: the build puts in there what it has built.");
    }
    let files = files_under(page)?;
    let paths = files.iter().map(|file| path_in_words(file)).collect::<Vec<_>>();
    // The page itself is kept under its folder's name.
    let both_halves = [Part::FirstView, Part::Later];
    let page_files = paths.iter().filter(|path| both_halves.contains(&part_of(path)) && *path != "index.html");
    let page_files = serde_json::to_string(&page_files.collect::<Vec<_>>())?;
    let name = format!("interleave-{:016x}", fingerprint(page, &files)?);
    Ok(script.replace(build, &name).replace(list, &format!("PAGE = {page_files}")))
}

#[cfg(test)]
mod tests {
    use super::filled_in;
    use std::fs;

    #[test]
    fn the_script_knows_both_halves_of_the_page_and_changes_with_any_file() {
        let page = std::env::temp_dir().join(format!("interleave-offline-{}", std::process::id()));
        fs::create_dir_all(page.join("code/gil")).expect("a folder");
        fs::write(page.join("index.html"), "a page").expect("a file");
        fs::create_dir_all(page.join("page-12")).expect("a folder");
        fs::write(page.join("page-12/web.js"), "a script").expect("a file");
        fs::write(page.join("page-12/split_later.wasm"), "a half").expect("a file");
        fs::write(page.join("code/gil/threads.txt"), "a program").expect("a file");
        let script = "K = \"interleave-BUILD\"; PAGE = FILES;";
        let first = filled_in(script, &page).expect("a script");
        fs::write(page.join("code/gil/threads.txt"), "another program").expect("a file");
        let second = filled_in(script, &page).expect("a script");
        fs::remove_dir_all(&page).expect("the folder goes");
        assert!(first.ends_with("PAGE = [\"page-12/split_later.wasm\",\"page-12/web.js\"];"), "{first}");
        assert_ne!(first, second);
        assert!(filled_in("nothing to fill in", &page).is_err());
    }
}
