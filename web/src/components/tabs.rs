//! What the runs mean: code, log, figures and scaling, a tab each.

use engine::model::Model;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::later::Part;
use crate::state::browser;
use crate::state::keys::{self, Act, Heard};
use crate::state::lesson::LessonState;
use crate::texts;

/// A tab of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Code,
    Log,
    Inside,
    Numbers,
    Scaling,
}

impl Tab {
    const ALL: [Tab; 5] = [Tab::Code, Tab::Log, Tab::Inside, Tab::Numbers, Tab::Scaling];

    fn title(self) -> &'static str {
        match self {
            Tab::Code => "Code",
            Tab::Log => "Log",
            Tab::Inside => "Inside",
            Tab::Numbers => "Numbers",
            Tab::Scaling => "Scaling",
        }
    }

    fn id(self) -> String {
        format!("tab-{}", self.title().to_ascii_lowercase())
    }

    /// The tab so many places further, round the ends.
    fn further(self, by: usize) -> Tab {
        let place = Tab::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Tab::ALL[(place + by) % Tab::ALL.len()]
    }

    /// Whether it tells how a run goes.
    fn tells_the_answer(self) -> bool {
        self != Tab::Code
    }
}

/// The tabs of the right column.
#[component]
pub fn Tabs(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let open = RwSignal::new(Tab::Code);
    let key = move |event: KeyboardEvent| {
        let now = open.get_untracked();
        let next = match keys::asked(Heard::Tabs, &event) {
            Some((Act::Next, _)) => now.further(1),
            Some((Act::Before, _)) => now.further(Tab::ALL.len() - 1),
            Some((Act::First, _)) => Tab::ALL[0],
            Some((Act::Last, _)) => Tab::ALL[Tab::ALL.len() - 1],
            _ => return,
        };
        event.prevent_default();
        open.set(next);
        focus(&next.id());
    };
    let tab = move |tab: Tab| {
        let is_open = move || open.get() == tab;
        view! {
            <button
                type="button"
                role="tab"
                id=tab.id()
                data-testid=tab.id()
                aria-selected=move || is_open().to_string()
                aria-controls="tab-panel"
                tabindex=move || if is_open() { "0" } else { "-1" }
                on:click=move |_| open.set(tab)
                on:keydown=key
            >
                {tab.title()}
            </button>
        }
    };
    let panel = move || {
        let tab = open.get();
        if tab.tells_the_answer() && !state.is_revealed.get() {
            return view! { <p class="covered-tab">{texts::COVERED_TAB}</p> }.into_any();
        }
        state.later.show_large(Part::Tab { state, tab })
    };
    view! {
        <section class="panel tabs" aria-label="What the runs mean">
            <div class="tab-list" role="tablist" aria-label="What the runs mean">{Tab::ALL.map(tab).collect_view()}</div>
            <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby=move || open.get().id()>{panel}</div>
        </section>
    }
}

/// The choice of the model that a tab speaks of.
#[component]
pub fn StudiedModel(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let options = move || {
        let option = |model: Model| {
            view! { <option value=model.id() prop:selected=move || state.studied.get() == model>{model.title()}</option> }
        };
        state.models.get().into_iter().map(option).collect_view()
    };
    let choose = move |event| {
        let id = event_target_value(&event);
        if let Some(model) = state.lesson.models.iter().find(|model| model.id() == id) {
            state.turn_to(*model, state.looked_at.get_untracked().1);
        }
    };
    view! {
        <label class="studied">
            <span class="unseen">"Model"</span>
            <select data-testid="studied" on:change=choose>{options}</select>
        </label>
    }
}

fn focus(id: &str) {
    let document = browser::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Fails only where the element cannot be focused.
        let _ = element.focus();
    }
}

/// Scrolls the list, and nothing around it, until a line can be seen. That is asked in the next frame, in which the page is laid out
/// anyhow.
pub fn keep_in_sight(list: &HtmlElement, line: usize) {
    let list = list.clone();
    request_animation_frame(move || {
        let Some(item) = list.children().item(line as u32).and_then(|item| item.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let top = item.offset_top() - list.offset_top();
        let bottom = top + item.offset_height();
        if top < list.scroll_top() {
            list.set_scroll_top(top);
        } else if bottom > list.scroll_top() + list.client_height() {
            list.set_scroll_top(bottom - list.client_height());
        }
    });
}
