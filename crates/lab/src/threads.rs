//! Threads of the lab: the Workers of wasm-bindgen-rayon's pool.

use engine::measure::Threads;

/// The pool's Workers, one for each thing that is started.
///
/// A body may block for as long as it likes, so the pool must have as many Workers as bodies that run at once;
/// [`crate::run`] sees to that before a run begins.
#[derive(Debug)]
pub struct WebWorkers;

impl Threads for WebWorkers {
    fn start(&self, _name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String> {
        rayon::spawn(body);
        Ok(())
    }
}
