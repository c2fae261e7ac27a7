//! When a measured run is not waited for any longer. The engine ends a run whose tasks wait for one another for ever; what it
//! cannot see is a run of which nothing comes although nothing is waited for, or one that never stops working.

use std::time::Duration;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use engine::trace::{Instant, TaskId, Trace};

use crate::texts;

/// How often it is looked at.
pub const LOOK: Duration = Duration::from_secs(1);

/// For so long nothing happens and nothing is to come before a run is ended: starting many processes takes some seconds.
const SILENCE: Nanos = Nanos(20_000_000_000);

/// A run may take this many times as long as it is predicted to ...
const TIMES_AS_LONG: f64 = 10.0;

/// ... and this much more, for what has to be started, and for a slow machine.
const AND_MORE: Nanos = Nanos(60_000_000_000);

/// The bound on one run. It is asked at even distances and reads no clock: a page that slept with its machine must not blame
/// the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limit {
    taken: Nanos,
    silent: Nanos,
    /// How far the run had come when it was looked at last.
    reached: Nanos,
}

impl Limit {
    /// So much time went by in a run that is to take so long, if that is known. Returns why the run is to be ended, once it is,
    /// as a sentence.
    pub fn pass(&mut self, elapsed: Nanos, trace: &Trace, predicted: Option<Nanos>) -> Option<String> {
        let sum = |one: Nanos, other: Nanos| Nanos(one.0.saturating_add(other.0));
        let has_moved = trace.end() > self.reached;
        self.taken = sum(self.taken, elapsed);
        self.silent = if has_moved { Nanos::ZERO } else { sum(self.silent, elapsed) };
        self.reached = trace.end();
        let too_long = predicted.filter(|predicted| self.taken >= sum(predicted.scaled(TIMES_AS_LONG), AND_MORE));
        if let Some(predicted) = too_long {
            return Some(texts::took_too_long(trace.model, self.taken, predicted));
        }
        // Before the first task there is nobody who could be stuck: whoever starts the run is heard by other means.
        if self.silent < SILENCE || trace.tasks.is_empty() {
            return None;
        }
        let now = trace.history().at(trace.end());
        if is_anything_to_come(&now, sum(trace.end(), self.silent)) {
            return None;
        }
        Some(texts::stood_still(trace.model, self.silent, waits(trace, &now).as_deref()))
    }
}

/// How long a run may be expected to take at a speed. A speed divides the delays and not the work, so nothing is taken off.
pub fn expected(predicted: &Trace, speed: Speed) -> Nanos {
    predicted.end().scaled((1.0 / speed.factor()).max(1.0))
}

/// Whether somebody works, or something outside is waited for, of which it will be heard: `until` then nothing was.
fn is_anything_to_come(now: &Instant, until: Nanos) -> bool {
    let is_due_later = |(due, _): &(Nanos, _)| *due >= until;
    !now.running.is_empty() || !now.requests.is_empty() || now.timers.iter().chain(&now.blocking).any(is_due_later)
}

/// Who waits for whom, as a sentence: of somebody in the line of a lock, or else of whoever waits for another's end.
fn waits(trace: &Trace, now: &Instant) -> Option<String> {
    let in_line = now.objects.iter().flat_map(|thing| &thing.waiters).map(|standing| standing.task);
    let who: TaskId = in_line.chain(now.joins.iter().map(|(_, standing)| standing.task)).next()?;
    let at = trace.end();
    let steps = trace.why(who, at).ok()?;
    Some(trace.in_one_sentence(&trace.history(), &steps, at)).filter(|sentence| !sentence.is_empty())
}

/// The models of a job that come behind one, to go on with.
pub fn behind(models: &[Model], model: Model) -> Vec<Model> {
    models.iter().copied().skip_while(|other| *other != model).skip(1).collect()
}

#[cfg(test)]
mod tests {
    use engine::program::Outcome;
    use engine::trace::{Clock, Event};
    use lessons::Values;

    use super::*;

    const STEP: Nanos = Nanos(1_000_000_000);

    /// A lesson's run as far as it is heard of before its end is told.
    fn unfinished(lesson: &str, given: &[(&str, &str)]) -> Trace {
        let lesson = lessons::find(lesson).expect("the lesson is there");
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
        let mut trace = engine::simulate::simulate(&prepared.program, &prepared.settings(Model::Threads, 0));
        trace.finished = None;
        trace
    }

    /// After how many steps a run that tells nothing more is ended, and why.
    fn ended(trace: &Trace, predicted: Option<Nanos>) -> Option<(u32, String)> {
        let mut limit = Limit::default();
        (1..10_000).find_map(|steps| Some((steps, limit.pass(STEP, trace, predicted)?)))
    }

    #[test]
    fn a_run_in_which_all_wait_for_one_another_is_ended_by_its_circle() {
        let (steps, why) = ended(&unfinished("deadlock", &[]), None).expect("it is ended");
        assert_eq!(steps, 21, "its first step is not silent");
        assert!(why.contains("each waits for the other") && why.contains("for 20.0 s"), "{why}");
    }

    #[test]
    fn whoever_tells_something_is_waited_for_and_whoever_never_ends_is_not() {
        let mut trace = Trace::new(Model::EventLoop, Clock::Browser, Speed::REAL);
        let mut limit = Limit::default();
        let (steps, why) = (1..10_000_u64)
            .find_map(|step| {
                let at = Nanos(step * STEP.0);
                trace.apply(Event::Finish { at, cpu: None, switches: None, ending: Ok(Outcome::new()) });
                trace.finished = None;
                Some((step, limit.pass(STEP, &trace, Some(Nanos(3 * STEP.0)))?))
            })
            .expect("it is ended");
        assert_eq!(steps, 90, "ten times three seconds, and a minute");
        assert!(why.contains("90.0 s") && why.contains("3.0 s were predicted"), "{why}");
    }

    #[test]
    fn a_run_of_which_nothing_was_heard_yet_has_the_whole_time_and_nobody_ends_what_is_not_predicted() {
        let trace = Trace::new(Model::Threads, Clock::Machine, Speed::REAL);
        assert_eq!(ended(&trace, Some(Nanos::ZERO)).map(|(steps, _)| steps), Some(60));
        assert_eq!(ended(&trace, None), None);
    }

    #[test]
    fn no_speed_shortens_what_is_waited_for_and_a_slow_one_lengthens_it() {
        let trace = unfinished("delay-messages", &[]);
        let at = |speed| expected(&trace, Speed::new(speed).expect("a speed"));
        assert_eq!(at(100.0), trace.end());
        assert_eq!(at(0.5), trace.end().scaled(2.0));
    }

    #[test]
    fn a_long_wait_for_a_timer_is_no_silence() {
        let begun = unfinished("delay-messages", &[("messages", "A=60,B=60")]).history().at(STEP);
        let due = begun.timers.first().expect("somebody waits for a timer").0;
        assert!(is_anything_to_come(&begun, Nanos(due.0 - 1)) && !is_anything_to_come(&begun, Nanos(due.0 + 1)));
    }

    #[test]
    fn the_other_models_are_gone_on_with() {
        let models = [Model::Sequential, Model::Threads, Model::EventLoop];
        assert_eq!(behind(&models, Model::Sequential), [Model::Threads, Model::EventLoop]);
        assert_eq!(behind(&models, Model::EventLoop), []);
        assert_eq!(behind(&models, Model::ProcessPool), []);
    }
}
