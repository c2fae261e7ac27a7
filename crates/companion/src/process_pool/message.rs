//! The messages between a pool and its processes, over the pipes of a child's standard input and output.
//!
//! A message is a frame: the length of the message itself and that of the filling as four bytes each, the least first, the
//! message (postcard), and as many zeros where a lesson describes a larger one. Parent and child are the same program, so the
//! messages carry no version.
//!
//! The filling is written out of one block and read into another, which stay in a core's cache: all of it goes through the
//! pipe, and nobody ever needs it whole.

use std::io::{self, BufReader, ErrorKind, IoSlice, Read, Write};
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
    /// Answer [`Answer::Echo`] in a message as large: how long that takes is what a message costs.
    Echo,
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
    /// To [`Order::Echo`].
    Echo,
}

/// What a process tells of a job.
#[derive(Debug, Deserialize, Serialize)]
pub enum News {
    /// What happened in it, in this order.
    Happened(Vec<Event>),
    /// It is over.
    Ended(Ended),
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ended {
    /// What the job returned, serialised.
    pub result: engine::program::Ended,
    /// The CPU time that this process has used since it last told, where the system tells. Zero where another job has come with
    /// this one, whose end will tell of both: to ask the system takes longer than a small job.
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
    /// What fillings are read into, none of them longer than a [`BLOCK`] at once.
    filling: Vec<u8>,
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
    /// Where the message or its filling has more than 4 GiB.
    pub fn new(message: &impl Serialize, bytes: u64) -> io::Result<Frame> {
        let invalid = |error: &dyn std::fmt::Display| io::Error::new(ErrorKind::InvalidInput, error.to_string());
        let mut content = postcard::to_extend(message, vec![0; HEAD]).map_err(|error| invalid(&error))?;
        let filling = bytes.saturating_sub(content.len() as u64);
        let length = u32::try_from(content.len() - HEAD).map_err(|error| invalid(&error))?;
        let zeros = u32::try_from(filling).map_err(|error| invalid(&error))?;
        content[..HEAD].copy_from_slice(&Head { length, filling: zeros }.bytes());
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
        let written = write_filled(to, gathered, self.filling);
        gathered.clear();
        written?;
        to.flush()
    }
}

/// Writes `bytes` and so many zeros: as much as a pipe may hold in one call of the system, so that its reader is woken
/// for much.
fn write_filled(to: &mut impl Write, mut bytes: &[u8], mut zeros: u64) -> io::Result<()> {
    while zeros > 0 {
        let mut slices = [IoSlice::new(bytes); 1 + MOST_BLOCKS];
        let mut left = zeros;
        for slice in &mut slices[1..] {
            let block = usize::try_from(left).map_or(BLOCK, |left| left.min(BLOCK));
            *slice = IoSlice::new(&ZEROS[..block]);
            left -= block as u64;
        }
        match to.write_vectored(&slices) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => {
                let of_bytes = written.min(bytes.len());
                bytes = &bytes[of_bytes..];
                zeros -= (written - of_bytes) as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    to.write_all(bytes)
}

impl<R: Read> Messages<R> {
    /// The messages that come out of `pipe`.
    pub fn new(pipe: R) -> Messages<R> {
        Messages { pipe, bytes: Vec::new(), filling: Vec::new() }
    }

    /// Waits for the next one.
    ///
    /// # Errors
    /// [`ErrorKind::UnexpectedEof`] where the other side is gone, [`ErrorKind::InvalidData`] where it speaks no messages of
    /// this kind.
    pub fn next<M: DeserializeOwned>(&mut self) -> io::Result<Received<M>> {
        let mut head = [0; HEAD];
        self.pipe.read_exact(&mut head)?;
        let begun = Instant::now();
        let Head { length, filling } = Head::of(head);
        self.bytes.clear();
        // Read as it comes, not into room made beforehand: a length out of thin air must not take all memory.
        self.pipe.by_ref().take(length.into()).read_to_end(&mut self.bytes)?;
        if self.bytes.len() < length as usize {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.pass_over(filling as usize)?;
        let message =
            postcard::from_bytes(&self.bytes).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        let bytes = HEAD as u64 + u64::from(length) + u64::from(filling);
        Ok(Received { message, bytes, took: begun.elapsed().into() })
    }

    fn pass_over(&mut self, mut filling: usize) -> io::Result<()> {
        let block = filling.min(BLOCK);
        if self.filling.len() < block {
            self.filling.resize(block, 0);
        }
        while filling > 0 {
            let block = filling.min(BLOCK);
            match self.pipe.read(&mut self.filling[..block]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => filling -= read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl<R: Read> Messages<BufReader<R>> {
    /// Whether all of the next one has been read already, with one before it.
    pub fn has_whole(&self) -> bool {
        let here = self.pipe.buffer();
        here.first_chunk().is_some_and(|head| {
            let Head { length, filling } = Head::of(*head);
            here.len() as u64 >= HEAD as u64 + u64::from(length) + u64::from(filling)
        })
    }

    /// The pipe itself, from which nothing is to be read.
    pub fn pipe(&self) -> &R {
        self.pipe.get_ref()
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

/// The bytes of a [`Head`].
pub const HEAD: usize = 8;

/// What a frame begins with.
pub struct Head {
    /// The bytes of the message itself.
    pub length: u32,
    /// The bytes of the filling behind it.
    pub filling: u32,
}

impl Head {
    /// The head that came as these bytes.
    pub fn of(bytes: [u8; HEAD]) -> Head {
        let [a, b, c, d, e, f, g, h] = bytes;
        Head { length: u32::from_le_bytes([a, b, c, d]), filling: u32::from_le_bytes([e, f, g, h]) }
    }

    fn bytes(&self) -> [u8; HEAD] {
        let ([a, b, c, d], [e, f, g, h]) = (self.length.to_le_bytes(), self.filling.to_le_bytes());
        [a, b, c, d, e, f, g, h]
    }
}

/// Little enough to stay in a core's cache.
const BLOCK: usize = 1 << 16;

/// With so many blocks a pipe is full that holds a megabyte.
const MOST_BLOCKS: usize = 16;

static ZEROS: [u8; BLOCK] = [0; BLOCK];

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

    /// A pipe that is interrupted now and then, and takes what it likes.
    struct Reluctant(Vec<u8>, usize);

    impl Write for Reluctant {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1 += 1;
            if self.1.is_multiple_of(3) {
                return Err(ErrorKind::Interrupted.into());
            }
            // From a few bytes to more than a block.
            self.0.write(&bytes[..bytes.len().min(7 * self.1 * self.1)])
        }

        fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
            let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.to_vec()).collect();
            self.write(&bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_message_has_as_many_bytes_as_are_described_and_no_fewer_than_it_needs() {
        for described in [0, 1, 34, 35, 65_535, 65_536, 65_537, 300_000, 3_000_000] {
            let answer = Answer::Job {
                number: 3,
                news: News::Ended(Ended { result: Ok(Packed::from(&[7; 20][..])), cpu: None, took: Nanos(8) }),
            };
            let frame = Frame::new(&answer, described).unwrap();
            let mut pipe = Reluctant(Vec::new(), 0);
            let mut gathered = Frame::new(&Answer::Echo, 0).unwrap().content;
            let before = gathered.len() as u64;
            frame.write(&mut pipe, &mut gathered).unwrap();
            let Reluctant(pipe, _) = pipe;
            assert_eq!((gathered.len(), pipe.len() as u64), (0, before + frame.bytes()));
            assert_eq!(frame.bytes(), described.max(frame.content.len() as u64));
            let mut messages = Messages::new(&pipe[..]);
            assert!(matches!(messages.next().unwrap().message, Answer::Echo));
            let received: Received<Answer> = messages.next().unwrap();
            assert_eq!(received.bytes, frame.bytes());
            assert!(matches!(received.message, Answer::Job { number: 3, .. }));
            assert_eq!(messages.next::<Answer>().map(|_| ()).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn a_frame_that_breaks_off_is_an_end_and_noise_is_no_message() {
        for cut_off in [&[9, 0, 0, 0, 0, 0, 0, 0, 1][..], &[1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0], &[9, 0, 0]] {
            assert_eq!(receive::<Order>(&mut &*cut_off).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        }
        let noise = [1, 0, 0, 0, 0, 0, 0, 0, 255];
        assert_eq!(receive::<Order>(&mut &noise[..]).unwrap_err().kind(), ErrorKind::InvalidData);
        let endless = *b"hello\n";
        assert_eq!(receive::<Order>(&mut &endless[..]).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
