//! The pages: wiring, and no more.

pub mod home;
pub mod lesson;
