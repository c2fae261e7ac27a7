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
use lessons::{Lesson, Prepared, Values};

/// A lesson, the values under which it is measured, and at which speed. It is measured on all of its models.
type Run = (&'static str, &'static [(&'static str, &'static str)], f64);

const WAITS: &[Run] = &[
    ("delay-messages", &[("messages", "TWO=2,THREE=3")], 10.0),
    ("delay-messages", &[("messages", "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5")], 10.0),
    ("fan-out", &[], 5.0),
    ("await-or-task", &[("start", "task")], 10.0),
    ("await-or-task", &[("start", "await")], 10.0),
];

const REQUESTS: &[Run] = &[
    ("paged-api", &[("pages", "2000"), ("latency", "constant 0.001"), ("failure-rate", "0")], 10.0),
    ("paged-api", &[("pages", "12"), ("latency", "uniform 0.1 0.3"), ("failure-rate", "0.5"), ("limit", "4")], 10.0),
    ("downloads", &[("repeats", "8"), ("pool", "3"), ("connections", "4"), ("handling", "0.001")], 5.0),
    ("downloads", &[("session", "thread"), ("repeats", "8"), ("pool", "3"), ("handling", "0")], 5.0),
];

const LOOPS: &[Run] = &[
    ("blocking-call", &[("repair", "none")], 10.0),
    ("blocking-call", &[("repair", "to-thread")], 10.0),
    ("to-thread", &[("repair", "none")], 5.0),
    ("to-thread", &[("repair", "to-thread")], 5.0),
];

const SHARED: &[Run] = &[
    ("lost-update", &[("change", "0.5")], 2.0),
    ("lost-update", &[("await", "on"), ("change", "0.2"), ("pause", "0.5")], 2.0),
    ("lost-update", &[("lock", "on"), ("updates", "1")], 5.0),
    ("deadlock", &[("order", "same")], 5.0),
    ("deadlock", &[("timeout", "1")], 5.0),
];

const COMPUTING: &[Run] = &[
    ("fibonacci", &[("n", "5,15,20")], 1.0),
    ("merge-sort", &[("lists", "8"), ("elements", "500"), ("chunk", "2")], 1.0),
    ("sum-squares", &[("numbers", "5"), ("from", "2000"), ("threads", "2"), ("processes", "2")], 1.0),
    ("sum-squares", &[("numbers", "5"), ("from", "2000"), ("processes", "2"), ("chunk", "2")], 1.0),
    ("gil", &[("threads", "2"), ("work", "0.2")], 1.0),
];

const MIXED: &[Run] = &[
    ("pool-or-spawn", &[("jobs", "8")], 1.0),
    ("hybrid", &[("jobs", "6"), ("latency", "0.5"), ("blocking", "0.2"), ("cpu", "0.1"), ("threads", "2")], 5.0),
    ("advise", &[("tasks", "6"), ("wait", "0.5"), ("cpu", "0.001"), ("limit", "2"), ("cores", "2")], 5.0),
    ("advise", &[("tasks", "6"), ("wait", "0.5"), ("cpu", "0.001"), ("limit", "0"), ("cores", "2")], 5.0),
];

#[test]
fn waits_go_as_predicted() {
    check_all(WAITS);
}

#[test]
fn requests_go_as_predicted() {
    check_all(REQUESTS);
}

#[test]
fn a_loop_stands_still_and_is_kept_going_as_predicted() {
    check_all(LOOPS);
}

#[test]
fn what_threads_share_goes_as_predicted() {
    check_all(SHARED);
}

#[test]
fn computing_goes_as_predicted() {
    check_all(COMPUTING);
}

#[test]
fn small_jobs_and_mixed_loads_go_as_predicted() {
    check_all(MIXED);
}

/// With a lock it is open who takes it first where both wake at the same instant, and nothing else.
#[test]
fn updates_under_a_lock_come_one_after_the_other_as_predicted() {
    let nameless = |trace: &Trace| -> Vec<String> {
        let texts = trace.log().into_iter().map(|line| line.text.split(' ').skip(2).collect::<Vec<_>>().join(" "));
        texts.filter(|text| ["read", "wrote", "is"].iter().any(|word| text.starts_with(word))).collect()
    };
    for awaits in ["off", "on"] {
        let (lesson, prepared) = prepare("lost-update", &[("lock", "on"), ("await", awaits), ("pause", "0.5")]);
        for &model in lesson.models {
            let predicted = simulate(&prepared.program, &prepared.settings(model, 0));
            let measured = measure(&prepared, model, Speed::new(5.0).expect("it is a speed"));
            assert_eq!(nameless(&measured), nameless(&predicted), "{model}, await {awaits}");
            assert_eq!(measured.outcome(), predicted.outcome(), "{model}, await {awaits}");
        }
    }
}

#[test]
fn every_lesson_is_measured() {
    let runs = || [WAITS, REQUESTS, LOOPS, SHARED, COMPUTING, MIXED].into_iter().flatten();
    for lesson in lessons::catalogue() {
        let is_measured = runs().any(|(id, ..)| *id == lesson.id);
        assert!(is_measured, "{} is measured with no values: add it to one of the lists of runs.", lesson.id);
    }
}

/// Measures each on each of its models, and compares.
#[track_caller]
fn check_all(runs: &[Run]) {
    for (lesson, given, speed) in runs {
        check(lesson, given, *speed);
    }
}

/// Runs the lesson at this speed on each of its models, and compares.
#[track_caller]
fn check(lesson: &str, given: &[(&str, &str)], speed: f64) {
    let (lesson, prepared) = prepare(lesson, given);
    let speed = Speed::new(speed).expect("it is a speed");
    // Lines of a measured run are compared wherever they are 50 ms of the program's own time apart, and more at a speed.
    let apart = Nanos(50_000_000);
    for &model in lesson.models {
        let predicted = simulate(&prepared.program, &prepared.settings(model, 0));
        let measured = measure(&prepared, model, speed);
        let told = agreement(&predicted, &measured, apart);
        assert_eq!(told, Ok(()), "{} on {model} with {given:?}: {:?}", lesson.id, measured.log());
    }
}

fn prepare(lesson: &str, given: &[(&str, &str)]) -> (&'static Lesson, Prepared) {
    let lesson = lessons::find(lesson).expect("the lesson is open");
    let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let values = Values::read(lesson.parameters, &given).unwrap_or_else(|wrong| panic!("{wrong:?}"));
    (lesson, lesson.prepare(&values))
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
