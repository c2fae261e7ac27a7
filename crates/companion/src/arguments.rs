//! The command line as it is typed. Words that name something of ours stay texts here: [`crate::request`] reads them and
//! complains about all of them together.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Concurrency by running it: lessons on threads, pools, an event loop and processes, measured on this machine or
/// predicted.
#[derive(Debug, Parser)]
#[command(
    name = "interleave",
    version,
    after_help = "\
Begin with:
  interleave lessons
  interleave run delay-messages --clock virtual
  interleave run delay-messages --speed 10 --log"
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the lessons, or tell what one is about, what can be changed about it and what it asks
    Lessons(LessonsArguments),
    /// Run a lesson on one model or on all of them, and show when each task ran and waited
    Run(RunArguments),
    /// Predict how long a lesson takes as one of its numbers grows
    Sweep(SweepArguments),
    /// Tell why a task was not running at an instant, from cause to cause
    Why(WhyArguments),
    /// Say which model is best for a load of your own, and why
    Advise(AdviseArguments),
    /// Compare published figures with what is predicted
    Published(PublishedArguments),
    /// Measure what threads, processes and messages cost on this machine, natively and in CPython
    Calibrate(CalibrateArguments),
    /// Serve the page on this machine and open it in a browser
    Serve(ServeArguments),
    /// Do the jobs of a process pool, as `run` asks its own children to
    #[command(hide = true)]
    Worker,
}

/// The words after `lessons`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave lessons
  interleave lessons deadlock
  interleave lessons deadlock --answers
  interleave lessons deadlock --python threads
  interleave lessons --json

Answers are computed from predicted runs.")]
pub struct LessonsArguments {
    /// The id of one lesson, to read more about it and what it asks
    pub lesson: Option<String>,
    /// Answer the lesson's questions, and say why
    #[arg(long, requires = "lesson")]
    pub answers: bool,
    /// Print the Python file of the lesson on this model, such as threads, and nothing else
    #[arg(long, value_name = "MODEL", requires = "lesson", conflicts_with = "answers")]
    pub python: Option<String>,
    /// Print one JSON object and nothing else
    #[arg(long, conflicts_with_all = ["answers", "python"])]
    pub json: bool,
}

/// The words after `run`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave run delay-messages
  interleave run delay-messages --model thread-pool --set workers=1 --log
  interleave run delay-messages --set messages=A=1,B=2.5 --clock virtual
  interleave run delay-messages --speed 10 --repeat 5 --json

The report goes to standard output, everything else to standard error. Lines of --log are in the program's own time: \
what the clock showed, times --speed. In --json every at_s is what the clock showed, as wall_s is. The exit code is 0, 1 for a run that failed or came to no end, or 2 for a wrong word.")]
pub struct RunArguments {
    /// The lesson's id; `interleave lessons` lists them
    pub lesson: String,
    /// A model to run, such as threads or event-loop; `interleave lessons` lists those of each lesson. May be given several
    /// times; all of the lesson's unless given
    #[arg(long = "model", value_name = "MODEL")]
    pub models: Vec<String>,
    /// Which clock: real measures on this machine, virtual predicts and takes no time
    #[arg(long, value_name = "real|virtual", default_value = "real")]
    pub clock: String,
    /// A parameter's value, such as workers=4. May be given several times, once for each parameter
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Where random draws begin: a whole number
    #[arg(long, value_name = "N", default_value = "0", allow_hyphen_values = true)]
    pub seed: String,
    /// Divide every delay of a measured run by this, from 0.01 to 1000
    #[arg(long, value_name = "X", default_value = "1", allow_hyphen_values = true)]
    pub speed: String,
    /// Measure each model this many times, from 1 to 1000, and report the median
    #[arg(long, value_name = "N", default_value = "1", allow_hyphen_values = true)]
    pub repeat: String,
    /// What the machine of a predicted run charges: cpython, cpython-no-gil, browser, native, or a file that `interleave
    /// calibrate --out` wrote. A measured run takes only from it whether there is a GIL
    #[arg(long, value_name = "PRESET|FILE", default_value = "cpython")]
    pub costs: String,
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
    /// Print the log of each run, line by line, in the program's own time; JSON always holds it, in the clock's
    #[arg(long)]
    pub log: bool,
    /// Write the runs to this file as a Chrome trace, which ui.perfetto.dev opens; of repeated runs the last
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,
}

/// The words after `sweep`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave sweep paged-api --over limit=1..100 --steps 5 --model event-loop
  interleave sweep gil --over threads=1..8 --set work=0.2
  interleave sweep delay-messages --over workers=1..4 --model thread-pool --json

Every time is predicted. Whole numbers are tried each once, times and shares at even distances. A run that comes to no \
end has no time. The exit code is 0, 1 for a run that came to no end, or 2 for a wrong word.")]
pub struct SweepArguments {
    /// The lesson's id; `interleave lessons` lists them
    pub lesson: String,
    /// The parameter that changes, from where to where: a count, a time in seconds or a share
    #[arg(long, value_name = "NAME=FROM..TO", allow_hyphen_values = true)]
    pub over: String,
    /// How many values are tried, from 2 to 200
    #[arg(long, value_name = "N", default_value = "9", allow_hyphen_values = true)]
    pub steps: String,
    /// A model to predict. May be given several times; all of the lesson's unless given
    #[arg(long = "model", value_name = "MODEL")]
    pub models: Vec<String>,
    /// Another parameter's value, such as workers=4. May be given several times, once for each parameter
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Where random draws begin: a whole number
    #[arg(long, value_name = "N", default_value = "0", allow_hyphen_values = true)]
    pub seed: String,
    /// What the machine charges: cpython, cpython-no-gil, browser, native, or a file that `interleave calibrate --out`
    /// wrote
    #[arg(long, value_name = "PRESET|FILE", default_value = "cpython")]
    pub costs: String,
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
}

/// The words after `why`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave why delay-messages --model sequential --task main --at 1s
  interleave why blocking-call --model event-loop --task ONE --at 2500ms
  interleave why deadlock --model threads --task LEFT --at end
  interleave why gil --model threads --task T3 --at 0.5 --set work=0.3 --json

The run is predicted. A time is a number with ms, s or m behind it; a number alone is in seconds. The first task is called \
main.")]
pub struct WhyArguments {
    /// The lesson's id; `interleave lessons` lists them
    pub lesson: String,
    /// The model that it runs on
    #[arg(long, value_name = "MODEL")]
    pub model: String,
    /// The name of the task
    #[arg(long, value_name = "T")]
    pub task: String,
    /// The instant, counted from the start of the run, or the word end
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub at: String,
    /// A parameter's value, such as workers=4. May be given several times, once for each parameter
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Where random draws begin: a whole number
    #[arg(long, value_name = "N", default_value = "0", allow_hyphen_values = true)]
    pub seed: String,
    /// What the machine charges: cpython, cpython-no-gil, browser, native, or a file that `interleave calibrate --out`
    /// wrote
    #[arg(long, value_name = "PRESET|FILE", default_value = "cpython")]
    pub costs: String,
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
}

/// The words after `advise`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave advise --wait 200ms --cpu 2ms --tasks 100
  interleave advise --wait 0 --cpu 0.3s --tasks 16 --cores 4
  interleave advise --wait 3s --cpu 5ms --tasks 500 --limit 50 --json

A time is a number with ms, s or m behind it; a number alone is in seconds. Every time in the answer is predicted.")]
pub struct AdviseArguments {
    /// How long each task waits for something outside
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub wait: String,
    /// How long each task computes after that
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub cpu: String,
    /// How many tasks there are
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub tasks: String,
    /// The most tasks under way at once, each on a connection of its own; all of them unless given
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub limit: Option<String>,
    /// How many cores there are; as many as this machine has unless given
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub cores: Option<String>,
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
}

/// The words after `published`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave published
  interleave published --json

The exit code is 0, or 1 where a prediction is out of its bound.")]
pub struct PublishedArguments {
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
}

/// The words after `calibrate`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave calibrate
  interleave calibrate --out native.json
  interleave calibrate --python /usr/bin/python3 --for cpython --out py.json
  interleave run merge-sort --clock virtual --costs py.json

Costs are measured one after the other, some seconds long; leave the machine alone meanwhile.")]
pub struct CalibrateArguments {
    /// The CPython to measure; python3 or python on the PATH unless given
    #[arg(long, value_name = "PATH")]
    pub python: Option<PathBuf>,
    /// Write costs to this file, which --costs takes
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Whose costs --out writes
    #[arg(long = "for", value_name = "native|cpython", default_value = "native")]
    pub whose: String,
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
}

/// The words after `serve`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example, after `cargo xtask build`:
  interleave serve --port 9000 --no-open")]
pub struct ServeArguments {
    /// The folder of the built page
    #[arg(long, value_name = "DIR", default_value = "dist")]
    pub dir: PathBuf,
    /// The port on 127.0.0.1; the next free one is taken if it is in use, and 0 takes any
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    pub port: u16,
    /// Do not open a browser
    #[arg(long)]
    pub no_open: bool,
}
