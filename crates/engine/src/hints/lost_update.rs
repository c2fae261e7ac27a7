//! A task that reads a variable and writes it after another has: what the other wrote is undone.

use std::collections::{BTreeMap, HashMap};

use super::{Check, Finding, Hint, Run, Weight, count};
use crate::sync::ObjectId;
use crate::time::Nanos;
use crate::trace::{Mark, Marked, TaskId, Used, sort_by_numbers};

/// What happened to one variable so far.
#[derive(Default)]
struct Variable {
    /// The writes so far, the last of them, and how many of them are known to be undone or passed.
    writes: usize,
    last: Option<(TaskId, i64)>,
    counted: usize,
    /// What each task read, when, and after how many writes.
    reads: HashMap<TaskId, (i64, Nanos, usize)>,
    lost: usize,
    first: Option<Loss>,
}

struct Loss {
    reader: TaskId,
    read: i64,
    read_at: Nanos,
    other: TaskId,
    others: i64,
    wrote: i64,
    at: Nanos,
}

pub(super) fn look(run: &Run<'_>) -> Vec<Finding> {
    let mut marks: Vec<&Mark> = run.trace.marks.iter().collect();
    sort_by_numbers(&mut marks, |mark| [mark.at.0]);
    let mut variables: BTreeMap<ObjectId, Variable> = BTreeMap::new();
    for mark in marks {
        match mark.kind {
            Marked::Used(object, Used::Read(value)) => {
                let variable = variables.entry(object).or_default();
                variable.reads.insert(mark.task, (value, mark.at, variable.writes));
            }
            Marked::Used(object, Used::Wrote(value)) => {
                variables.entry(object).or_default().write(mark.task, value, mark.at);
            }
            _ => {}
        }
    }
    variables.iter().filter_map(|(object, variable)| finding(run, *object, variable)).collect()
}

impl Variable {
    fn write(&mut self, task: TaskId, value: i64, at: Nanos) {
        // A write that follows no read of its own task is meant as it stands, so what came between is another's. And where
        // the variable was what it had been when it was read, nothing is undone.
        if let (Some((read, read_at, before)), Some((other, others))) = (self.reads.remove(&task), self.last)
            && before < self.writes
            && others != read
        {
            // Each write is undone once, by whoever comes first.
            self.lost += self.writes - before.max(self.counted);
            self.counted = self.writes;
            self.first.get_or_insert(Loss { reader: task, read, read_at, other, others, wrote: value, at });
        }
        self.writes += 1;
        self.last = Some((task, value));
    }
}

fn finding(run: &Run<'_>, object: ObjectId, variable: &Variable) -> Option<Finding> {
    let loss = variable.first.as_ref()?;
    let (name, trace) = (run.trace.object_name(object), run.trace);
    let (reader, other) = (trace.task_name(loss.reader), trace.task_name(loss.other));
    let Loss { read, others, wrote, .. } = loss;
    let (read_at, at) = (run.own(loss.read_at), run.own(loss.at));
    let mut says = format!(
        "{reader} read {name} as {read} at {read_at}, {other} wrote {others} meanwhile, and {reader} undid that with the \
         {wrote} that it wrote at {at}."
    );
    if variable.lost > 1 {
        let all = count(variable.writes, "write", "writes");
        says.push_str(&format!(" In all, {} of the {all} of {name} were lost like this.", variable.lost));
    }
    let mend = format!(
        "Read and write {name} under one lock, `with lock: {name} = {name} + 1` or `async with lock:` in a coroutine, so that \
         nobody can come in between."
    );
    let hint = Hint { check: Check::LostUpdate, says, mend, task: Some(loss.reader), at: loss.at };
    Some(Finding { hint, weight: Weight::WrongResult(variable.lost) })
}
