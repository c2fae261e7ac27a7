//! Runners elsewhere: a lab in its Worker, a companion behind its socket. What they have in common, which is all but the line
//! that the messages go over.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;

use engine::model::Model;
use engine::protocol;
use leptos::prelude::{IntervalHandle, set_interval_with_handle};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::convert::FromWasmAbi;

use crate::backend::session::{Effect, Session};
use crate::backend::watch::{TICK_MS, Watch};
use crate::backend::{Job, Name, Progress, Tell};

/// A line to a runner. Dropping it ends the runner, and what it does.
pub trait Line: Sized + 'static {
    /// How people call the runner.
    const NAME: Name;

    /// Sends a message.
    ///
    /// # Errors
    /// Where the runner cannot be reached.
    fn send(&self, message: &[u8]) -> Result<(), JsValue>;
}

/// A runner and the job that it does. It is started with the first job, and ends with this.
pub struct Remote<L>(Rc<RefCell<Inner<L>>>);

struct Inner<L> {
    runner: Option<Runner<L>>,
    under_way: Option<(Session, Tell)>,
    next_run: u32,
}

struct Runner<L> {
    line: Rc<L>,
    /// So many threads it can keep busy.
    threads: usize,
    watch: Watch,
    ticks: Option<IntervalHandle>,
}

/// Who listens to a line. It does not keep alive what it tells.
pub struct Ears<L>(Weak<RefCell<Inner<L>>>);

impl<L: Line> Remote<L> {
    /// Runs `job` on each of `models`. A runner for so many `threads` is kept from the job before, or begun by `open`.
    pub fn start(
        &self,
        job: Job,
        models: Vec<Model>,
        threads: usize,
        tell: Tell,
        open: impl FnOnce(&Ears<L>) -> Result<L, String>,
    ) {
        self.stop();
        let effects = {
            let mut inner = self.0.borrow_mut();
            let mut session = Session::new(job, models, inner.next_run, &L::NAME);
            let effects = match inner.runner.as_mut().filter(|runner| runner.threads == threads) {
                Some(runner) => {
                    runner.watch.hear();
                    session.begin()
                }
                None => {
                    inner.runner = None;
                    let mut effects = vec![Effect::Tell(Progress::Starting(threads))];
                    let ears = Ears(Rc::downgrade(&self.0));
                    match open(&ears) {
                        Ok(line) => inner.runner = Some(Runner::new(line, threads, &ears)),
                        Err(reason) => effects.extend(session.lose(reason)),
                    }
                    effects
                }
            };
            inner.under_way = Some((session, tell));
            effects
        };
        carry_out(&self.0, effects);
    }

    /// Ends what is under way, and its runner.
    pub fn stop(&self) {
        let mut inner = self.0.borrow_mut();
        if let Some((session, _)) = inner.under_way.take() {
            inner.next_run = session.next_run();
            inner.runner = None;
        }
    }
}

impl<L> Default for Remote<L> {
    fn default() -> Remote<L> {
        Remote(Rc::new(RefCell::new(Inner { runner: None, under_way: None, next_run: 0 })))
    }
}

impl<L: Line> Ears<L> {
    /// A listener for events.
    pub fn listener<E: FromWasmAbi + 'static>(&self, act: impl Fn(&Ears<L>, E) + 'static) -> Closure<dyn FnMut(E)> {
        let ears = self.clone();
        Closure::new(move |event| act(&ears, event))
    }

    /// The runner said this.
    pub fn hear(&self, message: &[u8]) {
        let report = match protocol::decode(message) {
            Ok(report) => report,
            Err(reason) => {
                return self.lose(format!("it said something that this page does not understand ({reason})"));
            }
        };
        let Some(inner) = self.0.upgrade() else { return };
        let effects = {
            let mut inner = inner.borrow_mut();
            if let Some(runner) = &mut inner.runner {
                runner.watch.hear();
            }
            inner.under_way.as_mut().map(|(session, _)| session.hear(report)).unwrap_or_default()
        };
        carry_out(&inner, effects);
    }

    /// The runner is gone, for this reason.
    pub fn lose(&self, reason: String) {
        if let Some(inner) = self.0.upgrade() {
            lose(&inner, reason);
        }
    }

    fn tick(&self) {
        let Some(inner) = self.0.upgrade() else { return };
        let silent = {
            let mut inner = inner.borrow_mut();
            let is_awaited = inner.under_way.is_some();
            inner.runner.as_mut().filter(|_| is_awaited).and_then(|runner| runner.watch.tick())
        };
        if let Some(reason) = silent {
            lose(&inner, reason);
        }
    }
}

impl<L> Clone for Ears<L> {
    fn clone(&self) -> Ears<L> {
        Ears(Weak::clone(&self.0))
    }
}

impl<L: Line> Runner<L> {
    fn new(line: L, threads: usize, ears: &Ears<L>) -> Runner<L> {
        let ears = ears.clone();
        let ticks = set_interval_with_handle(move || ears.tick(), Duration::from_millis(TICK_MS.into()));
        Runner { line: Rc::new(line), threads, watch: Watch::default(), ticks: ticks.ok() }
    }
}

impl<L> Drop for Runner<L> {
    fn drop(&mut self) {
        if let Some(ticks) = self.ticks {
            ticks.clear();
        }
    }
}

/// Does what a session wants done. Nothing is borrowed while the page or the runner is told: the page may start or stop a
/// job, and a runner may answer at once with an error, which ends in [`lose`].
fn carry_out<L: Line>(inner: &Rc<RefCell<Inner<L>>>, effects: Vec<Effect>) {
    for effect in effects {
        match effect {
            Effect::Send(command) => {
                let line = inner.borrow().runner.as_ref().map(|runner| Rc::clone(&runner.line));
                if line.is_some_and(|line| line.send(&protocol::encode(&command)).is_err()) {
                    lose(inner, "a command could not be sent to it".to_owned());
                    return;
                }
            }
            Effect::Retire => drop(inner.borrow_mut().runner.take()),
            Effect::Tell(progress) => {
                let is_over = matches!(progress, Progress::Over(_));
                let tell = inner.borrow().under_way.as_ref().map(|(_, tell)| Rc::clone(tell));
                if is_over {
                    let mut inner = inner.borrow_mut();
                    if let Some((session, _)) = inner.under_way.take() {
                        inner.next_run = session.next_run();
                    }
                }
                if let Some(tell) = tell {
                    tell(progress);
                }
            }
        }
    }
}

/// Gives the runner up. Where no job is under way nobody needs to hear of it.
fn lose<L: Line>(inner: &Rc<RefCell<Inner<L>>>, reason: String) {
    let effects = match &mut inner.borrow_mut().under_way {
        Some((session, _)) => session.lose(reason),
        None => vec![Effect::Retire],
    };
    carry_out(inner, effects);
}
