//! A file that is opened at the beginning, and written to at the end or as results come.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

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

    /// Puts `bytes` in the place of whatever was there.
    ///
    /// # Errors
    /// A sentence, where it cannot be written.
    pub fn write(mut self, bytes: &[u8]) -> Result<(), String> {
        self.emptied().and_then(|()| self.file.write_all(bytes)).map_err(|error| self.unwritable(&error))
    }

    /// Puts `line` in the place of whatever was there, and what is told later behind it.
    pub fn series(mut self, line: &str) -> Series {
        let written = self.emptied().and_then(|()| self.file.write_all(line.as_bytes()));
        let wrong = written.err().map(|error| self.unwritable(&error));
        Series { file: self, wrong }
    }

    fn emptied(&mut self) -> io::Result<()> {
        if self.file.metadata()?.is_file() {
            self.file.seek(SeekFrom::Start(0))?;
            self.file.set_len(0)?;
        }
        Ok(())
    }

    fn unwritable(&self, error: &io::Error) -> String {
        unwritable(self.what, &self.path, error)
    }
}

/// A file that lines are added to, each at once: whatever ends the program, those that were added are there. The first
/// that cannot be is the last that is tried, for there must be no gap.
pub struct Series {
    file: OutputFile,
    wrong: Option<String>,
}

impl Series {
    /// Adds a line.
    pub fn add(&mut self, line: &str) {
        if self.wrong.is_none() {
            let written = self.file.file.write_all(line.as_bytes());
            self.wrong = written.err().map(|error| self.file.unwritable(&error));
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
    format!("The {what} file {} cannot be written: {error}.", path.display())
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
