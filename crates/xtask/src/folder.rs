//! Folders of what was built: what is in them, and a name that changes with it.

use crate::workspace::create_dir;
use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The files in and under a folder, as paths from it, in one order on every machine.
pub fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("The folder {} could not be read.", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path.strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A number that changes with every name and every byte of a folder's files.
pub fn fingerprint(folder: &Path, files: &[PathBuf]) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        fs::read(folder.join(file))?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// Copies a folder's files into one under `to`, which is named after `name` and after what is in it, so that a browser's cache
/// never mixes two builds.
pub fn put_named_after_content(folder: &Path, to: &Path, name: &str) -> Result<()> {
    let files = files_under(folder)?;
    let named = to.join(format!("{name}-{:016x}", fingerprint(folder, &files)?));
    for file in &files {
        let copy = named.join(file);
        create_dir(copy.parent().unwrap_or(&named))?;
        fs::copy(folder.join(file), &copy).with_context(|| format!("{} could not be written.", copy.display()))?;
    }
    Ok(())
}

/// A folder with nothing in it.
pub fn emptied(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("The old {} could not be removed.", folder.display()))?;
    }
    create_dir(&folder)?;
    Ok(folder)
}
