//! Which model for which load: predicted on somebody's own numbers, with the rule of thumb beside it.

use std::num::NonZeroU16;
use std::time::Duration;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::speedup;

use crate::advise::LESSON;
use crate::catalogue::Lesson;
use crate::diagnostic::Diagnostic;
use crate::parameter::{CORES, Values};

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How long each task waits for something outside.
    pub wait: Duration,
    /// How long each task computes after that.
    pub cpu: Duration,
    /// How many tasks there are.
    pub tasks: u32,
    /// The most tasks under way at once, each on a connection of its own; `None` for all of them.
    pub limit: Option<NonZeroU16>,
    /// How many cores there are.
    pub cores: NonZeroU16,
}

/// What to take for a load, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Advice {
    /// Every model, the advised one first: those that come within [`TIE`] of the fastest, the simplest of them leading, then
    /// the others by their wall times.
    pub ranking: Vec<Ranked>,
    /// Why the first one is first: a sentence about these numbers.
    pub reason: String,
    /// The rule of thumb for such a load.
    pub rule: Rule,
    /// What the prediction says to the rule.
    pub verdict: Verdict,
}

/// What a prediction says to a rule of thumb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A model that the rule stands for leads.
    Confirms,
    /// One comes within [`TIE`] of the fastest, and a simpler one leads. That says nothing for the rule, nor against it.
    SimplerLeads,
    /// None comes within [`TIE`] of the fastest.
    Contradicts,
}

impl Verdict {
    /// The word that files use, such as `simpler-leads`.
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Confirms => "confirms",
            Verdict::SimplerLeads => "simpler-leads",
            Verdict::Contradicts => "contradicts",
        }
    }

    /// The same as a clause that the rule follows.
    pub fn says(self) -> &'static str {
        match self {
            Verdict::Confirms => "The prediction confirms the rule of thumb",
            Verdict::SimplerLeads => "What the rule of thumb names is as fast here, but not as simple",
            Verdict::Contradicts => "The prediction contradicts the rule of thumb",
        }
    }
}

/// How a model does on a load.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// The model.
    pub model: Model,
    /// Its predicted wall time.
    pub wall: Nanos,
    /// How many times faster than one task after the other; `None` where either takes no time.
    pub speedup: Option<f64>,
    /// Whether it comes within [`TIE`] of the fastest.
    pub ties: bool,
}

/// A question of the rule of thumb, which yes answers with a rule and no with the next question.
#[derive(Debug)]
pub struct Decision {
    /// What is asked.
    pub ask: &'static str,
    /// The rule where it is so.
    pub rule: Rule,
    holds: fn(&Load) -> bool,
    figures: fn(&Load) -> String,
}

/// A question, asked about a load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What was asked.
    pub ask: &'static str,
    /// The figures of the load that answer it.
    pub figures: String,
    /// Whether it is so.
    pub is_so: bool,
}

/// A rule of thumb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// CPU-bound: processes.
    Processes,
    /// I/O-bound, and slow or very many at once: an event loop.
    EventLoop,
    /// I/O-bound, fast, and few at once: threads.
    Threads,
}

/// The lesson that loads are runs of: its parameters describe a load, within its bounds.
pub const LOADS: &Lesson = &LESSON;

/// The share of the fastest time by which a simpler model may be slower and is still advised.
pub const TIE: f64 = 0.02;

/// From here on a wait counts as slow.
pub const SLOW: Duration = Duration::from_secs(1);

/// From here on so many waits at once count as very many.
pub const MANY: u32 = 100;

/// What the rule of thumb asks, in this order: the first yes decides.
pub static DECISIONS: [Decision; 3] = [
    Decision {
        ask: "Does a task compute longer than it waits?",
        rule: Rule::Processes,
        holds: |load| load.cpu > load.wait,
        figures: |load| format!("computes {}, waits {}", seconds(load.cpu), seconds(load.wait)),
    },
    Decision {
        ask: "Does it wait for 1 s or longer?",
        rule: Rule::EventLoop,
        holds: |load| load.wait >= SLOW,
        figures: |load| format!("waits {}", seconds(load.wait)),
    },
    Decision {
        ask: "Are 100 or more under way at once?",
        rule: Rule::EventLoop,
        holds: |load| load.at_once() >= MANY,
        figures: |load| format!("{} at once", load.at_once()),
    },
];

/// The rule where no answer is yes.
pub const OTHERWISE: Rule = Rule::Threads;

/// Predicts a load on every model of the lesson `advise`, and says which of them to take.
///
/// Nothing is extrapolated: a load beyond the lesson's bounds is refused.
///
/// # Errors
/// What is out of bounds, with the nearest that is not.
pub fn advise(load: &Load) -> Result<Advice, Vec<Diagnostic>> {
    let traces = LESSON.predict(&load.texts(), LESSON.models)?;
    let walls = traces.iter().filter_map(|trace| Some((trace.model, trace.summary()?.wall)));
    Ok(Advice::of(load, &walls.collect::<Vec<_>>()))
}

impl Advice {
    /// What to take for a load that was predicted to take so long on each model.
    pub fn of(load: &Load, walls: &[(Model, Nanos)]) -> Advice {
        let ranking = rank(walls);
        let rule = Rule::of(load);
        Advice { reason: reason(load, &ranking), verdict: verdict(&ranking, rule), ranking, rule }
    }

    /// The id of a lesson that shows why the first one is first.
    pub fn shown_by(&self) -> &'static str {
        match self.ranking.first().map(|ranked| ranked.model) {
            Some(Model::Sequential) => "pool-or-spawn",
            Some(Model::EventLoop) => "paged-api",
            Some(Model::ProcessPool | Model::Processes) => "gil",
            Some(Model::LoopAndProcesses | Model::LoopAndThreads | Model::ProcessesOfThreads) => "hybrid",
            Some(Model::Threads | Model::ThreadPool) | None => "delay-messages",
        }
    }
}

impl Load {
    /// The load that values of the lesson `advise` describe.
    pub fn of(values: &Values) -> Load {
        Load {
            wait: values.seconds("wait"),
            cpu: values.seconds("cpu"),
            tasks: values.count("tasks"),
            limit: u16::try_from(values.count("limit")).ok().and_then(NonZeroU16::new),
            cores: values.workers(CORES),
        }
    }

    /// The load as texts for the parameters of the lesson `advise`.
    pub fn texts(&self) -> Vec<(String, String)> {
        let texts = [
            ("wait", self.wait.as_secs_f64().to_string()),
            ("cpu", self.cpu.as_secs_f64().to_string()),
            ("tasks", self.tasks.to_string()),
            ("limit", self.limit.map_or(0, NonZeroU16::get).to_string()),
            (CORES, self.cores.to_string()),
        ];
        texts.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
    }

    /// The most tasks that are under way at once.
    pub fn at_once(&self) -> u32 {
        self.limit.map_or(self.tasks, |limit| self.tasks.min(limit.get().into()))
    }
}

impl Rule {
    /// The rule for this load.
    pub fn of(load: &Load) -> Rule {
        DECISIONS.iter().find(|decision| (decision.holds)(load)).map_or(OTHERWISE, |decision| decision.rule)
    }

    /// The way to the rule for this load: the questions down to the one that decides, with their answers.
    pub fn path(load: &Load) -> Vec<Asked> {
        let mut path = Vec::new();
        for Decision { ask, holds, figures, .. } in &DECISIONS {
            path.push(Asked { ask, figures: figures(load), is_so: holds(load) });
            if holds(load) {
                break;
            }
        }
        path
    }

    /// The rule as a sentence.
    pub fn says(self) -> &'static str {
        match self {
            Rule::Processes => "CPU-bound work goes to processes.",
            Rule::EventLoop => "I/O-bound work that is slow, or very much of it at once, goes to an event loop.",
            Rule::Threads => "I/O-bound work that is fast, on few connections, goes to threads.",
        }
    }

    /// The models that it stands for.
    pub fn models(self) -> &'static [Model] {
        match self {
            Rule::Processes => &[Model::ProcessPool],
            Rule::EventLoop => &[Model::EventLoop],
            Rule::Threads => &[Model::ThreadPool, Model::Threads],
        }
    }
}

/// The models from the simplest to the one that asks most of whoever writes the program.
const BY_SIMPLICITY: [Model; 6] = [
    Model::Sequential,
    Model::ThreadPool,
    Model::Threads,
    Model::EventLoop,
    Model::ProcessPool,
    Model::LoopAndProcesses,
];

fn rank(walls: &[(Model, Nanos)]) -> Vec<Ranked> {
    let fastest = walls.iter().map(|(_, wall)| *wall).min().unwrap_or_default();
    let sequential = walls.iter().find(|(model, _)| *model == Model::Sequential);
    let ranked = walls.iter().map(|&(model, wall)| Ranked {
        model,
        wall,
        speedup: sequential.and_then(|(_, sequential)| speedup(*sequential, wall)),
        ties: wall <= fastest.scaled(1.0 + TIE),
    });
    let mut ranking: Vec<Ranked> = ranked.collect();
    let simplicity = |model| BY_SIMPLICITY.iter().position(|simpler| *simpler == model);
    ranking.sort_by_key(|ranked| {
        let wall = if ranked.ties { fastest } else { ranked.wall };
        (wall, simplicity(ranked.model))
    });
    ranking
}

fn verdict(ranking: &[Ranked], rule: Rule) -> Verdict {
    let mut of_rule = ranking.iter().enumerate().filter(|(_, ranked)| rule.models().contains(&ranked.model));
    match of_rule.find(|(_, ranked)| ranked.ties) {
        Some((0, _)) => Verdict::Confirms,
        Some(_) => Verdict::SimplerLeads,
        None => Verdict::Contradicts,
    }
}

fn reason(load: &Load, ranking: &[Ranked]) -> String {
    let Some(first) = ranking.first() else {
        return String::new();
    };
    let Load { tasks, cores, .. } = load;
    let (wait, together) = (seconds(load.wait), seconds(load.cpu * load.tasks));
    let little = match load.cpu {
        Duration::ZERO => "nothing is computed".to_owned(),
        _ => format!("all the computing together takes {together}"),
    };
    let why = match first.model {
        Model::EventLoop => {
            format!("{tasks} waits of {wait} overlap on the loop without a thread for each, and {little}")
        }
        Model::Threads | Model::ThreadPool => format!("waits of {wait} overlap on threads, and {little}"),
        Model::ProcessPool => {
            format!("there is {together} of computing in all, which processes share among {cores} cores")
        }
        Model::LoopAndProcesses => format!(
            "{tasks} waits of {wait} overlap on the loop, and processes share {together} of computing among {cores} cores"
        ),
        _ => format!("{tasks} × {wait} of waiting, and {little}: nothing is gained by doing several at once"),
    };
    let others = ranking.iter().skip(1).filter(|ranked| ranked.ties).map(|ranked| ranked.model.title());
    let others: Vec<String> = others.map(str::to_ascii_lowercase).collect();
    let tie = match others.as_slice() {
        [] => String::new(),
        others => format!(
            "; of those within {:.0} % of the fastest ({} beside it) it is the simplest",
            TIE * 100.0,
            others.join(", ")
        ),
    };
    format!("{}: {why}{tie}.", first.model.title())
}

/// A time in seconds, to the microsecond.
fn seconds(time: Duration) -> String {
    format!("{} s", (time.as_secs_f64() * 1e6).round() / 1e6)
}
