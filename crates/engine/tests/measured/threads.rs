//! Threads that the system does not give: the task fails in words, and the run ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::error::{RunError, TaskFailed};
use engine::measure::Threads;
use engine::measure::native::OsThreads;
use engine::model::Model;
use engine::program::{Outcome, Program, Script, Work};
use engine::task::{Flag, Task};
use serde::{Deserialize, Serialize};

use super::machine::{measure_on, settings};

/// The first two tasks are there when the third can have no thread, and end as if nothing had been.
#[test]
fn who_gets_no_thread_says_beside_how_many_and_the_run_ends() {
    for model in [Model::Threads, Model::ThreadPool] {
        let threads = Arc::new(Few(AtomicUsize::new(2)));
        let trace = measure_on(&Program::new(Six), settings(model, true), threads);
        let reason = "beside 3 threads of the run, there are no more".to_owned();
        let failed = RunError::Task(TaskFailed { task: "3".to_owned(), reason });
        assert_eq!(trace.failure(), Some(&failed), "{model}");
        assert!(trace.tasks[1..=2].iter().all(|task| task.ended.is_some()), "{model}");
    }
}

/// So many threads and no more.
struct Few(AtomicUsize);

impl Threads for Few {
    fn start(&self, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String> {
        match self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
            Ok(_) => OsThreads.start(name, body),
            Err(_) => Err("there are no more".to_owned()),
        }
    }
}

/// Six tasks that all wait until the last has been spawned.
#[derive(Clone)]
struct Six;

#[derive(Serialize, Deserialize)]
struct Waits {
    number: u32,
    flag: Flag,
}

impl Script for Six {
    type Job = Waits;

    async fn main(self, mut task: Task) -> Result<Outcome, TaskFailed> {
        let flag = task.flag("all are spawned").await;
        let mut handles = Vec::new();
        for number in 1..=6 {
            handles.push(task.spawn(&Waits { number, flag }).await);
        }
        task.set(flag).await;
        for handle in handles {
            task.join(handle).await?;
        }
        Ok(Outcome::new())
    }
}

impl Work for Waits {
    type Output = ();

    fn name(&self) -> String {
        self.number.to_string()
    }

    async fn run(self, mut task: Task) {
        task.wait_for_flag(self.flag).await;
    }
}
