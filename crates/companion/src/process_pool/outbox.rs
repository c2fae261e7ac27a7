//! What a process tells its parent. Small news gather until there is a reason to send them: each sending is a call of the
//! system, and a small job has more to tell than to do.

use std::fs::File;
use std::io::{self, stdout};
use std::mem::take;
use std::process::exit;
use std::sync::{Mutex, PoisonError};

use engine::trace::Event;

use crate::process_pool::message::{Answer, Frame, News};

/// The pipe to the parent, which all threads of the process share.
pub struct Outbox(Mutex<Gathering>);

struct Gathering {
    pipe: File,
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
        Ok(Outbox(Mutex::new(Gathering { pipe: File::from(pipe), frames: Vec::new(), job: 0, events: Vec::new() })))
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
    fn change(&self, act: impl FnOnce(&mut Gathering) -> io::Result<()>) {
        let mut gathering = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if act(&mut gathering).is_err() {
            exit(0);
        }
    }
}

impl Gathering {
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
