//! Measured runs tell what was predicted, line by line, wherever the program itself orders its lines.

use std::time::Duration;

use engine::error::TaskFailed;
use engine::model::{Model, Speed};
use engine::program::{Outcome, Program, Script, Work};
use engine::simulate::simulate;
use engine::task::{Flag, Task};
use engine::time::Nanos;
use engine::trace::agreement;
use serde::{Deserialize, Serialize};

use super::machine::{IN_PROCESSES, ON_THREADS, log, measure, settings};

/// A baton is handed on by flags, against the order of spawning.
#[test]
fn a_relay_runs_in_its_order_on_every_model() {
    let program = Program::new(Relay);
    for model in ON_THREADS {
        for gil in [true, false] {
            // One after the other, nobody is there yet to wait for.
            if model == Model::Sequential {
                continue;
            }
            let settings = settings(model, gil);
            let (predicted, measured) = (simulate(&program, &settings), measure(&program, settings, Speed::REAL));
            assert_eq!(measured.outcome(), predicted.outcome(), "{model}: {:?}", measured.finished);
            assert_eq!(log(&measured), log(&predicted), "{model}");
        }
    }
}

#[test]
fn tasks_that_are_joined_one_by_one_tell_the_same_on_every_model() {
    let program = Program::new(OneByOne);
    let models = ON_THREADS.into_iter().chain(IN_PROCESSES);
    for model in models {
        let settings = settings(model, true);
        let (predicted, measured) = (simulate(&program, &settings), measure(&program, settings, Speed::REAL));
        assert_eq!(measured.outcome(), predicted.outcome(), "{model}: {:?}", measured.finished);
        assert_eq!(log(&measured), log(&predicted), "{model}");
        assert_eq!(agreement(&predicted, &measured, Nanos::ZERO), Ok(()), "{model}");
    }
}

#[derive(Clone)]
struct Relay;

#[derive(Clone)]
struct OneByOne;

#[derive(Serialize, Deserialize)]
enum Job {
    Run { place: usize, takes: Flag, hands_on: Flag },
    Square(i64),
}

impl Script for Relay {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let mut flags = Vec::new();
        for place in 0..5 {
            flags.push(task.flag(&format!("baton {place}")).await);
        }
        let mut handles = Vec::new();
        for place in (0..4).rev() {
            let (takes, hands_on) = (flags[place], flags[place + 1]);
            handles.push(task.spawn(&Job::Run { place, takes, hands_on }).await);
        }
        task.log("start").await;
        task.set(flags[0]).await;
        for handle in handles {
            task.join(handle).await?;
        }
        task.log("goal").await;
        Ok(Outcome::new())
    }
}

impl Script for OneByOne {
    type Job = Job;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let mut sum = 0;
        for number in 1..6 {
            let squares = task.spawn(&Job::Square(number)).await;
            sum += task.join(squares).await?;
            sum += task.offload(&Job::Square(number)).await?;
        }
        Ok(Outcome::from([("sum".to_owned(), sum)]))
    }
}

impl Work for Job {
    type Output = i64;

    fn name(&self) -> String {
        "task".to_owned()
    }

    async fn run(self, mut task: Task) -> i64 {
        match self {
            Job::Run { place, takes, hands_on } => {
                task.wait_for_flag(takes).await;
                task.log(format!("runner {place}")).await;
                task.sleep(Duration::from_micros(100)).await;
                task.log(format!("runner {place} is tired")).await;
                task.set(hands_on).await;
                0
            }
            Job::Square(number) => {
                task.log(format!("squares {number}")).await;
                task.sleep(Duration::from_micros(100)).await;
                task.log(format!("has squared {number}")).await;
                number * number
            }
        }
    }
}
