//! The messages between a pool and its processes, over the pipes of a child's standard input and output.
//!
//! A message is a frame: its length as four bytes, the least first, the message itself (postcard), and zeros where a lesson
//! describes a larger one. Parent and child are the same program, so the messages carry no version.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

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
        /// Whether another job has come with this one: what is told of this may wait for what is told of that.
        more: bool,
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
    pub result: engine::program::Ended,
    /// The CPU time that this process has used since it last told, where the system tells.
    pub cpu: Option<Nanos>,
    /// How long the job took, from the message's coming on.
    pub took: Nanos,
}

/// A message that is serialised, and yet to be written.
pub struct Frame {
    content: Vec<u8>,
    /// How many zeros come behind it.
    filling: u64,
}

/// One side of a pipe from which messages come.
pub struct Messages<R> {
    pipe: R,
    /// What the last one was read into: room that a large one needed serves the next.
    bytes: Vec<u8>,
}

/// A message that has come.
pub struct Received<M> {
    /// What it says.
    pub message: M,
    /// All its bytes.
    pub bytes: u64,
    /// The time from its first byte until it was understood.
    pub took: Nanos,
}

impl Frame {
    /// A message of as many bytes as it needs, and of `bytes` at the least: what a lesson only describes is filled up with
    /// zeros, so that as much is really sent.
    ///
    /// # Errors
    /// Where it has more than 4 GiB.
    pub fn new(message: &impl Serialize, bytes: u64) -> io::Result<Frame> {
        let invalid = |error: &dyn std::fmt::Display| io::Error::new(ErrorKind::InvalidInput, error.to_string());
        let mut content = postcard::to_extend(message, vec![0; HEAD]).map_err(|error| invalid(&error))?;
        let filling = bytes.saturating_sub(content.len() as u64);
        let length = u32::try_from(content.len() as u64 - HEAD as u64 + filling).map_err(|error| invalid(&error))?;
        content[..HEAD].copy_from_slice(&length.to_le_bytes());
        Ok(Frame { content, filling })
    }

    /// All its bytes.
    pub fn bytes(&self) -> u64 {
        self.content.len() as u64 + self.filling
    }

    /// Puts it behind `gathered`, to be written with whatever comes next. It should be small.
    pub fn gather(&self, gathered: &mut Vec<u8>) {
        gathered.extend_from_slice(&self.content);
        gathered.resize(gathered.len() + self.filling as usize, 0);
    }

    /// Writes it behind `gathered`, which is empty afterwards: a small message takes one call of the system.
    ///
    /// # Errors
    /// Where the other side is gone.
    pub fn write(&self, to: &mut impl Write, gathered: &mut Vec<u8>) -> io::Result<()> {
        gathered.extend_from_slice(&self.content);
        let room = ZEROS.len().saturating_sub(gathered.len());
        let with_it = usize::try_from(self.filling).map_or(room, |filling| filling.min(room));
        gathered.resize(gathered.len() + with_it, 0);
        let written = to.write_all(gathered);
        gathered.clear();
        written?;
        let mut left = self.filling - with_it as u64;
        while left > 0 {
            let block = usize::try_from(left).map_or(ZEROS.len(), |left| left.min(ZEROS.len()));
            to.write_all(&ZEROS[..block])?;
            left -= block as u64;
        }
        to.flush()
    }
}

impl<R: Read> Messages<R> {
    /// The messages that come out of `pipe`.
    pub fn new(pipe: R) -> Messages<R> {
        Messages { pipe, bytes: Vec::new() }
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] where the other side is gone, [`ErrorKind::InvalidData`] where it speaks no messages of
    /// this kind.
    pub fn next<M: DeserializeOwned>(&mut self) -> io::Result<Received<M>> {
        let mut length = [0; HEAD];
        self.pipe.read_exact(&mut length)?;
        let begun = Instant::now();
        let length = u32::from_le_bytes(length);
        self.bytes.clear();
        // Read as it comes, not into room made beforehand: a length out of thin air must not take all memory.
        self.pipe.by_ref().take(length.into()).read_to_end(&mut self.bytes)?;
        if self.bytes.len() < length as usize {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let (message, _filling) =
            postcard::take_from_bytes(&self.bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        Ok(Received { message, bytes: HEAD as u64 + u64::from(length), took: begun.elapsed().into() })
    }
}

/// Sends one message.
///
/// # Errors
/// Where the other side is gone.
pub fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    Frame::new(message, 0)?.write(to, &mut Vec::new())
}

/// Waits for one message.
///
/// # Errors
/// Those of [`Messages::next`].
pub fn receive<M: DeserializeOwned>(from: &mut impl Read) -> io::Result<M> {
    Messages::new(from).next().map(|received| received.message)
}

/// The bytes of a frame's length.
const HEAD: usize = 4;

/// As many as a pipe holds.
static ZEROS: [u8; 1 << 16] = [0; 1 << 16];

#[cfg(test)]
mod tests {
    use engine::packed::Packed;

    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        let ended = || Ended { result: Ok(Packed::from(&[10, 13, 0][..])), cpu: Some(Nanos(7)), took: Nanos(8) };
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
    fn a_message_has_as_many_bytes_as_are_described_and_no_fewer_than_it_needs() {
        for described in [0, 1, 30, 31, 65_535, 65_536, 65_537, 300_000] {
            let answer = Answer::Job {
                number: 3,
                news: News::Ended(Ended { result: Ok(Packed::from(&[7; 20][..])), cpu: None, took: Nanos(8) }),
            };
            let frame = Frame::new(&answer, described).unwrap();
            let mut pipe = Vec::new();
            let mut gathered = Frame::new(&Answer::Echo(vec![5]), 0).unwrap().content;
            let before = gathered.len() as u64;
            frame.write(&mut pipe, &mut gathered).unwrap();
            assert_eq!((gathered.len(), pipe.len() as u64), (0, before + frame.bytes()));
            assert_eq!(frame.bytes(), described.max(frame.content.len() as u64));
            let mut messages = Messages::new(&pipe[..]);
            assert!(matches!(messages.next().unwrap().message, Answer::Echo(echo) if echo == [5]));
            let received: Received<Answer> = messages.next().unwrap();
            assert_eq!(received.bytes, frame.bytes());
            assert!(matches!(received.message, Answer::Job { number: 3, .. }));
            assert_eq!(messages.next::<Answer>().map(|_| ()).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        }
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
