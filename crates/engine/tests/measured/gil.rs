//! Threads that compute, with a GIL and without.

use std::num::{NonZeroU16, NonZeroU32};
use std::sync::{Condvar, Mutex};
use std::time::Duration;

use engine::error::TaskFailed;
use engine::model::{Model, Settings, Speed};
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Barrier, Task};
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Process, Span, TaskId, Trace};
use engine::work::Computation;
use serde::{Deserialize, Serialize};

use super::machine::{log, measure, most_at_once, settings};

/// Many times the switch interval.
const WORK: Duration = Duration::from_millis(if cfg!(miri) { 2 } else { 50 });

/// Each begins its work in many pieces, and none is seen working while the other one is.
#[test]
fn threads_that_compute_pass_the_gil_to_each_other() {
    let work = work(&measure(&Program::new(Together), settings(Model::Threads, true), Speed::REAL));
    let holders: Vec<TaskId> = work.iter().map(|span| span.task).collect();
    let changes = holders.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes > 1, "{holders:?}");
    assert_eq!(most_at_once(&work), 1);
}

#[test]
fn without_a_gil_threads_compute_at_one_time() {
    let work = work(&measure(&Program::new(Together), settings(Model::Threads, false), Speed::REAL));
    assert_eq!((work.len(), most_at_once(&work)), (2, 2));
}

/// The first two are in two processes, and begin to compute when both are there.
#[test]
fn threads_of_one_process_share_its_gil_and_no_other() {
    let two = NonZeroU16::new(2).unwrap();
    let settings = Settings { processes: two, threads: two, ..settings(Model::ProcessesOfThreads, true) };
    let trace = measure(&Program::new(Apart), settings, Speed::REAL);
    let work = work(&trace);
    let at_once_in = |process: u32| {
        let is_there = |span: &&Span| trace.lanes[span.lane.0 as usize].process == Process(process);
        most_at_once(&work.iter().filter(is_there).copied().collect::<Vec<_>>())
    };
    assert_eq!((at_once_in(1), at_once_in(2), most_at_once(&work)), (1, 1, 2), "{:?}", trace.finished);
}

/// The thread beside the loop does not come back before the loop's other task has gone on three times.
#[test]
fn a_loop_goes_on_while_a_thread_works_for_it() {
    for model in [Model::EventLoop, Model::LoopAndThreads] {
        *BEATS.0.lock().unwrap() = 0;
        let trace = measure(&Program::new(Beside), settings(model, false), Speed::REAL);
        assert_eq!(log(&trace), ["sent", "beat 0", "beat 1", "beat 2", "back"], "{model}: {:?}", trace.finished);
    }
}

/// The spans of computing, in the order of time.
fn work(trace: &Trace) -> Vec<Span> {
    let mut work: Vec<Span> = trace.spans.clone();
    work.retain(|span| span.activity == Activity::Running(Doing::Work));
    work.sort_by_key(|span| span.start);
    work
}

/// How often the heart has beaten.
static BEATS: (Mutex<u32>, Condvar) = (Mutex::new(0), Condvar::new());

/// Where tasks of two processes meet; no object of their run is within their reach.
static MEETING: std::sync::Barrier = std::sync::Barrier::new(2);

/// Two tasks that begin to compute when both are there.
#[derive(Clone)]
struct Together;

/// Four tasks on two processes of two threads each.
#[derive(Clone)]
struct Apart;

/// A task that sends work to a thread, and one that beats meanwhile.
#[derive(Clone)]
struct Beside;

#[derive(Serialize, Deserialize)]
enum Job {
    Compute(Barrier),
    MeetAndCompute,
    ComputeAlone,
    Send,
    WaitForBeats,
    Beat,
}

impl Script for Together {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let barrier = task.barrier("start", NonZeroU32::new(2).unwrap()).await;
        let one = task.spawn(&Job::Compute(barrier)).await;
        let other = task.spawn(&Job::Compute(barrier)).await;
        task.join(one).await?;
        task.join(other).await?;
        Ok(Outcome::new())
    }
}

impl Script for Apart {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let mut handles = Vec::new();
        for job in [Job::MeetAndCompute, Job::MeetAndCompute, Job::ComputeAlone, Job::ComputeAlone] {
            handles.push(task.spawn(&job).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Script for Beside {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let sends = task.spawn(&Job::Send).await;
        let beats = task.spawn(&Job::Beat).await;
        task.join(sends).await?;
        task.join(beats).await?;
        Ok(Outcome::new())
    }
}

impl Work for Job {
    type Output = ();

    fn name(&self) -> String {
        "task".to_owned()
    }

    async fn run(self, mut task: Task) {
        match self {
            Job::Compute(barrier) => {
                task.wait_at_barrier(barrier).await;
                task.compute(Computation::Spin(Nanos::from(WORK))).await;
            }
            Job::MeetAndCompute => {
                MEETING.wait();
                task.compute(Computation::Spin(Nanos::from(WORK))).await;
            }
            Job::ComputeAlone => {
                task.compute(Computation::Spin(Nanos::from(WORK))).await;
            }
            Job::Send => {
                task.log("sent").await;
                task.to_thread(&Job::WaitForBeats).await.unwrap();
                task.log("back").await;
            }
            Job::WaitForBeats => {
                let (beats, beaten) = &BEATS;
                drop(beaten.wait_while(beats.lock().unwrap(), |beats| *beats < 3).unwrap());
            }
            Job::Beat => {
                for beat in 0..3 {
                    task.sleep(Duration::from_millis(1)).await;
                    task.log(format!("beat {beat}")).await;
                    *BEATS.0.lock().unwrap() += 1;
                    BEATS.1.notify_all();
                }
            }
        }
    }
}
