//! The answers of a process that may have several jobs at once, over one pipe.
//!
//! # The protocol
//! Each job has a number, and a thread that waits for its end, or for the ends of several one after the other. One of those
//! threads reads the pipe, for all of them: it passes on what happens in any job, and leaves the end of another's job with that
//! job and tells its thread. When its own job has ended it stops, and tells a thread whose job has not ended to read on. So a
//! process with one job has its answers read by the very thread that waits for them, with no third one in between.
//!
//! Whenever nobody reads, each thread that waits either has been told since, or has not begun to wait and will look: the
//! pipe never lies unread.

use std::collections::BTreeMap;
use std::hint::spin_loop;
use std::io::{self, BufReader, ErrorKind, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engine::measure::Recorder;

use crate::process_pool::message::{Answer, Ended, Messages, News, Received};

/// The pipe, and the jobs whose ends are waited for.
pub struct Answers<R> {
    pipe: Mutex<Messages<BufReader<R>>>,
    desk: Mutex<Desk>,
}

/// Why a job will not be heard of again.
#[derive(Debug)]
pub struct Silence {
    /// How far it had come.
    pub heard: Heard,
    /// What the pipe said.
    pub error: io::Error,
}

/// How far a job had come that will not be heard of again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It was never in its process's hands: another can have it, and nothing is done twice.
    NotGiven,
    /// It was given, and nothing has been heard of it.
    Nothing,
    /// It had begun.
    Begun,
}

#[derive(Default)]
struct Desk {
    /// In the order in which they were given: so they end, and the first is the one whose thread had best read.
    jobs: BTreeMap<u64, Expected>,
    last: u64,
    /// Whether a thread is reading.
    is_read: bool,
    /// What the pipe said when it failed: nothing will come any more.
    failed: Option<(ErrorKind, String)>,
}

struct Expected {
    recorder: Arc<Recorder>,
    heard: Heard,
    ended: Option<Received<Ended>>,
    /// Told when the job has ended, when the pipe has failed, and when this thread is to read.
    told: Arc<Condvar>,
}

impl<R: Read> Answers<R> {
    /// The answers that come out of `pipe`.
    pub fn new(pipe: R) -> Answers<R> {
        Answers { pipe: Mutex::new(Messages::new(BufReader::new(pipe))), desk: Mutex::default() }
    }

    /// Waits for the next answer, whatever it is. To be called where no job is out.
    ///
    /// # Errors
    /// Where the pipe fails.
    pub fn next(&self) -> io::Result<Received<Answer>> {
        self.pipe().next()
    }

    /// The number of a job that is about to be given. What happens in it goes to `recorder`.
    pub fn expect(&self, recorder: &Arc<Recorder>) -> u64 {
        let mut desk = self.desk();
        desk.last += 1;
        let expected =
            Expected { recorder: Arc::clone(recorder), heard: Heard::Nothing, ended: None, told: Arc::default() };
        let number = desk.last;
        desk.jobs.insert(number, expected);
        number
    }

    /// The job was not given after all.
    pub fn forget(&self, number: u64) {
        let mut desk = self.desk();
        desk.jobs.remove(&number);
        desk.have_somebody_read();
    }

    /// Looks whether something `has_come`, again and again for so long at the most, and does not sleep meanwhile: for who waits
    /// for an answer that is due at once, being woken takes longer than the job. Says whether it has. To be called where nobody
    /// reads.
    pub fn look_out(&self, most: Duration, has_come: impl Fn(&R) -> bool) -> bool {
        let pipe = self.pipe();
        let begun = Instant::now();
        while !pipe.has_whole() && !has_come(pipe.pipe()) {
            if begun.elapsed() >= most {
                return false;
            }
            spin_loop();
        }
        true
    }

    /// Waits until the job of this number has ended. Where more has to come out of the pipe for that, `meanwhile` is done first.
    ///
    /// # Errors
    /// Where the pipe fails before that.
    pub fn wait(&self, number: u64, meanwhile: impl FnOnce()) -> Result<Received<Ended>, Silence> {
        let mut meanwhile = Some(meanwhile);
        let mut desk = self.desk();
        loop {
            if let Some(ended) = desk.take_ended(number) {
                return Ok(ended);
            }
            let Some(job) = desk.jobs.get(&number) else {
                return Err(Silence { heard: Heard::NotGiven, error: io::Error::other("the job was never given") });
            };
            let (heard, told) = (job.heard, Arc::clone(&job.told));
            if let Some((kind, text)) = &desk.failed {
                let error = io::Error::new(*kind, text.clone());
                desk.jobs.remove(&number);
                return Err(Silence { heard, error });
            }
            if (desk.is_read || !self.pipe().has_whole())
                && let Some(meanwhile) = meanwhile.take()
            {
                drop(desk);
                meanwhile();
                desk = self.desk();
                continue;
            }
            desk = if desk.is_read { told.wait(desk).unwrap_or_else(PoisonError::into_inner) } else { self.read(desk) };
        }
    }

    /// Reads one answer for whomever it is, without keeping others from the desk.
    fn read<'a>(&'a self, mut desk: MutexGuard<'a, Desk>) -> MutexGuard<'a, Desk> {
        desk.is_read = true;
        drop(desk);
        let answer = self.next();
        let mut desk = self.desk();
        desk.is_read = false;
        desk.take(answer);
        desk
    }

    fn pipe(&self) -> MutexGuard<'_, Messages<BufReader<R>>> {
        self.pipe.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        // Nothing is half changed when a thread panics under the lock: each change is one call.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    fn take(&mut self, answer: io::Result<Received<Answer>>) {
        match answer {
            Ok(Received { message: Answer::Job { number, news }, bytes, took }) => {
                // Nobody waits any more for a job that is not there.
                let Some(job) = self.jobs.get_mut(&number) else { return };
                job.heard = Heard::Begun;
                match news {
                    News::Happened(events) => events.into_iter().for_each(|event| job.recorder.record(event)),
                    News::Ended(ended) => {
                        job.ended = Some(Received { message: ended, bytes, took });
                        job.told.notify_one();
                    }
                }
            }
            Ok(Received { message: Answer::Prepared { .. } | Answer::Echo, .. }) => {
                self.fail((ErrorKind::InvalidData, "an answer out of turn".to_owned()));
            }
            Err(error) => self.fail((error.kind(), error.to_string())),
        }
    }

    fn take_ended(&mut self, number: u64) -> Option<Received<Ended>> {
        let ended = self.jobs.get_mut(&number)?.ended.take()?;
        self.jobs.remove(&number);
        self.have_somebody_read();
        Some(ended)
    }

    fn fail(&mut self, failed: (ErrorKind, String)) {
        self.failed = Some(failed);
        self.jobs.values().for_each(|job| job.told.notify_one());
    }

    fn have_somebody_read(&self) {
        if !self.is_read
            && let Some(job) = self.jobs.values().find(|job| job.ended.is_none())
        {
            job.told.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{PipeReader, PipeWriter, pipe};
    use std::sync::mpsc::{Receiver, channel};
    use std::thread;

    use engine::packed::Packed;
    use engine::time::Nanos;
    use engine::trace::{Event, TaskId};

    use super::*;
    use crate::process_pool::message::{Frame, send};

    /// Never waited out where all is well.
    const DEADLINE: Duration = Duration::from_secs(60);

    type End = (u64, Result<Ended, Heard>);

    /// So many jobs with a thread each that waits: the other side of the pipe, what happens, and how they end.
    fn waiters(jobs: u64) -> (PipeWriter, Receiver<Nanos>, Receiver<End>) {
        let (reader, writer) = pipe().unwrap();
        let answers: Arc<Answers<PipeReader>> = Arc::new(Answers::new(reader));
        let ((happened, happens), (ended, ends)) = (channel(), channel());
        let recorder = Arc::new(Recorder::new(move |event| happened.send(event.at().unwrap()).unwrap()));
        for _ in 0..jobs {
            let (number, answers, ended) = (answers.expect(&recorder), Arc::clone(&answers), ended.clone());
            thread::spawn(move || {
                let end = answers.wait(number, || ()).map(|it| it.message).map_err(|silence| silence.heard);
                ended.send((number, end)).unwrap();
            });
        }
        (writer, happens, ends)
    }

    fn event(number: u64) -> Answer {
        Answer::Job { number, news: News::Happened(vec![Event::End { task: TaskId(0), at: Nanos(number) }]) }
    }

    fn ended(number: u64) -> Ended {
        Ended { result: Ok(Packed::from(&[number as u8][..])), cpu: None, took: Nanos(9) }
    }

    #[test]
    fn each_hears_of_the_end_of_its_own_job_in_whichever_order_they_end() {
        let orders = (0..256_u64).map(|code| [code % 4, code / 4 % 4, code / 16 % 4, code / 64].map(|job| job + 1));
        for order in orders.filter(|order| (1..=4).all(|job| order.contains(&job))) {
            let (mut pipe, happens, ends) = waiters(4);
            for number in order {
                send(&mut pipe, &event(number)).unwrap();
                assert_eq!(happens.recv_timeout(DEADLINE), Ok(Nanos(number)), "{order:?}");
                send(&mut pipe, &Answer::Job { number, news: News::Ended(ended(number)) }).unwrap();
                assert_eq!(ends.recv_timeout(DEADLINE), Ok((number, Ok(ended(number)))), "{order:?}");
            }
        }
    }

    #[test]
    fn all_hear_of_a_pipe_that_fails_and_know_whether_their_job_had_begun() {
        let (mut pipe, happens, ends) = waiters(3);
        send(&mut pipe, &event(2)).unwrap();
        assert_eq!(happens.recv_timeout(DEADLINE), Ok(Nanos(2)));
        drop(pipe);
        let mut told: Vec<End> = (0..3).map(|_| ends.recv_timeout(DEADLINE).unwrap()).collect();
        told.sort_by_key(|(number, _)| *number);
        assert_eq!(told, [(1, Err(Heard::Nothing)), (2, Err(Heard::Begun)), (3, Err(Heard::Nothing))]);
    }

    #[test]
    fn what_is_to_be_done_meanwhile_is_done_before_the_pipe_is_waited_for_and_not_for_what_came_together() {
        let (reader, mut pipe) = pipe().unwrap();
        let answers = Answers::new(reader);
        let recorder = Arc::new(Recorder::new(|_| {}));
        let jobs = [(); 3].map(|()| answers.expect(&recorder));
        let frame =
            |number, bytes| Frame::new(&Answer::Job { number, news: News::Ended(ended(number)) }, bytes).unwrap();
        let mut gathered = Vec::new();
        Frame::new(&event(jobs[0]), 0).unwrap().gather(&mut gathered);
        frame(jobs[0], 0).gather(&mut gathered);
        Frame::new(&event(jobs[1]), 0).unwrap().gather(&mut gathered);
        frame(jobs[1], 0).gather(&mut gathered);
        // Of the last one, more than is read at once.
        frame(jobs[2], 1 << 15).write(&mut pipe, &mut gathered).unwrap();
        let waited = jobs.map(|number| {
            let mut is_meanwhile = false;
            let end = answers.wait(number, || is_meanwhile = true);
            assert_eq!(end.map(|it| it.message).unwrap(), ended(number));
            is_meanwhile
        });
        assert_eq!(waited, [true, false, true]);
    }

    #[test]
    fn who_looks_out_sees_what_comes_or_has_come_or_never_will_and_stops_where_nothing_does() {
        const LONG: Duration = Duration::from_secs(60);
        let (reader, mut pipe) = pipe().unwrap();
        let answers = Answers::new(reader);
        let recorder = Arc::new(Recorder::new(|_| {}));
        let (first, second) = (answers.expect(&recorder), answers.expect(&recorder));
        assert!(!answers.look_out(Duration::from_millis(1), |_| false));
        assert!(answers.look_out(LONG, |_| true));
        let mut gathered = Vec::new();
        let end = |number| Frame::new(&Answer::Job { number, news: News::Ended(ended(number)) }, 0).unwrap();
        end(first).gather(&mut gathered);
        end(second).write(&mut pipe, &mut gathered).unwrap();
        assert!(answers.look_out(LONG, |_| true));
        assert_eq!(answers.wait(first, || ()).map(|it| it.message).unwrap(), ended(first));
        assert!(answers.look_out(LONG, |_| false), "the second was read with the first");
        assert_eq!(answers.wait(second, || ()).map(|it| it.message).unwrap(), ended(second));
    }

    #[test]
    fn a_job_that_was_not_given_keeps_nobody_from_reading() {
        let (reader, mut pipe) = pipe().unwrap();
        let answers = Answers::new(reader);
        let recorder = Arc::new(Recorder::new(|_| {}));
        let (given, not_given) = (answers.expect(&recorder), answers.expect(&recorder));
        answers.forget(not_given);
        send(&mut pipe, &Answer::Job { number: given, news: News::Ended(ended(given)) }).unwrap();
        assert_eq!(answers.wait(given, || ()).map(|it| it.message).unwrap(), ended(given));
        assert!(answers.wait(not_given, || ()).is_err());
    }
}
