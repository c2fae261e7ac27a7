//! The rule of thumb as a flowchart, the same in words, and what the predictions say to it.

use leptos::prelude::*;
use lessons::advice::{LOADS, Rule, Verdict};

use crate::state::address::Address;
use crate::state::advise::AdviseState;
use crate::state::flow::{self, Edge, Flow, Node};
use crate::state::link;
use crate::texts::home as texts;

/// The chart with the way that the load takes through it.
pub fn decision(state: AdviseState, address: Address) -> AnyView {
    let path = Memo::new(move |_| state.load.with(Rule::path));
    let rule = Memo::new(move |_| state.load.with(Rule::of));
    let chart = move || chart(&path.with(|path| Flow::of(path)));
    let told = move || {
        let asked = path.with(|path| path.iter().map(texts::asked).collect::<Vec<_>>());
        asked.into_iter().map(|asked| view! { <li>{asked}</li> }).collect_view()
    };
    let verdict = move || {
        let found = state.found.get()?;
        let (verdict, rule) = (found.advice.verdict, found.advice.rule.says());
        let contradicts = verdict == Verdict::Contradicts;
        Some(view! {
            <p class="advise-verdict" class:contradicts=contradicts data-testid="says-to-rule">{verdict.says()} ": " {rule}</p>
        })
    };
    let why = move || {
        let lesson = lessons::find(state.found.get()?.advice.shown_by()).ok()?;
        Some(leads(address, link::to_lesson(lesson.id), texts::shows_why(lesson)))
    };
    let runs =
        move || leads(address, link::to_lesson_with(LOADS.id, &state.load.get().texts()), texts::SEE_RUNS.to_owned());
    view! {
        <section class="panel advise-decision" aria-labelledby="decision-title">
            <h2 class="eyebrow" id="decision-title">{texts::RULE_TITLE}</h2>
            {chart}
            <ol class="unseen" data-testid="path">{told}<li>{move || texts::leads_to(rule.get())}</li></ol>
            <div aria-live="polite">{verdict}</div>
            <ul class="advise-links"><li>{why}</li><li>{runs}</li></ul>
        </section>
    }
    .into_any()
}

/// A link within the page.
pub fn leads(address: Address, to: String, words: String) -> AnyView {
    let href = to.clone();
    view! { <a href=href on:click=move |click| address.follow(&click, &to)>{words}</a> }.into_any()
}

fn chart(flow: &Flow) -> AnyView {
    let class = |is_lit: bool| if is_lit { "lit" } else { "dim" };
    let edge = |Edge { from, to, says, is_lit }: &Edge| {
        let (left, top) = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        // A yes stands above its line, a no beside it.
        let is_level = from.1 == to.1;
        let (x, y) = if is_level { (left - 1.0, top - 6.0) } else { (left + 14.0, top + 4.0) };
        let tip = match is_level {
            true => format!("M{} {}l-5 -4v8z", to.0, to.1),
            false => format!("M{} {}l-4 -5h8z", to.0, to.1),
        };
        view! {
            <g class=class(*is_lit)>
                <line x1=from.0 y1=from.1 x2=to.0 y2=to.1></line>
                <path class="solid" d=tip></path>
                <text x=x y=y text-anchor="middle">{*says}</text>
            </g>
        }
        .into_any()
    };
    let node = |node: &Node| {
        let middle = node.x + node.width / 2.0;
        let words = node.lines.len() - node.figures;
        let line = |(place, line): (usize, &String)| {
            let y = node.y
                + (node.height - node.lines.len() as f64 * flow::LINE) / 2.0
                + (place as f64 + 0.75) * flow::LINE;
            view! { <text class:figures={place >= words} x=middle y=y text-anchor="middle">{line.clone()}</text> }
        };
        let round = if node.asks { 6.0 } else { node.height / 2.0 };
        view! {
            <g class=class(node.is_lit)>
                <rect x=node.x y=node.y width=node.width height=node.height rx=round></rect>
                {node.lines.iter().enumerate().map(line).collect_view()}
            </g>
        }
        .into_any()
    };
    let view_box = format!("0 0 {} {}", flow::WIDTH, flow.height);
    view! {
        <svg class="flow" viewBox=view_box aria-hidden="true" data-testid="flow">
            {flow.edges.iter().map(edge).collect_view()}
            {flow.nodes.iter().map(node).collect_view()}
        </svg>
    }
    .into_any()
}
