//! What Interleave teaches: one folder a lesson, and the catalogue of them all.
//!
//! A lesson's folder holds its body, its parameters and its text. A new lesson is a new folder and one line in the
//! [`mod@catalogue`].

// Its macro is known to all that follow it.
#[macro_use]
pub mod python_file;

pub mod advice;
pub mod calibration;
pub mod catalogue;
pub mod decided;
pub mod diagnostic;
pub mod matrix;
pub mod parameter;
pub mod published;
pub mod question;
pub mod result_file;
pub mod shell;

mod advise;
mod await_or_task;
mod blocking_call;
mod client;
mod deadlock;
mod delay_messages;
mod downloads;
mod fan_out;
mod fibonacci;
mod gil;
mod hybrid;
mod lost_update;
mod merge_sort;
mod paged_api;
mod pool_or_spawn;
mod sum_squares;
mod to_thread;

pub use catalogue::{Lesson, Prepared, Service, Session, catalogue, find};
pub use decided::{Decided, Deciding, Moment, Stretch};
pub use diagnostic::Diagnostic;
pub use parameter::{Kind, Message, NOBODY, Parameter, Value, Values};
pub use published::{Compared, Figure, Published};
pub use question::{Answer, Answered, Happened, MOST_IN_ORDER, Question};
