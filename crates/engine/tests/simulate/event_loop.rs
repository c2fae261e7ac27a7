//! The event loop's order, which is asyncio's: CPython 3.13 prints these sequences for the same programs.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::costs::Costs;
use engine::error::{RunError, TaskFailed};
use engine::model::{Model, Settings};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::simulate;
use engine::task::Task;
use engine::trace::{Activity, ReadyFor, Trace};
use serde::{Deserialize, Serialize};

/// With `time.sleep(3)` in THREE: what was ready already runs before the timers that came due meanwhile.
#[test]
fn ready_tasks_run_before_timers_that_came_due_meanwhile() {
    let trace = run(Messages { blocking: "THREE", panicking: "" });
    assert_eq!(trace.outcome(), Some(&Outcome::new()));
    let expected = [
        "0 ONE received",
        "0 TWO received",
        "0 THREE received",
        "3 THREE printed",
        "3 FOUR received",
        "3 FIVE received",
        "3 ONE printed",
        "3 TWO printed",
        "7 FOUR printed",
        "8 FIVE printed",
    ];
    assert_eq!(log(&trace), expected);
}

#[test]
fn a_task_whose_timer_is_due_is_ready_from_then_on_and_its_cause_names_who_holds_the_loop() {
    let trace = run(Messages { blocking: "THREE", panicking: "" });
    let causes = trace.causes(trace.end());
    let ready: Vec<_> = trace
        .spans
        .iter()
        .filter(|span| span.activity == Activity::Ready(ReadyFor::Turn))
        .map(|span| (trace.task_name(span.task), span.start.as_secs_f64(), span.end.as_secs_f64(), causes.of(span)))
        .collect();
    let busy = || "the event loop is busy with THREE".to_owned();
    let expected =
        [("FOUR", 0.0, 3.0, busy()), ("FIVE", 0.0, 3.0, busy()), ("ONE", 1.0, 3.0, busy()), ("TWO", 2.0, 3.0, busy())];
    assert_eq!(ready, expected);
}

/// `asyncio.sleep(0)` gives way to whoever is ready, once.
#[test]
fn whoever_yields_stands_at_the_end_of_the_line() {
    let trace = run(Turns);
    let expected = [
        "0 main spawned",
        "0 A 0",
        "0 B 0",
        "0 C 0",
        "0 A 1",
        "0 B 1",
        "0 A 2",
        "0 B 2",
        "0 main joined A",
        "1 C 1",
        "2 main joined C",
    ];
    assert_eq!(log(&trace), expected);
}

#[test]
fn a_panic_fails_the_task_and_reaches_whoever_joins_it() {
    let trace = run(Messages { blocking: "", panicking: "TWO" });
    let failed = TaskFailed { task: "TWO".to_owned(), reason: "it panicked: TWO tore".to_owned() };
    assert_eq!(trace.failure(), Some(&RunError::Task(failed)));
}

#[test]
fn a_task_that_waits_for_nothing_is_named_instead_of_waited_for() {
    let trace = run(Forever);
    assert_eq!(trace.failure(), Some(&RunError::Stalled { waiting: vec!["main".to_owned()] }));
}

fn run(script: impl Script) -> Trace {
    let one = NonZeroU16::MIN;
    let settings = Settings { model: Model::EventLoop, threads: one, processes: one, seed: 0, costs: Costs::FREE };
    simulate(&Program::new(script), &settings)
}

fn log(trace: &Trace) -> Vec<String> {
    trace.log().iter().map(|line| format!("{} {}", line.at.0 / 1_000_000_000, line.text)).collect()
}

#[derive(Clone)]
struct Messages {
    blocking: &'static str,
    panicking: &'static str,
}

#[derive(Serialize, Deserialize)]
struct Deliver {
    name: String,
    seconds: u64,
    blocks: bool,
    panics: bool,
}

impl Script for Messages {
    type Job = Deliver;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let mut handles = Vec::new();
        for (name, seconds) in [("ONE", 1), ("TWO", 2), ("THREE", 3), ("FOUR", 4), ("FIVE", 5)] {
            let (blocks, panics) = (name == self.blocking, name == self.panicking);
            handles.push(task.spawn(&Deliver { name: name.to_owned(), seconds, blocks, panics }).await);
        }
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Work for Deliver {
    type Output = ();

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn run(self, mut task: Task) {
        let delay = Duration::from_secs(self.seconds);
        task.log(format!("{} received", self.name)).await;
        if self.blocks {
            task.block(delay).await;
        } else {
            task.sleep(delay).await;
        }
        assert!(!self.panics, "{} tore", self.name);
        task.log(format!("{} printed", self.name)).await;
    }
}

#[derive(Clone)]
struct Turns;

#[derive(Serialize, Deserialize)]
enum Turn {
    Yields(char),
    SleepsForNothing(char),
    Sleeps(char),
}

impl Script for Turns {
    type Job = Turn;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let a = task.spawn(&Turn::Yields('A')).await;
        let _b = task.spawn(&Turn::SleepsForNothing('B')).await;
        let c = task.spawn(&Turn::Sleeps('C')).await;
        task.log("main spawned").await;
        task.join(a).await?;
        task.log("main joined A").await;
        task.join(c).await?;
        task.log("main joined C").await;
        Ok(Outcome::new())
    }
}

impl Work for Turn {
    type Output = ();

    fn name(&self) -> String {
        let (Turn::Yields(name) | Turn::SleepsForNothing(name) | Turn::Sleeps(name)) = self;
        name.to_string()
    }

    async fn run(self, mut task: Task) {
        let name = self.name();
        let turns = if let Turn::Sleeps(_) = self { 2 } else { 3 };
        for turn in 0..turns {
            task.log(format!("{name} {turn}")).await;
            match self {
                Turn::Yields(_) => task.yield_now().await,
                Turn::SleepsForNothing(_) => task.sleep(Duration::ZERO).await,
                Turn::Sleeps(_) => task.sleep(Duration::from_secs(1)).await,
            }
        }
    }
}

#[derive(Clone)]
struct Forever;

impl Script for Forever {
    type Job = Deliver;

    async fn main(self, _: Task) -> Result<Outcome, TaskFailed> {
        std::future::pending().await
    }
}
