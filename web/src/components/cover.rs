//! What stands in place of the timelines until the first question was answered or skipped.

use leptos::prelude::*;

use crate::state::lesson::LessonState;
use crate::state::said::Said;
use crate::state::words;
use crate::texts;

/// The models by name alone.
#[component]
pub fn Cover(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let model = |&model: &engine::model::Model| {
        let subtitle = move || state.prepared().map(|prepared| words::subtitle(model, &prepared));
        view! {
            <li class="covered-model">
                <h3>{model.title()} <span class="sub">{subtitle}</span></h3>
                <div class="covered-lane" aria-hidden="true"></div>
            </li>
        }
    };
    let models = state.lesson.models.iter().map(model).collect_view();
    let title = format!("{} models, one time axis", state.lesson.models.len());
    view! {
        <section class="panel cover" aria-labelledby="cover-title" data-testid="cover">
            <h2 class="eyebrow">{title}</h2>
            <div class="cover-words">
                <h3 id="cover-title">{texts::COVER_TITLE}</h3>
                <p>{texts::COVER}</p>
                <button type="button" data-testid="skip-cover" on:click=move |_| state.say(0, Said::Skipped)>{texts::SKIP}</button>
            </div>
            <ul>{models}</ul>
        </section>
    }
}
