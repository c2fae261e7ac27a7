//! The timelines as inline SVG. Places are in per cent of the width, so that they fit any screen without a script.

use std::collections::BTreeSet;

use engine::time::Nanos;
use engine::trace::State;
use maud::{Markup, html};

use crate::report::html::blocks::{Block, blocks};
use crate::report::timeline::{MOST_ROWS, decimals_of, step_of};
use crate::report::{Report, Run};

/// The timelines of all runs.
pub struct Timelines {
    /// As they are drawn.
    pub drawn: Markup,
    /// The states that are seen in them.
    pub states: BTreeSet<State>,
}

/// Draws all runs on one axis, which is in the program's own time.
pub fn timelines(report: &Report) -> Timelines {
    let end = report.runs.iter().map(|run| run.trace.axis_length()).max().unwrap_or_default();
    let axis = Axis::new(end);
    let rows = |run: &Run| -> Vec<Drawn> {
        let rows = run.trace.rows(run.trace.drawn_until(end, run.trace.end()), MOST_ROWS);
        rows.iter().map(|row| Drawn { name: row.name.clone(), blocks: blocks(&run.trace, row, end) }).collect()
    };
    let models: Vec<(&Run, Vec<Drawn>)> = report.runs.iter().map(|run| (run, rows(run))).collect();
    let blocks = models.iter().flat_map(|(_, rows)| rows).flat_map(|row| &row.blocks);
    let states = blocks.map(|block| block.state).collect();
    let drawn = html! {
        div.lanes {
            div.row.axis { span.name {} (axis.drawn()) }
            @for (run, rows) in &models {
                section.model {
                    h3 {
                        (run.model.title())
                        span.sub { " " (run.wall().map_or_else(|| "no end".to_owned(), |wall| wall.to_string())) }
                    }
                    @for row in rows {
                        div.row { (name_of_row(&row.name)) (lane(&row.name, &row.blocks, &axis)) }
                    }
                }
            }
        }
    };
    Timelines { drawn, states }
}

/// The patterns of the states, which every picture of the page refers to.
pub fn patterns() -> Markup {
    html! {
        svg.patterns aria-hidden="true" width="0" height="0" {
            defs {
                pattern #ready width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect.ground width="6" height="6" {} rect.mark width="2" height="6" {}
                }
                pattern #gil width="5" height="5" patternUnits="userSpaceOnUse" {
                    rect.ground width="5" height="5" {} circle.mark cx="2.5" cy="2.5" r="1.2" {}
                }
                pattern #blocked width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                    rect.ground width="6" height="6" {} rect.mark width="2" height="6" {}
                }
                pattern #queued width="4" height="4" patternUnits="userSpaceOnUse" {
                    rect.ground width="4" height="4" {} rect.mark width="1" height="4" {}
                }
            }
        }
    }
}

/// What a state looks like, for a legend.
pub fn swatch(state: State) -> Markup {
    html! {
        svg.swatch aria-hidden="true" width="18" height="12" {
            rect class=(state.id()) width="100%" height="100%" rx="3" {}
        }
    }
}

/// A row as it is drawn.
struct Drawn {
    name: String,
    blocks: Vec<Block>,
}

/// A name that loses its middle where there is no room, if its number stands at its end.
fn name_of_row(name: &str) -> Markup {
    const TAIL: usize = 4;
    let tail = name.char_indices().rev().nth(TAIL - 1).filter(|_| name.ends_with(|end: char| end.is_ascii_digit()));
    let (head, tail) = name.split_at(tail.map_or(name.len(), |(index, _)| index));
    html! { span.name title=(name) { span.head { (head) } span { (tail) } } }
}

fn lane(name: &str, blocks: &[Block], axis: &Axis) -> Markup {
    // A tick is a little more than a pixel.
    const LEAST: f64 = 0.001;
    html! {
        svg.lane role="img" aria-label=(format!("What {name} does")) {
            (axis.grid())
            @for block in blocks {
                rect class=(block.state.id()) x=(percent(block.from)) y="2" height="16" rx="2"
                    width=(percent((block.to - block.from).max(LEAST))) { title { (block.says) } }
            }
            @for (block, label) in blocks.iter().filter_map(|block| Some((block, block.label.as_ref()?))) {
                // A picture in the picture cuts off what is too long.
                svg.wide[label.is_wide] x=(percent(block.from)) width=(percent(block.to - block.from)) {
                    text class={ "on-" (block.state.id()) } x="8" y="14" { (label.text) }
                }
            }
        }
    }
}

/// A share in per cent, as exact as any screen.
fn percent(share: f64) -> String {
    format!("{}%", (share * 1e5).round() / 1e3)
}

/// The ticks of the common axis: what each says, and its place.
struct Axis(Vec<(String, f64)>);

impl Axis {
    fn new(end: Nanos) -> Axis {
        const FEWEST_TICKS: f64 = 6.0;
        let length = end.as_secs_f64();
        let step = step_of(length / FEWEST_TICKS);
        let decimals = decimals_of(step);
        let ticks = if step == 0.0 { 0 } else { (length / step + 1e-9) as u32 };
        let tick = |number: u32| {
            let at = f64::from(number) * step;
            let share = if length > 0.0 { at / length } else { 0.0 };
            (format!("{at:.decimals$} s"), share)
        };
        Axis((0..=ticks).map(tick).collect())
    }

    fn drawn(&self) -> Markup {
        let anchor = |place: f64| match place {
            0.0 => "start",
            place if place > 0.96 => "end",
            _ => "middle",
        };
        html! {
            svg.lane role="img" aria-label="The time axis" {
                @for (label, place) in &self.0 {
                    text x=(percent(*place)) y="13" text-anchor=(anchor(*place)) { (label) }
                }
            }
        }
    }

    fn grid(&self) -> Markup {
        html! {
            @for (_, place) in &self.0 { line x1=(percent(*place)) x2=(percent(*place)) y1="0" y2="20" {} }
        }
    }
}
