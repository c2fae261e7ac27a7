//! Turns: what is made while the page opens is made in tasks of its own, between which the browser shows what there is, and lets
//! whoever reads already scroll.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::later::{Half, Later, Standing};
use crate::state::browser;

/// How many turns are waited for or used: while there are any, the page opens.
#[derive(Clone, Copy)]
pub(super) struct Turns(StoredValue<u32>);

impl Turns {
    pub(super) fn none() -> Turns {
        Turns(StoredValue::new(0))
    }

    fn is_any(self) -> bool {
        self.0.get_value() > 0
    }

    /// Waits until there are none.
    pub(super) async fn all(self) {
        // Whoever wants the first turn has to be there: what calls this may come before it.
        browser::breath().await;
        while self.0.try_get_value().is_some_and(|count| count > 0) {
            browser::breath().await;
        }
    }

    /// Does something in a task of its own.
    fn take(self, turn: impl FnOnce() + 'static) {
        self.0.update_value(|count| *count += 1);
        spawn_local(async move {
            browser::breath().await;
            turn();
            // What was shown by it may want turns, too.
            browser::breath().await;
            self.0.try_update_value(|count| *count -= 1);
        });
    }
}

impl Later {
    /// Shows what `make` makes: at once, but while the page still opens in a turn of its own.
    pub fn in_turn<V: IntoView + 'static>(self, make: impl Fn() -> V + Send + 'static) -> AnyView {
        let opens = self.turns.is_any() || untrack(|| matches!(self.standing.get(), Standing::Coming));
        let is_due = RwSignal::new(!opens);
        if opens {
            self.turns.take(move || {
                is_due.try_set(true);
            });
        }
        (move || is_due.get().then(|| make().into_any())).into_any()
    }

    /// The half for whatever is to be done with it. Where it has only just come, everybody has a turn.
    pub(super) fn turn(self) -> RwSignal<Option<&'static Half>> {
        let turn = RwSignal::new(untrack(|| self.half()));
        Effect::new(move || {
            if let Some(half) = self.half().filter(|_| turn.with_untracked(Option::is_none)) {
                self.turns.take(move || {
                    turn.try_set(Some(half));
                });
            }
        });
        turn
    }
}
