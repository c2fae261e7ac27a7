//! The executor's protocol, on a clock that the test moves and on real threads.

mod endings;
mod scene;
mod sharing;
mod threads;
mod turns;
mod wakers;
