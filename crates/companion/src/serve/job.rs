//! One run as the server sees it: a child process that is told a command and tells reports.

use std::ffi::OsString;
use std::io;
use std::process::Stdio;

use axum::body::Bytes;
use engine::protocol::{Command, Report, decode};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::process_pool::message::{HEAD, Head, send};
use crate::words::exit_status;

/// A run in a process of its own. Dropping it kills the process, which is how a run is cancelled.
pub struct Job {
    process: Child,
    reports: BufReader<ChildStdout>,
    /// While this is open the process knows that somebody listens.
    _commands: ChildStdin,
}

/// A report, and the bytes that it came as.
pub struct Told {
    /// What is told.
    pub report: Report,
    /// The same, as it is passed on.
    pub bytes: Bytes,
}

/// A report is not longer than this: a runner that says so has gone mad.
const LONGEST_REPORT: u32 = 64 << 20;

impl Job {
    /// Starts `runner`, a program and its words, and gives it `command`.
    ///
    /// # Errors
    /// Where it cannot be started, as a sentence.
    pub async fn start(runner: &[OsString], command: &Command) -> Result<Job, String> {
        Job::try_start(runner, command).await.map_err(|error| format!("The run's process cannot be started: {error}."))
    }

    async fn try_start(runner: &[OsString], command: &Command) -> io::Result<Job> {
        let (program, words) = runner.split_first().ok_or(io::ErrorKind::NotFound)?;
        let mut process = tokio::process::Command::new(program)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (mut commands, reports) =
            process.stdin.take().zip(process.stdout.take()).ok_or(io::ErrorKind::BrokenPipe)?;
        let mut bytes = Vec::new();
        send(&mut bytes, command)?;
        commands.write_all(&bytes).await?;
        commands.flush().await?;
        Ok(Job { process, reports: BufReader::new(reports), _commands: commands })
    }

    /// Waits for the next thing that the run tells.
    ///
    /// # Errors
    /// How the process ended, as a sentence, if it did without a word.
    pub async fn next(&mut self) -> Result<Told, String> {
        match self.frame().await {
            Ok(bytes) => match decode(&bytes) {
                Ok(report) => Ok(Told { report, bytes: bytes.into() }),
                Err(reason) => Err(format!("The run's process said what is no report. {reason}")),
            },
            Err(_) => {
                // Its pipe has closed, so it has ended or is just about to.
                let ended = self.process.wait().await.map_or_else(|error| error.to_string(), exit_status);
                Err(format!("The run's process ended in the middle of it ({ended})."))
            }
        }
    }

    /// Ends the process, and waits until it is gone.
    pub async fn end(mut self) {
        // An error says that it has ended already.
        let _ = self.process.kill().await;
    }

    async fn frame(&mut self) -> io::Result<Vec<u8>> {
        let mut head = [0; HEAD];
        self.reports.read_exact(&mut head).await?;
        let Head { length, filling } = Head::of(head);
        if length > LONGEST_REPORT || filling > 0 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = vec![0; length as usize];
        self.reports.read_exact(&mut bytes).await?;
        Ok(bytes)
    }
}
