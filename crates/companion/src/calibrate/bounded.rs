//! What another program prints, within bounds: it may be any that a person named.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::interrupt;

/// The most bytes that are taken from either of its outputs.
const MOST_BYTES: usize = 64 * 1024;

/// How often it is seen to whether a program has ended whose outputs are still open.
const GLANCE: Duration = Duration::from_millis(20);

/// What `command` prints until its end. One that prints too much or takes longer than `most_time` is ended, and whatever
/// it has started ends with it: it has a process group of its own.
///
/// # Errors
/// A clause about it, such as "it cannot be started".
pub fn output(command: &mut Command, most_time: Duration) -> Result<Output, String> {
    output_of(command.stdin(Stdio::null()), most_time)
}

/// The same of a program of ours, which ends by itself when its standard input does: that is open as long as this program is
/// there, however it ends.
///
/// # Errors
/// As above.
pub fn output_of_ours(command: &mut Command, most_time: Duration) -> Result<Output, String> {
    output_of(command.stdin(Stdio::piped()), most_time)
}

fn output_of(command: &mut Command, most_time: Duration) -> Result<Output, String> {
    let deadline = Instant::now() + most_time;
    let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    interrupt::keep_from(piped);
    let mut child = piped.spawn().map_err(|error| format!("it cannot be started ({error})"))?;
    group::is_running(&child);
    // Waiting for a child would close it.
    let held = child.stdin.take();
    let output = listen(&mut child, deadline, most_time);
    if output.is_err() {
        group::end(&child);
        // Errors say that it has ended already.
        let _ = child.kill();
        let _ = child.wait();
    }
    group::has_ended();
    drop(held);
    output
}

/// Ends the program that is listened to, if there is one, and whatever it has started.
pub fn end_now() {
    group::end_the_running_one();
}

/// Which of its outputs a program has ended, and what came there.
type Heard = (Stream, io::Result<Vec<u8>>);

#[derive(Clone, Copy)]
enum Stream {
    Output,
    Error,
}

fn listen(child: &mut Child, deadline: Instant, most_time: Duration) -> Result<Output, String> {
    let too_long = || format!("it has not ended after {} s, so it was ended", most_time.as_secs_f64());
    let (sender, heard) = channel();
    hear(Stream::Output, child.stdout.take(), &sender)?;
    hear(Stream::Error, child.stderr.take(), &sender)?;
    drop(sender);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut is_over = false;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let (stream, bytes) = match heard.recv_timeout(left.min(GLANCE)) {
            Ok(heard) => heard,
            Err(RecvTimeoutError::Timeout) if left.is_zero() => return Err(too_long()),
            Err(RecvTimeoutError::Timeout) => {
                // Processes that outlive it would keep its outputs open, and have nobody to work for.
                if !is_over && matches!(child.try_wait(), Ok(Some(_))) {
                    is_over = true;
                    group::end(child);
                }
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let bytes = bytes.map_err(|error| format!("what it prints cannot be read ({error})"))?;
        if bytes.len() > MOST_BYTES {
            return Err(format!("it prints more than {} KiB, so it was ended", MOST_BYTES / 1024));
        }
        match stream {
            Stream::Output => stdout = bytes,
            Stream::Error => stderr = bytes,
        }
    }
    let status = wait(child, deadline).map_err(|error| format!("it was lost ({error})"))?;
    Ok(Output { status: status.ok_or_else(too_long)?, stdout, stderr })
}

/// Reads in a thread of its own, which nobody waits for: what the program has started may hold the pipe longer than it.
fn hear(stream: Stream, pipe: Option<impl Read + Send + 'static>, to: &Sender<Heard>) -> Result<(), String> {
    let pipe = pipe.ok_or("it has no pipes")?;
    let to = to.clone();
    let read = move || {
        let mut bytes = Vec::new();
        let read = pipe.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes);
        // Nobody listens any more to what comes too late.
        let _ = to.send((stream, read.map(|_| bytes)));
    };
    let thread = thread::Builder::new().spawn(read);
    thread.map(drop).map_err(|error| format!("the system gives no further thread ({error})"))
}

/// How a program ended that has closed its outputs, so that it is about to; `None` where it has not by then.
fn wait(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        let status = child.try_wait()?;
        if status.is_some() || Instant::now() >= deadline {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// A program and all that it starts, as the system knows them together.
#[cfg(unix)]
mod group {
    use std::process::Child;
    use std::sync::atomic::{AtomicI32, Ordering};

    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    /// The group that runs, or 0: a signal that ends this program must end that too, wherever it comes in.
    static RUNNING: AtomicI32 = AtomicI32::new(0);

    pub fn is_running(child: &Child) {
        RUNNING.store(id(child), Ordering::SeqCst);
    }

    pub fn has_ended() {
        RUNNING.store(0, Ordering::SeqCst);
    }

    pub fn end(child: &Child) {
        kill(id(child));
    }

    pub fn end_the_running_one() {
        kill(RUNNING.load(Ordering::SeqCst));
    }

    fn id(child: &Child) -> i32 {
        child.id().try_into().unwrap_or(0)
    }

    fn kill(group: i32) {
        // The group 0 would be this program's own.
        if group > 0 {
            // An error says that nothing of it is left.
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
    }
}

/// Elsewhere a program ends alone.
#[cfg(not(unix))]
mod group {
    use std::process::Child;

    pub fn is_running(_: &Child) {}
    pub fn has_ended() {}
    pub fn end(_: &Child) {}
    pub fn end_the_running_one() {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, most_time: Duration) -> Result<Output, String> {
        output(Command::new("sh").args(["-c", script]), most_time)
    }

    #[test]
    fn a_program_is_heard_to_its_end() {
        let output = shell("echo told; echo warned >&2; exit 3", Duration::from_secs(60)).unwrap();
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"told\n"[..], &b"warned\n"[..]));
        assert_eq!(output.status.code(), Some(3));
    }

    #[test]
    fn a_program_without_end_is_ended() {
        let too_much = Err("it prints more than 64 KiB, so it was ended".to_owned());
        assert_eq!(shell("exec yes", Duration::from_secs(60)).map(drop), too_much);
        assert_eq!(shell("exec yes >&2", Duration::from_secs(60)).map(drop), too_much);
        let too_long = Err("it has not ended after 0.1 s, so it was ended".to_owned());
        assert_eq!(shell("exec sleep 60", Duration::from_millis(100)).map(drop), too_long);
        assert_eq!(shell("exec >&- 2>&-; exec sleep 60", Duration::from_millis(100)).map(drop), too_long);
    }

    #[test]
    fn what_a_program_leaves_behind_ends_with_it() {
        let output = shell("sleep 60 & echo $!; exit 4", Duration::from_secs(50)).unwrap();
        assert_eq!(output.status.code(), Some(4));

        let folder = tempfile::tempdir().unwrap();
        let fifo = folder.path().join("fifo");
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        let script = format!("sleep 300 > '{}' & wait", fifo.display());
        let (sender, ended) = channel();
        // A fifo is at its end when nobody is left who could write to it.
        thread::spawn(move || sender.send(std::fs::read(fifo).unwrap()));
        let too_long = "it has not ended after 5 s, so it was ended".to_owned();
        assert_eq!(shell(&script, Duration::from_secs(5)).map(drop), Err(too_long));
        assert_eq!(ended.recv_timeout(Duration::from_secs(60)), Ok(Vec::new()));
    }
}
