//! Layouts that are made ahead: of several runs that arrive one after the other and are to be shown together, those that are
//! there are laid out while the others are waited for, as far as somebody sees them.

use std::cell::RefCell;
use std::sync::Arc;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::Trace;

use crate::timeline::layout::{Layout, Rows};

thread_local! {
    static AHEAD: RefCell<Vec<Arc<Layout>>> = const { RefCell::new(Vec::new()) };
    /// The models whose timelines are out of sight.
    static UNSEEN: RefCell<Vec<Model>> = const { RefCell::new(Vec::new()) };
}

/// Takes note of whether the timeline of a model is in sight.
pub fn take_note(model: Model, is_in_sight: bool) {
    UNSEEN.with_borrow_mut(|unseen| {
        unseen.retain(|other| *other != model);
        if !is_in_sight {
            unseen.push(model);
        }
    });
}

/// Lays out a run that is over, as it is shown first. How far one is drawn that stands still is not known yet.
pub fn lay_out(trace: &Arc<Trace>) {
    let is_unseen = UNSEEN.with_borrow(|unseen| unseen.contains(&trace.model));
    if is_unseen || trace.stands_still() {
        return;
    }
    let layout = Arc::new(Layout::of(Arc::clone(trace), trace.end(), Rows::Few));
    AHEAD.with_borrow_mut(|ahead| {
        // A run that nobody holds any longer is shown to nobody.
        ahead.retain(|layout| Arc::strong_count(&layout.trace) > 1);
        ahead.push(layout);
    });
}

/// Takes the layout of `trace` up to `now`, if it was made.
pub fn take(trace: &Arc<Trace>, now: Nanos, rows: Rows) -> Option<Arc<Layout>> {
    AHEAD.with_borrow_mut(|ahead| {
        let is_it = |layout: &Arc<Layout>| Arc::ptr_eq(&layout.trace, trace);
        let place = ahead.iter().position(is_it).filter(|_| now == trace.end() && rows == Rows::Few)?;
        Some(ahead.swap_remove(place))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::testing::laid_out;

    #[test]
    fn what_was_laid_out_ahead_is_what_would_be_laid_out_and_is_given_once() {
        let expected = laid_out("delay-messages", Model::Threads, &[], 1.0, Rows::Few);
        let (trace, end) = (&expected.trace, expected.trace.end());
        for _ in 0..3 {
            lay_out(&Arc::new(Trace::clone(trace)));
        }
        lay_out(trace);
        assert_eq!(AHEAD.with_borrow(Vec::len), 1, "what nobody will ask for does not gather");
        assert!(take(trace, end + Nanos(1), Rows::Few).is_none());
        assert!(take(trace, end, Rows::All).is_none());
        let taken = take(trace, end, Rows::Few).expect("it was laid out");
        assert_eq!((&taken.rows, taken.until), (&expected.rows, expected.until));
        assert!(take(trace, end, Rows::Few).is_none());
    }

    #[test]
    fn what_nobody_sees_is_not_laid_out_ahead_until_it_comes_into_sight() {
        let expected = laid_out("delay-messages", Model::Threads, &[], 1.0, Rows::Few);
        let is_laid_out = || {
            lay_out(&expected.trace);
            take(&expected.trace, expected.trace.end(), Rows::Few).is_some()
        };
        take_note(Model::Threads, false);
        assert!(!is_laid_out());
        take_note(Model::EventLoop, false);
        take_note(Model::Threads, true);
        assert!(is_laid_out());
    }
}
