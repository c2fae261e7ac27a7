//! The messages between a pool and its processes, over the pipes of a child's standard input and output.
//!
//! A message is a frame: its length as four bytes, the least first, and then the message itself (postcard). Parent and
//! child are the same program, so the messages carry no version.

use std::io::{self, ErrorKind, Read, Write};

use engine::error::TaskFailed;
use engine::model::{Settings, Speed};
use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{Event, LaneId, TaskId};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What a pool tells one of its processes.
#[derive(Debug, Deserialize, Serialize)]
pub enum Order {
    /// Make this lesson's program ready; the answer is [`Answer::Prepared`]. It comes first, and once.
    Prepare {
        /// The lesson's id.
        lesson: String,
        /// The lesson's parameters, as names and texts.
        parameters: Vec<(String, String)>,
        /// What decides how the run goes: the model that the program is told it runs on, and its seed.
        settings: Settings,
        /// By how much delays are divided.
        speed: Speed,
    },
    /// Do a job; the answers are [`Answer::Event`] for whatever happens, and in the end [`Answer::Ended`].
    Run {
        /// The lane of this process.
        lane: LaneId,
        /// The task whose job it is.
        task: TaskId,
        /// The job.
        job: Job,
        /// What the run's clock showed when this was sent.
        now: Nanos,
    },
    /// Send this back as [`Answer::Echo`]: how long that takes is what a message costs.
    Echo(Vec<u8>),
}

/// What a process tells its pool.
#[derive(Debug, Deserialize, Serialize)]
pub enum Answer {
    /// The program is ready, or why it is not.
    Prepared(Result<(), String>),
    /// Something happened in the job.
    Event(Event),
    /// The job is over.
    Ended {
        /// What the job returned, serialised.
        result: Result<Vec<u8>, TaskFailed>,
        /// The CPU time that this process used for it, where the system tells.
        cpu: Option<Nanos>,
    },
    /// What [`Order::Echo`] sent.
    Echo(Vec<u8>),
}

/// Sends one message.
///
/// # Errors
/// Where the other side is gone.
pub fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut frame = vec![0; 4];
    frame = postcard::to_extend(message, frame).map_err(|error| io::Error::new(ErrorKind::InvalidInput, error))?;
    let length = u32::try_from(frame.len() - 4).map_err(|error| io::Error::new(ErrorKind::InvalidInput, error))?;
    frame[..4].copy_from_slice(&length.to_le_bytes());
    to.write_all(&frame)?;
    to.flush()
}

/// Waits for one message.
///
/// # Errors
/// [`ErrorKind::UnexpectedEof`] where the other side is gone, [`ErrorKind::InvalidData`] where it speaks no messages of
/// this kind.
pub fn receive<M: DeserializeOwned>(from: &mut impl Read) -> io::Result<M> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    let mut bytes = Vec::new();
    // Read as it comes, not into room made beforehand: a length out of thin air must not take all memory.
    from.by_ref().take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() < length as usize {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    postcard::from_bytes(&bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        send(&mut pipe, &Answer::Prepared(Ok(()))).unwrap();
        send(&mut pipe, &Answer::Ended { result: Ok(vec![10, 13, 0]), cpu: Some(Nanos(7)) }).unwrap();
        let mut pipe = &pipe[..];
        assert!(matches!(receive(&mut pipe), Ok(Answer::Prepared(Ok(())))));
        let Ok(Answer::Ended { result, cpu }) = receive(&mut pipe) else { panic!("a job's end was sent") };
        assert_eq!((result, cpu), (Ok(vec![10, 13, 0]), Some(Nanos(7))));
        let end = receive::<Answer>(&mut pipe).unwrap_err();
        assert_eq!(end.kind(), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_frame_that_breaks_off_is_an_end_and_noise_is_no_message() {
        let cut_off = [9, 0, 0, 0, 1];
        assert_eq!(receive::<Order>(&mut &cut_off[..]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        let noise = [1, 0, 0, 0, 255];
        assert_eq!(receive::<Order>(&mut &noise[..]).unwrap_err().kind(), ErrorKind::InvalidData);
        let endless = *b"hello\n";
        assert_eq!(receive::<Order>(&mut &endless[..]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
