//! The rule of thumb as a flowchart: its questions one under the other, and what each yes leads to, with the way that a load
//! takes through them.

use lessons::advice::{Asked, DECISIONS, OTHERWISE, Rule};

/// A flowchart, laid out.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Its questions and what they lead to.
    pub nodes: Vec<Node>,
    /// What leads from one to another.
    pub edges: Vec<Edge>,
    /// How high it is.
    pub height: f64,
}

/// A box with words.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Whether it asks; else it ends the way.
    pub asks: bool,
    /// Whether the way leads through it.
    pub is_lit: bool,
    /// Its left edge.
    pub x: f64,
    /// Its upper edge.
    pub y: f64,
    /// How wide it is.
    pub width: f64,
    /// How high it is.
    pub height: f64,
    /// Its words, line by line; the last `figures` of them are figures of the load.
    pub lines: Vec<String>,
    /// How many of its lines are figures.
    pub figures: usize,
}

/// A line from a question to what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// Where it begins.
    pub from: (f64, f64),
    /// Where it ends.
    pub to: (f64, f64),
    /// The answer that it stands for.
    pub says: &'static str,
    /// Whether the way leads over it.
    pub is_lit: bool,
}

/// How wide every chart is: as a telephone shows it.
pub const WIDTH: f64 = 300.0;

/// From a line of words to the next.
pub const LINE: f64 = 16.0;

const ASKS_WIDTH: f64 = 178.0;
const ENDS_LEFT: f64 = 212.0;
const PADDING: f64 = 9.0;
const GAP: f64 = 28.0;
const EDGE: f64 = 1.0;

/// A letter of the chart is about so wide.
const LETTER: f64 = 6.8;

impl Flow {
    /// The chart of a load that was asked these questions.
    pub fn of(path: &[Asked]) -> Flow {
        let (mut nodes, mut edges) = (Vec::new(), Vec::new());
        let middle = EDGE + ASKS_WIDTH / 2.0;
        let mut top = EDGE;
        let is_decided = path.iter().any(|asked| asked.is_so);
        for (place, decision) in DECISIONS.iter().enumerate() {
            let asked = path.get(place);
            let is_yes = asked.is_some_and(|asked| asked.is_so);
            let mut lines = wrapped(decision.ask, ASKS_WIDTH);
            // A question that was not asked keeps its room, so that the chart stands still while a slider moves.
            let figures = asked.map_or_else(|| vec![String::new()], |asked| wrapped(&asked.figures, ASKS_WIDTH));
            let count = figures.len();
            lines.extend(figures);
            let asks = node(EDGE, top, ASKS_WIDTH, lines, count, asked.is_some());
            let height = asks.height;
            let ends = end(decision.rule, ENDS_LEFT, top + height / 2.0, is_yes);
            let row = top + height / 2.0;
            edges.push(Edge { from: (EDGE + ASKS_WIDTH, row), to: (ENDS_LEFT, row), says: "yes", is_lit: is_yes });
            let bottom = top + height;
            let is_no = asked.is_some_and(|asked| !asked.is_so);
            edges.push(Edge { from: (middle, bottom), to: (middle, bottom + GAP), says: "no", is_lit: is_no });
            nodes.extend([asks, ends]);
            top = bottom + GAP;
        }
        let mut last = end(OTHERWISE, EDGE, 0.0, !is_decided);
        last.x = middle - last.width / 2.0;
        last.y = top;
        let height = top + last.height + EDGE;
        nodes.push(last);
        // What is lit is drawn over what is not.
        edges.sort_by_key(|edge| edge.is_lit);
        Flow { nodes, edges, height }
    }
}

/// What a rule is called where there is little room.
pub fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::Processes => "Processes",
        Rule::EventLoop => "Event loop",
        Rule::Threads => "Threads",
    }
}

/// The end that a rule is, with its middle at a height.
fn end(rule: Rule, x: f64, middle: f64, is_lit: bool) -> Node {
    let width = WIDTH - EDGE - ENDS_LEFT;
    let mut node = node(x, 0.0, width, vec![rule_name(rule).to_owned()], 0, is_lit);
    node.asks = false;
    node.y = middle - node.height / 2.0;
    node
}

fn node(x: f64, y: f64, width: f64, lines: Vec<String>, figures: usize, is_lit: bool) -> Node {
    let height = lines.len() as f64 * LINE + 2.0 * PADDING;
    Node { asks: true, is_lit, x, y, width, height, lines, figures }
}

/// A text in lines that have room between two edges.
fn wrapped(text: &str, width: f64) -> Vec<String> {
    let most = ((width - 2.0 * PADDING) / LETTER) as usize;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;
    use std::time::Duration;

    use lessons::advice::Load;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_lit_way_is_one_and_ends_at_the_rule_and_nothing_overlaps(
            (wait_ms, cpu_ms) in (0_u64..3_000, 0_u64..500),
            (tasks, limit) in (1_u32..40, 0_u16..30),
        ) {
            let load = Load {
                wait: Duration::from_millis(wait_ms),
                cpu: Duration::from_millis(cpu_ms),
                tasks,
                limit: NonZeroU16::new(limit),
                cores: NonZeroU16::MIN,
            };
            let path = Rule::path(&load);
            let flow = Flow::of(&path);
            let lit: Vec<&Node> = flow.nodes.iter().filter(|node| node.is_lit).collect();
            let ends: Vec<&str> = lit.iter().filter(|node| !node.asks).map(|node| node.lines[0].as_str()).collect();
            prop_assert_eq!(ends, [rule_name(Rule::of(&load))]);
            prop_assert_eq!(lit.iter().filter(|node| node.asks).count(), path.len());
            prop_assert_eq!(flow.edges.iter().filter(|edge| edge.is_lit).count(), path.len());
            for (place, one) in flow.nodes.iter().enumerate() {
                prop_assert!(one.x >= 0.0 && one.x + one.width <= WIDTH && one.y + one.height <= flow.height);
                for other in &flow.nodes[place + 1..] {
                    let apart = one.x + one.width <= other.x || one.y + one.height <= other.y || other.y + other.height <= one.y;
                    prop_assert!(apart, "{one:?} lies over {other:?}");
                }
                let widest = one.lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
                prop_assert!(widest as f64 * LETTER <= one.width, "{:?}", one.lines);
            }
        }
    }
}
