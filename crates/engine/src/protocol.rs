//! The messages between a page and whoever runs for it: one closed enum each way, versioned.
//!
//! Both travel as bytes (postcard). A runner speaks first, with [`Report::Ready`]; a page that finds another version
//! there says so and asks for nothing.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::{Model, Speed};
use crate::trace::{Event, Trace};

/// The version of these messages. Whoever changes one raises it.
pub const VERSION: u32 = 3;

/// What a page asks of a runner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Run a lesson on one model. A runner does one run at a time, in the order in which they were asked for.
    Run {
        /// The page's number for the run, which every report about it carries.
        run: RunId,
        /// The lesson's id.
        lesson: String,
        /// The lesson's parameters, as names and texts.
        parameters: Vec<(String, String)>,
        /// The model.
        model: Model,
        /// Where random draws begin.
        seed: u64,
        /// By how much delays are divided.
        speed: Speed,
    },
}

/// What a runner tells a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Report {
    /// The runner is up.
    Ready {
        /// The version of the protocol that it speaks.
        version: u32,
    },
    /// The runner is still there: said now and then, so that a page can tell a long wait from a death.
    Alive,
    /// These things happened, in this order.
    Events {
        /// In which run.
        run: RunId,
        /// What.
        events: Vec<Event>,
    },
    /// The run is over; its last events came before.
    Finished {
        /// Which run.
        run: RunId,
    },
    /// A run could not be begun or went wrong, or the runner itself did.
    Failed {
        /// Which run; the runner is as good as before. `None` where the runner broke down: it is to be ended.
        run: Option<RunId>,
        /// Why, as a sentence.
        reason: String,
    },
    /// A run waits for its turn, and has not begun. Said now and then, in the place of [`Report::Alive`].
    Waiting {
        /// Which run.
        run: RunId,
        /// How many runs are before it; the one that goes on is among them.
        before: u32,
    },
}

/// The page's number for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub u32);

/// A message as bytes.
pub fn encode<M: Serialize>(message: &M) -> Vec<u8> {
    postcard::to_stdvec(message).expect("messages are plain data, which always serialises into memory")
}

/// The bytes of a whole trace. What is [`encode`]d is compiled where that is asked for; this is compiled here, where it is to be
/// quick.
pub fn encode_trace(trace: &Trace) -> Vec<u8> {
    encode(trace)
}

/// The trace behind the bytes of [`encode_trace`].
///
/// # Errors
/// A sentence, where the bytes are no trace of this version.
pub fn decode_trace(bytes: &[u8]) -> Result<Trace, String> {
    decode(bytes)
}

/// The first thing in `bytes`, and what stands behind it; `None` where there is no such thing. A message that breaks off can be
/// read so as far as it goes.
pub fn take<M: DeserializeOwned>(bytes: &[u8]) -> Option<(M, &[u8])> {
    postcard::take_from_bytes(bytes).ok()
}

/// The message behind `bytes`.
///
/// # Errors
/// A sentence, where the bytes are no message of this version.
pub fn decode<M: DeserializeOwned>(bytes: &[u8]) -> Result<M, String> {
    postcard::from_bytes(bytes)
        .map_err(|error| format!("A message of {} bytes is none of protocol version {VERSION}: {error}.", bytes.len()))
}
