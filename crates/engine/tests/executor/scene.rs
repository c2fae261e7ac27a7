//! An executor on a clock that the test moves, and what its tasks say.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use engine::executor::{After, Executor, JoinHandle, Key, Platform, Unfinished, Unpark};
use engine::time::Nanos;

/// What `body` and its tasks said, in that order.
pub fn order<F: Future<Output = ()> + 'static>(body: impl FnOnce(Scene) -> F) -> String {
    let scene = Scene::new();
    let main = body(scene.clone());
    assert_eq!(run(&scene.executor, main), Ok(()));
    assert_eq!(scene.executor.registered(), 0);
    scene.told()
}

/// Runs on a platform that never makes its host wait.
pub fn run<T: 'static>(executor: &Executor<Virtual>, main: impl Future<Output = T> + 'static) -> Result<T, Unfinished> {
    match pin!(executor.run(main)).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("the test's platform never waits"),
    }
}

pub async fn join<T>(handles: Vec<JoinHandle<T>>) {
    for handle in handles {
        assert!(handle.await.is_ok());
    }
}

/// An executor, and what its tasks say.
#[derive(Clone)]
pub struct Scene {
    pub executor: Executor<Virtual>,
    pub said: Rc<RefCell<Vec<String>>>,
}

impl Scene {
    pub fn new() -> Self {
        Scene { executor: Executor::new(Virtual::default()), said: Rc::default() }
    }

    pub fn say(&self, text: impl Into<String>) {
        self.said.borrow_mut().push(text.into());
    }

    pub fn told(&self) -> String {
        self.said.borrow().join(", ")
    }

    pub fn spawn<T: 'static, F: Future<Output = T> + 'static>(&self, body: impl FnOnce(Scene) -> F) -> JoinHandle<T> {
        self.executor.spawn(body(self.clone()))
    }

    pub async fn take_turns(self, name: &'static str, turns: usize) {
        for turn in 0..turns {
            self.say(format!("{name}{turn}"));
            self.executor.yield_now().await;
        }
    }

    pub async fn abort_and_join(&self, handle: JoinHandle<()>) {
        handle.abort();
        self.say("abort");
        let end = handle.await;
        self.say(format!("{end:?}"));
    }

    pub fn when_dropped(&self, text: impl Into<String>) -> WhenDropped {
        WhenDropped { scene: self.clone(), text: Some(text.into()) }
    }
}

pub struct WhenDropped {
    pub scene: Scene,
    pub text: Option<String>,
}

impl WhenDropped {
    pub fn forget(mut self) {
        self.text = None;
    }
}

impl Drop for WhenDropped {
    fn drop(&mut self) {
        if let Some(text) = self.text.take() {
            self.scene.say(text);
        }
    }
}

/// A clock that jumps to the deadline.
#[derive(Default)]
pub struct Virtual {
    pub now: Cell<Nanos>,
    /// Whether the task that is polled holds the thread, once.
    pub holds: Cell<bool>,
    /// Who is told what the platform hears.
    pub tell: RefCell<Option<Scene>>,
    /// A waker that a test keeps for later.
    pub own: RefCell<Option<Waker>>,
}

impl Virtual {
    pub fn pass(&self, time: Nanos) {
        self.now.set(self.now.get() + time);
    }

    fn hear(&self, text: String) {
        if let Some(scene) = &*self.tell.borrow() {
            scene.say(text);
        }
    }
}

impl Platform for Virtual {
    fn now(&self) -> Nanos {
        self.now.get()
    }

    async fn park(&self, deadline: Option<Nanos>) {
        let deadline = deadline.expect("nobody outside is expected in these tests");
        self.now.set(self.now.get().max(deadline));
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        Arc::new(Nobody)
    }

    fn woken(&self, task: Key, deadline: Option<Nanos>) {
        self.hear(format!("woken {task:?}{}", deadline.map(|at| format!(" by {at:?}")).unwrap_or_default()));
    }

    fn polling(&self, task: Key) -> bool {
        self.hear(format!("polling {task:?}"));
        true
    }

    async fn polled(&self, task: Key) -> After {
        self.hear(format!("polled {task:?}"));
        if self.holds.take() { After::Again } else { After::Next }
    }
}

pub struct Nobody;

impl Unpark for Nobody {
    fn unpark(&self) {}
}
