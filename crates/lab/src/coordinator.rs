//! The coordinator: it answers the page's messages, one run at a time.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use engine::protocol::{Command, Report, VERSION, decode, encode};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::browser::post;
use crate::mailbox::{Mailbox, Told, Trouble};
use crate::run::{Wish, run};

/// Starts answering the page. To be called once, in the coordinator Worker, when the pool is up.
#[wasm_bindgen]
pub fn coordinate() {
    IS_COORDINATOR.set(true);
    std::panic::set_hook(Box::new(|panic| last_words(&panic.to_string())));
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(|message: MessageEvent| {
        match decode(&Uint8Array::new(&message.data()).to_vec()) {
            Ok(command) => take(command),
            Err(reason) => say(&Report::Failed { run: None, reason }),
        }
    });
    js_sys::global()
        .unchecked_into::<DedicatedWorkerGlobalScope>()
        .set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The handler lives as long as the Worker does.
    on_message.forget();
    say(&Report::Ready { version: VERSION });
}

/// Says that the lab is there, where a run is under way. To be called now and then.
#[wasm_bindgen]
pub fn alive() {
    if BUSY.get() {
        say(&Report::Alive);
    }
}

thread_local! {
    static IS_COORDINATOR: Cell<bool> = const { Cell::new(false) };
    static WAITING: RefCell<VecDeque<Command>> = const { RefCell::new(VecDeque::new()) };
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// The mailbox of the run that is under way. Shared by all threads, because any of them may be the one that panics.
static CURRENT: Mutex<Option<Mailbox>> = Mutex::new(None);

/// Puts a command behind those that wait, and sees to it that somebody works through them.
fn take(command: Command) {
    WAITING.with_borrow_mut(|waiting| waiting.push_back(command));
    if BUSY.replace(true) {
        return;
    }
    wasm_bindgen_futures::spawn_local(async {
        while let Some(command) = WAITING.with_borrow_mut(VecDeque::pop_front) {
            answer(command).await;
        }
        BUSY.set(false);
    });
}

async fn answer(command: Command) {
    let Command::Run { run: number, lesson, parameters, model, seed, speed } = command;
    let mailbox = Mailbox::default();
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(mailbox.clone());
    let wish = Wish { lesson, parameters, model, seed, speed };
    let result = run(wish, &mailbox, |events| say(&Report::Events { run: number, events })).await;
    *CURRENT.lock().unwrap_or_else(PoisonError::into_inner) = None;
    say(&match result {
        Ok(()) => Report::Finished { run: number },
        Err(Trouble::Run(reason)) => Report::Failed { run: Some(number), reason },
        Err(Trouble::Lab(reason)) => Report::Failed { run: None, reason },
    });
}

/// Says what a panic said, before the thread that panicked is gone for good: on the web a panic does not unwind.
fn last_words(panic: &str) {
    let reason = format!("The lab broke down: {panic}.");
    if IS_COORDINATOR.get() {
        say(&Report::Failed { run: None, reason });
    } else if let Ok(current) = CURRENT.try_lock()
        && let Some(mailbox) = &*current
    {
        mailbox.put(Told::Over(Err(Trouble::Lab(reason))));
    }
}

fn say(report: &Report) {
    post(&Uint8Array::from(encode(report).as_slice()));
}
