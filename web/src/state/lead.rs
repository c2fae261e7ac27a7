//! Leads the eye: to an instant of a run, large enough to be seen, and from task to task by the keyboard.

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Clock, TaskId, Trace};
use leptos::prelude::*;
use lessons::Values;

use crate::state::lesson::LessonState;
use crate::state::progress::Step;
use crate::state::view::Asked;
use crate::state::words;
use crate::texts;
use crate::timeline::viewport::Window;

/// What is narrower is not seen for what it is.
const LEAST_PX: f64 = 20.0;

/// As wide as it becomes then.
const SEEN_PX: f64 = 160.0;

impl LessonState {
    /// Leads to an instant of a run, on the values that it was predicted with.
    pub fn show_instant(self, values: Values, model: Model, at: Nanos) {
        self.change_at_once(|form| {
            form.turn_model(model, true);
            if *form.values() != values {
                form.set_values(values);
            }
        });
        self.view.due.set(Some((model, at)));
    }

    /// Leads where the eye is to be led, each time when that is predicted.
    pub fn follow_lead(self) {
        Effect::new(move || {
            if let Some((model, at)) = self.view.due.get().filter(|_| !self.is_late.get()) {
                self.view.due.set(None);
                untrack(|| self.look_at(model, at));
            }
        });
    }

    /// Leads to an instant of a run as it stands.
    pub fn look_at(self, model: Model, at: Nanos) {
        self.turn_to(model, Clock::Virtual);
        self.move_playhead(at);
        if let Some(trace) = untrack(|| self.trace(model, Clock::Virtual)) {
            self.come_close(&trace, at);
        }
        self.view.led.set(Some(model));
        self.note(Step::Investigate);
    }

    /// Turns all that speaks of one run to this one.
    pub fn turn_to(self, model: Model, clock: Clock) {
        self.study(model);
        self.looked_at.set((model, clock));
    }

    /// Asks at the playhead why the next task does not run, or the one before: through all tasks of a model, and then on to the next
    /// model.
    pub fn ask_further(self, forward: bool) {
        self.pause();
        let all = untrack(|| self.tasks_at_playhead());
        let asked = self.view.asked.get_untracked();
        let looked_at = self.looked_at.get_untracked();
        let last = asked.and_then(|asked| {
            all.iter().position(|one| (one.model, one.clock, one.task) == (asked.model, asked.clock, asked.task))
        });
        let first = || all.iter().position(|one| (one.model, one.clock) == looked_at).unwrap_or(0);
        let next = last.map_or_else(first, |last| neighbour(last, all.len(), forward));
        let Some(next) = all.get(next).copied() else {
            self.view.asked.set(None);
            self.view.nobody.set(Some(texts::NOBODY_IS_LEFT.to_owned()));
            return;
        };
        self.turn_to(next.model, next.clock);
        self.view.nobody.set(None);
        self.view.asked.set(Some(next));
        self.view.led.set(Some(next.model));
    }

    /// All questions that can be asked at the playhead, model by model: of the run that is looked at, and of the others' predictions.
    fn tasks_at_playhead(self) -> Vec<Asked> {
        let playhead = self.playhead.get();
        let (looked_at, clock) = self.looked_at.get();
        let of_model = |model: Model| {
            let clock = if model == looked_at { clock } else { Clock::Virtual };
            let trace = self.trace(model, clock)?;
            let clock = words::of_clock(trace.clock);
            let at = trace.own_time(playhead).min(trace.end());
            let is_there = |(_, task): &(u32, &engine::trace::TaskRecord)| {
                task.spawned <= at && task.ended.is_none_or(|ended| at < ended)
            };
            let tasks = (0..).zip(&trace.tasks).filter(is_there);
            Some(tasks.map(|(task, _)| Asked { model, clock, task: TaskId(task), at }).collect::<Vec<_>>())
        };
        self.models.get().into_iter().filter_map(of_model).flatten().collect()
    }

    /// Looks closer, where all that happens then besides the first task's own waiting is too narrow to be seen.
    fn come_close(self, trace: &Trace, at: Nanos) {
        let own = trace.own_time(at);
        let is_others = |span: &engine::trace::Span| span.task != TaskId(0) && span.start <= own && own <= span.end;
        let spans = trace.spans_until(trace.end()).filter(is_others);
        let longest = spans.map(|span| trace.program_time(span.end).since(trace.program_time(span.start))).max();
        let viewport = self.viewport.get_untracked();
        let Some(longest) = longest.filter(|longest| longest.0 > 0 && viewport.time_of(LEAST_PX) > longest.0 as f64)
        else {
            return;
        };
        let whole = self.view.whole.get_untracked();
        let width_px = viewport.right_px - viewport.left_px;
        let length = longest.scaled(width_px / SEEN_PX);
        let start = at.since(length.scaled(0.5));
        let window = Window { start, end: start + length };
        self.view.look_at(window.moved(0.0, whole));
    }
}

/// The place beside `place` of so many, round the ends.
fn neighbour(place: usize, count: usize, forward: bool) -> usize {
    let step = if forward { 1 } else { count - 1 };
    (place + step) % count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_go_round_both_ends() {
        assert_eq!([0, 1, 2].map(|place| neighbour(place, 3, true)), [1, 2, 0]);
        assert_eq!([0, 1, 2].map(|place| neighbour(place, 3, false)), [2, 0, 1]);
        assert_eq!([true, false].map(|forward| neighbour(0, 1, forward)), [0, 0]);
    }
}
