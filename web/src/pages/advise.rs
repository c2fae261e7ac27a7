//! Advice: which model for a load of one's own, why, and what each is like.

use leptos::prelude::*;
use lessons::advice::LOADS;
use lessons::{Diagnostic, Values};

use crate::components::decision::decision;
use crate::components::field::Field;
use crate::components::matrix::comparison;
use crate::components::notices::Notices;
use crate::components::ranking::ranking;
use crate::state::address::{self, Address};
use crate::state::advise::AdviseState;
use crate::state::theme::Scheme;
use crate::texts::home as texts;

/// The advice for a load.
#[component]
pub fn Advise(
    /// The load.
    values: Values,
    /// What was wrong with the link that led here.
    complaints: Vec<Diagnostic>,
    /// Where changes are written.
    address: Address,
    /// In which colours pictures are drawn.
    #[prop(into)]
    scheme: Signal<Scheme>,
) -> impl IntoView {
    address::set_title("Advise · Interleave");
    let state = AdviseState::new(values, address);
    let fields = LOADS.parameters.iter().map(|parameter| view! { <Field state=state.fields parameter /> });
    let presets = LOADS.presets.iter().map(|&(title, texts)| {
        view! { <button type="button" on:click=move |_| state.preset(texts)>{title}</button> }
    });
    view! {
        <main class="lesson advise" id="main">
            <Notices complaints />
            <div class="advise-lead">
                <h1>{texts::ADVISE_TITLE}</h1>
                <p class="sub">{texts::ADVISE_LEAD}</p>
            </div>
            <div class="columns">
                <div class="column asked">
                    <section class="panel advise-fields" aria-labelledby="load-title">
                        <h2 class="eyebrow" id="load-title">{texts::LOAD}</h2>
                        <div class="presets" role="group" aria-label="Presets">{presets.collect_view()}</div>
                        {fields.collect_view()}
                    </section>
                </div>
                <div class="column shown">{ranking(state, scheme)}</div>
                <div class="column told">{decision(state, address)}</div>
            </div>
            {comparison(state, address)}
        </main>
    }
    .into_any()
}
