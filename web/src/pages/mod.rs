//! The pages: wiring, and no more.

pub mod advise;
pub mod home;
pub mod lesson;
pub mod open;
