//! What can be taken away from a lesson: the Python file, the trace, a link, the command for the same run.

use engine::trace::{Clock, chrome_json};
use leptos::ev::Event;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlDetailsElement;

use crate::components::copy::{CopiedCommand, command_note};
use crate::later::Part;
use crate::state::browser;
use crate::state::code;
use crate::state::files;
use crate::state::lesson::LessonState;
use crate::state::link::{self, LessonPlace, Place};
use crate::state::listing;
use crate::state::picture;
use crate::state::progress::Step;
use crate::state::said::Answers;
use crate::state::way::Way;
use crate::state::words;
use crate::texts;
use crate::texts::ways;

/// The same as a menu, which is made when it is opened.
#[component]
pub fn ShareMenu(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let toggled = move |event: Event| {
        let details = event.target().and_then(|target| target.dyn_into::<HtmlDetailsElement>().ok());
        is_open.set(details.is_some_and(|details| details.open()));
    };
    view! {
        <details class="share" data-testid="share" on:toggle=toggled>
            <summary class="button">{texts::SHARE}</summary>
            <div class="bubble">{move || is_open.get().then(|| state.later.show(Part::TakeAway { state }))}</div>
        </details>
    }
}

/// The ways to take the program away, and to share what is seen.
#[component]
pub fn TakeAway(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let with_answers = RwSignal::new(true);
    let copied = RwSignal::new(None::<&'static str>);
    let link = move || {
        // What the link names is what the page shows now.
        let mut place = state.place_now();
        if !with_answers.get() {
            place.answers = Answers::default();
        }
        browser::absolute(&link::write(&Place::Lesson(Box::new(place))))
    };
    let copy = move |_| {
        let link = untrack(link);
        state.note(Step::Make);
        spawn_local(async move {
            let written = match browser::clipboard() {
                Some(clipboard) => JsFuture::from(clipboard.write_text(&link)).await.is_ok(),
                None => false,
            };
            // The page may have moved on meanwhile.
            copied.try_set(Some(if written { texts::LINK_COPIED } else { texts::LINK_NOT_COPIED }));
        });
    };
    let length = move || (link().len() > link::LONGEST).then_some(texts::LINK_IS_LONG);
    let file = move |kind: &str| format!("{}-{}.{kind}", state.lesson.id, state.studied.get_untracked());
    let python = move |_| {
        state.note(Step::Make);
        let name = file("py");
        let files_of = code::files(state.lesson, state.studied.get_untracked(), code::Program::Python);
        spawn_local(async move {
            for (_, from) in files_of {
                if let Some(text) = files::fetch(&from).await {
                    // The page may have moved on meanwhile.
                    let Some(values) = state.values.try_get_untracked() else { return };
                    let lines = listing::with_values(listing::read(&text), state.lesson, &values);
                    files::give(&name, "text/x-python", &listing::text(&lines));
                }
            }
        });
    };
    let trace = move |_| {
        let model = state.studied.get_untracked();
        let trace =
            untrack(|| state.trace(model, state.looked_at.get().1).or_else(|| state.trace(model, Clock::Virtual)));
        if let Some(trace) = trace {
            files::give(&file("trace.json"), "application/json", &chrome_json(&[&trace]));
        }
    };
    let image = move |kind: picture::Kind| {
        move |_| {
            if let Some(svg) = untrack(|| picture::svg(state)) {
                match kind {
                    picture::Kind::Svg => files::give(&format!("{}.svg", state.lesson.id), "image/svg+xml", &svg.text),
                    picture::Kind::Png => picture::give_png(&format!("{}.png", state.lesson.id), &svg),
                }
            }
        }
    };
    let frame = Signal::derive(move || {
        let place = LessonPlace { way: Way::Embed, answers: Answers::default(), ..state.place_now() };
        ways::frame(state.lesson, &browser::absolute(&link::write(&Place::Lesson(Box::new(place)))))
    });
    let own_machine = browser::is_own_machine().then_some(ways::FRAME_OWN_MACHINE);
    let command = Signal::derive(move || {
        let model = state.studied.get();
        state.form.with(|form| words::native_command(state.lesson, model, form.settings()))
    });
    let is_hidden = move || !state.is_revealed.get();
    view! {
        <div class="take-away">
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || with_answers.get()
                    on:change=move |event| with_answers.set(event_target_checked(&event))
                />
                <span>{texts::WITH_ANSWERS}</span>
            </label>
            <div class="row">
                <button type="button" class="primary" data-testid="copy-link" on:click=copy>{texts::COPY_LINK}</button>
                <span role="status" class="sub">{copied}</span>
            </div>
            <p class="wrong">{length}</p>
            <div class="row files">
                <button type="button" data-testid="save-python" on:click=python>"Python"</button>
                <button type="button" data-testid="save-png" disabled=is_hidden on:click=image(picture::Kind::Png)>"PNG"</button>
                <button type="button" data-testid="save-svg" disabled=is_hidden on:click=image(picture::Kind::Svg)>"SVG"</button>
                <button type="button" data-testid="save-trace" disabled=is_hidden on:click=trace>{texts::PERFETTO}</button>
            </div>
            <p class="small">{texts::COMMAND}</p>
            <CopiedCommand command />
            {move || command_note(state.machine.get())}
            <p class="small">{ways::FRAME}</p>
            <CopiedCommand command=frame />
            {own_machine.map(|note| view! { <p class="footnote">{note}</p> })}
        </div>
    }
}
