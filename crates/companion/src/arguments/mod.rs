//! The command line as it is typed. Words that name something of ours stay texts here: [`crate::request`] reads them and
//! complains about all of them together.

mod predictions;
mod servers;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use predictions::{AdviseArguments, PublishedArguments, SweepArguments, WhyArguments};
pub use servers::{ApiArguments, ServeArguments};

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
    /// Run a lesson's Python files under your CPythons, and compare with what is predicted and with our own runs
    Compare(CompareArguments),
    /// Serve the page on this machine and open it in a browser
    Serve(ServeArguments),
    /// Serve pages of employees over HTTP, as slow and unreliable as you like, for programs to practise on
    Api(ApiArguments),
    /// Print what has a shell complete the words of this program when Tab is pressed
    Completions(CompletionsArguments),
    /// Print the manual page of this program, or write those of all commands to a folder
    Man(ManArguments),
    /// Do the jobs of a process pool, as `run` asks its own children to
    #[command(hide = true)]
    Worker,
    /// Serve pages to a command that asks its own child to
    #[command(hide = true)]
    ApiWorker,
    /// Measure what the page asks for, as `serve` asks its own children to
    #[command(hide = true)]
    Runner,
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
what the clock showed, times --speed. In --json every at_s is what the clock showed, as wall_s is. The exit code is 0, 1 for a run that failed or came to no end, 2 for a wrong word, or 130 (143 for SIGTERM) where it was interrupted: what was measured by then is \
reported all the same.")]
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
    /// What the requests of a measured run go over: sockets, to a server that is started for the run, or timer, which
    /// stands in for a network
    #[arg(long, value_name = "sockets|timer", default_value = "sockets")]
    pub network: String,
    /// Run each model this many times before, from 0 to 1000, and count none of them; 1 where --repeat is more than 1, else 0
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub warm_up: Option<String>,
    /// Where a process dies over a job, give the job to the process that takes its place, up to three times
    #[arg(long)]
    pub retry_lost: bool,
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
    /// Write what was measured to this file, which a lesson's page opens; of repeated runs the last
    #[arg(long, value_name = "FILE")]
    pub result: Option<PathBuf>,
    /// Write each run to this file as soon as it is over, one JSON object a line, after a first line that says what was to
    /// be run. What was in the file is replaced
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write the report to this file: .json, .csv, .md or .html, an HTML page that needs nothing else. May be given several
    /// times
    #[arg(long = "report", value_name = "FILE")]
    pub reports: Vec<PathBuf>,
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

/// The words after `compare`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave compare delay-messages --brief
  interleave compare gil --model threads --set work=0.2 --python /usr/bin/python3
  interleave compare merge-sort --brief --repeat 1 --json
  interleave compare all --longest 0.1s --repeat 1

Files run one after the other, each as often as --repeat says; leave the machine alone meanwhile. The exit code is 0, \
also where a prediction is off, 1 for a run that failed or an interpreter that was named and is none, or 2 for a wrong \
word.")]
pub struct CompareArguments {
    /// The lesson's id, or all for every lesson with brief values
    pub lesson: String,
    /// A CPython 3.9 or later. May be given several times; all on the PATH unless given
    #[arg(long, value_name = "PATH")]
    pub python: Vec<PathBuf>,
    /// A model to compare. May be given several times; all of the lesson's unless given
    #[arg(long = "model", value_name = "MODEL")]
    pub models: Vec<String>,
    /// A parameter's value, such as workers=4; the Python files get it too. May be given several times, once for each
    /// parameter
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    pub set: Vec<String>,
    /// Take values with which the lesson is over within seconds, where --set gives none
    #[arg(long)]
    pub brief: bool,
    /// Measure each this many times, from 1 to 100, and report the median
    #[arg(long, value_name = "N", default_value = "5", allow_hyphen_values = true)]
    pub repeat: String,
    /// Where random draws of predictions and of our own runs begin: a whole number. The Python files draw on their own
    #[arg(long, value_name = "N", default_value = "0", allow_hyphen_values = true)]
    pub seed: String,
    /// End a Python file after this long; after 10 s and ten times its prediction unless given
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub timeout: Option<String>,
    /// Leave out what is predicted to take longer than this
    #[arg(long, value_name = "D", default_value = "10m", allow_hyphen_values = true)]
    pub longest: String,
    /// Print one JSON object and nothing else
    #[arg(long)]
    pub json: bool,
}

/// The words after `completions`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave completions bash
  interleave completions zsh
  interleave completions fish

A bash that is to have them from its start needs the first line in its ~/.bashrc, as source <(interleave completions \
bash). Those of zsh belong in a file _interleave in a folder of fpath, those of fish in \
~/.config/fish/completions/interleave.fish.")]
pub struct CompletionsArguments {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// The words after `man`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave man
  interleave man manual/man1

What the first prints is read with `interleave man | man -l -`. A folder man1 below one that MANPATH names, such as \
~/.local/share/man/man1, is where `man interleave-run` looks.")]
pub struct ManArguments {
    /// The folder to which the page of each command is written; it is made where it is missing
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}
