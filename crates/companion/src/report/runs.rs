//! The runs of one model, and what they come to together.

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{Messages, Summary, Switches, Trace};

use crate::alive::Alive;
use crate::report::Outcomes;
use crate::statistics::{Requests, median, scatter};
use crate::usage::{Cpu, Others, Usage};

/// One run: what happened in it, and where it was measured, what it took.
#[derive(Clone, Debug)]
pub struct Once {
    /// What happened.
    pub trace: Trace,
    /// What it took; nothing is known of a predicted run.
    pub usage: Usage,
}

/// The runs of one model.
pub struct Run {
    /// The model.
    pub model: Model,
    /// The figures of its runs that came to an end; of all of them where none did.
    pub figures: Figures,
    /// The last of its runs that came to no end, or where all did, the last of them.
    pub trace: Trace,
    /// How many runs there were.
    pub runs: usize,
    /// How many of them came to no end.
    pub unended: usize,
    /// How many threads and processes `trace` had.
    pub alive: Alive,
    /// What the runs found out of which the figures are.
    pub outcomes: Outcomes,
    /// What the answers of all its runs were like; `None` where nothing was asked.
    pub requests: Option<Requests>,
    /// What went between processes in `trace`; `None` where nothing did.
    pub messages: Option<Messages>,
    /// What others did on this machine during all its runs.
    pub others: Option<Others>,
}

/// What a model's runs come to. What is known of some runs only is not told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The median of the wall times.
    pub wall: Nanos,
    /// The shortest wall time.
    pub wall_min: Nanos,
    /// The longest wall time.
    pub wall_max: Nanos,
    /// The median of the CPU times, where the clock can tell.
    pub cpu: Option<Nanos>,
    /// The medians of the two parts of it; they may belong to different runs.
    pub parts: Option<Cpu>,
    /// The medians of how often a core left a thread.
    pub switches: Option<Switches>,
    /// The most memory of any run, in bytes.
    pub peak_memory: Option<u64>,
}

impl Run {
    /// The run that repeated runs of a program, with a GIL or without, make together; `None` where there were none or
    /// one has not finished.
    pub fn new(model: Model, all: Vec<Once>, has_gil: bool) -> Option<Run> {
        let runs = all.len();
        let others = all.iter().map(|once| once.usage.others).try_fold(Others::default(), |sum, others| {
            let others = others?;
            Some(Others { used_s: sum.used_s + others.used_s, there_was_s: sum.there_was_s + others.there_was_s })
        });
        let (unended, ended): (Vec<Once>, Vec<Once>) = all.into_iter().partition(|once| once.trace.failure().is_some());
        let count = unended.len();
        let told = if ended.is_empty() { &unended } else { &ended };
        let figures = Figures::of(told)?;
        let requests = Requests::of(told.iter().map(|once| &once.trace));
        let outcomes = Outcomes::of(told.iter().map(|once| &once.trace));
        let trace = unended.into_iter().next_back().or_else(|| ended.into_iter().next_back())?.trace;
        let alive = Alive::of(&trace, has_gil);
        let messages = trace.messages();
        Some(Run { model, figures, trace, runs, unended: count, alive, outcomes, requests, messages, others })
    }

    /// The median wall time of the runs that came to an end.
    pub fn wall(&self) -> Option<Nanos> {
        (self.unended < self.runs).then_some(self.figures.wall)
    }

    /// The distance from the fastest to the slowest of several runs that came to an end, as a share of their median.
    pub fn scatter(&self) -> Option<f64> {
        let Figures { wall, wall_min, wall_max, .. } = self.figures;
        scatter(wall_min, wall_max, wall, self.runs - self.unended)
    }

    /// That runs came to no end, and why, as a sentence; `None` where all did.
    pub fn no_end(&self) -> Option<String> {
        let reason = self.trace.failure()?;
        let at = self.trace.end();
        Some(match self.runs {
            1 => format!("The run on {} came to no end after {at}: {reason}.", self.model),
            runs => format!(
                "{} of {runs} runs on {} came to no end, the last of them after {at}: {reason}.",
                self.unended, self.model
            ),
        })
    }
}

impl Figures {
    fn of(all: &[Once]) -> Option<Figures> {
        let summaries: Vec<Summary> = all.iter().map(|once| once.trace.summary()).collect::<Option<_>>()?;
        let walls: Vec<Nanos> = summaries.iter().map(|summary| summary.wall).collect();
        let parts: Option<Vec<Cpu>> = all.iter().map(|once| once.usage.cpu).collect();
        let part = |of: fn(&Cpu) -> Nanos| parts.as_ref().and_then(|parts| median(parts.iter().map(of).collect()));
        // What was predicted is told by the trace, what was measured by the system.
        let switches = all.iter().zip(&summaries).map(|(once, summary)| once.usage.switches.or(summary.switches));
        let switches: Option<Vec<Switches>> = switches.collect();
        let times = |of: fn(&Switches) -> u64| {
            let counts = switches.as_ref()?.iter().map(|switches| Nanos(of(switches))).collect();
            median(counts).map(|median| median.0)
        };
        let peaks: Option<Vec<u64>> = all.iter().map(|once| once.usage.peak_memory).collect();
        Some(Figures {
            wall: median(walls.clone())?,
            wall_min: walls.iter().copied().min()?,
            wall_max: walls.iter().copied().max()?,
            cpu: summaries.iter().map(|summary| summary.cpu).collect::<Option<_>>().and_then(median),
            parts: part(|cpu| cpu.user).zip(part(|cpu| cpu.system)).map(|(user, system)| Cpu { user, system }),
            switches: times(|switches| switches.voluntary)
                .zip(times(|switches| switches.involuntary))
                .map(|(voluntary, involuntary)| Switches { voluntary, involuntary }),
            peak_memory: peaks.and_then(|peaks| peaks.into_iter().max()),
        })
    }
}
