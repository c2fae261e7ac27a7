//! The messages between a pool and its processes, over the pipes of a child's standard input and output.
//!
//! A message is a frame: its length as four bytes, the least first, and then the message itself (postcard). Parent and
//! child are the same program, so the messages carry no version.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use engine::error::TaskFailed;
use engine::model::{Settings, Speed};
use engine::operation::Job;
use engine::time::Nanos;
use engine::trace::{Event, LaneId, TaskId};
use engine::work::SpinRate;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::process_pool::this_run::Anchor;

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
        /// How fast this machine spins: to find out for itself would take a process longer than to start.
        spin: SpinRate,
        /// The service that requests go to; a timer stands in for it where there is none.
        service: Option<SocketAddr>,
    },
    /// Do a job; the answers are [`Answer::Job`] under its number. Those of one lane are done one after the other.
    Run {
        /// The job's number.
        number: u64,
        /// The lane, which is this process or a thread of it.
        lane: LaneId,
        /// The task whose job it is.
        task: TaskId,
        /// The job.
        job: Job,
        /// The run's clock.
        clock: Anchor,
    },
    /// Send this back as [`Answer::Echo`]: how long that takes is what a message costs.
    Echo(Vec<u8>),
}

/// What a process tells its pool.
#[derive(Debug, Deserialize, Serialize)]
pub enum Answer {
    /// The program is ready, or why it is not.
    Prepared {
        /// Why it is not, as the end of a sentence.
        result: Result<(), String>,
        /// The CPU time that this process has used since it began, where the system tells.
        cpu: Option<Nanos>,
    },
    /// News of a job.
    Job {
        /// The job's number.
        number: u64,
        /// The news.
        news: News,
    },
    /// What [`Order::Echo`] sent.
    Echo(Vec<u8>),
}

/// What a process tells of a job.
#[derive(Debug, Deserialize, Serialize)]
pub enum News {
    /// Something happened in it.
    Event(Event),
    /// It is over.
    Ended(Ended),
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ended {
    /// What the job returned, serialised.
    pub result: Result<Vec<u8>, TaskFailed>,
    /// The CPU time that this process has used since it last told, where the system tells.
    pub cpu: Option<Nanos>,
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
        let ended = || Ended { result: Ok(vec![10, 13, 0]), cpu: Some(Nanos(7)) };
        send(&mut pipe, &Answer::Prepared { result: Ok(()), cpu: None }).unwrap();
        send(&mut pipe, &Answer::Job { number: 3, news: News::Ended(ended()) }).unwrap();
        let mut pipe = &pipe[..];
        assert!(matches!(receive(&mut pipe), Ok(Answer::Prepared { result: Ok(()), cpu: None })));
        let Ok(Answer::Job { number: 3, news: News::Ended(told) }) = receive(&mut pipe) else {
            panic!("a job's end was sent")
        };
        assert_eq!(told, ended());
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
