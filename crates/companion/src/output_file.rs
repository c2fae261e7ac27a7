//! A file that is opened at the beginning, and written to at the end or as results come.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::replace::{empty, replace};

/// A file that is known to be writable before anything is measured: a wrong path loses no measurement.
pub struct OutputFile {
    what: &'static str,
    path: PathBuf,
    file: File,
}

impl OutputFile {
    /// Opens the file for `what`, such as "trace". What is in it stays until there is something new.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn open(what: &'static str, path: &Path) -> Result<OutputFile, Failure> {
        let file = File::options().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| Failure::because(unwritable(what, path, &error)))?;
        Ok(OutputFile { what, path: path.to_owned(), file })
    }

    /// Puts `bytes` in the place of whatever was there, once all of them are on the disk.
    ///
    /// # Errors
    /// A sentence, where it cannot be written.
    pub fn write(self, bytes: &[u8]) -> Result<(), String> {
        let OutputFile { what, path, file } = self;
        // Some systems replace no file that is open.
        drop(file);
        replace(&path, bytes).map_err(|error| unwritable(what, &path, &error))
    }

    /// Puts `line` in the place of whatever was there, and what is told later behind it.
    pub fn series(mut self, line: &str) -> Series {
        let wrong = empty(&mut self.file).err().map(|error| self.unwritable(&error));
        let mut series = Series { file: self, length: 0, wrong };
        series.add(line);
        series
    }

    fn unwritable(&self, error: &io::Error) -> String {
        unwritable(self.what, &self.path, error)
    }
}

/// A file that lines are added to, each at once: whatever ends the program, those that were added are there. The first
/// that cannot be is the last that is tried, for there must be no gap; what there is of it is taken away again.
pub struct Series {
    file: OutputFile,
    /// The bytes of all lines that are there.
    length: u64,
    wrong: Option<String>,
}

impl Series {
    /// Adds a line.
    pub fn add(&mut self, line: &str) {
        if self.wrong.is_none() {
            match self.file.file.write_all(line.as_bytes()) {
                Ok(()) => self.length += line.len() as u64,
                Err(error) => {
                    // What is no file of a disk keeps what it has.
                    let _ = self.file.file.set_len(self.length);
                    self.wrong = Some(self.file.unwritable(&error));
                }
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.file.path
    }

    /// A sentence, where a line could not be added.
    pub fn wrong(self) -> Option<String> {
        self.wrong
    }
}

fn unwritable(what: &str, path: &Path, error: &io::Error) -> String {
    cannot_be_written(format_args!("The {what} file {}", path.display()), error)
}

/// That `what` cannot be written, why, and what to do about it.
pub fn cannot_be_written(what: impl Display, error: &io::Error) -> String {
    let mend = match error.kind() {
        ErrorKind::NotFound => "Make its folder first, or name a file elsewhere",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "Name a file where you may write",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "Make room there, or name a file elsewhere",
        ErrorKind::FileTooLarge => "`ulimit -f` says how large a file may be: raise it, or write less",
        ErrorKind::IsADirectory => "That is a folder: name a file in it",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "That is a file: name a folder",
        _ => "Name a file elsewhere",
    };
    format!("{what} cannot be written: {error}. {mend}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_ends_with_the_first_line_that_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("series");
        std::fs::write(&path, "longer than what comes").unwrap();
        let mut series = OutputFile::open("output", &path).unwrap().series("head\n");
        series.add("one\n");
        // From here on nothing can be written.
        let writable = std::mem::replace(&mut series.file.file, File::open(&path).unwrap());
        series.add("two\n");
        series.file.file = writable;
        series.add("three\n");
        let wrong = series.wrong().unwrap();
        assert!(wrong.starts_with(&format!("The output file {} cannot be written: ", path.display())), "{wrong}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "head\none\n");
    }
}
