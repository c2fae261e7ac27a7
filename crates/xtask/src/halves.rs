//! Cuts the page's module in two: what the first view needs, and the later half, which the page fetches after it.

use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use wasm_encoder::RawSection;
use wasm_split_cli_support::{Options, transform};
use wasmparser::Parser;

/// What the later half is called by the source of the page, `web/src/later`.
const LATER: &str = "later";

/// The file of the later half.
pub const LATER_FILE: &str = "split_later.wasm";

/// The script that fetches it.
const LOADER: &str = "./loader.js";

/// Puts the later half and the script that fetches it into `out`, and returns where the first half is, which is still to be bound
/// as `script`.
///
/// Whatever is reachable from the functions that are marked as later ones, and from nowhere else, is in the later half; what
/// is called by whom is read from the relocations, which the linker has to leave in.
pub fn cut(module: &Path, out: &Path, script: &str) -> Result<PathBuf> {
    let whole = fs::read(module).with_context(|| format!("{} could not be read.", module.display()))?;
    let first = module.with_file_name("first_half.wasm");
    let main = format!("./{script}");
    let mut options = Options::new(&whole);
    options.output_dir = out;
    options.main_out_path = &first;
    options.link_name = LOADER;
    options.main_module = &main;
    let halves =
        transform(options).map_err(|error| anyhow::anyhow!("The page's module could not be cut: {error:#}."))?;
    let later = out.join(LATER_FILE);
    ensure!(
        halves.split_modules == [later.clone()],
        "The page's module is to be cut in two, and was cut into {} parts: only functions of `{LATER}` may be marked as later.",
        halves.split_modules.len() + 1
    );
    let bytes = fs::read(&later).with_context(|| format!("{} could not be read.", later.display()))?;
    fs::write(&later, without_notes(&bytes)?).with_context(|| format!("{} could not be written.", later.display()))?;
    Ok(first)
}

/// A module without what runs nowhere: names of functions and notes of tools.
fn without_notes(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut module = wasm_encoder::Module::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Some((id, range)) = payload?.as_section().filter(|(id, _)| *id != CUSTOM) {
            let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
            module.section(&RawSection { id, data: &bytes[range] });
        }
    }
    Ok(module.finish())
}

/// The number of custom sections.
const CUSTOM: u8 = 0;
