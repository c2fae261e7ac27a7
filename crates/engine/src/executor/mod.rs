//! A single-threaded executor: tasks that take turns on one thread, each until it waits.
//!
//! # The parts
//! A **task** is a future that the executor owns. It is **ready** while its key stands in the ready queue, **waiting**
//! while a waker, a timer or a joined task is to put it there, and over once its future has ended. A **waker** is what a
//! task leaves behind with whatever it waits for. The **platform** is the world around: a clock, and a way to wait while
//! no task is ready. A machine's thread, a browser's worker and a simulated thread are platforms.
//!
//! # A turn
//! [`Executor::run`] goes from turn to turn. Each has three steps, as in CPython's `asyncio` (`BaseEventLoop._run_once`):
//!
//! 1. **Select.** Tasks that were woken from outside go to the end of the ready queue. If none is ready then, the thread
//!    parks until the earliest timer is due or someone outside unparks it.
//! 2. **Timers.** Timers that have come due wake their tasks, the earliest first; of those due at one instant, the one
//!    that was set first, which `asyncio` leaves open. They too go to the end of the ready queue.
//! 3. **Run.** As many tasks are polled as stood in the queue when this step began. What becomes ready meanwhile is for the
//!    next turn, even if it became ready first thing.
//!
//! From 2 and 3 follows the rule that surprises people: tasks that are ready run before timers that came due while the
//! executor was busy. (In `asyncio` it is a timer's *callback* that goes into the queue; a task in `asyncio.sleep` is woken
//! by it and goes on one turn later still. Here the timer wakes its task itself.) From 3 follows that nobody starves: a
//! task that wakes itself for ever takes one poll of each turn.
//!
//! # Waking
//! Waking a task puts its key at the end of the ready queue, at most once until it is polled; `queued` in its slot says that
//! it stands there, and is taken back just before the poll. A wake during the poll therefore counts, and brings one more
//! poll in the next turn. A waker that outlives its task wakes nobody: a key holds a generation, and the next task in the
//! same slot has another.
//!
//! Few tasks ever keep their waker: timers, yields and the event loop know them by their keys. So one waker is lent to one
//! task after the other. Before each poll it is given the task's number; if it has been cloned when the poll is over, it
//! remains that task's, and another is made to be lent.
//!
//! A waker may be called from any thread. Almost always it is the executor's own, so that way takes no lock and no atomic
//! operation: while `run` is being polled, the thread knows (in a thread-local) that it is *inside* this executor, and a
//! waker of this executor that is called there goes straight to the queue. Any other call comes from *outside*:
//!
//! ```text
//! waker                                    executor
//! swap "called": was it set? then leave    take the list, under its lock
//! push onto the list, under its lock       for each: swap "called" back, put into the ready queue
//! was the list empty? then unpark          nothing ready? park
//! ```
//!
//! No wake is lost between the executor's last look at the list and its park, because unparking leaves a token: a park that
//! begins after it ends at once. No wake is lost between the two swaps either: who finds `called` set knows that the list
//! has not been gone through since, and the swap back sees all that was written before.
//!
//! # The end
//! A task that is aborted is put into the ready queue, and is dropped instead of polled when its turn comes. A panic ends
//! its task and nobody else: it is what the task's [`JoinHandle`] gives. What a task came to takes the place of its future,
//! and stays in the task's slot until the handle takes it or is dropped. When the main task has ended, one more turn runs,
//! the one in which `asyncio` learns of it; then whatever remains is dropped where it waits.
//!
//! Where nothing is ready, no timer is set and nobody outside has been [expected](Executor::expect_wakes), nothing can ever
//! become ready: `run` returns [`Unfinished::Stalled`] instead of waiting for ever.

mod channel;
mod join;
mod local;
mod offload;
mod outside;
mod parker;
mod platform;
mod ready;
mod semaphore;
mod sync;
mod task;
mod tasks;
mod timers;
mod turn;
mod waiters;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Poll, Waker};

pub use channel::{Closed, Receiver, Recv, Send, Sender, channel};
pub use join::{JoinError, JoinHandle};
pub use offload::{Offloaded, offload};
pub use outside::Expected;
pub(crate) use parker::Parker;
pub use platform::{After, Platform, ThreadPlatform, Unpark};
pub use semaphore::{Acquire, Permit, Semaphore};
pub(crate) use task::Body as TaskBody;
pub use task::Key;
pub(crate) use timers::TaskTimer;
pub use timers::Timer;

use crate::time::Nanos;
use local::Local;
use outside::Outside;
use ready::{Inside, Sleeper, WakerIdentity};
use task::{Body, Ending};
use tasks::Tasks;
use timers::Timers;

/// A handle on an executor that waits with the platform `P`. Clones are handles on the same one.
///
/// Tasks that hold such a handle keep their executor until its [`run`](Executor::run) ends.
pub struct Executor<P> {
    shared: Rc<Shared<P>>,
}

/// Why a run has no outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// Every task waits, and nothing is left that could wake one.
    Stalled {
        /// The tasks that wait, the main task among them.
        waiting: Vec<Key>,
    },
    /// The main task panicked or was aborted.
    Failed(JoinError),
}

/// What all handles of one executor share.
struct Shared<P> {
    /// The clock, the way to wait, and who is told what happens.
    platform: P,
    /// Every task that has been spawned, until it has ended and nobody can join it, and which of them are ready.
    tasks: RefCell<Tasks>,
    /// Who is to be woken when.
    timers: RefCell<Timers>,
    /// Where wakers leave their calls that do not come from inside.
    outside: Arc<Outside>,
    /// The task that is being polled, by which [`Waker`] it is known.
    polled: Cell<Option<(Key, WakerIdentity)>>,
    /// The deadline of the timer that is waking a task right now.
    due: Cell<Option<Nanos>>,
    /// Whether the run is over and tasks are being dropped: whoever is spawned by that is dropped as well.
    closing: Cell<bool>,
}

impl<P: Platform + 'static> Executor<P> {
    /// An executor without tasks.
    pub fn new(platform: P) -> Self {
        let outside = Arc::new(Outside::new(platform.unparker()));
        Executor {
            shared: Rc::new(Shared {
                platform,
                tasks: RefCell::default(),
                timers: RefCell::default(),
                outside,
                polled: Cell::new(None),
                due: Cell::new(None),
                closing: Cell::new(false),
            }),
        }
    }

    /// The world around.
    pub fn platform(&self) -> &P {
        &self.shared.platform
    }

    /// The time since the run's start, by the platform's clock.
    pub fn now(&self) -> Nanos {
        self.shared.platform.now()
    }

    /// How many tasks have been spawned and have not ended.
    pub fn registered(&self) -> usize {
        self.shared.tasks.borrow().running()
    }

    /// Makes a task of `future` and puts it at the end of the ready queue.
    pub fn spawn<T: 'static>(&self, future: impl Future<Output = T> + 'static) -> JoinHandle<T> {
        self.spawn_with(|_| future)
    }

    /// Makes a task of the future that `make` returns for the task's key. The platform hears of the key only afterwards.
    pub fn spawn_with<T: 'static, F: Future<Output = T> + 'static>(
        &self,
        make: impl FnOnce(Key) -> F,
    ) -> JoinHandle<T> {
        self.spawn_body(|key| Body::new(make(key)))
    }

    /// The same for a body that is made already; `T` is what its future comes to.
    pub(crate) fn spawn_body<T: 'static>(&self, make: impl FnOnce(Key) -> Body) -> JoinHandle<T> {
        let key = self.shared.tasks.borrow_mut().reserve(false);
        self.launch(key, make(key));
        JoinHandle::new(key, Rc::<Shared<P>>::clone(&self.shared))
    }

    /// The same for one that nobody will join.
    pub(crate) fn spawn_detached(&self, make: impl FnOnce(Key) -> Body) {
        let key = self.shared.tasks.borrow_mut().reserve(true);
        self.launch(key, make(key));
    }

    fn launch(&self, key: Key, body: Body) {
        if self.shared.closing.get() {
            self.shared.cancel(key, body);
        } else {
            self.shared.tasks.borrow_mut().pause(key, body);
            self.wake_local(key);
        }
    }

    /// Runs `main` as a task, and all others with it, until it has ended. Drops the tasks that remain, as `asyncio.run`
    /// cancels them.
    ///
    /// # Errors
    /// [`Unfinished::Failed`] where `main` panicked, [`Unfinished::Stalled`] where no task could ever go on.
    pub async fn run<T: 'static>(&self, main: impl Future<Output = T> + 'static) -> Result<T, Unfinished> {
        self.run_until(self.spawn(main)).await
    }

    /// Runs all tasks until the one that `main` joins has ended, and drops the tasks that remain.
    ///
    /// # Errors
    /// As [`Executor::run`].
    pub async fn run_until<T: 'static>(&self, main: JoinHandle<T>) -> Result<T, Unfinished> {
        let _closing = Closing(&self.shared);
        let mut turns = pin!(self.shared.turns(main.key()));
        poll_fn(|context| {
            let _inside = Inside::enter(&self.shared.outside, Rc::<Shared<P>>::clone(&self.shared));
            turns.as_mut().poll(context)
        })
        .await?;
        main.take().unwrap_or(Err(JoinError::Cancelled)).map_err(Unfinished::Failed)
    }

    /// Waits for `delay` from now on.
    pub fn sleep(&self, delay: Nanos) -> Timer<P> {
        let now = self.now();
        Timer::new(self.clone(), now + delay, now)
    }

    /// Waits until `deadline`. One that has passed lets those go first that are ready, as `asyncio.sleep(0)` does.
    pub fn sleep_until(&self, deadline: Nanos) -> Timer<P> {
        Timer::new(self.clone(), deadline, self.now())
    }

    /// Lets every task go first that is ready.
    pub fn yield_now(&self) -> impl Future<Output = ()> {
        let mut yielded = false;
        poll_fn(move |context| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            self.shared.wake_sleeper(self.shared.sleeper(context.waker()));
            Poll::Pending
        })
    }

    /// Puts `task` at the end of the ready queue unless it stands there already or has ended; for a host that knows who is to
    /// go on. It does not end a park: a host that calls this meanwhile lets the park's future end itself.
    pub fn wake_local(&self, task: Key) {
        self.shared.wake(task);
    }

    /// Has `task` dropped instead of polled when its turn comes, as [`JoinHandle::abort`] does.
    pub fn abort(&self, task: Key) {
        self.shared.abort(task);
    }

    /// Announces that someone outside may wake tasks. As long as what this returns lives, a run without anything else to do
    /// parks instead of ending as stalled.
    pub fn expect_wakes(&self) -> Expected {
        Expected::new(&self.shared.outside)
    }
}

impl Executor<ThreadPlatform> {
    /// [Runs](Executor::run) `main` on this thread, which blocks until it has ended.
    ///
    /// # Errors
    /// As [`Executor::run`].
    pub fn block_on<T: 'static>(&self, main: impl Future<Output = T> + 'static) -> Result<T, Unfinished> {
        let mut run = pin!(self.run(main));
        let mut context = std::task::Context::from_waker(Waker::noop());
        loop {
            // The platform blocks where others wait, so the first poll is the only one.
            if let Poll::Ready(result) = run.as_mut().poll(&mut context) {
                return result;
            }
        }
    }
}

impl<P: Platform> Shared<P> {
    /// Drops the future of a task.
    fn cancel(&self, task: Key, mut body: Body) {
        body.cancel(&Ending { task, executor: self });
        self.settle(task, body);
    }

    /// Leaves what a task came to for whoever joins it, and wakes them.
    fn settle(&self, task: Key, body: Body) {
        let settled = self.tasks.borrow_mut().settle(task, body);
        if let Some(forgotten) = settled.forgotten {
            forgotten.forget();
        }
        if let Some(joiner) = settled.joiner {
            joiner.wake();
        }
    }

    /// Whom to wake instead of `waker`: the task that is being polled, if that is whose waker it is.
    fn sleeper(&self, waker: &Waker) -> Sleeper {
        match self.polled.get() {
            Some((task, identity)) if identity == WakerIdentity::of(waker) => Sleeper::Task(task),
            _ => Sleeper::Other(waker.clone()),
        }
    }

    fn wake_sleeper(&self, sleeper: Sleeper) {
        match sleeper {
            Sleeper::Task(task) => self.wake(task),
            Sleeper::Other(waker) => waker.wake(),
        }
    }
}

/// Drops the tasks that remain when a run ends, however it ends: they may hold the executor that holds them.
struct Closing<'a, P: Platform>(&'a Shared<P>);

impl<P: Platform> Drop for Closing<'_, P> {
    fn drop(&mut self) {
        self.0.closing.set(true);
        let bodies = self.0.tasks.borrow_mut().drain();
        for (task, body) in bodies {
            self.0.cancel(task, body);
        }
        self.0.tasks.borrow_mut().clear_ready();
        self.0.closing.set(false);
    }
}

impl<P> Clone for Executor<P> {
    fn clone(&self) -> Self {
        Executor { shared: Rc::clone(&self.shared) }
    }
}

impl<P> fmt::Debug for Executor<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Executor with {} tasks", self.shared.tasks.borrow().running())
    }
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unfinished::Stalled { waiting } => {
                write!(f, "the run stands still: {} tasks wait for something that nobody is left to do", waiting.len())
            }
            Unfinished::Failed(error) => write!(f, "the main task has no result: {error}"),
        }
    }
}

impl std::error::Error for Unfinished {}
