//! A file that something is written to at the end, and opened at the beginning.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use crate::failure::Failure;

/// A file that is known to be writable before anything is measured: a wrong path loses no measurement.
pub struct OutputFile<'a> {
    what: &'static str,
    path: &'a Path,
    file: File,
}

impl<'a> OutputFile<'a> {
    /// Opens the file for `what`, such as "trace". What is in it stays until there is something new.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn open(what: &'static str, path: &'a Path) -> Result<OutputFile<'a>, Failure> {
        let file = File::options().write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| Failure::because(unwritable(what, path, &error)))?;
        Ok(OutputFile { what, path, file })
    }

    /// Puts `bytes` in the place of whatever was there.
    ///
    /// # Errors
    /// A sentence, where it cannot be written.
    pub fn write(mut self, bytes: &[u8]) -> Result<(), String> {
        self.try_write(bytes).map_err(|error| unwritable(self.what, self.path, &error))
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.file.metadata()?.is_file() {
            self.file.seek(SeekFrom::Start(0))?;
            self.file.set_len(0)?;
        }
        self.file.write_all(bytes)
    }
}

fn unwritable(what: &str, path: &Path, error: &io::Error) -> String {
    format!("The {what} file {} cannot be written: {error}.", path.display())
}
