//! The words after commands that predict.

use clap::Args;

/// The words after `sweep`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave sweep paged-api --over limit=1..100 --steps 5 --model event-loop
  interleave sweep paged-api --over latency=0..1 --set pages=200
  interleave sweep gil --over threads=1..8 --set work=0.2
  interleave sweep delay-messages --over workers=1..4 --model thread-pool --json

Every time is predicted. Whole numbers are tried each once, times and shares at even distances. A latency that is swept is \
constant, and a list of numbers has one. Switches, words and lists of messages cannot be swept. A run that comes to no end \
has no time. The exit code is 0, 1 for a run that came to no end, or 2 for a wrong word.")]
pub struct SweepArguments {
    /// The lesson's id; `interleave lessons` lists them
    pub lesson: String,
    /// The parameter that changes, from where to where: a count, a time or a latency in seconds, or a share
    #[arg(long, value_name = "NAME=FROM..TO", allow_hyphen_values = true)]
    pub over: String,
    /// How many values are tried, from 2 to 200
    #[arg(long, value_name = "N", default_value = "9", allow_hyphen_values = true)]
    pub steps: String,
    /// A model to predict. May be given several times; all of the lesson's unless given
    #[arg(long = "model", value_name = "MODEL")]
    pub models: Vec<String>,
    /// What it is a prediction of, and how it is told.
    #[command(flatten)]
    pub prediction: PredictionArguments,
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
    /// What it is a prediction of, and how it is told.
    #[command(flatten)]
    pub prediction: PredictionArguments,
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
    /// How long each task waits for something outside, up to 60s
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub wait: String,
    /// How long each task computes after that, up to 0.5s
    #[arg(long, value_name = "D", allow_hyphen_values = true)]
    pub cpu: String,
    /// How many tasks there are, up to 10000
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub tasks: String,
    /// The most tasks under way at once, each on a connection of its own; all of them where it is 0 or not given
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

/// The words that commands share which predict a lesson.
#[derive(Args, Debug)]
pub struct PredictionArguments {
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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use lessons::Kind;

    use crate::arguments::Arguments;

    #[test]
    fn the_bounds_of_a_load_are_those_of_its_lesson() {
        let lesson = lessons::find("advise").expect("the lesson is there");
        let mut all = Arguments::command();
        let help = all.find_subcommand_mut("advise").expect("the command is there").render_help().to_string();
        let most = |name: &str| {
            let parameter = lesson.parameters.iter().find(|parameter| parameter.name == name).expect("it has one");
            match parameter.kind {
                Kind::Seconds { most, .. } => format!("up to {most}s\n"),
                Kind::Count { most, .. } => format!("up to {most}\n"),
                _ => panic!("{name} is no number"),
            }
        };
        for name in ["wait", "cpu", "tasks"] {
            assert!(help.contains(&most(name)), "{name}: {help}");
        }
    }
}
