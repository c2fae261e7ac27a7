//! Measured runs on this machine tell the predicted story: the same log, in the same order wherever the prediction has two
//! lines clearly apart. Processes are stood in for by threads; real ones are in the tests of the command line.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use engine::measure::native::OsThreads;
use engine::measure::{Plan, Processes, Recorder, Worker, WorkerProcess};
use engine::model::{Model, Speed};
use engine::operation::Job;
use engine::program::Ended;
use engine::simulate::simulate;
use engine::time::Nanos;
use engine::trace::{Clock, Event, LaneId, Process, TaskId, Trace, agreement};
use lessons::{Prepared, Values};

#[test]
fn waits_go_as_predicted() {
    for messages in ["TWO=2,THREE=3", "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5"] {
        check("delay-messages", &[("messages", messages)], 10.0);
    }
    check("fan-out", &[], 5.0);
    for start in ["task", "await"] {
        check("await-or-task", &[("start", start)], 10.0);
    }
}

#[test]
fn a_loop_stands_still_and_is_kept_going_as_predicted() {
    for repair in ["none", "to-thread"] {
        check("blocking-call", &[("repair", repair)], 10.0);
        check("to-thread", &[("repair", repair)], 5.0);
    }
}

#[test]
fn what_threads_share_goes_as_predicted() {
    // With the lock it is open who takes it first: both wake at the same instant.
    check("lost-update", &[("change", "0.5")], 2.0);
    check("deadlock", &[("order", "same")], 5.0);
    check("deadlock", &[("timeout", "1")], 5.0);
}

#[test]
fn computing_goes_as_predicted() {
    check("fibonacci", &[("n", "5,15,20")], 1.0);
    check("merge-sort", &[("lists", "8"), ("elements", "500"), ("chunk", "2")], 1.0);
    check("gil", &[("threads", "2"), ("work", "0.2")], 1.0);
}

#[test]
fn small_jobs_and_mixed_loads_go_as_predicted() {
    check("pool-or-spawn", &[("jobs", "8")], 1.0);
    check("hybrid", &[("jobs", "6"), ("latency", "0.5"), ("blocking", "0.2"), ("cpu", "0.1"), ("threads", "2")], 5.0);
}

/// Runs the lesson at this speed on each of its models, and compares.
#[track_caller]
fn check(lesson: &str, given: &[(&str, &str)], speed: f64) {
    let lesson = lessons::find(lesson).expect("the lesson is open");
    let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let values = Values::read(lesson.parameters, &given).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    let prepared = lesson.prepare(&values);
    let speed = Speed::new(speed).expect("it is a speed");
    // Lines of a measured run are compared wherever they are 50 ms of the program's own time apart, and more at a speed.
    let apart = Nanos(50_000_000);
    for &model in lesson.models {
        let predicted = simulate(&prepared.program, &prepared.settings(model, 0));
        let measured = measure(&prepared, model, speed);
        let told = agreement(&predicted, &measured, apart);
        assert_eq!(told, Ok(()), "{} on {model}: {:?}", lesson.id, measured.log());
    }
}

fn measure(prepared: &Prepared, model: Model, speed: Speed) -> Trace {
    let trace = Arc::new(Mutex::new(Trace::new(model, Clock::Machine, speed)));
    let recorder = {
        let trace = Arc::clone(&trace);
        let apply = move |event: Event| trace.lock().expect("no sink panicked").apply(event);
        Arc::new(Recorder::new(apply))
    };
    let (program, settings) = (prepared.program.clone(), prepared.settings(model, 0));
    let processes = Arc::new(InProcess {
        make: {
            let program = program.clone();
            Box::new(move || Arc::new(WorkerProcess::new(program.clone(), settings, speed)))
        },
        made: Mutex::default(),
        recorder: Arc::clone(&recorder),
    });
    let threads = Arc::new(OsThreads);
    let (at, ending) =
        engine::measure::run(Plan { program, settings, speed, recorder, threads, transport: None, processes });
    let mut trace = trace.lock().expect("no sink panicked").clone();
    trace.apply(Event::Finish { at, cpu: None, switches: None, ending });
    trace
}

/// Processes that are not: each has the state of one, and its jobs are done by the threads that feed it.
struct InProcess {
    make: Box<dyn Fn() -> Arc<WorkerProcess> + Send + Sync>,
    made: Mutex<HashMap<Process, Arc<WorkerProcess>>>,
    recorder: Arc<Recorder>,
}

struct Lane {
    process: Arc<WorkerProcess>,
    lane: LaneId,
    recorder: Arc<Recorder>,
}

impl Processes for InProcess {
    fn start(&self, lane: LaneId, process: Process) -> Result<Box<dyn Worker>, String> {
        let mut made = self.made.lock().expect("nobody panicked while it was made");
        let process = Arc::clone(made.entry(process).or_insert_with(&self.make));
        Ok(Box::new(Lane { process, lane, recorder: Arc::clone(&self.recorder) }))
    }
}

impl Worker for Lane {
    fn work(&mut self, task: TaskId, job: &Job) -> Ended {
        self.process.work(self.lane, task, job, &self.recorder)
    }
}
