//! Why a task did not run: one sentence, the chain behind it, and what would have ended the run sooner.

use std::sync::Arc;

use engine::trace::{Clock, Trace};
use leptos::prelude::*;
use leptos::task::spawn_local;
use lessons::Lesson;

use crate::backend::foresight;
use crate::components::icons;
use crate::state::answer::{Answer, AnswerLink, answered};
use crate::state::lesson::LessonState;
use crate::state::link::Settings;
use crate::state::what_if::{self, Change, WhatIf, changes, offer};
use crate::texts;

/// By which the panel is found.
pub const WHY_ID: &str = "why";

/// The answer to what was asked last. It takes the lesson from the page that it stands on.
#[component]
pub fn Why() -> impl IntoView {
    let state = use_context::<LessonState>()?;
    let answered = answered(state);
    let content = move || match answered.get() {
        None if state.view.nobody.with(Option::is_some) => {
            view! { <p class="sentence" data-testid="why-sentence">{state.view.nobody.get()}</p> }.into_any()
        }
        None => view! {
            <p class="sub">{texts::WHY_ASK}</p>
        }
        .into_any(),
        Some(Err(sentence)) => view! { <p data-testid="why-sentence">{sentence}</p> }.into_any(),
        Some(Ok(answer)) => view! { <Answered answer /> <WhatIfs state /> }.into_any(),
    };
    let close = move || {
        state.view.asked.get().map(|_| {
            view! {
                <button
                    class="icon-button"
                    type="button"
                    aria-label=texts::WHY_AWAY
                    on:click=move |_| state.view.put_away()
                >
                    {icons::cross()}
                </button>
            }
        })
    };
    let paths = state.view.shows_paths;
    Some(view! {
        <section class="panel why" id=WHY_ID aria-labelledby="why-title" data-testid="why">
            <div class="why-head">
                <h2 class="eyebrow" id="why-title">"Why is it waiting?"</h2>
                <label class="tick-box">
                    <input
                        type="checkbox"
                        data-testid="paths"
                        prop:checked=paths
                        on:change=move |_| paths.update(|shows| *shows = !*shows)
                    />
                    "Critical paths"
                </label>
                {close}
            </div>
            <div aria-live="polite">{content}</div>
        </section>
    })
}

#[component]
fn Answered(answer: Answer) -> impl IntoView {
    let link = |link: AnswerLink| {
        let critical = link.is_critical.then(|| view! { <span class="critical">"critical"</span> });
        view! {
            <li>
                <span class=format!("swatch {}", link.state.id()) title=link.state.word()></span>
                <span>{link.says} " " {critical}</span>
            </li>
        }
    };
    view! {
        <h3 data-testid="why-question">{answer.question}</h3>
        <p class="sentence" data-testid="why-sentence">{answer.sentence}</p>
        <ol class="chain" data-testid="why-chain">{answer.links.into_iter().map(link).collect_view()}</ol>
        <p class="sub">{answer.verdict}</p>
    }
}

/// What would have ended the run sooner, tried one change after the other, so that the page never halts for long.
#[component]
fn WhatIfs(state: LessonState) -> impl IntoView {
    let found = RwSignal::new(Vec::<WhatIf>::new());
    let is_done = RwSignal::new(false);
    let mut titles: Vec<&'static str> = Vec::new();
    let predicted = untrack(|| state.view.asked.get().and_then(|asked| state.trace(asked.model, Clock::Virtual)));
    if let Some(before) = predicted {
        let settings = state.form.with_untracked(|form| form.settings().clone());
        let to_try = changes(state.lesson, &settings.values);
        titles.extend(to_try.iter().map(|change| change.parameter.title));
        titles.dedup();
        spawn_local(try_all(state.lesson, to_try, settings, before, found, is_done));
    }
    let tried = StoredValue::new(titles);
    let show = move |change: Change| {
        state.edit(change.parameter, change.text);
        state.commit();
    };
    let entry = move |found: WhatIf| {
        let change = found.change.clone();
        view! {
            <li>
                <span><strong>{found.change.title}</strong> ": " {found.says} ", predicted"</span>
                <button type="button" on:click=move |_| show(change.clone())>"Show me"</button>
            </li>
        }
    };
    let nothing = move || {
        (is_done.get() && found.with(Vec::is_empty))
            .then(|| view! { <p class="sub">{tried.with_value(|tried| texts::none_is_sooner(tried))}</p> })
    };
    view! {
        <div class="what-ifs" data-testid="what-ifs">
            <h3>"What if"</h3>
            <ul>{move || found.get().into_iter().map(entry).collect_view()}</ul>
            {nothing}
        </div>
    }
}

/// Tries one change after the other, as long as somebody looks.
async fn try_all(
    lesson: &'static Lesson,
    to_try: Vec<Change>,
    settings: Settings,
    before: Arc<Trace>,
    found: RwSignal<Vec<WhatIf>>,
    is_done: RwSignal<bool>,
) {
    for change in to_try {
        let changed = Settings { values: change.values.clone(), ..settings.clone() };
        let after = foresight::run(lesson, &changed, before.model).await;
        if found.try_with_untracked(|_| ()).is_none() {
            return;
        }
        if let Some(better) = what_if::found(&before, &after, change) {
            found.try_update(|found| offer(found, better));
        }
    }
    is_done.try_set(true);
}
