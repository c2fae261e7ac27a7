//! Why a task did not run, in words: one sentence, the chain behind it, and what that meant for the run.

use engine::time::Nanos;
use engine::trace::{Activity, LaneKind, RowKind, State, Trace};
use leptos::prelude::*;

use crate::state::lesson::LessonState;
use crate::state::view::{Asked, is_critical};
use crate::timeline::overlay::Lit;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The question.
    pub question: String,
    /// The answer in one sentence.
    pub sentence: String,
    /// The chain of causes behind it.
    pub links: Vec<AnswerLink>,
    /// What the wait meant for the run.
    pub verdict: String,
}

/// A link of a chain of causes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerLink {
    /// The state of its task.
    pub state: State,
    /// What its task did and why.
    pub says: String,
    /// Whether that is on the critical path.
    pub is_critical: bool,
}

/// The answer to what was asked last, if anything was.
pub fn answered(state: LessonState) -> Memo<Option<Result<Answer, String>>> {
    Memo::new(move |_| {
        let asked = state.view.asked.get()?;
        let trace = state.trace(asked.model, asked.clock)?;
        let lit = state.lit(asked.model, asked.clock)?;
        Some(answer(&trace, asked, &lit))
    })
}

/// The answer to `asked` about `trace`, of which `lit` is lit up.
///
/// # Errors
/// Where there is nothing to explain, as a sentence.
pub fn answer(trace: &Trace, asked: Asked, lit: &Lit) -> Result<Answer, String> {
    let steps = trace.why(asked.task, asked.at).map_err(|not_there| not_there.to_string())?;
    let history = trace.history();
    let Some(first) = steps.first() else { return Err("Nothing is known of that.".to_owned()) };
    let (name, at) = (trace.task_name(asked.task), trace.program_time(asked.at));
    let question = match first.state {
        State::Running => format!("What is {name} doing at {at}?"),
        State::Ready => format!("Why is {name} not running at {at}?"),
        State::Gil => format!("Why does {name} want the GIL at {at}?"),
        State::Blocked => format!("Why is {name} blocked at {at}?"),
        State::Waiting => format!("Why is {name} waiting at {at}?"),
        State::Queued => format!("Why is {name} in the queue at {at}?"),
    };
    let links = steps.iter().map(|step| AnswerLink {
        state: step.state,
        says: step.says.clone(),
        is_critical: is_critical(lit, step),
    });
    let sentence = trace.in_one_sentence(&history, &steps, asked.at);
    Ok(Answer { question, sentence, links: links.collect(), verdict: verdict(trace, asked, lit) })
}

/// Whether the task's time then counts for the whole run.
fn verdict(trace: &Trace, asked: Asked, lit: &Lit) -> String {
    if trace.stands_still() {
        return "Nothing ends this run: it stands still.".to_owned();
    }
    let at_once = |leg: &&engine::trace::Leg| leg.from <= asked.at && asked.at <= leg.to;
    let path = lit.path.iter().filter(at_once).find(|leg| leg.task == asked.task);
    match path.map(|leg| leg.activity) {
        Some(Activity::Running(_)) => {
            "It is on the critical path: the run can end no sooner than this work does.".to_owned()
        }
        Some(_) => "It is on the critical path: were this wait shorter, the run would be.".to_owned(),
        None => "It is not on the critical path: were it shorter, the run would end no sooner.".to_owned(),
    }
}

/// Why there is nobody in the row `name` of this kind at the instant `at` of the trace's clock, as a sentence.
pub fn nobody(trace: &Trace, row: RowKind, name: &str, at: Nanos) -> String {
    let when = trace.program_time(at);
    if at >= trace.end() && !trace.stands_still() {
        return format!("Nothing is left to do at {when}: this run is over.");
    }
    let now = trace.history().at(at);
    match row {
        RowKind::Lane(lane) if trace.lanes[lane.0 as usize].kind == LaneKind::EventLoop => {
            let requests = now.requests.len();
            let next = match (now.timers.first(), requests) {
                (Some((due, of)), _) => {
                    format!(
                        "the next timer is that of {}, due at {}",
                        trace.task_name(of.task),
                        trace.program_time(*due)
                    )
                }
                (None, 1) => "the answer to a request is to wake it".to_owned(),
                (None, 2..) => format!("the answer to one of {requests} requests is to wake it"),
                (None, 0) => "somebody beside it is to wake it".to_owned(),
            };
            format!("The loop sleeps at {when}, for nobody is ready; {next}.")
        }
        RowKind::Task(task) => {
            let is_early = trace.tasks.get(task.0 as usize).is_some_and(|record| at < record.spawned);
            let why = if is_early { "has not been spawned yet" } else { "has ended" };
            format!("{name} {why} at {when}.")
        }
        RowKind::Gil(_) => format!("Nobody has the GIL at {when}: whoever waits lets go of it."),
        RowKind::Queue(_) => format!("Nobody stands in the queue at {when}."),
        RowKind::Lane(_) if now.queues.iter().all(|(_, line)| line.is_empty()) && !now.queues.is_empty() => {
            format!("{name} has no task at {when}: the queue is empty.")
        }
        RowKind::Lane(_) | RowKind::Rest(_) => format!("{name} has no task at {when}."),
    }
}

#[cfg(test)]
mod tests {
    use engine::model::Model;
    use engine::trace::{Clock, TaskId};
    use lessons::Values;

    use super::*;

    fn asked(lesson: &str, model: Model, given: &[(&str, &str)], name: &str, ms: u64) -> Answer {
        let lesson = lessons::find(lesson).expect("the lesson is there");
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(model, 0));
        let task = (0..trace.tasks.len() as u32).map(TaskId).find(|task| trace.task_name(*task) == name);
        let task = task.expect("the task is there");
        let lit = Lit { chain: None, path: trace.critical_path(&trace.history()) };
        let asked = Asked { model, clock: Clock::Virtual, task, at: Nanos(ms * 1_000_000).min(trace.end()) };
        answer(&trace, asked, &lit).expect("it is there then")
    }

    #[test]
    fn a_blocked_loop_is_named_in_one_sentence_and_its_cause_is_critical() {
        let given = [("messages", "TWO=2,THREE=3"), ("blocking", "THREE"), ("repair", "none")];
        let answer = asked("blocking-call", Model::EventLoop, &given, "TWO", 2_500);
        assert_eq!(answer.question, "Why is TWO not running at 2.500 s?");
        let start =
            "TWO is ready, but the loop is busy with THREE, which is inside a call that does not give way until 3.0";
        assert!(answer.sentence.starts_with(start), "{}", answer.sentence);
        assert_eq!(answer.links.len(), 2);
        assert!(answer.links[1].is_critical);
        assert!(answer.verdict.starts_with("It is not on the critical path"), "{}", answer.verdict);
    }

    #[test]
    fn a_deadlock_is_a_circle_that_nothing_ends() {
        let answer = asked("deadlock", Model::Threads, &[], "LEFT", 9_000);
        assert!(answer.sentence.ends_with(": each waits for the other."), "{}", answer.sentence);
        assert!(answer.verdict.contains("stands still"));
    }

    #[test]
    fn where_nobody_is_it_says_what_is_to_come() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let given = [("messages".to_owned(), "TWO=2,THREE=3".to_owned())];
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &given).expect("the values are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(Model::EventLoop, 0));
        let at = |ms: u64| nobody(&trace, RowKind::Lane(engine::trace::LaneId(0)), "event loop", Nanos(ms * 1_000_000));
        let next = "The loop sleeps at 2.500 s, for nobody is ready; the next timer is that of THREE, due at 3.0";
        assert!(at(2_500).starts_with(next), "{}", at(2_500));
        assert!(at(9_000).ends_with("this run is over."));
    }
}
