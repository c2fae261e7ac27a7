//! What a timeline says under a pointer that only rests there.

use engine::time::Nanos;
use engine::trace::{Shows, State};

use crate::timeline::labels::doing;
use crate::timeline::layout::Layout;

/// What is at a height and an instant: who does what, from when to when.
pub fn read_out(layout: &Layout, y_px: f64, at: Nanos, slack: Nanos) -> Option<[String; 2]> {
    let stretch = layout.at(y_px, at, slack)?.1?;
    let what = match stretch.shows {
        Shows::Task { task, activity, .. } => {
            format!("{}: {}", layout.trace.task_name(task), doing(&layout.trace, activity))
        }
        Shows::Tasks(counts) => {
            let of = |state: State| {
                Some(counts.of(state)).filter(|count| *count > 0).map(|count| format!("{count} {}", state.word()))
            };
            State::ALL.into_iter().filter_map(of).collect::<Vec<_>>().join(", ")
        }
    };
    // What is drawn beyond the end of a run that stands still is a piece of its eternity.
    let has_no_end = layout.trace.stands_still() && stretch.to > layout.trace.program_time(layout.trace.end());
    Some(match has_no_end {
        true => [what, format!("from {} on, without an end", stretch.from)],
        false => [what, format!("{} – {} ({})", stretch.from, stretch.to, stretch.to.since(stretch.from))],
    })
}

#[cfg(test)]
mod tests {
    use engine::model::Model;

    use super::*;
    use crate::timeline::layout::Rows;
    use crate::timeline::testing::laid_out;

    #[test]
    fn what_is_under_a_pointer_is_told_by_its_own_block() {
        for model in [Model::Threads, Model::EventLoop] {
            let layout = laid_out("delay-messages", model, &[], 1.0, Rows::Few);
            let mut told = Vec::new();
            for (row, of) in layout.rows.iter().enumerate() {
                for stretch in &of.stretches {
                    let middle = Nanos((stretch.from.0 + stretch.to.0) / 2);
                    let [what, when] =
                        read_out(&layout, layout.top_px(row) + 1.0, middle, Nanos::ZERO).expect("there is a block");
                    assert!(when.starts_with(&stretch.from.to_string()), "{when}");
                    told.push(what);
                }
            }
            assert!(told.contains(&"TWO: timer".to_owned()), "{told:?}");
        }
    }

    #[test]
    fn what_has_no_end_is_told_without_one() {
        let trace = laid_out("deadlock", Model::Threads, &[], 1.0, Rows::Few).trace;
        let until = trace.drawn_until(trace.axis_length(), trace.end());
        let layout = Layout::of(trace, until, Rows::Few);
        let told = |row: usize, at: Nanos| read_out(&layout, layout.top_px(row) + 1.0, at, Nanos::ZERO);
        let beyond = Nanos((layout.trace.end().0 + until.0) / 2);
        let endless: Vec<_> = (0..layout.rows.len()).filter_map(|row| told(row, beyond)).collect();
        assert_eq!(endless.len(), 3, "LEFT, RIGHT and who joins them: {endless:?}");
        assert!(endless.iter().all(|[_, when]| when.ends_with("s on, without an end")), "{endless:?}");
        let [_, when] = told(1, Nanos(layout.trace.end().0 / 2)).expect("LEFT waits before its second lock");
        assert!(when.contains(" – "), "{when}");
    }
}
