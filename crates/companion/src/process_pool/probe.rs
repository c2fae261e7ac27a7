//! One process of the pool's kind, started to see what it costs.

use std::process::Command;
use std::sync::PoisonError;
use std::time::Instant;

use engine::time::Nanos;

use super::message::{Answer, Order};
use super::{Process, this_program};

/// A process that sends back whatever it is sent.
pub struct Probe(Process);

impl Probe {
    /// Starts one, and tells how long it took until its first answer.
    ///
    /// # Errors
    /// A sentence, where no process can be started.
    pub fn start() -> Result<(Probe, Nanos), String> {
        let program = this_program()?;
        let asked = Instant::now();
        let process = Process::start(Command::new(&program).arg("worker"));
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
    pub fn round_trip(&mut self, bytes: usize) -> Result<Nanos, String> {
        let order = Order::Echo(vec![0; bytes]);
        let start = Instant::now();
        let answer = {
            let mut pipes = self.0.pipes();
            pipes.send(&order).and_then(|()| pipes.receive())
        };
        match answer {
            Ok(Answer::Echo(_)) => Ok(start.elapsed().into()),
            Ok(_) => Err(format!("Process {} spoke out of turn.", self.0.id)),
            Err(error) => Err(format!("Process {} {}.", self.0.id, self.0.how_it_ended(&error))),
        }
    }

    /// Lets it end in order, and tells how long it took until it was gone.
    pub fn end(self) -> Nanos {
        let Process { child, pipes, .. } = self.0;
        let start = Instant::now();
        // A child whose input has ended exits.
        drop(pipes);
        // An error says that it has ended already.
        let _ = child.lock().unwrap_or_else(PoisonError::into_inner).wait();
        start.elapsed().into()
    }
}
