//! Runs with processes, caught in the middle of their jobs.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::unistd::Pid;

use crate::companion::interleave;

/// How long something that must happen may take before the test gives up. It is never waited out where all is well.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// A pool of three, and three tasks that are asleep for longer than the deadline.
pub const POOL: &str = "delay-messages --model process-pool --set messages=A=60,B=60,C=60 --set workers=3 --speed 0.5";

/// Two threads in each of two processes, asleep for longer than the deadline.
pub const THREADS: &str = "hybrid --model processes-of-threads --set processes=2 --set threads=2 --set latency=10 --speed 0.1 --network timer";

/// A run that takes longer than the deadline, or long enough, caught when all of its processes are in the middle of their jobs.
pub struct Running {
    /// The program itself, in a process group of its own, as a shell starts it.
    pub parent: Child,
    /// The processes, in the order of their starts.
    pub children: Vec<Pid>,
    stderr: Receiver<String>,
}

impl Running {
    /// Runs `words`, and waits until so many processes are at work, each on a job.
    pub fn start(words: &str, processes: usize) -> Running {
        Running::start_on(words, processes, 1)
    }

    /// Runs [`THREADS`], or words of as many processes and threads, and waits until every thread is at work.
    pub fn start_threads(words: &str) -> Running {
        Running::start_on(words, 2, 2)
    }

    fn start_on(words: &str, processes: usize, jobs: usize) -> Running {
        let mut run = interleave(&format!("run {words}"));
        run.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut parent = run.process_group(0).spawn().unwrap();
        let stderr = lines(parent.stderr.take().unwrap());
        let children = wait_until(|| {
            let children = children(&parent);
            (children.len() == processes).then_some(children)
        });
        children.iter().for_each(|child| wait_until_at_work_on(*child, jobs));
        Running { parent, children, stderr }
    }

    /// One process a task, and so many tasks that compute that the cores are long not done with them.
    pub fn one_a_task() -> Running {
        let jobs = 8 * thread::available_parallelism().unwrap().get().min(100);
        let words = format!("pool-or-spawn --model processes --set jobs={jobs} --set work=0.1 --speed 0.01");
        Running::start(&words, jobs)
    }

    /// What is said on standard error until nobody is left to say anything.
    pub fn until_all_are_gone(&self) -> Vec<String> {
        let start = Instant::now();
        let mut said = Vec::new();
        loop {
            match self.stderr.recv_timeout(DEADLINE.saturating_sub(start.elapsed())) {
                Ok(line) => said.push(line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return said,
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("somebody is still there; said: {said:?}"),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.parent.kill();
        let _ = self.parent.wait();
    }
}

/// The lines of a pipe, as they come; the channel closes when nobody is left who could write to it.
pub fn lines(pipe: ChildStderr) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// The processes that `parent` has started and that have not been waited for.
pub fn children(parent: &Child) -> Vec<Pid> {
    let listed = Command::new("ps").args(["-A", "-o", "pid=", "-o", "ppid="]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut children = Vec::new();
    for line in listed.lines() {
        let numbers: Vec<i32> = line.split_whitespace().map(|number| number.parse().unwrap()).collect();
        if numbers[1] == parent.id() as i32 {
            children.push(Pid::from_raw(numbers[0]));
        }
    }
    children.sort();
    children
}

/// Waits until a process is in its job.
pub fn wait_until_at_work(process: Pid) {
    wait_until_at_work_on(process, 1);
}

/// Waits until a process is in so many jobs: as many of its threads have then told of one. The first thread also tells
/// that the process is ready.
#[cfg(target_os = "linux")]
fn wait_until_at_work_on(process: Pid, jobs: usize) {
    let first = process.to_string();
    wait_until(|| {
        let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap().flatten();
        let has_told = |thread: &std::fs::DirEntry| {
            let counters = std::fs::read_to_string(thread.path().join("io")).unwrap_or_default();
            let writes = counters.lines().find_map(|line| line.strip_prefix("syscw: ")?.parse::<u64>().ok());
            writes.unwrap_or(0) > u64::from(thread.file_name() == *first)
        };
        (threads.filter(has_told).count() >= jobs).then_some(())
    });
}

/// Elsewhere nobody tells: the process may be killed just before it begins.
#[cfg(not(target_os = "linux"))]
fn wait_until_at_work_on(_: Pid, _: usize) {}

#[track_caller]
pub fn wait_until<T>(mut has_come: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < DEADLINE {
        if let Some(it) = has_come() {
            return it;
        }
        thread::yield_now();
    }
    panic!("what is waited for has not come");
}
