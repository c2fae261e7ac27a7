//! Tasks in processes of their own, which are stood in for by threads: how they begin and end, and what is out of their
//! reach. Real processes are in the tests of the command line.

use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engine::error::{RunError, TaskFailed};
use engine::measure::{NoProcesses, Processes, Recorder, Worker};
use engine::model::{Model, Speed};
use engine::operation::Job;
use engine::program::{Ended, Outcome, Program, Script, Work};
use engine::simulate::{AWAY, simulate};
use engine::task::{Flag, Task};
use engine::time::Nanos;
use engine::trace::{Activity, Doing, LaneId, Process, TaskId, Trace, WaitFor};
use serde::{Deserialize, Serialize};

use super::machine::{IN_PROCESSES, InProcess, measure, measure_with, settings};

/// Whoever spawns starts the process, and the task ends it, in the very order that is predicted.
#[test]
fn a_process_is_started_by_its_spawner_and_ended_by_its_task() {
    let program = Program::new(Two { touch: false });
    let mut settings = settings(Model::Processes, true);
    (settings.costs.process_start, settings.costs.process_end) = (Nanos(1), Nanos(1));
    let (predicted, measured) = (simulate(&program, &settings), measure(&program, settings, Speed::REAL));
    assert_eq!(did(&measured), did(&predicted));
    let lanes = |trace: &Trace| trace.lanes.iter().map(|lane| (lane.kind, lane.process)).collect::<Vec<_>>();
    assert_eq!(lanes(&measured), lanes(&predicted));
}

/// Whoever joins a task finds its process gone.
#[test]
fn a_task_has_not_ended_before_its_process() {
    let gone = Arc::new(Mutex::new(Vec::new()));
    let program = Program::new(Two { touch: false });
    let settings = settings(Model::Processes, true);
    let trace = measure_with(&program, settings, Speed::REAL, None, |recorder| {
        let inner = InProcess::new(&program, settings, Speed::REAL, recorder);
        Arc::new(Watched { inner, recorder: Arc::clone(recorder), gone: Arc::clone(&gone) })
    });
    let gone = gone.lock().unwrap();
    let ended: Vec<Nanos> = trace.tasks[1..].iter().filter_map(|task| task.ended).collect();
    assert_eq!((gone.len(), ended.len()), (2, 2), "{:?}", trace.finished);
    assert!(gone.iter().zip(&ended).all(|(gone, ended)| gone <= ended), "{gone:?}, {ended:?}");
}

#[test]
fn who_gets_no_process_says_so() {
    let refused = |model: Model| {
        let program = Program::new(Two { touch: false });
        let trace = measure_with(&program, settings(model, true), Speed::REAL, None, |_| Arc::new(NoProcesses));
        trace.failure().cloned()
    };
    let failed = |task: &str| {
        let reason = "no other process can be had here".to_owned();
        Some(RunError::Task(TaskFailed { task: task.to_owned(), reason }))
    };
    assert_eq!(refused(Model::Processes), failed("task"));
    for (model, first) in [
        (Model::ProcessPool, "ForkPoolWorker-1"),
        (Model::LoopAndProcesses, "ForkPoolWorker-1"),
        (Model::ProcessesOfThreads, "ForkPoolWorker-1/0"),
    ] {
        assert_eq!(refused(model), failed(first), "{model}");
    }
}

#[test]
fn what_tasks_share_is_out_of_reach_of_a_process() {
    let program = Program::new(Two { touch: true });
    let out_of_reach = TaskFailed { task: "task".to_owned(), reason: AWAY.to_owned() };
    for model in Model::ALL.into_iter().filter(|model| model.spawns_processes()) {
        let settings = settings(model, true);
        let (predicted, measured) = (simulate(&program, &settings), measure(&program, settings, Speed::REAL));
        assert_eq!(measured.failure(), Some(&RunError::Task(out_of_reach.clone())), "{model}");
        assert_eq!(measured.failure(), predicted.failure(), "{model}");
    }
}

/// Whoever joins a task that failed waits until no other is done in a process, and for somebody who really is.
#[test]
fn a_failure_loses_no_other_job() {
    for model in IN_PROCESSES {
        let mut settings = settings(model, true);
        (settings.processes, settings.threads) = (NonZeroU16::MIN, NonZeroU16::MIN);
        let trace = measure(&Program::new(FailingFirst), settings, Speed::REAL);
        let out_of_reach = TaskFailed { task: "task".to_owned(), reason: AWAY.to_owned() };
        assert_eq!(trace.failure(), Some(&RunError::Task(out_of_reach)), "{model}");
        let is_job = |index: &usize| trace.task_name(TaskId(*index as u32)) == "task";
        let jobs: Vec<_> = (0..trace.tasks.len()).filter(is_job).map(|index| trace.tasks[index].ended).collect();
        assert!(jobs.len() == 4 && jobs.iter().all(Option::is_some), "{model}: {jobs:?}");
        for span in &trace.spans {
            if let Activity::Waiting(WaitFor::Task(whom)) = span.activity
                && trace.tasks[whom.0 as usize].ended.is_some()
            {
                assert_eq!(span.ended_by, Some(whom), "{model}: {span:?}");
            }
        }
    }
}

/// What each task was about, one after the other, but for the steps of its body, which may take no time.
fn did(trace: &Trace) -> Vec<Vec<String>> {
    let of = |task: u32| {
        let mut spans: Vec<_> = trace.spans.iter().filter(|span| span.task == TaskId(task)).collect();
        spans.sort_by_key(|span| span.start);
        let mut words: Vec<String> = spans.iter().filter_map(|span| word(span.activity)).collect();
        words.dedup();
        words
    };
    (0..trace.tasks.len() as u32).map(of).collect()
}

fn word(activity: Activity) -> Option<String> {
    match activity {
        Activity::Running(Doing::Steps) => None,
        Activity::Waiting(WaitFor::Timer(_)) => Some("timer".to_owned()),
        other => Some(format!("{other:?}")),
    }
}

/// Two tasks, one after the other.
#[derive(Clone)]
struct Two {
    touch: bool,
}

#[derive(Serialize, Deserialize)]
enum Errand {
    Sleep,
    Touch(Flag),
    /// Have another one done elsewhere.
    Send(Box<Errand>),
}

impl Script for Two {
    type Job = Errand;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let flag = task.flag("shared").await;
        for _ in 0..2 {
            let errand = if self.touch { Errand::Touch(flag) } else { Errand::Sleep };
            let handle = task.spawn(&errand).await;
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Work for Errand {
    /// How one failed that was sent away.
    type Output = Option<TaskFailed>;

    fn name(&self) -> String {
        if matches!(self, Errand::Send(_)) { "sender" } else { "task" }.to_owned()
    }

    async fn run(self, mut task: Task) -> Option<TaskFailed> {
        match self {
            Errand::Sleep => task.sleep(Duration::from_millis(50)).await,
            Errand::Touch(flag) => task.set(flag).await,
            Errand::Send(errand) => return task.offload(&*errand).await.err(),
        }
        None
    }
}

/// Two tasks that fail at once, each before one that sleeps. A loop has a task for each, which sends it away.
#[derive(Clone)]
struct FailingFirst;

impl Script for FailingFirst {
    type Job = Errand;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let flag = task.flag("shared").await;
        let errands = [Errand::Touch(flag), Errand::Sleep, Errand::Touch(flag), Errand::Sleep];
        if task.model().has_loop() {
            let mut senders = Vec::new();
            for errand in errands {
                senders.push(task.spawn(&Errand::Send(Box::new(errand))).await);
            }
            for sender in senders {
                task.join(sender).await?.map_or(Ok(()), Err)?;
            }
            return Ok(Outcome::new());
        }
        let mut handles = Vec::new();
        for errand in errands {
            handles.push(task.spawn(&errand).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

/// Processes that note when they are gone.
struct Watched {
    inner: InProcess,
    recorder: Arc<Recorder>,
    gone: Arc<Mutex<Vec<Nanos>>>,
}

struct WatchedWorker {
    inner: Box<dyn Worker>,
    recorder: Arc<Recorder>,
    gone: Arc<Mutex<Vec<Nanos>>>,
}

impl Processes for Watched {
    fn start(&self, lane: LaneId, process: Process) -> Result<Box<dyn Worker>, String> {
        let (recorder, gone) = (Arc::clone(&self.recorder), Arc::clone(&self.gone));
        Ok(Box::new(WatchedWorker { inner: self.inner.start(lane, process)?, recorder, gone }))
    }
}

impl Worker for WatchedWorker {
    fn work(&mut self, task: TaskId, job: &Job) -> Ended {
        self.inner.work(task, job)
    }
}

impl Drop for WatchedWorker {
    fn drop(&mut self) {
        self.gone.lock().unwrap().push(self.recorder.now());
    }
}
