//! What the command line prints with `--json`, in types of this test's own: a key that is renamed, missing or new is
//! seen. What may be null must still be there, which an `Option` alone would not hold.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub version: u32,
    pub lesson: String,
    pub params: BTreeMap<String, Value>,
    pub seed: u64,
    pub speed: f64,
    pub costs: String,
    pub gil: bool,
    pub warnings: Vec<Warning>,
    pub runs: Vec<Run>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    pub kind: String,
    pub model: String,
    pub text: String,
    pub cores: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    pub model: String,
    pub clock: String,
    pub wall_s: f64,
    pub wall_s_min: Option<f64>,
    pub wall_s_max: Option<f64>,
    pub runs: usize,
    pub unended: usize,
    #[serde(deserialize_with = "Option::deserialize")]
    pub cpu_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub user_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub system_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub switches: Option<Switches>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub peak_memory_bytes: Option<u64>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub speedup: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub efficiency: Option<f64>,
    pub workers: usize,
    pub most_threads: usize,
    pub most_processes: usize,
    #[serde(deserialize_with = "Option::deserialize")]
    pub requests: Option<Requests>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub messages: Option<Messages>,
    pub ending: String,
    pub outcome: BTreeMap<String, i64>,
    pub outcomes: Vec<Outcomes>,
    pub hints: Vec<Hint>,
    pub log: Vec<Line>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    pub voluntary: u64,
    pub involuntary: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requests {
    pub answered: usize,
    pub p50_s: f64,
    pub p95_s: f64,
    pub p99_s: f64,
    #[serde(deserialize_with = "Option::deserialize")]
    pub per_s: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    pub runs: usize,
    pub outcome: BTreeMap<String, i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    pub count: u64,
    pub bytes: u64,
    pub took_s: f64,
    pub lost_jobs: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hint {
    pub check: String,
    pub says: String,
    pub mend: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub task: Option<String>,
    pub at_s: f64,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub at_s: f64,
    pub lane: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub version: u32,
    pub lessons: Vec<Lesson>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    pub id: String,
    pub title: String,
    pub shows: String,
    pub models: Vec<String>,
    pub cannot: Vec<Cannot>,
    pub parameters: Vec<Parameter>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cannot {
    pub model: String,
    pub reason: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub name: String,
    pub title: String,
    pub unit: String,
    pub default: Value,
    pub range: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    pub version: u32,
    pub rows: Vec<PublishedWall>,
    pub outcomes: Vec<PublishedOutcome>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedWall {
    pub lesson: String,
    pub model: String,
    pub of: String,
    pub published_s: f64,
    pub predicted_s: f64,
    pub ratio: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedOutcome {
    pub lesson: String,
    pub model: String,
    pub of: String,
    pub name: String,
    pub published: i64,
    #[serde(deserialize_with = "Option::deserialize")]
    pub predicted: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sweep {
    pub version: u32,
    pub lesson: String,
    pub params: BTreeMap<String, Value>,
    pub seed: u64,
    pub costs: String,
    pub over: Over,
    pub points: Vec<Point>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Over {
    pub name: String,
    pub unit: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    pub value: f64,
    pub runs: Vec<SweptRun>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SweptRun {
    pub model: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub wall_s: Option<f64>,
    pub ending: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    pub version: u32,
    pub load: Load,
    pub ranking: Vec<Ranked>,
    pub reason: String,
    pub rule: String,
    pub confirms: bool,
    pub verdict: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Load {
    pub wait_s: f64,
    pub cpu_s: f64,
    pub tasks: u32,
    #[serde(deserialize_with = "Option::deserialize")]
    pub limit: Option<u16>,
    pub cores: u16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranked {
    pub model: String,
    pub wall_s: f64,
    #[serde(deserialize_with = "Option::deserialize")]
    pub speedup: Option<f64>,
    pub ties: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Why {
    pub version: u32,
    pub lesson: String,
    pub params: BTreeMap<String, Value>,
    pub model: String,
    pub seed: u64,
    pub costs: String,
    pub task: String,
    pub at_s: f64,
    pub steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub task: String,
    pub lane: String,
    pub state: String,
    pub from_s: f64,
    pub to_s: f64,
    pub says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibrations {
    pub version: u32,
    #[serde(deserialize_with = "Option::deserialize")]
    pub native: Option<Calibration>,
    #[serde(deserialize_with = "Option::deserialize")]
    pub cpython: Option<Calibration>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    pub about: String,
    pub preset: String,
    pub costs: Value,
    pub figures: Vec<Figure>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    pub name: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub value: Option<f64>,
    pub unit: String,
    #[serde(deserialize_with = "Option::deserialize")]
    pub runs: Option<usize>,
}
