//! The ways in which a command ends badly, and the exit code of each.

use std::fmt;
use std::io;
use std::process::ExitCode;

use lessons::Diagnostic;

use crate::notice;

/// Why a command did not do what was asked.
#[derive(Debug)]
pub enum Failure {
    /// Words that are wrong: nothing was begun. All complaints at once.
    WrongWords(Vec<Diagnostic>),
    /// Something was begun and went wrong: a sentence for each thing.
    Failed(Vec<String>),
    /// Whoever read the output wants no more of it, as `head` does. Nobody is to be told.
    NobodyReads,
}

impl Failure {
    /// One thing that went wrong, as a sentence.
    pub fn because(sentence: impl fmt::Display) -> Failure {
        Failure::Failed(vec![sentence.to_string()])
    }

    /// What came of a command whose report was `printed` or not, and in which all of this went wrong beside that.
    ///
    /// # Errors
    /// Where anything did.
    pub fn of_all(printed: Result<(), Failure>, mut wrong: Vec<String>) -> Result<(), Failure> {
        match printed {
            Err(Failure::Failed(sentences)) => wrong.extend(sentences),
            Err(failure) if wrong.is_empty() => return Err(failure),
            Ok(()) | Err(_) => {}
        }
        if wrong.is_empty() { Ok(()) } else { Err(Failure::Failed(wrong)) }
    }

    /// Says on standard error what is wrong, and returns the exit code: 2 for wrong words, 1 for what failed.
    pub fn tell(self) -> ExitCode {
        match self {
            Failure::WrongWords(complaints) => {
                complaints.iter().for_each(notice::error);
                ExitCode::from(2)
            }
            Failure::Failed(sentences) => {
                sentences.iter().for_each(notice::error);
                ExitCode::FAILURE
            }
            Failure::NobodyReads => ExitCode::SUCCESS,
        }
    }
}

/// What became of writing to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NobodyReads,
            _ => Failure::because(format_args!("Standard output cannot be written: {error}.")),
        }
    }
}
