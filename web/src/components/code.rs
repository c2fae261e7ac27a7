//! The program beside its run: Python or the body that runs, with the lines that tasks are at.

use engine::trace::Clock;
use leptos::html::Ol;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::tabs::{StudiedModel, keep_in_sight};
use crate::state::code::{self, Part, Program};
use crate::state::files;
use crate::state::lesson::LessonState;
use crate::state::listing;
use crate::state::progress::Step;
use crate::state::view::Asked;
use crate::state::words;
use crate::texts;

/// What has come of the files of a program.
#[derive(Clone, PartialEq)]
enum Fetched {
    Loading,
    There(Vec<Part>),
    Missing,
}

/// The program of the studied model.
#[component]
pub fn Code(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let program = RwSignal::new(Program::Python);
    let fetched = RwSignal::new(Fetched::Loading);
    let wanted = Memo::new(move |_| code::files(state.lesson, state.studied.get(), program.get()));
    Effect::new(move || {
        let files = wanted.get();
        fetched.set(Fetched::Loading);
        spawn_local(async move {
            let mut parts = Vec::new();
            for (of, file) in &files {
                match files::fetch(file).await {
                    Some(text) => parts.push(Part { of: *of, lines: listing::read(&text) }),
                    None => parts.clear(),
                }
            }
            let is_whole = parts.len() == files.len() && parts.iter().all(|part| !part.lines.is_empty());
            // Another program may be wanted by now, and the page may have moved on.
            if wanted.try_get_untracked().is_some_and(|wanted| wanted == files) {
                fetched.try_set(if is_whole { Fetched::There(parts) } else { Fetched::Missing });
            }
        });
    });
    let option = move |which: Program, title: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="program"
                    prop:checked=move || program.get() == which
                    on:change=move |_| program.set(which)
                />
                <span>{title}</span>
            </label>
        }
    };
    let note = move || match (state.is_revealed.get(), program.get()) {
        (false, _) => texts::CODE_COVERED,
        (true, Program::Python) => texts::PYTHON_MARKS,
        (true, Program::Rust) => texts::RUST_MARKS,
    };
    let body = move || match fetched.get() {
        Fetched::Loading => view! { <p class="sub">{texts::LOADING}</p> }.into_any(),
        Fetched::Missing => view! { <p class="wrong">{texts::NO_CODE}</p> }.into_any(),
        Fetched::There(parts) => {
            let kind = program.get_untracked();
            parts.into_iter().map(|part| listing(state, kind, part)).collect_view().into_any()
        }
    };
    view! {
        <div class="log-head">
            <StudiedModel state />
            <div class="segmented" role="radiogroup" aria-label="Program" data-testid="program">
                {option(Program::Python, "Python")} {option(Program::Rust, "Rust")}
            </div>
        </div>
        <p class="sub">{note}</p>
        {body}
    }
}

fn listing(state: LessonState, program: Program, file: Part) -> AnyView {
    let count = file.lines.len();
    let part = Memo::new(move |_| match program {
        Program::Python => {
            let lines = state.values.with(|values| listing::with_values(file.lines.clone(), state.lesson, values));
            Part { lines, ..file }
        }
        Program::Rust => file.clone(),
    });
    let trace = move || {
        // The code is shown before the answer is given; where tasks stand in it is not.
        let clock = state.is_revealed.get().then(|| state.looked_at.get().1)?;
        let model = state.studied.get();
        state.trace(model, clock).or_else(|| state.trace(model, Clock::Virtual))
    };
    let here = Memo::new(move |_| {
        let Some(trace) = trace() else { return Default::default() };
        let at = trace.own_time(state.playhead.get());
        part.with(|part| code::here(program, part, &trace, at))
    });
    let selected = Memo::new(move |_| {
        let (trace, asked) = (trace()?, state.view.asked.get()?);
        let is_its = (trace.model, words::of_clock(trace.clock)) == (asked.model, asked.clock);
        let line = || part.with(|part| code::line_of(program, part, &trace, asked.task, asked.at));
        is_its.then(line).flatten()
    });
    // A button that leads nowhere is none.
    let leading = Memo::new(move |_| {
        trace().map(|trace| part.with(|part| code::leading(program, part, &trace))).unwrap_or_default()
    });
    let go = move |place: usize| {
        let Some(trace) = untrack(trace) else { return };
        let at = trace.own_time(state.playhead.get_untracked());
        if let Some((next, task)) = part.with_untracked(|part| code::next_at(program, part, place, &trace, at)) {
            let clock = words::of_clock(trace.clock);
            state.move_playhead(trace.program_time(next));
            state.turn_to(trace.model, clock);
            state.view.asked.set(Some(Asked { model: trace.model, clock, task, at: next }));
            state.note(Step::Investigate);
        }
    };
    let line = move |place: usize| {
        let html = Memo::new(move |_| part.with(|part| part.lines[place].html.clone()));
        let number = part.with_untracked(|part| part.lines[place].number);
        if html.with_untracked(|html| html.trim().is_empty()) {
            return view! { <li><span class="code-line"><span class="line-number" aria-hidden="true">{number}</span></span></li> }
                .into_any();
        }
        let at_line = Memo::new(move |_| here.with(|here| here.get(&place).cloned()));
        let who = move || at_line.get().map(|here| view! { <span class="who">{texts::here(&here)}</span> });
        let leads = Memo::new(move |_| leading.with(|leading| leading.contains(&place)));
        let content = move || {
            view! {
                <span class="line-number" aria-hidden="true">{number}</span>
                <code inner_html=move || html.get()></code>
                {who}
            }
        };
        let whole = move || match leads.get() {
            true => view! {
                <button type="button" class="code-line" on:click=move |_| go(place)>{content()}</button>
            }
            .into_any(),
            false => view! { <span class="code-line">{content()}</span> }.into_any(),
        };
        view! {
            <li class:here=move || at_line.with(Option::is_some) class:selected=move || selected.get() == Some(place)>
                {whole}
            </li>
        }
        .into_any()
    };
    let list = NodeRef::<Ol>::new();
    // What says something is further down than what is imported.
    let first = part.with_untracked(code::first_to_read);
    let shown = Memo::new(move |_| {
        let last = move || here.with(|here| here.keys().next_back().copied());
        selected.get().or_else(last).unwrap_or(first)
    });
    Effect::new(move || {
        let shown = shown.get();
        if let Some(list) = list.get() {
            keep_in_sight(&list, first);
            keep_in_sight(&list, shown);
        }
    });
    let lines = (0..count).map(line).collect_view();
    view! { <ol class="listing" data-testid="code" tabindex="0" aria-label="Program" node_ref=list>{lines}</ol> }
        .into_any()
}
