//! The comparison matrix: what event loop, threads and processes are like, with figures that are predicted here.

use leptos::prelude::*;
use lessons::matrix::{COLUMNS, Cell, matrix};

use crate::components::decision::leads;
use crate::state::address::Address;
use crate::state::advise::AdviseState;
use crate::state::link;
use crate::texts::home as texts;

/// The matrix. Where there is little room, each row's cells stand one under the other.
pub fn comparison(state: AdviseState, address: Address) -> AnyView {
    let heads = COLUMNS.iter().map(|column| view! { <th role="columnheader" scope="col">{*column}</th> });
    let rows = matrix().iter().enumerate().map(|(place, row)| {
        let cells = row.cells.iter().zip(COLUMNS).enumerate();
        let cells =
            cells.map(|(column, (cell, title))| show(state, address, cell, title, place * COLUMNS.len() + column));
        view! { <tr role="row"><th role="rowheader" scope="row">{row.title}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <section class="panel" aria-labelledby="matrix-title">
            <h2 class="eyebrow" id="matrix-title">{texts::MATRIX}</h2>
            <p class="sub">{texts::MATRIX_NOTE}</p>
            <table class="matrix" role="table" aria-labelledby="matrix-title" data-testid="matrix">
                <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">{texts::PROPERTY}</th>{heads.collect_view()}</tr></thead>
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn show(state: AdviseState, address: Address, cell: &'static Cell, title: &'static str, place: usize) -> AnyView {
    let figure = move || {
        let known = state.figures.with(|figures| figures.get(place).copied());
        known.map_or_else(
            || "…".to_owned(),
            |figure| figure.map_or_else(|| "–".to_owned(), |figure| texts::figure(cell, figure)),
        )
    };
    let values: Vec<_> = cell.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let link = lessons::find(cell.lesson)
        .ok()
        .map(|lesson| leads(address, link::to_lesson_with(lesson.id, &values), lesson.title.to_owned()));
    view! {
        <td role="cell">
            <span class="matrix-column" aria-hidden="true">{title}</span>
            <span class="matrix-words">{cell.words}</span>
            <span class="matrix-figure"><strong data-testid=format!("figure-{place}")>{figure}</strong> " " {cell.figure}</span>
            {link}
        </td>
    }
    .into_any()
}
