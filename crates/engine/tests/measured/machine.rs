//! Running a program on this machine, and on the virtual clock beside it.

use std::collections::HashMap;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use engine::costs::{Costs, Interval};
use engine::measure::native::OsThreads;
use engine::measure::{NoProcesses, Plan, Processes, Recorder, Threads, Transport, Worker, WorkerProcess, run};
use engine::model::{Model, Settings, Speed};
use engine::operation::Job;
use engine::program::{Ended, Program};
use engine::time::Nanos;
use engine::trace::{Clock, Event, LaneId, Process, Span, TaskId, Trace};

/// The models whose tasks share memory and run on a machine's threads.
pub const ON_THREADS: [Model; 5] =
    [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop, Model::LoopAndThreads];

/// The models with processes, whose jobs share nothing.
pub const IN_PROCESSES: [Model; 4] =
    [Model::ProcessPool, Model::Processes, Model::LoopAndProcesses, Model::ProcessesOfThreads];

/// Pools of four; with a GIL of a very short interval, or with none.
pub fn settings(model: Model, gil: bool) -> Settings {
    let four = NonZeroU16::new(4).unwrap();
    let interval = Interval::new(Nanos(100_000)).unwrap();
    let costs = Costs { gil: gil.then_some(interval), ..Costs::FREE };
    Settings { model, threads: four, processes: four, seed: 0, costs }
}

/// Runs `program` to its end. Processes are stood in for by threads of this one, whose jobs are done away from the run.
pub fn measure(program: &Program, settings: Settings, speed: Speed) -> Trace {
    measure_over(program, settings, speed, None)
}

/// The same, with requests over `transport`.
pub fn measure_over(
    program: &Program,
    settings: Settings,
    speed: Speed,
    transport: Option<Arc<dyn Transport>>,
) -> Trace {
    let processes = |recorder: &_| Arc::new(InProcess::new(program, settings, speed, recorder)) as Arc<dyn Processes>;
    measure_with(program, settings, speed, transport, processes)
}

/// Runs `program` to its end, with these processes.
pub fn measure_with(
    program: &Program,
    settings: Settings,
    speed: Speed,
    transport: Option<Arc<dyn Transport>>,
    processes: impl FnOnce(&Arc<Recorder>) -> Arc<dyn Processes>,
) -> Trace {
    measure_all(program, settings, speed, transport, processes, Arc::new(OsThreads))
}

/// What tasks did in a run, as it came.
pub fn events(program: &Program, settings: Settings, speed: Speed) -> Vec<Event> {
    let events = Arc::new(Mutex::new(Vec::new()));
    let recorder = {
        let events = Arc::clone(&events);
        Arc::new(Recorder::new(move |event| events.lock().unwrap().push(event)))
    };
    let processes = Arc::new(InProcess::new(program, settings, speed, &recorder));
    let (program, threads) = (program.clone(), Arc::new(OsThreads));
    let _: (Nanos, _) = run(Plan { program, settings, speed, recorder, threads, transport: None, processes });
    std::mem::take(&mut *events.lock().unwrap())
}

/// Runs `program` to its end on these threads, with no process beside.
pub fn measure_on(program: &Program, settings: Settings, threads: Arc<dyn Threads>) -> Trace {
    measure_all(program, settings, Speed::REAL, None, |_| Arc::new(NoProcesses), threads)
}

fn measure_all(
    program: &Program,
    settings: Settings,
    speed: Speed,
    transport: Option<Arc<dyn Transport>>,
    processes: impl FnOnce(&Arc<Recorder>) -> Arc<dyn Processes>,
    threads: Arc<dyn Threads>,
) -> Trace {
    let trace = Arc::new(Mutex::new(Trace::new(settings.model, Clock::Machine, speed)));
    let recorder = {
        let trace = Arc::clone(&trace);
        Arc::new(Recorder::new(move |event| trace.lock().unwrap().apply(event)))
    };
    let (program, processes) = (program.clone(), processes(&recorder));
    let (at, ending) = run(Plan { program, settings, speed, recorder, threads, transport, processes });
    let mut trace = trace.lock().unwrap().clone();
    trace.apply(Event::Finish { at, cpu: None, switches: None, ending });
    trace
}

/// The lines of the log, without their times.
pub fn log(trace: &Trace) -> Vec<String> {
    trace.log().iter().map(|line| line.text.to_owned()).collect()
}

/// The most spans that there are at any one time; those that end where others begin are over by then.
pub fn most_at_once(spans: &[Span]) -> usize {
    let lasting = spans.iter().filter(|span| span.end > span.start);
    let mut changes: Vec<_> = lasting.flat_map(|span| [(span.start, 1), (span.end, -1)]).collect();
    changes.sort();
    let mut now = 0;
    changes.iter().fold(0, |most, (_, change)| {
        now += change;
        most.max(now)
    }) as usize
}

/// Processes that are not: each has the state of one, and its jobs are done by the threads that feed it.
pub struct InProcess {
    make: Box<dyn Fn() -> Arc<WorkerProcess> + Send + Sync>,
    made: Mutex<HashMap<Process, Arc<WorkerProcess>>>,
    recorder: Arc<Recorder>,
}

impl InProcess {
    pub fn new(program: &Program, settings: Settings, speed: Speed, recorder: &Arc<Recorder>) -> InProcess {
        let program = program.clone();
        let make = move || Arc::new(WorkerProcess::new(program.clone(), settings, speed));
        InProcess { make: Box::new(make), made: Mutex::default(), recorder: Arc::clone(recorder) }
    }
}

struct Lane {
    process: Arc<WorkerProcess>,
    lane: LaneId,
    recorder: Arc<Recorder>,
}

impl Processes for InProcess {
    fn start(&self, lane: LaneId, process: Process) -> Result<Box<dyn Worker>, String> {
        let process = Arc::clone(self.made.lock().unwrap().entry(process).or_insert_with(&self.make));
        Ok(Box::new(Lane { process, lane, recorder: Arc::clone(&self.recorder) }))
    }
}

impl Worker for Lane {
    fn work(&mut self, task: TaskId, job: &Job) -> Ended {
        self.process.work(self.lane, task, job, &self.recorder)
    }
}
