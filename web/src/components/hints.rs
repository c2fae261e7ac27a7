//! What went wrong in the predicted runs, in words, with the mend as a button.

use std::time::Duration;

use engine::model::Model;
use engine::trace::Clock;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::backend::foresight;
use crate::components::prose::prose;
use crate::state::lesson::LessonState;
use crate::state::link::Settings;
use crate::state::mend::{self, Mend, Trouble};
use crate::texts;

/// Looking for what mends a run takes some runs: it waits until nothing is being changed.
const REST: Duration = Duration::from_millis(250);

/// So many hints stand there at once.
const SHOWN: usize = 3;

/// The hints; nothing where all is well.
#[component]
pub fn Hints(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let found = RwSignal::new(Vec::<(Trouble, Option<Mend>)>::new());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let look = move || {
        let Some(settings) = state.form.try_with_untracked(|form| form.settings().clone()) else { return };
        let mut models = settings.models.clone();
        let studied = state.studied.get_untracked();
        models.sort_by_key(|model| *model != studied);
        let traces: Vec<_> =
            models.iter().filter_map(|model| untrack(|| state.trace(*model, Clock::Virtual))).collect();
        let troubles = mend::troubles(state.lesson, traces.iter().map(|trace| &**trace)).into_iter().take(SHOWN);
        found.set(troubles.map(|trouble| (trouble, None)).collect());
        spawn_local(go_on(state, found, settings));
    };
    Effect::new(move || {
        let is_seen = state.is_revealed.get();
        state.studied.track();
        if is_seen {
            state.predictions.track();
        }
        if let Some(before) = waiting.get_value() {
            before.clear();
        }
        waiting.set_value(set_timeout_with_handle(look, REST).ok().filter(|_| is_seen));
    });
    on_cleanup(move || {
        if let Some(waiting) = waiting.try_get_value().flatten() {
            waiting.clear();
        }
    });
    let hint = move |(trouble, mend): (Trouble, Option<Mend>)| {
        let Trouble { model, kind, says, at, .. } = trouble;
        let words = trouble.mend.map(|mend| view! { <p class="sub">{prose(&mend)}</p> });
        let mend = mend.map(|mend| {
            let (change, times) = (texts::mend(&mend, model), texts::mended(&mend));
            let take = move |_| state.take_mend(mend.clone());
            view! {
                <button type="button" data-testid="mend" on:click=take>
                    {change} <span class="nowrap">{times}</span>
                </button>
            }
        });
        view! {
            <li class="hint">
                <h3>{kind.title()} <span class="sub">{model.title()}</span></h3>
                <p>{prose(&says)}</p>
                {words}
                <div class="row">
                    {mend}
                    <button type="button" class="quiet" on:click=move |_| state.look_at(model, at)>{texts::SHOW_WHERE}</button>
                </div>
            </li>
        }
    };
    move || {
        let hints = found.get();
        (state.is_revealed.get() && !hints.is_empty()).then(|| {
            view! {
                <section class="panel hints" aria-labelledby="hints-title" data-testid="hints">
                    <h2 class="eyebrow" id="hints-title">{texts::hints_title(Clock::Virtual)}</h2>
                    <ul>{hints.into_iter().map(hint).collect_view()}</ul>
                </section>
            }
        })
    }
}

/// Looks for what mends each trouble, one after the other, until the settings are changed or the page moves on.
async fn go_on(state: LessonState, found: RwSignal<Vec<(Trouble, Option<Mend>)>>, settings: Settings) {
    let run = async |settings: &Settings, model: Model| foresight::run(state.lesson, settings, model).await;
    for place in 0..SHOWN {
        let which = |(trouble, _): &(Trouble, Option<Mend>)| (trouble.model, trouble.kind);
        let Some(Some((model, kind))) = found.try_with_untracked(|found| found.get(place).map(which)) else { return };
        let mend = mend::mend(state.lesson, &settings, model, kind, run).await;
        if state.form.try_with_untracked(|form| *form.settings() == settings) != Some(true) {
            return;
        }
        found.try_update(|found| {
            if let Some(trouble) = found.get_mut(place).filter(|trouble| which(trouble) == (model, kind)) {
                trouble.1 = mend;
            }
        });
    }
}
