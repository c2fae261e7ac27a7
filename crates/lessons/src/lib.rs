//! What Interleave teaches: one folder a lesson, and the catalogue of them all.
//!
//! A lesson's folder holds its body, its parameters and its text. A new lesson is a new folder and one line in the
//! [`mod@catalogue`].

pub mod catalogue;
pub mod diagnostic;
pub mod parameter;

mod delay_messages;

pub use catalogue::{Entry, Lesson, Prepared, catalogue, find};
pub use diagnostic::Diagnostic;
pub use parameter::{Kind, Message, Parameter, Value, Values};
