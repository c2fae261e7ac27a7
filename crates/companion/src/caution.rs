//! What to keep in mind about measured figures: each as data, and as a sentence that says what to do about it.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Instant;

use engine::model::Model;
use engine::time::Nanos;

use crate::alive::Alive;
use crate::report::Run;
use crate::usage::{Others, quota};

/// A reason to take a model's figures with care.
#[derive(Clone, Debug, PartialEq)]
pub enum Caution {
    /// The run is too short for the clock, or for the system that starts its threads.
    TooShort {
        /// Which model's.
        model: Model,
        /// How long it took.
        wall: Nanos,
        /// How long it should take at least.
        least: Nanos,
    },
    /// Repeated runs took rather different times.
    Scatter {
        /// Which model's.
        model: Model,
        /// The distance from the fastest to the slowest, as a share of the median.
        share: f64,
        /// How many runs there were.
        runs: usize,
    },
    /// Repeated runs found out different things.
    OutcomesDiffer {
        /// Which model's.
        model: Model,
        /// What, in how many of them.
        found: String,
        /// How many runs there were.
        runs: usize,
    },
    /// There are fewer runs than were asked for.
    FewerRuns {
        /// Which model's.
        model: Model,
        /// How many there are.
        runs: usize,
        /// How many there were to be.
        of: usize,
    },
    /// Others used the machine meanwhile.
    Busy {
        /// While which model ran.
        model: Model,
        /// The share of all cores' time that they used.
        share: f64,
    },
    /// A quota of fewer cores than workers that compute.
    Quota {
        /// Which model's.
        model: Model,
        /// The cores of quota.
        cores: f64,
        /// How many of its workers compute.
        computing: usize,
    },
    /// Fewer cores than workers that compute.
    FewCores {
        /// Which model's.
        model: Model,
        /// How many cores this program may use.
        cores: usize,
        /// How many of its workers compute.
        computing: usize,
    },
}

/// What figures are judged by.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many cores this program may use, where the system tells.
    pub cores: Option<usize>,
    /// How many cores' time it may use, where that is bounded.
    pub quota: Option<f64>,
    /// The least step of the clock.
    pub clock_step: Nanos,
}

impl Bounds {
    /// Those of this machine.
    pub fn of_this_machine() -> Bounds {
        let cores = std::thread::available_parallelism().ok().map(NonZeroUsize::get);
        Bounds { cores, quota: quota::cores(), clock_step: clock_step() }
    }
}

/// What is to be said of the runs of one model, of which there were to be so many.
pub fn cautions(run: &Run, asked_for: usize, bounds: Bounds) -> Vec<Caution> {
    let model = run.model;
    let mut cautions = Vec::new();
    if run.runs < asked_for {
        cautions.push(Caution::FewerRuns { model, runs: run.runs, of: asked_for });
    }
    let in_words = |name| Some(format!("{name} {}", run.outcomes.in_words(name)?));
    let differing: Vec<String> = run.outcomes.differing().filter_map(in_words).collect();
    if !differing.is_empty() {
        let (found, runs) = (differing.join("; "), run.outcomes.runs());
        cautions.push(Caution::OutcomesDiffer { model, found, runs });
    }
    cautions.extend(caution_of_scatter(model, run.scatter(), run.runs - run.unended));
    cautions.extend(cautions_of_any(model, run.wall(), run.others, run.alive, bounds));
    cautions
}

/// That repeated runs scatter, where they do by this share of their median.
pub fn caution_of_scatter(model: Model, share: Option<f64>, runs: usize) -> Option<Caution> {
    const MOST_SCATTER: f64 = 0.1;
    share.filter(|share| *share > MOST_SCATTER).map(|share| Caution::Scatter { model, share, runs })
}

/// What is to be said of one run or several by the time they took, what others did meanwhile and who was there.
pub fn cautions_of_any(
    model: Model,
    wall: Option<Nanos>,
    others: Option<Others>,
    alive: Alive,
    bounds: Bounds,
) -> Vec<Caution> {
    const MOST_BUSY: f64 = 0.1;
    let mut cautions = Vec::new();
    let least = LEAST_WALL.max(bounds.clock_step.scaled(STEPS));
    cautions.extend(wall.filter(|wall| *wall < least).map(|wall| Caution::TooShort { model, wall, least }));
    let busy = others.and_then(Others::share).filter(|share| *share > MOST_BUSY);
    cautions.extend(busy.map(|share| Caution::Busy { model, share }));
    let computing = alive.computing;
    // Where both are too few the quota says more: a system that is told of it counts its whole cores, and one at least.
    match (bounds.quota, bounds.cores) {
        (Some(cores), _) if cores < computing as f64 => cautions.push(Caution::Quota { model, cores, computing }),
        (_, Some(cores)) if cores < computing => cautions.push(Caution::FewCores { model, cores, computing }),
        _ => {}
    }
    cautions
}

/// Starting a thread and waking it take some tenths of a millisecond: of less than this they are much.
const LEAST_WALL: Nanos = Nanos(5_000_000);

/// In so many steps of the clock one step is no more than a hundredth.
const STEPS: f64 = 100.0;

impl Caution {
    /// The word for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Caution::TooShort { .. } => "too-short",
            Caution::Scatter { .. } => "scatter",
            Caution::OutcomesDiffer { .. } => "outcomes-differ",
            Caution::FewerRuns { .. } => "fewer-runs",
            Caution::Busy { .. } => "busy",
            Caution::Quota { .. } => "quota",
            Caution::FewCores { .. } => "few-cores",
        }
    }

    /// The model whose figures it is about.
    pub fn model(&self) -> Model {
        match self {
            Caution::TooShort { model, .. }
            | Caution::Scatter { model, .. }
            | Caution::OutcomesDiffer { model, .. }
            | Caution::FewerRuns { model, .. }
            | Caution::Busy { model, .. }
            | Caution::Quota { model, .. }
            | Caution::FewCores { model, .. } => *model,
        }
    }

    /// How many cores there are, where they are too few.
    pub fn cores(&self) -> Option<f64> {
        match self {
            Caution::TooShort { .. }
            | Caution::Scatter { .. }
            | Caution::OutcomesDiffer { .. }
            | Caution::FewerRuns { .. }
            | Caution::Busy { .. } => None,
            Caution::Quota { cores, .. } => Some(*cores),
            Caution::FewCores { cores, .. } => Some(*cores as f64),
        }
    }
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentences(&[(self.model().to_string(), self)]))
    }
}

/// The cautions for people: those of one kind together, as what is so, on which models, and what to do about it.
pub fn told(cautions: &[Caution]) -> Vec<String> {
    let by_model: Vec<_> = cautions.iter().map(|caution| (caution.model().to_string(), caution)).collect();
    told_of(&by_model)
}

/// The same of whatever each caution's figures are called.
pub fn told_of(cautions: &[(String, &Caution)]) -> Vec<String> {
    let mut kinds: Vec<&str> = Vec::new();
    for (_, caution) in cautions {
        if !kinds.contains(&caution.kind()) {
            kinds.push(caution.kind());
        }
    }
    let of = |kind: &str| cautions.iter().filter(|(_, caution)| caution.kind() == kind).cloned().collect::<Vec<_>>();
    kinds.into_iter().map(|kind| sentences(&of(kind))).collect()
}

/// Cautions of one kind, each behind what it is of.
fn sentences(cautions: &[(String, &Caution)]) -> String {
    // Nobody reads a hundred of them, and whoever wants all asks for them as data.
    const MOST_NAMED: usize = 9;
    let Some((_, first)) = cautions.first() else { return String::new() };
    let percent = |share: &f64| format!("{:.0} %", share * 100.0);
    let ms = |time: &Nanos| time.as_secs_f64() * 1e3;
    let (rule, mend) = match first {
        Caution::TooShort { least, .. } => (
            format!("Under {:.0} ms starting threads and reading the clock are much of a run", ms(least)),
            "Give it more to do, and speed nothing up.",
        ),
        Caution::Scatter { .. } => (
            "Repeated runs lie far apart, from the fastest to the slowest as a share of the median".to_owned(),
            "Close other programs, and raise --repeat.",
        ),
        Caution::OutcomesDiffer { .. } => (
            "The same program did not find the same in all of its runs, so what it finds hangs on who comes first"
                .to_owned(),
            "No single run can be trusted to show it: the timeline is of one of them.",
        ),
        Caution::FewerRuns { .. } => (
            "There are fewer runs than were asked for, since one failed or somebody asked for an end".to_owned(),
            "Measure again for all of them.",
        ),
        Caution::Busy { .. } => (
            "Other programs used much of this machine’s cores meanwhile, and may have slowed the runs".to_owned(),
            "Close them, and measure again.",
        ),
        Caution::Quota { cores, .. } => (
            format!(
                "More workers compute at once than this program has cores of quota ({}), so that the system stops them in \
                 between",
                in_hundredths(*cores)
            ),
            "Raise the quota of its control group (cpu.max, in version 1 cpu.cfs_quota_us), or compute with fewer.",
        ),
        Caution::FewCores { cores, .. } => (
            format!("More workers compute at once than there are cores ({cores}), so that they take turns"),
            "Fewer workers would be as fast here.",
        ),
    };
    let named = |(name, caution): &(String, &Caution)| {
        let figure = match caution {
            Caution::TooShort { wall, .. } => format!("{:.2} ms", ms(wall)),
            Caution::Scatter { share, runs, .. } => format!("{} in {runs} runs", percent(share)),
            Caution::OutcomesDiffer { found, runs, .. } => format!("{found} of {runs} runs"),
            Caution::FewerRuns { runs, of, .. } => format!("{runs} of {of}"),
            Caution::Busy { share, .. } => percent(share),
            Caution::Quota { computing: 1, .. } | Caution::FewCores { computing: 1, .. } => "1 worker".to_owned(),
            Caution::Quota { computing, .. } | Caution::FewCores { computing, .. } => format!("{computing} workers"),
        };
        format!("{name} ({figure})")
    };
    let mut names: Vec<String> = cautions.iter().take(MOST_NAMED).map(named).collect();
    let others = cautions.len() - names.len();
    names.extend((others > 0).then(|| format!("and {others} more")));
    format!("{rule}: {}. {mend}", names.join(", "))
}

/// "0.5", and of what is too little to round "less than 0.01".
fn in_hundredths(cores: f64) -> String {
    let rounded = (cores * 100.0).round() / 100.0;
    if rounded == 0.0 && cores > 0.0 { "less than 0.01".to_owned() } else { rounded.to_string() }
}

/// The least time that the clock can tell from none, of some tries.
fn clock_step() -> Nanos {
    const TRIES: usize = 32;
    let step = |_| {
        let start = Instant::now();
        loop {
            let passed = start.elapsed();
            if !passed.is_zero() {
                return Nanos::from(passed);
            }
        }
    };
    (0..TRIES).map(step).min().unwrap_or_default()
}
