//! The Python files of every lesson print what is predicted: each is run by the machine's CPython, sped up and with little
//! to compute, and its lines are compared with the prediction's.
//!
//! CPython is what the environment variable `PYTHON` names, else `python3`. Where there is none the test says so and passes. The
//! oldest that is found beside it runs one set of values of each lesson: what a newer one brought is easily used by mistake.

use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::{LogLine, TaskId, Trace};
use lessons::{Lesson, Parameter, Value, Values};

use crate::interpreters;

/// The lessons, each with the values under which its files run, as texts. The constants of a file follow from them: a
/// parameter's constant has its name, in capitals.
const RUNS: &[(&str, &[(&str, &str)])] = &[
    ("delay-messages", &[("messages", "ONE=1,TWO=2,THREE=3"), ("workers", "2")]),
    ("blocking-call", &[("messages", "ONE=1,TWO=2,THREE=3"), ("blocking", "TWO"), ("workers", "2")]),
    ("blocking-call", &[("messages", "ONE=1,TWO=2,THREE=3"), ("blocking", "TWO"), ("repair", "to-thread")]),
    // Without a lock both must read before either writes, so a change takes long.
    ("lost-update", &[("change", "0.1")]),
    ("lost-update", &[("lock", "on"), ("pause", "1")]),
    ("lost-update", &[("await", "on"), ("pause", "1")]),
    ("lost-update", &[("await", "on"), ("lock", "on"), ("pause", "1")]),
    // Opposite orders without a timeout never end.
    ("deadlock", &[("order", "same")]),
    ("deadlock", &[("order", "opposite"), ("timeout", "2")]),
    ("merge-sort", &[("lists", "8"), ("elements", "300"), ("processes", "2"), ("threads", "2"), ("chunk", "3")]),
    ("sum-squares", &[("numbers", "5"), ("from", "2000"), ("threads", "2"), ("processes", "2")]),
    ("sum-squares", &[("numbers", "5"), ("from", "2000"), ("threads", "2"), ("processes", "2"), ("chunk", "2")]),
    ("fibonacci", &[("n", "10,12,14"), ("threads", "2"), ("processes", "2")]),
    ("paged-api", &[("pages", "2000"), ("latency", "constant 0.001"), ("failure-rate", "0")]),
    ("paged-api", &[("pages", "10"), ("latency", "uniform 0.01 0.02"), ("failure-rate", "1"), ("limit", "3")]),
    ("downloads", &[("repeats", "5"), ("pool", "3"), ("connections", "4"), ("handling", "0.002")]),
    ("fan-out", &[("requests", "4"), ("workers", "2")]),
    ("await-or-task", &[("start", "task"), ("request", "3"), ("other", "1")]),
    ("await-or-task", &[("start", "await"), ("other", "3")]),
    ("to-thread", &[("repair", "to-thread"), ("blocking", "1")]),
    ("to-thread", &[("repair", "none"), ("blocking", "1")]),
    ("gil", &[("threads", "3"), ("work", "0.05"), ("waiting", "0.5"), ("interval", "0.01")]),
    ("hybrid", &[("jobs", "5"), ("latency", "0.5"), ("cpu", "0.01"), ("blocking", "0.2"), ("processes", "2")]),
    ("pool-or-spawn", &[("jobs", "6"), ("threads", "2"), ("processes", "2")]),
    ("pool-or-spawn", &[("jobs", "6"), ("threads", "2"), ("processes", "2"), ("chunk", "4"), ("one-by-one", "on")]),
    ("advise", &[("tasks", "6"), ("wait", "0.5"), ("cpu", "0.001"), ("limit", "2"), ("cores", "2")]),
    ("advise", &[("tasks", "6"), ("wait", "0.5"), ("cpu", "0.001"), ("limit", "0"), ("cores", "2")]),
];

/// By how much waits are shortened. A file whose lines differ is run again, slower: what differs because the machine was
/// late once does not differ every time, and what the file does wrong it does at every speed.
const SPEEDS: [f64; 3] = [10.0, 5.0, 2.0];

/// Lines that are predicted further apart than this, in the program's time, are in the same order: 50 ms at the highest
/// speed.
const APART: Nanos = Nanos(500_000_000);

#[test]
fn every_lesson_has_a_run_of_its_python_files() {
    for lesson in lessons::catalogue() {
        let is_run = RUNS.iter().any(|(id, _)| *id == lesson.id);
        assert!(is_run, "{} has no values under which its Python files run: add a row to RUNS.", lesson.id);
    }
}

#[test]
fn python_files_print_what_is_predicted() {
    let Some(python) = interpreters::named() else {
        let _ = writeln!(
            std::io::stderr(),
            "There is no CPython 3.9 or newer here: the lessons' Python files were not run."
        );
        return;
    };
    let mut jobs: VecDeque<Job> = RUNS.iter().flat_map(|(id, given)| jobs(&python, id, given)).collect();
    if let Some(oldest) = interpreters::oldest_but(&python) {
        let firsts = RUNS.chunk_by(|(id, _), (other, _)| id == other).map(|runs| runs[0]);
        jobs.extend(firsts.flat_map(|(id, given)| self::jobs(&oldest, id, given)));
    }
    let (jobs, wrong) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let next = || jobs.lock().expect("no job panics with the lock").pop_front();
    let work = || {
        while let Some(job) = next() {
            if let Err(told) = job.check() {
                wrong.lock().expect("no job panics with the lock").push(told);
            }
        }
    };
    std::thread::scope(|scope| {
        // No more than two: whoever waits for a core is late.
        scope.spawn(work);
        scope.spawn(work);
    });
    let wrong = wrong.into_inner().expect("no job panics with the lock");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The files of a lesson, one for each model that this machine can run.
fn jobs(python: &str, id: &str, given: &'static [(&'static str, &'static str)]) -> Vec<Job> {
    let lesson = lessons::find(id).unwrap_or_else(|diagnostic| panic!("{diagnostic}"));
    for (name, _) in given {
        let start = format!("\n{} = ", capitals(name));
        let is_constant = lesson.python.iter().any(|(_, source)| source.contains(&start));
        assert!(is_constant, "{id}: {name} is changed, but no Python file has a constant for it.");
    }
    // Only a forked process is sped up as its parent is.
    let runs_here = |model: Model| cfg!(unix) || !(model.spawns_processes() || model == Model::LoopAndProcesses);
    let models = lesson.python.iter().map(|(model, _)| *model).filter(|model| runs_here(*model));
    models.map(|model| Job { python: python.to_owned(), lesson, model, given }).collect()
}

/// A file to run.
struct Job {
    python: String,
    lesson: &'static Lesson,
    model: Model,
    given: &'static [(&'static str, &'static str)],
}

impl Job {
    fn check(&self) -> Result<(), String> {
        let Job { python, lesson, model, given } = self;
        let given: Vec<_> = given.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(lesson.parameters, &given).map_err(|wrong| format!("{}: {wrong:?}", lesson.id))?;
        let prepared = lesson.prepare(&values);
        let predicted = engine::simulate::simulate(&prepared.program, &prepared.settings(*model, 0));
        let constants: Vec<String> =
            lesson.parameters.iter().flat_map(|parameter| constant(parameter, &values)).collect();
        let about = |told: String| format!("{} on {model} under {python} with {given:?}: {told}", lesson.id);
        let mut told = Ok(());
        for speed in SPEEDS {
            let printed = run(python, &file(lesson, *model), speed, &constants).map_err(about)?;
            told = agree(&predicted, &printed);
            if told.is_ok() {
                break;
            }
        }
        told.map_err(about)
    }
}

/// The file that a learner would look for.
fn file(lesson: &Lesson, model: Model) -> PathBuf {
    let (folder, name) = (lesson.id.replace('-', "_"), model.id().replace('-', "_"));
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder).join("python").join(name).with_extension("py")
}

/// The name of a parameter's constant, its default and its value, as Python.
fn constant(parameter: &Parameter, values: &Values) -> [String; 3] {
    let default = parameter.read(parameter.default).expect("a default is within its bounds");
    let value = values.get(parameter.name).expect("every parameter has a value");
    [capitals(parameter.name), in_python(&default), in_python(value)]
}

fn capitals(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

fn in_python(value: &Value) -> String {
    let text = value.text();
    match value {
        Value::Count(_) | Value::Seconds(_) | Value::Share(_) => text,
        Value::Switch(is_on) => if *is_on { "True" } else { "False" }.to_owned(),
        Value::Choice(_) | Value::NameIn(_) => format!("{text:?}"),
        Value::Counts(_) => format!("[{text}]"),
        Value::Messages(messages) => {
            let message = |message: &lessons::Message| format!("({:?}, {})", message.name, message.delay.as_secs_f64());
            format!("[{}]", messages.iter().map(message).collect::<Vec<_>>().join(", "))
        }
        Value::Latency(_) => match text.split(' ').collect::<Vec<_>>()[..] {
            ["constant", time] => format!("({time}, {time})"),
            ["uniform", from, to] => format!("({from}, {to})"),
            _ => panic!("the Python files draw no latency that is “{text}”"),
        },
    }
}

/// A line that a file printed, without its clock.
#[derive(Debug, PartialEq, Eq)]
struct Printed {
    lane: String,
    text: String,
}

fn run(python: &str, file: &Path, speed: f64, constants: &[String]) -> Result<Vec<Printed>, String> {
    let mut command = Command::new(python);
    // Without what is installed beside Python: it starts sooner, and is the same everywhere.
    command.args(["-I", "-S", "-c", DRIVER]).arg(file).arg(speed.to_string()).args(constants);
    let told = command.output().map_err(|error| format!("{python} cannot be run: {error}"))?;
    let (out, err) = (String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr));
    if !told.status.success() {
        return Err(format!("the file failed ({}), after\n{out}{err}", told.status));
    }
    let printed = |line: &str| match line.splitn(5, ':').collect::<Vec<_>>()[..] {
        [_, _, _, lane, text] => Ok(Printed { lane: lane.to_owned(), text: text.to_owned() }),
        _ => Err(format!("“{line}” is no line of a log, in\n{out}")),
    };
    out.lines().map(printed).collect()
}

/// Checks that the file printed the predicted lines, and in the same order wherever that is sure.
fn agree(predicted: &Trace, printed: &[Printed]) -> Result<(), String> {
    let predicted = predicted.log();
    let out = || printed.iter().map(|line| format!("\n{}:{}", line.lane, line.text)).collect::<String>();
    let mut left: Vec<usize> = (0..printed.len()).collect();
    let mut placed = Vec::new();
    for line in &predicted {
        let is_it = |place: &usize| printed[*place].text == line.text && kind(&printed[*place].lane) == kind(line.lane);
        let Some(found) = left.iter().position(is_it) else {
            return Err(format!("“{}:{}” is predicted, but the file printed{}", line.lane, line.text, out()));
        };
        placed.push((line, left.remove(found)));
    }
    if let Some(place) = left.first() {
        return Err(format!("“{}” is printed and not predicted, in{}", printed[*place].text, out()));
    }
    for (index, (before, place)) in placed.iter().enumerate() {
        for (after, later_place) in &placed[index + 1..] {
            if later_place < place && must_follow(&predicted, before, after) {
                return Err(format!(
                    "“{}” must come before “{}”, but the file printed{}",
                    before.text,
                    after.text,
                    out()
                ));
            }
        }
    }
    Ok(())
}

/// Whether `after` cannot come before `before`, however late the machine is.
fn must_follow(predicted: &[LogLine<'_>], before: &LogLine<'_>, after: &LogLine<'_>) -> bool {
    let main = TaskId(0);
    let is_end = |line: &LogLine<'_>| predicted.first() == Some(line) || predicted.last() == Some(line);
    // On one lane nobody is late but all are.
    let is_one_lane = || predicted.iter().all(|line| line.lane == before.lane);
    before.task == after.task
        || before.at + APART < after.at
        // Main spawns all the others, and waits for them.
        || [before, after].iter().any(|line| line.task == main && is_end(line))
        || before.at < after.at && is_one_lane()
}

/// What a lane is, whichever of its kind: `ThreadPoolExecutor-0_1` and `ThreadPoolExecutor-0_0` are the same.
fn kind(lane: &str) -> String {
    lane.chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// Runs the file of its first argument as Python would, with waits divided by its second; the others are names of constants,
/// each with the value that the file must give it and the one to give it instead.
const DRIVER: &str = r#"
import faulthandler, os, re, signal, sys, threading, time, types

path, speed, *constants = sys.argv[1:]
speed = float(speed)
with open(path, encoding="utf-8") as file:
    source = file.read()

# A file that hangs is stopped with all its processes, and says where it hung.
if hasattr(signal, "alarm"):
    os.setpgid(0, 0)

    def stop(*_):
        print("The file hung:", file=sys.stderr, flush=True)
        faulthandler.dump_traceback()
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)

for name, default, value in zip(*[iter(constants)] * 3):
    line = re.search(rf"^{name} = (.*)$", source, re.MULTILINE)
    if line:
        if eval(line[1]) != eval(default):
            sys.exit(f"{name} is {line[1]} in the file, but the lesson's default is {default}.")
        source = source[: line.start(1)] + value + source[line.end(1) :]


class Lock:
    def __init__(self):
        self._lock = new_lock()

    def acquire(self, blocking=True, timeout=-1):
        return self._lock.acquire(blocking, timeout / speed if timeout > 0 else timeout)

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *_):
        self.release()

    def __getattr__(self, name):
        return getattr(self._lock, name)


sleep, new_lock = time.sleep, threading.Lock
time.sleep = lambda seconds: sleep(seconds / speed)
threading.Lock = Lock
if "asyncio" in source:
    import asyncio

    give_way, wait_for = asyncio.sleep, asyncio.wait_for
    asyncio.sleep = lambda seconds: give_way(seconds / speed)
    asyncio.wait_for = lambda future, timeout: wait_for(future, timeout and timeout / speed)
if re.search("multiprocessing|ProcessPool", source):
    import multiprocessing

    multiprocessing.set_start_method("fork")

driver, main = sys.modules["__main__"], types.ModuleType("__main__")
sys.modules["__main__"] = main
exec(compile(source, path, "exec"), main.__dict__)
"#;
