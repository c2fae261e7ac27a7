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
    /// List the lessons and what can be changed about each
    Lessons(LessonsArguments),
    /// Run a lesson on one model or on all of them, and show when each task ran and waited
    Run(RunArguments),
    /// Serve the page on this machine and open it in a browser
    Serve(ServeArguments),
    /// Do the jobs of a process pool, as `run` asks its own children to
    #[command(hide = true)]
    Worker,
}

/// The words after `lessons`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  interleave lessons --json")]
pub struct LessonsArguments {
    /// Print one JSON object and nothing else
    #[arg(long)]
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
what the clock showed, times --speed. In --json every at_s is what the clock showed, as wall_s is. The exit code is 0, 1 for a run that failed, or 2 for a wrong word.")]
pub struct RunArguments {
    /// The lesson's id; `interleave lessons` lists them
    pub lesson: String,
    /// A model to run: sequential, threads, thread-pool, event-loop or process-pool. May be given several times; all of
    /// them unless given
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
