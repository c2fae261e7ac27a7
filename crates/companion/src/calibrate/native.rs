//! What native code costs, measured with the very parts that runs are made of.

use std::future::Future;
use std::io::{self, Read, Write, pipe};
use std::num::NonZeroU16;
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::thread::{self, available_parallelism};
use std::time::Instant;

use engine::costs::{Costs, Factor, Preset};
use engine::executor::{Executor, ThreadPlatform};
use engine::model::Speed;
use engine::time::Nanos;
use engine::work::Computation;

use super::{Amount, Calibration, Figure, Whose};
use crate::cpu_time;
use crate::process_pool::Probe;
use crate::statistics::median;

/// How often threads are started, and bytes sent.
const MANY: usize = 200;

/// How often processes are started, and work is done.
const FEW: usize = 15;

/// How many small messages go to each process.
const MESSAGES_EACH: usize = 15;

/// The work whose time is compared with its formula: a fraction of a second of CPython each.
pub const WORK: [(&str, Computation); 3] = [
    ("work-merge-sort", Computation::MergeSort { elements: 30_000, seed: 1 }),
    ("work-sum-of-squares", Computation::SumOfSquares { below: 1_000_000 }),
    ("work-fibonacci", Computation::Fibonacci { n: 24 }),
];

/// What is the machine's own, whoever runs on it.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    /// The cores that this program may use.
    pub cores: NonZeroU16,
    /// Putting another thread on a core.
    pub context_switch: Nanos,
}

/// Measures what is the machine's own.
///
/// # Errors
/// A sentence, where the system gives no thread or no pipe.
pub fn machine() -> Result<Machine, String> {
    let switch = context_switch().map_err(|error| format!("Context switches cannot be measured: {error}."))?;
    Ok(Machine { cores: cores(), context_switch: switch })
}

/// Measures everything.
///
/// # Errors
/// A sentence, where the system gives no thread, no pipe or no process.
pub fn measure() -> Result<Calibration, String> {
    let (thread_start, thread_end) = threads().map_err(|error| format!("Threads cannot be measured: {error}."))?;
    let Machine { cores, context_switch } = machine()?;
    let Processes { start, end, message, per_kib } = processes()?;
    let work: Vec<(&'static str, f64)> =
        WORK.iter().map(|(name, work)| (*name, factor(*work, time_of(*work)))).collect();
    let overall = middle(work.iter().map(|(_, factor)| *factor).collect());
    let loop_turn = loop_turn();
    let preset = Preset::Native.costs();
    let costs = Costs {
        cores,
        gil: None,
        context_switch,
        thread_start,
        thread_end,
        process_start: start,
        process_end: end,
        loop_turn,
        message,
        message_per_kib: per_kib,
        work: Factor::new(overall).unwrap_or(preset.work),
        ..preset
    };
    let time = |name, time, runs| Figure { name, amount: Amount::Time(time), runs: Some(runs) };
    let mut figures = vec![
        Figure { name: "cores", amount: Amount::Count(cores.get().into()), runs: None },
        time("context-switch", context_switch, MANY),
        time("thread-start", thread_start, MANY),
        time("thread-end", thread_end, MANY),
        time("process-start", start, FEW),
        time("process-end", end, FEW),
        time("loop-turn", loop_turn, FEW),
        time("message", message, FEW * MESSAGES_EACH),
        time("message-per-kib", per_kib, FEW),
    ];
    figures.extend(work_figures(&work, overall, FEW));
    Ok(Calibration { whose: Whose::Native, about: String::new(), figures, costs })
}

/// The figures of work: one for each computation, and the one that all come to.
pub fn work_figures(work: &[(&'static str, f64)], overall: f64, runs: usize) -> Vec<Figure> {
    let factor = |name, factor, runs| Figure { name, amount: Amount::Factor(factor), runs: Some(runs) };
    let each = work.iter().map(|(name, number)| factor(name, *number, runs));
    each.chain([factor("work-factor", overall, work.len())]).collect()
}

/// How many times as long as its formula says a computation took.
pub fn factor(work: Computation, took: Nanos) -> f64 {
    took.as_secs_f64() / work.cost(&Costs::FREE).as_secs_f64()
}

/// The middle one of some numbers.
pub fn middle(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The cores that this program may use.
fn cores() -> NonZeroU16 {
    let cores = available_parallelism().ok().and_then(|cores| u16::try_from(cores.get()).ok());
    cores.and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN)
}

/// From asking for a thread to its first step, and from its last step until whoever joins it knows.
fn threads() -> io::Result<(Nanos, Nanos)> {
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    for _ in 0..MANY {
        let asked = Instant::now();
        let thread = thread::Builder::new().spawn(Instant::now)?;
        // A body of one step: its first is its last.
        let step = thread.join().map_err(|_| io::Error::other("a thread panicked"))?;
        ends.push(step.elapsed().into());
        starts.push(step.duration_since(asked).into());
    }
    Ok((median(starts).unwrap_or_default(), median(ends).unwrap_or_default()))
}

/// Half a round trip of one byte through two pipes between two threads on one core, system calls included.
fn context_switch() -> io::Result<Nanos> {
    let ((mut ping, mut ping_in), (mut pong, mut pong_in)) = (pipe()?, pipe()?);
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, move || {
            stay_on_one_core();
            let mut byte = [0];
            // Its input ends when the first thread lets go of the other end.
            while ping.read(&mut byte)? > 0 {
                pong_in.write_all(&byte)?;
            }
            io::Result::Ok(())
        })?;
        let first = thread::Builder::new().spawn_scoped(scope, move || {
            stay_on_one_core();
            let mut trips = Vec::new();
            for _ in 0..MANY {
                let start = Instant::now();
                ping_in.write_all(&[1])?;
                pong.read_exact(&mut [0])?;
                trips.push(Nanos::from(start.elapsed()).scaled(0.5));
            }
            io::Result::Ok(trips)
        })?;
        let panicked = |_| io::Error::other("a thread panicked");
        let trips = first.join().map_err(panicked)??;
        other.join().map_err(panicked)??;
        Ok(median(trips).unwrap_or_default())
    })
}

/// Keeps this thread on the first core that it may use. Where that cannot be had the figure has a wake from another core
/// in it.
#[cfg(target_os = "linux")]
fn stay_on_one_core() {
    use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
    use nix::unistd::Pid;

    let this = Pid::from_raw(0);
    let Ok(allowed) = sched_getaffinity(this) else { return };
    let first = (0..CpuSet::count()).find(|core| allowed.is_set(*core).unwrap_or(false));
    let mut only = CpuSet::new();
    if let Some(first) = first
        && only.set(first).is_ok()
    {
        let _ = sched_setaffinity(this, &only);
    }
}

/// Elsewhere a thread goes where the system wants it.
#[cfg(not(target_os = "linux"))]
fn stay_on_one_core() {}

struct Processes {
    start: Nanos,
    end: Nanos,
    message: Nanos,
    per_kib: Nanos,
}

/// What the companion's own worker processes cost, and the messages through their pipes.
fn processes() -> Result<Processes, String> {
    const LARGE: u64 = 1 << 18;
    // A round trip is written and read, and so is what comes back.
    const ONE_END: f64 = 0.25;
    let (mut starts, mut ends, mut large) = (Vec::new(), Vec::new(), Vec::new());
    let mut small = Vec::new();
    for _ in 0..FEW {
        let (mut probe, started) = Probe::start()?;
        for _ in 0..MESSAGES_EACH {
            small.push(probe.round_trip(0)?.scaled(ONE_END));
        }
        large.push(probe.round_trip(LARGE)?.scaled(ONE_END));
        starts.push(started);
        ends.push(probe.end());
    }
    let message = median(small).unwrap_or_default();
    // What tells that it is up is a message there and one back.
    let start = median(starts).unwrap_or_default() - message.scaled(4.0);
    let per_kib = (median(large).unwrap_or_default() - message).scaled(1024.0 / LARGE as f64);
    Ok(Processes { start, end: median(ends).unwrap_or_default(), message, per_kib })
}

/// One poll of one of two tasks that give way to each other.
fn loop_turn() -> Nanos {
    const TURNS: u32 = 10_000;
    let once = || {
        let executor = Executor::new(ThreadPlatform::new());
        let turns = |executor: Executor<ThreadPlatform>| async move {
            for _ in 0..TURNS {
                executor.yield_now().await;
            }
        };
        let stopwatch = Stopwatch::start();
        let other = executor.spawn(turns(executor.clone()));
        let both = {
            let turns = turns(executor.clone());
            async move {
                turns.await;
                let _ = other.await;
            }
        };
        // This thread blocks wherever the executor waits, so its first poll is its last.
        let run = pin!(executor.run(both)).poll(&mut Context::from_waker(Waker::noop()));
        debug_assert!(matches!(run, Poll::Ready(Ok(()))), "two tasks that only give way come to their end");
        stopwatch.read().scaled(0.5 / f64::from(TURNS))
    };
    median((0..FEW).map(|_| once()).collect()).unwrap_or_default()
}

/// How long a computation takes here.
fn time_of(work: Computation) -> Nanos {
    let once = || {
        let stopwatch = Stopwatch::start();
        let _ = work.perform(Speed::REAL, &mut || ControlFlow::Continue(()));
        stopwatch.read()
    };
    median((0..FEW).map(|_| once()).collect()).unwrap_or_default()
}

/// Tells what this program computes, however busy the machine is with others; the wall time where the system does not
/// tell that.
struct Stopwatch {
    cpu: Option<Nanos>,
    wall: Instant,
}

impl Stopwatch {
    fn start() -> Stopwatch {
        Stopwatch { cpu: cpu_time::used(), wall: Instant::now() }
    }

    fn read(&self) -> Nanos {
        cpu_time::since(self.cpu).unwrap_or_else(|| self.wall.elapsed().into())
    }
}
