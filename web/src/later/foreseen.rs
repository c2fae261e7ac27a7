//! A job that changes, followed by what it is predicted to come to: at once where that fits a frame, else when it is there.

use leptos::prelude::*;

use crate::backend::Job;
use crate::backend::predict::Predictions;
use crate::later::Later;
use crate::state::practice::practise;

/// What is foreseen of a job that changes.
#[derive(Clone, Copy)]
pub struct Foreseen {
    /// What is known now.
    pub now: Memo<Predictions>,
    /// Whether that is of a job before, because this one takes longer.
    pub is_late: Memo<bool>,
}

impl Later {
    /// What a job that changes is predicted to come to. Where that takes longer than a frame, what was known before stands until
    /// it is there.
    pub fn foresee(self, job: Memo<Option<Job>>) -> Foreseen {
        let turn = self.turn();
        let quick = Memo::new(move |_| {
            let half = turn.get()?;
            job.with(|job| job.as_ref().map(|job| (half.predict_within_a_frame)(job)))
        });
        let late = Late { later: self, job, quick, known: RwSignal::new(None), is_under_way: StoredValue::new(false) };
        Effect::new(move || {
            // From one that takes long to another one it is not told by whether it takes long.
            job.track();
            match quick.get() {
                Some(None) => late.go_on(),
                // What is late after this one follows this one, not the late one before; and after nothing it follows nothing.
                Some(Some(_)) | None => late.known.set(None),
            }
        });
        let fits = Memo::new(move |_| matches!(quick.get(), Some(Some(_))));
        Effect::new(move || {
            if let (true, Some(half)) = (fits.get(), untrack(|| self.half())) {
                practise(move || {
                    job.with_untracked(|job| job.as_ref().map(|job| (half.predict_within_a_frame)(job)));
                });
            }
        });
        let now = Memo::new(move |before: Option<&Predictions>| match quick.get() {
            None => Predictions::none(),
            Some(Some(predictions)) => predictions,
            Some(None) => {
                let known = late.known.with(|known| known.as_ref().map(|(_, predictions)| predictions.clone()));
                known.or_else(|| before.cloned()).unwrap_or_else(Predictions::none)
            }
        });
        let is_late = Memo::new(move |_| {
            quick.get() == Some(None)
                && late.known.with(|known| known.as_ref().map(|(job, _)| job) != job.read().as_ref())
        });
        Foreseen { now, is_late }
    }
}

/// The jobs among those that take longer than a frame.
#[derive(Clone, Copy)]
struct Late {
    later: Later,
    job: Memo<Option<Job>>,
    /// What was predicted within a frame, `Some(None)` where that was not enough.
    quick: Memo<Option<Option<Predictions>>>,
    /// The last one that is known.
    known: RwSignal<Option<(Job, Predictions)>>,
    is_under_way: StoredValue<bool>,
}

impl Late {
    /// Predicts what the job is now, and when that is done what it has become meanwhile.
    fn go_on(self) {
        // Whoever is gone, or has been answered already, wants nothing more.
        let (Some(Some(wanted)), Some(half)) = (self.job.try_get_untracked(), untrack(|| self.later.half())) else {
            return;
        };
        let is_known = self.known.with_untracked(|known| known.as_ref().is_some_and(|(known, _)| *known == wanted));
        if is_known || self.is_under_way.get_value() {
            return;
        }
        self.is_under_way.set_value(true);
        let known = wanted.clone();
        let made = Box::new(move |predictions: Predictions| {
            let is_wanted =
                self.is_under_way.try_set_value(false).is_none() && self.quick.get_untracked() == Some(None);
            if is_wanted {
                self.known.set(Some((known, predictions)));
                self.go_on();
            }
        });
        (half.predict)(wanted, made);
    }
}
