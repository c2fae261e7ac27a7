//! Running other programs: quietly with a log, watched, aloud, or for their answer.

use crate::progress::Step;
use anyhow::{Context, Result, bail};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How much of a log a failure shows.
const SHOWN_LINES: usize = 40;

/// How long a program may stand still before it is taken for hung.
pub struct Patience<'a> {
    /// How long `progress` may stay the same.
    pub idle: Duration,
    /// Any number that changes as the program gets on.
    pub progress: &'a dyn Fn() -> u64,
}

/// Runs a program with all that it prints kept in `log`, and shown only if it fails.
pub fn run_logged(step: &Step, command: &mut Command, log: &Path) -> Result<()> {
    run_watched(step, command, log, None)
}

/// Runs a program as [`run_logged`] does, and ends it when it stands still for longer than `patience` has.
pub fn run_watched(step: &Step, command: &mut Command, log: &Path, patience: Option<Patience>) -> Result<()> {
    let name = shown(command);
    let mut file = File::create(log).with_context(|| format!("The log {} could not be written.", log.display()))?;
    writeln!(file, "$ {name}")?;
    let mut child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel();
    forward_lines(child.stdout.take(), sender.clone());
    forward_lines(child.stderr.take(), sender);

    let mut last = (0, Instant::now());
    loop {
        match lines.recv_timeout(Duration::from_millis(500)) {
            Ok(line) => {
                writeln!(file, "{line}")?;
                step.heard(&line);
                last.1 = Instant::now();
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let Some(patience) = &patience else { continue };
                let progress = (patience.progress)();
                if progress != last.0 {
                    last = (progress, Instant::now());
                } else if last.1.elapsed() > patience.idle {
                    child.kill().ok();
                    child.wait().ok();
                    bail!("`{name}` stood still for {} s, and was ended.", patience.idle.as_secs());
                }
            }
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{name}` failed ({status}).\n{}", tail(log)?);
    }
    Ok(())
}

/// Runs a program with its output let through.
pub fn run_aloud(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = spawn(command)?.wait()?;
    if !status.success() {
        bail!("`{name}` failed ({status}).");
    }
    Ok(())
}

/// Becomes another program, so that whoever ends this one ends that one. Returns only if that one could not be started.
#[cfg(unix)]
pub fn hand_over(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| not_started(command))
}

/// Runs a program to its end, with its output let through: this system knows no way to become it.
#[cfg(not(unix))]
pub fn hand_over(command: &mut Command) -> Result<()> {
    run_aloud(command)
}

/// Runs a program with its output let through, and gives each line of its standard output to `heard` as well.
pub fn run_heard(command: &mut Command, mut heard: impl FnMut(&str)) -> Result<ExitStatus> {
    run_for(command, |line| {
        println!("{line}");
        heard(line);
    })
}

/// Runs a program whose standard output is for `heard` alone, a line at a time; what it says beside that is let through.
pub fn run_for(command: &mut Command, mut heard: impl FnMut(&str)) -> Result<ExitStatus> {
    let mut child = spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel();
    forward_lines(child.stdout.take(), sender);
    lines.iter().for_each(|line| heard(&line));
    Ok(child.wait()?)
}

/// What a program prints on its standard output, trimmed, if it could be run and ended well.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}

/// A command as a person would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| not_started(command))
}

fn not_started(command: &Command) -> String {
    let name = command.get_program().to_string_lossy();
    format!("`{name}` could not be started: see that it is installed and may be run.")
}

fn forward_lines(from: Option<impl Read + Send + 'static>, to: mpsc::Sender<String>) {
    let Some(from) = from else { return };
    thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if to.send(line.trim_end_matches('\r').to_string()).is_err() {
                break;
            }
        }
    });
}

fn tail(log: &Path) -> Result<String> {
    let text = String::from_utf8_lossy(&std::fs::read(log)?).into_owned();
    let lines: Vec<_> = text.lines().collect();
    let last = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
    Ok(format!("{}\nAll that it printed: {}", last.join("\n"), log.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::hand_over;
    use std::env;
    use std::process::{Command, Stdio};

    #[test]
    fn whoever_hands_over_becomes_the_other_program() {
        const INNER: &str = "INTERLEAVE_TEST_HANDS_OVER";
        if env::var_os(INNER).is_some() {
            hand_over(Command::new("sh").args(["-c", "echo; echo I am $$"])).expect("sh is there");
            return;
        }
        // This test once more, in a process that may be replaced.
        let mut inner = Command::new(env::current_exe().expect("a path"));
        inner.args(["--exact", "process::tests::whoever_hands_over_becomes_the_other_program", "--nocapture"]);
        let inner = inner.env(INNER, "1").stdout(Stdio::piped()).spawn().expect("this test starts");
        let id = inner.id();
        let said = inner.wait_with_output().expect("it ends").stdout;
        let said = String::from_utf8_lossy(&said);
        assert!(said.lines().any(|line| line == format!("I am {id}")), "{said}");
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let error = hand_over(&mut Command::new("no-such-program")).expect_err("nothing to become");
        assert!(error.to_string().starts_with("`no-such-program` could not be started"), "{error}");
    }
}
