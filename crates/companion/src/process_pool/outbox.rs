//! What a process tells its parent. Small news gather until there is a reason to send them: each sending is a call of the
//! system, and a small job has more to tell than to do.

use std::fs::File;
use std::io::{self, Write, stdout};
use std::mem::take;
use std::process::exit;
use std::sync::{Mutex, PoisonError};

use engine::trace::Event;

use crate::process_pool::message::{Answer, Frame, News};

/// The pipe to the parent, which all threads of the process share.
pub struct Outbox<W = File>(Mutex<Gathering<W>>);

struct Gathering<W> {
    pipe: W,
    /// Frames that are not sent yet.
    frames: Vec<u8>,
    /// The number of the job of which something was told last, and what is in no frame yet.
    job: u64,
    events: Vec<Event>,
}

/// So many bytes are sent, whatever they are.
const MUCH: u64 = 1 << 15;

/// So many events are put in a frame, whatever they are.
const MANY: usize = 256;

impl Outbox {
    /// The pipe that standard output is. What is written to it here goes round the buffer that `println!` uses, which ends
    /// at each byte that looks like a line's end.
    ///
    /// # Errors
    /// Where there is no standard output.
    pub fn to_parent() -> io::Result<Outbox> {
        #[cfg(unix)]
        let pipe = std::os::fd::AsFd::as_fd(&stdout()).try_clone_to_owned()?;
        #[cfg(windows)]
        let pipe = std::os::windows::io::AsHandle::as_handle(&stdout()).try_clone_to_owned()?;
        Ok(Outbox::into_pipe(File::from(pipe)))
    }
}

impl<W: Write> Outbox<W> {
    fn into_pipe(pipe: W) -> Outbox<W> {
        Outbox(Mutex::new(Gathering { pipe, frames: Vec::new(), job: 0, events: Vec::new() }))
    }

    /// Tells this at once, in a message of `bytes` at the least.
    pub fn tell(&self, answer: &Answer, bytes: u64) {
        if let Ok(frame) = Frame::new(answer, bytes) {
            self.post(&frame, true);
        }
    }

    /// Sends this behind all that has gathered: at once if it `is_due`, or if there is much of it.
    pub fn post(&self, frame: &Frame, is_due: bool) {
        self.change(|gathering| {
            gathering.frame_events(false)?;
            gathering.put(frame, is_due)
        });
    }

    /// Tells of something in the job of this number, at the latest before the job may be silent for long. What happens in one
    /// job until then goes in one message.
    pub fn gather(&self, number: u64, event: Event) {
        let is_due = event.may_be_silent_after();
        self.change(|gathering| {
            if gathering.job != number {
                gathering.frame_events(false)?;
                gathering.job = number;
            }
            gathering.events.push(event);
            if is_due || gathering.events.len() == MANY { gathering.frame_events(is_due) } else { Ok(()) }
        });
    }

    /// Does this with the pipe, and ends the process where the parent no longer listens: it is gone, or about to be.
    fn change(&self, act: impl FnOnce(&mut Gathering<W>) -> io::Result<()>) {
        let mut gathering = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if act(&mut gathering).is_err() {
            exit(0);
        }
    }
}

impl<W: Write> Gathering<W> {
    /// Has what is in no frame yet be in one.
    fn frame_events(&mut self, is_due: bool) -> io::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        let news = News::Happened(take(&mut self.events));
        self.put(&Frame::new(&Answer::Job { number: self.job, news }, 0)?, is_due)
    }

    fn put(&mut self, frame: &Frame, is_due: bool) -> io::Result<()> {
        if is_due || self.frames.len() as u64 + frame.bytes() > MUCH {
            return frame.write(&mut self.pipe, &mut self.frames);
        }
        frame.gather(&mut self.frames);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use engine::packed::Packed;
    use engine::time::Nanos;
    use engine::trace::{Activity, Doing, LaneId, TaskId, WaitFor};
    use proptest::prelude::*;

    use super::*;
    use crate::process_pool::message::{Ended, receive};

    /// What lanes tell by turns.
    #[derive(Clone, Debug)]
    enum Told {
        /// So many steps of a job.
        Steps { job: u64, count: usize },
        /// That it waits, perhaps for long.
        Wait { job: u64 },
        /// Its end, in a message so large.
        End { job: u64, is_due: bool, bytes: u64 },
    }

    fn told() -> impl Strategy<Value = Told> {
        let job = 0..3_u64;
        let bytes = prop_oneof![Just(0), Just(MUCH), Just(3 * MUCH)];
        prop_oneof![
            (job.clone(), 1..2 * MANY).prop_map(|(job, count)| Told::Steps { job, count }),
            job.clone().prop_map(|job| Told::Wait { job }),
            (job, any::<bool>(), bytes).prop_map(|(job, is_due, bytes)| Told::End { job, is_due, bytes }),
        ]
    }

    fn enter(at: u64, activity: Activity) -> Event {
        Event::Enter { task: TaskId(0), lane: LaneId(0), activity, at: Nanos(at), line: None, by: None }
    }

    /// What has been sent: of which job, and the instant of an event, or none of an end.
    fn sent(outbox: &Outbox<Vec<u8>>) -> Vec<(u64, Option<Nanos>)> {
        let gathering = outbox.0.lock().unwrap();
        let mut pipe = &gathering.pipe[..];
        let mut sent = Vec::new();
        loop {
            match receive(&mut pipe) {
                Ok(Answer::Job { number, news: News::Happened(events) }) => {
                    assert!(!events.is_empty() && events.len() <= MANY);
                    sent.extend(events.iter().map(|event| (number, event.at())));
                }
                Ok(Answer::Job { number, news: News::Ended(_) }) => sent.push((number, None)),
                Ok(other) => panic!("{other:?} was never told"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
                    return sent;
                }
            }
        }
    }

    proptest! {
        #[test]
        fn all_is_sent_in_the_order_in_which_it_was_told_and_at_once_where_it_is_due(
            all in prop::collection::vec(told(), 1..20),
        ) {
            let outbox = Outbox::into_pipe(Vec::new());
            let (mut expected, mut clock) = (Vec::new(), 0..);
            let mut gather = |job, activity| {
                let at = clock.next().unwrap_or_default();
                outbox.gather(job, enter(at, activity));
                (job, Some(Nanos(at)))
            };
            for told in all {
                let is_due = match told {
                    Told::Steps { job, count } => {
                        expected.extend((0..count).map(|_| gather(job, Activity::Running(Doing::Steps))));
                        false
                    }
                    Told::Wait { job } => {
                        expected.push(gather(job, Activity::Waiting(WaitFor::Timer(Nanos(0)))));
                        true
                    }
                    Told::End { job, is_due, bytes } => {
                        expected.push((job, None));
                        let ended = Ended { result: Ok(Packed::from(&[][..])), cpu: None, took: Nanos(0) };
                        let end = Frame::new(&Answer::Job { number: job, news: News::Ended(ended) }, bytes);
                        outbox.post(&end.unwrap(), is_due);
                        is_due
                    }
                };
                let sent = sent(&outbox);
                let behind = if is_due { expected.len() } else { sent.len() };
                prop_assert_eq!(sent, &expected[..behind]);
            }
        }
    }
}
