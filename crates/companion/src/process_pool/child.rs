//! The other side of the pool: the process that does jobs.
//!
//! A thread of its own reads what the parent sends. The parent's end, however it comes about, closes the pipe, and that
//! thread then ends the process at once, in the middle of a job too: the main thread may be asleep for a minute.

use std::io::{self, ErrorKind, stdin, stdout};
use std::process::exit;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use engine::costs::Costs;
use engine::measure::{Recorder, Station, run_job};
use engine::model::{Settings, Speed};
use engine::operation::Job;
use engine::program::Program;
use engine::time::Nanos;
use engine::trace::{LaneId, TaskId};
use lessons::Values;

use crate::cpu_time;
use crate::failure::Failure;
use crate::process_pool::message::{Answer, Order, receive, send};

/// Does what the parent asks until the parent is gone.
///
/// # Errors
/// Where the first thread cannot be joined by a second.
pub fn run() -> Result<(), Failure> {
    // A job that panics is reported to the parent, which tells the person; a second telling would only disturb.
    std::panic::set_hook(Box::new(|_| {}));
    let (sender, orders) = channel();
    let reader = thread::Builder::new().name("orders".to_owned()).spawn(move || forward_orders(&sender));
    reader.map_err(|error| Failure::because(format_args!("The system gives no further thread ({error}).")))?;
    match obey(&orders) {
        // The parent no longer listens: it is gone, or about to be.
        Ok(()) | Err(_) => Ok(()),
    }
}

fn forward_orders(to: &Sender<Order>) {
    loop {
        match receive(&mut stdin().lock()) {
            // Where nobody takes orders any more, the process is ending anyway.
            Ok(order) => drop(to.send(order)),
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                crate::notice::error(
                    "`interleave worker` is for `interleave run` to call: this is none of its messages.",
                );
                exit(1);
            }
            Err(_) => exit(0),
        }
    }
}

fn obey(orders: &Receiver<Order>) -> io::Result<()> {
    let mut prepared = Err("no lesson was named".to_owned());
    for order in orders {
        match order {
            Order::Prepare { lesson, parameters, settings, speed } => {
                let program = prepare(&lesson, &parameters, settings.costs);
                prepared = program.map(|program| Prepared { program, settings, speed });
                tell(&Answer::Prepared(prepared.as_ref().map(drop).map_err(Clone::clone)))?;
            }
            Order::Echo(payload) => tell(&Answer::Echo(payload))?,
            Order::Run { lane, task, job, now } => match &prepared {
                Ok(prepared) => do_job(prepared, lane, task, &job, now)?,
                Err(reason) => tell(&Answer::Prepared(Err(reason.clone())))?,
            },
        }
    }
    Ok(())
}

struct Prepared {
    program: Program,
    settings: Settings,
    speed: Speed,
}

fn prepare(lesson: &str, parameters: &[(String, String)], costs: Costs) -> Result<Program, String> {
    let lesson = lessons::find(lesson).map_err(|wrong| wrong.to_string())?;
    let values = Values::read(lesson.parameters, parameters);
    let values = values.map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))?;
    Ok(lesson.prepare_on(&values, costs).program)
}

/// Does one job. This process's clock starts at what the run's clock showed when the order was sent, so its times are
/// early by as long as the order took through the pipe: some tens of microseconds.
fn do_job(prepared: &Prepared, lane: LaneId, task: TaskId, job: &Job, now: Nanos) -> io::Result<()> {
    let recorder = Recorder::joining(now, |event| {
        if tell(&Answer::Event(event)).is_err() {
            exit(0);
        }
    });
    // The process has a GIL of its own, and one thread that wants it.
    let station = Station { lane, speed: prepared.speed, recorder: Arc::new(recorder), gil: None };
    let before = cpu_time::used();
    let result = run_job(&prepared.program, &prepared.settings, &station, task, job);
    tell(&Answer::Ended { result, cpu: cpu_time::since(before) })
}

fn tell(answer: &Answer) -> io::Result<()> {
    send(&mut stdout().lock(), answer)
}
