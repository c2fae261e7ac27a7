//! One process of the pool's kind, started to see what it costs.

use std::sync::Arc;
use std::time::Instant;

use engine::time::Nanos;

use super::message::{Answer, Order};
use super::process::Process;
use super::this_program;

/// A process that sends back whatever it is sent.
pub struct Probe(Arc<Process>);

impl Probe {
    /// Starts one, and tells how long it took until its first answer.
    ///
    /// # Errors
    /// A sentence, where no process can be started.
    pub fn start() -> Result<(Probe, Nanos), String> {
        let program = this_program().map_err(|reason| format!("No process can be started: {reason}."))?;
        let asked = Instant::now();
        let process = Process::start(&program);
        let process =
            process.map_err(|error| format!("A process cannot be started from {}: {error}.", program.display()))?;
        let mut probe = Probe(process);
        probe.round_trip(0)?;
        Ok((probe, asked.elapsed().into()))
    }

    /// How long a message of `bytes` takes there and back.
    ///
    /// # Errors
    /// A sentence, where the process is gone.
    pub fn round_trip(&mut self, bytes: u64) -> Result<Nanos, String> {
        let Probe(process) = self;
        let start = Instant::now();
        match process.tell(&Order::Echo, bytes).and_then(|()| process.answer()) {
            Ok(Answer::Echo) => Ok(start.elapsed().into()),
            Ok(_) => Err(format!("Process {} spoke out of turn.", process.id)),
            Err(error) => Err(format!("Process {} {}.", process.id, process.how_it_ended(&error))),
        }
    }

    /// Lets it end in order, and tells how long it took until it was gone.
    pub fn end(self) -> Nanos {
        let start = Instant::now();
        self.0.end();
        start.elapsed().into()
    }
}
