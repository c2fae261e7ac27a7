//! The lab: the threaded wasm module in which a browser really runs lessons.
//!
//! It lives in a coordinator Worker. wasm-bindgen-rayon gives it a pool of Workers that share its memory and can block;
//! the coordinator's own thread never runs a lesson, it tells the page what the Workers do. An event loop is one more thing
//! that a Worker runs. Processes are stood in for by isolated Workers: each runs this very module with a memory of its own,
//! and messages, which the browser copies, are all that goes there and comes back.
//!
//! One coordinator has one pool size. Another size, a cancel or a crash ends it, and the page starts another.
#![cfg(target_arch = "wasm32")]

pub mod browser;
pub mod coordinator;
pub mod isolated;
pub mod isolates;
pub mod mailbox;
pub mod message;
pub mod processes;
pub mod run;
pub mod threads;

pub use wasm_bindgen_rayon::init_thread_pool;
