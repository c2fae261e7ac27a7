//! What a call has measured so far, which is told once: at its end, or when it is interrupted.

use std::collections::BTreeSet;

use engine::error::RunError;
use engine::model::Model;
use engine::trace::{Event, Marked, TaskId, TaskRecord, Trace};

use crate::caution::Bounds;
use crate::failure::Failure;
use crate::interrupt::Untold;
use crate::notice;
use crate::output_file::Series;
use crate::report::{Once, Report, Run, lines};
use crate::request::{Clock, Request};
use crate::run::outputs::Outputs;

/// What there is to tell, and to whom.
pub struct SoFar {
    /// What was asked for.
    pub request: Request,
    /// What measured runs are judged by.
    bounds: Option<Bounds>,
    kept: Untold<Kept>,
}

struct Kept {
    outputs: Outputs,
    models: Vec<OfModel>,
}

/// What came of one model.
struct OfModel {
    model: Model,
    /// Its runs, but for one that failed with a task: that one says nothing about its model.
    all: Vec<Once>,
    /// What happened in the last of them.
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
        let bounds = (request.clock == Clock::Real).then(Bounds::of_this_machine);
        SoFar { request, bounds, kept: Untold::new(Kept { outputs, models: Vec::new() }) }
    }

    /// Keeps what comes next as this model's.
    pub fn begin(&self, model: Model) {
        self.kept.keep(|kept| {
            kept.models.push(OfModel { model, all: Vec::new(), last: Vec::new(), broken_off: None });
        });
    }

    /// Keeps a run, and what happened in it. One that failed with a task is the last of its model: those before it stay.
    pub fn add(&self, once: Once, events: Vec<Event>) {
        self.kept.keep(|Kept { outputs, models }| {
            let Some(of) = models.last_mut() else { return };
            if let Some(series) = &mut outputs.series {
                series.add(&lines::run(&self.request, of.model, of.all.len() + 1, &once, self.bounds));
            }
            of.broken_off = failure(&once.trace);
            if of.broken_off.is_none() {
                of.all.push(once);
                of.last = events;
            }
        });
    }

    /// Keeps why there are no more runs of the model, as the end of a sentence; what was known first is the cause of the rest.
    pub fn break_off(&self, reason: String) {
        self.kept.keep(|kept| {
            if let Some(of) = kept.models.last_mut() {
                of.broken_off.get_or_insert(reason);
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
        for of in models {
            if let Some(reason) = &of.broken_off {
                wrong.push(of.failed(request, reason));
            }
            if !of.all.is_empty() {
                last.push((of.model, of.last));
            }
            runs.extend(together(request, of.model, of.all, &mut wrong));
        }
        let interruption = match occasion {
            Occasion::End => None,
            Occasion::Interruption => Some(interrupted(over, request, outputs.series.as_ref())),
        };
        let told = match (occasion, over) {
            (Occasion::Interruption, 0) => Ok(()),
            _ => outputs.tell(&Report::new(request, runs), last, &mut wrong),
        };
        wrong.extend(interruption);
        Failure::of_all(told, wrong)
    }
}

impl OfModel {
    /// That a run failed, and how many were over by then.
    fn failed(&self, request: &Request, reason: &str) -> String {
        let model = self.model;
        let failed = match (self.all.len(), request.repeat) {
            (_, 1) => format!("The run on {model} failed: {reason}."),
            (0, _) => format!("The first run on {model} failed: {reason}."),
            (over, all) => {
                let (were, those) = if over == 1 { ("was", "that one") } else { ("were", "those") };
                format!(
                    "A run on {model} failed when {over} of {all} {were} over: {reason}. Of {model} the report has only \
                     {those}."
                )
            }
        };
        format!("{failed}\n{}", to_repeat(request, model))
    }
}

/// What all runs of a model come to; `None` where there are none.
fn together(request: &Request, model: Model, all: Vec<Once>, wrong: &mut Vec<String>) -> Option<Run> {
    let run = Run::new(model, all, request.has_gil())?;
    if run.unended > 0 {
        // The report says why.
        wrong.push(format!("The run on {model} came to no end.\n{}", to_repeat(request, model)));
    }
    Some(run)
}

fn to_repeat(request: &Request, model: Model) -> String {
    format!("To repeat it: {}", request.command(model))
}

/// The task that a run failed with, as the end of a sentence; `None` where it did not.
fn failure(trace: &Trace) -> Option<String> {
    match trace.failure()? {
        RunError::Task(failed) => Some(format!("{failed}{}", beside_the_lost(trace))),
        RunError::Deadlock(_) | RunError::Stalled { .. } | RunError::Endless { .. } => None,
    }
}

/// Where jobs were lost with their processes: that the others were not.
fn beside_the_lost(trace: &Trace) -> String {
    let lost = trace.marks.iter().filter(|mark| matches!(mark.kind, Marked::Lost { again: false }));
    let lost: BTreeSet<TaskId> = lost.map(|mark| mark.task).collect();
    let jobs = trace.tasks.iter().enumerate().skip(1);
    let is_done = |(index, job): &(usize, &TaskRecord)| job.ended.is_some() && !lost.contains(&TaskId(*index as u32));
    let done = jobs.clone().filter(is_done).count();
    let mend = "--retry-lost gives a lost job to the process that takes the dead one’s place";
    let were = if done == 1 { "was" } else { "were" };
    if lost.is_empty() { String::new() } else { format!("; of {} jobs {done} {were} done, and {mend}", jobs.count()) }
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
