//! Folders for files that another program reads. Nothing of them stays, whichever way this program ends: one that is asked
//! to end removes its own, and one that was killed leaves them to the next that puts one down.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tempfile::TempDir;

/// How the names of all such folders begin.
const PREFIX: &str = "interleave-scratch-";

/// A file in each that is locked for as long as somebody uses the folder.
const HELD: &str = "held";

/// The folders of this process, those that are gone too; `None` once it is about to end.
static OWN: Mutex<Option<Vec<PathBuf>>> = Mutex::new(Some(Vec::new()));

/// A folder that is gone when this is dropped.
pub struct Scratch {
    folder: TempDir,
    _held: File,
}

impl Scratch {
    /// An empty one, but for what says that it is used.
    ///
    /// # Errors
    /// Why there is none, and what to do about it, as a clause.
    pub fn new() -> Result<Scratch, String> {
        static FIRST: Once = Once::new();
        FIRST.call_once(|| remove_what_was_left(&env::temp_dir()));
        let mut own = own();
        let own = own.as_mut().ok_or("this program is about to end")?;
        let scratch = Scratch::put_into(&env::temp_dir()).map_err(|error| cannot_be_put(&error))?;
        own.push(scratch.folder.path().to_owned());
        Ok(scratch)
    }

    /// Puts a file of this name and text into it, and returns where it is.
    ///
    /// # Errors
    /// As above.
    pub fn put(&self, name: &str, text: &str) -> Result<PathBuf, String> {
        let path = self.path(name);
        fs::write(&path, text).map_err(|error| cannot_be_put(&error))?;
        Ok(path)
    }

    fn put_into(parent: &Path) -> io::Result<Scratch> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // Nobody sees it without its lock.
        let unseen = folder.path().join("new");
        let held = File::create_new(&unseen)?;
        held.lock()?;
        fs::rename(unseen, folder.path().join(HELD))?;
        Ok(Scratch { folder, _held: held })
    }

    /// Where a file of this name is in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Removes all folders of this process, which is about to end, and has it put down no more.
pub fn remove_all() {
    for folder in own().take().unwrap_or_default() {
        // Where it cannot be removed, the next to put one down tries again.
        let _ = fs::remove_dir_all(folder);
    }
}

fn cannot_be_put(error: &io::Error) -> String {
    format!("no file for it can be put down ({error}): let TMPDIR name a folder with room where you may write")
}

fn own() -> MutexGuard<'static, Option<Vec<PathBuf>>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what a process has left in `parent` that was killed.
fn remove_what_was_left(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_scratch = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX))
            && entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_scratch && File::open(entry.path().join(HELD)).is_ok_and(|held| held.try_lock().is_ok()) {
            // It may be somebody else's, who will remove it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_holds_is_removed() {
        let parent = tempfile::tempdir().unwrap();
        let (used, left) = (Scratch::put_into(parent.path()).unwrap(), Scratch::put_into(parent.path()).unwrap());
        let left_at = left.folder.path().to_owned();
        let not_ours = parent.path().join(format!("{PREFIX}half"));
        fs::create_dir(&not_ours).unwrap();
        fs::write(parent.path().join(format!("{PREFIX}file")), "").unwrap();
        remove_what_was_left(parent.path());
        assert!(used.path(HELD).is_file() && left_at.is_dir() && not_ours.is_dir());
        // As by a process that was killed: nobody removes it, and nobody holds it.
        drop(left._held);
        let _ = left.folder.keep();
        remove_what_was_left(parent.path());
        assert!(used.path(HELD).is_file() && !left_at.exists() && not_ours.is_dir());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 3);
    }
}
