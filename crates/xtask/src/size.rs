//! How heavy the page is: every file in dist/, raw and as the two usual compressions make it.

use crate::code;
use crate::folder::files_under;
use crate::halves::LATER_FILE;
use crate::module::Module;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use std::fs;
use std::io::Write;
use std::path::Path;

/// What the parts may weigh in bytes, as brotli makes them.
const MOST: [(Part, u64); 3] = [(Part::FirstView, 250_000), (Part::Later, 460_000), (Part::Lab, 200_000)];

/// What all files weigh, and each of them.
#[derive(Debug, Serialize)]
struct Sizes {
    first_view_brotli: u64,
    later_brotli: u64,
    lab_brotli: u64,
    code_brotli: u64,
    files: Vec<FileSize>,
}

/// What one file weighs, in bytes.
#[derive(Debug, Serialize)]
struct FileSize {
    path: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
    part: Part,
}

/// When a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// With the page.
    FirstView,
    /// After its first view, by the page itself.
    Later,
    /// When something is measured in the browser.
    Lab,
    /// When somebody reads a program.
    Code,
}

/// When the file at this path of the page is loaded.
pub fn part_of(path: &str) -> Part {
    match path.split('/').next() {
        Some(_) if path.ends_with(LATER_FILE) => Part::Later,
        Some(folder) if folder.starts_with(Module::Lab.folder()) => Part::Lab,
        Some(code::FOLDER) => Part::Code,
        _ => Part::FirstView,
    }
}

/// A path with the slashes of an address, whatever the system's own are.
pub fn path_in_words(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Prints the sizes as a table, or as one JSON object, and fails where the first view is heavier than it may be.
pub fn report(workspace: &Workspace, json: bool) -> Result<()> {
    let sizes = weigh(&workspace.dist())?;
    if json {
        println!("{}", serde_json::to_string(&sizes)?);
    } else {
        print!("{}", table(&sizes));
    }
    MOST.into_iter().try_for_each(|(part, most)| hold(&sizes, part, most))
}

fn hold(sizes: &Sizes, part: Part, most: u64) -> Result<()> {
    let (name, weight) = match part {
        Part::FirstView => ("The first view", sizes.first_view_brotli),
        Part::Later => ("The later half of the page", sizes.later_brotli),
        Part::Lab => ("The lab", sizes.lab_brotli),
        Part::Code => ("The programs", sizes.code_brotli),
    };
    ensure!(
        weight <= most,
        "{name} is {} kB, and may be {}: find what made it grow, or have it loaded later.",
        kilobytes(weight),
        kilobytes(most)
    );
    Ok(())
}

fn weigh(dist: &Path) -> Result<Sizes> {
    let files = files_under(dist).context("There is no page to weigh: run `cargo xtask build` first.")?;
    let files = files.iter().map(|file| weigh_file(dist, file)).collect::<Result<Vec<_>>>()?;
    let brotli = |part| files.iter().filter(|file| file.part == part).map(|file| file.brotli).sum();
    Ok(Sizes {
        first_view_brotli: brotli(Part::FirstView),
        later_brotli: brotli(Part::Later),
        lab_brotli: brotli(Part::Lab),
        code_brotli: brotli(Part::Code),
        files,
    })
}

fn weigh_file(dist: &Path, file: &Path) -> Result<FileSize> {
    let bytes = fs::read(dist.join(file)).with_context(|| format!("{} could not be read.", file.display()))?;
    let path = path_in_words(file);
    Ok(FileSize { part: part_of(&path), path, raw: bytes.len() as u64, gzip: gzip(&bytes)?, brotli: brotli(&bytes)? })
}

fn gzip(bytes: &[u8]) -> Result<u64> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

fn brotli(bytes: &[u8]) -> Result<u64> {
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &BrotliEncoderParams::default())?;
    Ok(packed.len() as u64)
}

fn table(sizes: &Sizes) -> String {
    let width =
        sizes.files.iter().map(|file| file.path.len()).max().unwrap_or(0).max("The lab, only when measuring".len());
    let row = |name: &str, [raw, gzip, brotli]: [u64; 3]| {
        format!("{name:width$} {:>9} {:>9} {:>9}\n", kilobytes(raw), kilobytes(gzip), kilobytes(brotli))
    };
    let mut text = format!("{:width$} {:>9} {:>9} {:>9}\n", "", "raw kB", "gzip kB", "brotli kB");
    let parts = [
        (Part::FirstView, "First view"),
        (Part::Later, "The later half, after it"),
        (Part::Lab, "The lab, only when measuring"),
        (Part::Code, "The programs, one at a time"),
    ];
    for (part, total) in parts {
        let mut sums = [0; 3];
        for file in sizes.files.iter().filter(|file| file.part == part) {
            let weights = [file.raw, file.gzip, file.brotli];
            // Nobody reads a table of a hundred small programs.
            if part != Part::Code {
                text += &row(&file.path, weights);
            }
            sums = std::array::from_fn(|index| sums[index] + weights[index]);
        }
        text += &row(total, sums);
    }
    text
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{Part, hold, weigh};
    use std::fs;

    #[test]
    fn a_page_is_weighed_in_its_parts_and_told_as_json() {
        let dist = std::env::temp_dir().join(format!("interleave-size-{}", std::process::id()));
        fs::create_dir_all(dist.join("lab-00/snippets")).expect("a folder");
        fs::create_dir_all(dist.join("code/gil")).expect("a folder");
        fs::write(dist.join("code/gil/threads.txt"), "c".repeat(500)).expect("a file");
        fs::write(dist.join("index.html"), "a".repeat(1000)).expect("a file");
        fs::write(dist.join("lab-00/snippets/worker.js"), "b".repeat(500)).expect("a file");
        let sizes = weigh(&dist).expect("sizes");
        fs::remove_dir_all(&dist).expect("the folder goes");

        let json = serde_json::to_value(&sizes).expect("JSON");
        let keys: Vec<_> = json.as_object().expect("one object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["code_brotli", "files", "first_view_brotli", "lab_brotli", "later_brotli"]);
        assert_eq!(json["files"][1]["path"], "index.html");
        assert_eq!(json["files"][1]["raw"], 1000);
        assert_eq!(json["files"][1]["part"], "first-view");
        assert_eq!(json["files"][2]["path"], "lab-00/snippets/worker.js");
        assert_eq!(json["files"][2]["part"], "lab");
        assert_eq!(json["files"][0]["part"], "code");
        assert_eq!(json["first_view_brotli"], json["files"][1]["brotli"]);
        assert_eq!(json["lab_brotli"], json["files"][2]["brotli"]);
        assert_eq!(json["code_brotli"], json["files"][0]["brotli"]);
        assert!(sizes.files.iter().all(|file| file.brotli < file.raw && file.gzip < file.raw));
        assert!(hold(&sizes, Part::Lab, sizes.lab_brotli).is_ok());
        assert!(hold(&sizes, Part::Lab, sizes.lab_brotli - 1).is_err());
    }
}
