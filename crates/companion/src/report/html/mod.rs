//! The report as one HTML page that needs nothing else: no script, no font and no picture from anywhere.

mod blocks;
mod colours;
mod lanes;

use engine::hints::hints;
use engine::trace::State;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::caution::told;
use crate::report::measures::{self, Cells};
use crate::report::text::capitalised;
use crate::report::{Report, Run, captions, table};
use crate::request::Clock;

const STYLE: &str = include_str!("page.css");

/// The report as a page.
pub fn render(report: &Report) -> String {
    let title = report.request.lesson.title;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Interleave" }
                style { (PreEscaped(colours::style())) (PreEscaped(STYLE)) }
            }
            body {
                (lanes::patterns())
                header {
                    p.eyebrow { "Interleave" }
                    h1 { (title) }
                    p.clock { (capitalised(&report.clock())) "." }
                    (parameters(report))
                }
                main {
                    (figures(report))
                    (cautions(report))
                    (timelines(report))
                    (took(report))
                    (hinted(report))
                    (logs(report))
                    (commands(report))
                }
            }
        }
    };
    page.into_string() + "\n"
}

fn parameters(report: &Report) -> Markup {
    html! {
        dl.parameters {
            @for (name, value) in report.request.values_in_words() {
                div { dt { (name) } dd { (value) } }
            }
            div { dt { "seed" } dd { (report.request.seed) } }
        }
    }
}

/// A section of the page, unless there is nothing in it.
fn panel(title: &str, body: &Markup) -> Markup {
    html! { section.panel { h2.eyebrow { (title) } (body) } }
}

fn figures(report: &Report) -> Markup {
    let longest = report.runs.iter().filter_map(Run::wall).max().unwrap_or_default().as_secs_f64();
    let width = |run: &Run| run.wall().filter(|_| longest > 0.0).map(|wall| 100.0 * wall.as_secs_f64() / longest);
    let bars = |index: usize| {
        let width = report.runs.get(index).and_then(width);
        html! { @if let Some(width) = width { span.bar style=(format!("width: {width:.2}%")) {} } }
    };
    let class = if report.request.clock == Clock::Real { "measured" } else { "predicted" };
    panel(
        "Figures",
        &html! {
            div class={ "figures " (class) } { (drawn(&table::side_by_side(report), Some(&bars))) }
            @for sentence in report.runs.iter().filter_map(Run::no_end) { p.wrong { (sentence) } }
            @for note in table::footnotes(report) { p.note { (note) } }
        },
    )
}

/// A table; below each model's name whatever `under` draws for its row.
fn drawn(cells: &Cells, under: Option<&dyn Fn(usize) -> Markup>) -> Markup {
    let Some((header, rows)) = cells.split_first() else { return html! {} };
    html! {
        div.wide {
            table {
                thead { tr { @for cell in header { th scope="col" { (cell) } } } }
                tbody {
                    @for (index, row) in rows.iter().enumerate() {
                        tr {
                            @if let Some((name, cells)) = row.split_first() {
                                th scope="row" { (name) @if let Some(under) = under { (under(index)) } }
                                @for cell in cells { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cautions(report: &Report) -> Markup {
    html! {
        @if !report.cautions.is_empty() {
            section.panel.caution {
                h2.eyebrow { "Keep in mind" }
                ul { @for caution in told(&report.cautions) { li { (caution) } } }
            }
        }
    }
}

fn timelines(report: &Report) -> Markup {
    if report.runs.is_empty() {
        return html! {};
    }
    let timelines = lanes::timelines(report);
    panel(
        "Timelines",
        &html! {
            ul.legend {
                @for state in State::ALL {
                    @if timelines.states.contains(&state) { li { (lanes::swatch(state)) (state.word()) } }
                }
            }
            (timelines.drawn)
            (captioned(captions::timelines(report)))
        },
    )
}

/// What a part of the page is of.
fn captioned(caption: Option<String>) -> Markup {
    html! { @if let Some(caption) = caption { p.note { (caption) } } }
}

fn took(report: &Report) -> Markup {
    let requests = measures::requests(report);
    let messages = measures::messages(report);
    html! {
        @if report.request.clock == Clock::Real {
            (panel("What it took", &html! {
                (drawn(&measures::workers(report), None))
                (drawn(&measures::system(report), None))
                p.note { (measures::note(report)) }
            }))
        }
        @if let Some(requests) = &requests {
            (panel("Requests", &html! { (drawn(requests, None)) (captioned(captions::requests(report))) }))
        }
        @if let Some(messages) = &messages {
            (panel("Messages between processes", &html! {
                (drawn(messages, None))
                (captioned(captions::messages(report)))
            }))
        }
    }
}

fn hinted(report: &Report) -> Markup {
    let of = |run: &Run| {
        html! {
            @for hint in hints(&run.trace) {
                li {
                    h3 { (hint.check.title()) span.sub { " · " (run.model.title()) } }
                    p { (hint.says) }
                    p.mend { (hint.mend) }
                }
            }
        }
    };
    let all: Vec<Markup> = report.runs.iter().map(of).filter(|hints| !hints.0.is_empty()).collect();
    html! { @if !all.is_empty() { (panel("Hints", &html! { ul.hints { @for hints in &all { (hints) } } })) } }
}

fn logs(report: &Report) -> Markup {
    panel(
        "Logs",
        &html! {
            @for run in &report.runs {
                details {
                    summary { (run.model.title()) }
                    pre { @for line in run.trace.log_in_program_time() { (line) "\n" } }
                }
            }
        },
    )
}

fn commands(report: &Report) -> Markup {
    let commands: Vec<String> = report.runs.iter().map(|run| report.request.command(run.model)).collect();
    panel("To repeat a run", &html! { pre { @for command in &commands { (command) "\n" } } })
}
