//! What a call has measured so far, which is told once: at its end, or when it is interrupted.

use engine::error::RunError;
use engine::model::Model;
use engine::trace::{Event, Marked, Trace};

use crate::failure::Failure;
use crate::interrupt::Untold;
use crate::notice;
use crate::output_file::Series;
use crate::report::{Once, Report, Run, lines};
use crate::request::Request;
use crate::run::outputs::Outputs;

/// What there is to tell, and to whom.
pub struct SoFar {
    /// What was asked for.
    pub request: Request,
    kept: Untold<Kept>,
}

struct Kept {
    outputs: Outputs,
    models: Vec<OfModel>,
}

/// What came of one model.
struct OfModel {
    model: Model,
    all: Vec<Once>,
    /// What happened in the last of its runs.
    last: Vec<Event>,
    /// Why there are no more of them, as the end of a sentence.
    broken_off: Option<String>,
}

/// How the telling came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Everything was run that was to be.
    End,
    /// A person or a system asked for an end.
    Interruption,
}

impl SoFar {
    /// Nothing so far.
    pub fn new(request: Request, outputs: Outputs) -> SoFar {
        SoFar { request, kept: Untold::new(Kept { outputs, models: Vec::new() }) }
    }

    /// Keeps what comes next as this model's.
    pub fn begin(&self, model: Model) {
        self.kept.keep(|kept| {
            kept.models.push(OfModel { model, all: Vec::new(), last: Vec::new(), broken_off: None });
        });
    }

    /// Keeps a run, and what happened in it.
    pub fn add(&self, once: Once, events: Vec<Event>) {
        self.kept.keep(|Kept { outputs, models }| {
            let Some(of) = models.last_mut() else { return };
            if let Some(series) = &mut outputs.series {
                series.add(&lines::run(of.model, of.all.len() + 1, &once));
            }
            of.all.push(once);
            of.last = events;
        });
    }

    /// Keeps why there are no more runs of the model, as the end of a sentence.
    pub fn break_off(&self, reason: String) {
        self.kept.keep(|kept| {
            if let Some(of) = kept.models.last_mut() {
                of.broken_off = Some(reason);
            }
        });
    }

    /// Tells it: in the files first, for a reader of standard output may keep this waiting.
    ///
    /// # Errors
    /// Runs that failed, outputs that cannot be written, and an interruption.
    pub fn tell(&self, occasion: Occasion) -> Result<(), Failure> {
        let kept = match occasion {
            Occasion::End => Some(self.kept.take_at_the_end()),
            Occasion::Interruption => self.kept.take_before_the_end(),
        };
        kept.map_or(Ok(()), |kept| kept.tell(&self.request, occasion))
    }
}

impl Kept {
    fn tell(self, request: &Request, occasion: Occasion) -> Result<(), Failure> {
        let Kept { outputs, models } = self;
        let over = models.iter().map(|of| of.all.len()).sum();
        let mut wrong = Vec::new();
        let (mut runs, mut last) = (Vec::new(), Vec::new());
        for OfModel { model, all, last: events, broken_off } in models {
            if broken_off.is_none() && !all.is_empty() {
                last.push((model, events));
            }
            let all = broken_off.map_or(Ok(all), Err).and_then(without_failures);
            runs.extend(together(request, model, all, &mut wrong));
        }
        let interruption = match occasion {
            Occasion::End => None,
            Occasion::Interruption => Some(interrupted(over, request, outputs.series.as_ref())),
        };
        let told = match (occasion, over) {
            // What is in the files is better than nothing.
            (Occasion::Interruption, 0) => Ok(()),
            _ => outputs.tell(&Report::new(request, runs), last, &mut wrong),
        };
        wrong.extend(interruption);
        Failure::of_all(told, wrong)
    }
}

/// What all runs of a model come to; `None` for one that failed with a task, which has no figures.
fn together(request: &Request, model: Model, all: Result<Vec<Once>, String>, wrong: &mut Vec<String>) -> Option<Run> {
    let repeat = || format!("To repeat it: {}", request.command(model));
    match all {
        Ok(all) => {
            let run = Run::new(model, all, request.prepared.costs.gil.is_some());
            if run.as_ref().is_some_and(|run| run.unended > 0) {
                // The report says why.
                wrong.push(format!("The run on {model} came to no end.\n{}", repeat()));
            }
            run
        }
        Err(reason) => {
            wrong.push(format!("The run on {model} failed: {reason}.\n{}", repeat()));
            None
        }
    }
}

/// The runs, unless a task failed in one of them: such a run says nothing about its model.
fn without_failures(all: Vec<Once>) -> Result<Vec<Once>, String> {
    let failed = all.iter().find_map(|once| match once.trace.failure() {
        Some(RunError::Task(failed)) => Some(format!("{failed}{}", beside_the_lost(&once.trace))),
        Some(RunError::Deadlock(_) | RunError::Stalled { .. } | RunError::Endless { .. }) | None => None,
    });
    failed.map_or(Ok(all), Err)
}

/// Where jobs were lost with their processes: that the others were not.
fn beside_the_lost(trace: &Trace) -> String {
    let lost = trace.marks.iter().filter(|mark| matches!(mark.kind, Marked::Lost { again: false })).count();
    let jobs = trace.tasks.iter().skip(1);
    let done = jobs.clone().filter(|job| job.ended.is_some()).count().saturating_sub(lost);
    let mend = "--retry-lost gives a lost job to the process that takes the dead one’s place";
    if lost > 0 { format!("; of {} jobs {done} were done, and {mend}", jobs.count()) } else { String::new() }
}

fn interrupted(over: usize, request: &Request, series: Option<&Series>) -> String {
    // It would say for ever what was being done.
    notice::end_progress();
    let all = request.models.len() * request.repeat;
    let runs = if all == 1 { "the run".to_owned() } else { format!("the first of {all} runs") };
    let kept = series.map(|series| format!(", and {} keeps each run", series.path().display())).unwrap_or_default();
    match over {
        0 => format!("Interrupted before {runs} was over: there is nothing to report."),
        1 => format!("Interrupted when 1 of {all} runs was over: the report has only that{kept}."),
        over => format!("Interrupted when {over} of {all} runs were over: the report has only those{kept}."),
    }
}
