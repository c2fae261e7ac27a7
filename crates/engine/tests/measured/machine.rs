//! Running a program on this machine, and on the virtual clock beside it.

use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};

use engine::costs::{Costs, Interval};
use engine::error::TaskFailed;
use engine::measure::native::OsThreads;
use engine::measure::{Plan, Recorder, Station, Worker, run, run_job};
use engine::model::{Model, Settings, Speed};
use engine::operation::Job;
use engine::program::Program;
use engine::time::Nanos;
use engine::trace::{Clock, Event, LaneId, Span, TaskId, Trace};

/// The models whose tasks share memory and run on a machine's threads.
pub const ON_THREADS: [Model; 5] =
    [Model::Sequential, Model::Threads, Model::ThreadPool, Model::EventLoop, Model::LoopAndThreads];

/// Pools of four; with a GIL of a very short interval, or with none.
pub fn settings(model: Model, gil: bool) -> Settings {
    let four = NonZeroU16::new(4).unwrap();
    let interval = Interval::new(Nanos(100_000)).unwrap();
    let costs = Costs { gil: gil.then_some(interval), ..Costs::FREE };
    Settings { model, threads: four, processes: four, seed: 0, costs }
}

/// Runs `program` to its end. The jobs of a process pool are done on this process's threads, but away from the run.
pub fn measure(program: &Program, settings: Settings, speed: Speed) -> Trace {
    let trace = Arc::new(Mutex::new(Trace::new(settings.model, Clock::Machine, speed)));
    let recorder = {
        let trace = Arc::clone(&trace);
        Arc::new(Recorder::new(move |event| trace.lock().unwrap().apply(event)))
    };
    let worker = |_| {
        let (program, recorder) = (program.clone(), Arc::clone(&recorder));
        Box::new(InProcess { program, settings, recorder, speed }) as Box<dyn Worker>
    };
    let (at, ending) = run(Plan {
        program: program.clone(),
        settings,
        speed,
        recorder: Arc::clone(&recorder),
        threads: Arc::new(OsThreads),
        workers: (0..4).map(worker).collect(),
    });
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

struct InProcess {
    program: Program,
    settings: Settings,
    recorder: Arc<Recorder>,
    speed: Speed,
}

impl Worker for InProcess {
    fn work(&mut self, lane: LaneId, task: TaskId, job: &Job) -> Result<Vec<u8>, TaskFailed> {
        let station = Station { lane, speed: self.speed, recorder: Arc::clone(&self.recorder), gil: None };
        run_job(&self.program, &self.settings, &station, task, job)
    }
}
