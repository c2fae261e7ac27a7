//! `interleave calibrate`: what threads, processes, messages and work cost on this machine, natively and in CPython.
//!
//! A figure is the median of some runs and says of how many. What nobody measures is taken from the preset, and said so.

pub mod bounded;
mod native;
pub mod python;
mod report;

use std::path::PathBuf;

use engine::costs::{Costs, Preset};
use engine::time::Nanos;
use lessons::Diagnostic;

use crate::arguments::CalibrateArguments;
use crate::failure::Failure;
use crate::interrupt;
use crate::notice;
use crate::output_file::OutputFile;
use crate::scratch;
use crate::words::keep;
pub use native::{Machine, machine};

/// What was measured of one interpreter, or of native code.
pub struct Calibration {
    /// Of whom.
    pub whose: Whose,
    /// Its version and where it is; empty for native code.
    pub about: String,
    /// What was measured.
    pub figures: Vec<Figure>,
    /// What that comes to.
    pub costs: Costs,
}

/// Something that was measured.
pub struct Figure {
    /// The name that files use, such as `thread-start`.
    pub name: &'static str,
    /// What it came to.
    pub amount: Amount,
    /// Of how many runs it is the median; `None` where the system was asked and nothing was run.
    pub runs: Option<usize>,
}

/// What a figure came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// A time.
    Time(Nanos),
    /// How many times as long as by the formula.
    Factor(f64),
    /// A whole number.
    Count(u64),
    /// That there is none.
    None,
}

/// Whose costs are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Native Rust with OS threads.
    Native,
    /// A CPython.
    CPython,
}

impl Whose {
    const ALL: [Whose; 2] = [Whose::Native, Whose::CPython];

    /// The word for it.
    pub fn id(self) -> &'static str {
        match self {
            Whose::Native => "native",
            Whose::CPython => "cpython",
        }
    }

    /// The preset to compare with, where there is a GIL or where there is none.
    fn preset(self, has_gil: bool) -> Preset {
        match self {
            Whose::Native => Preset::Native,
            Whose::CPython if has_gil => Preset::CPython,
            Whose::CPython => Preset::CPythonNoGil,
        }
    }

    fn read(text: &str) -> Result<Whose, Diagnostic> {
        let found = Whose::ALL.into_iter().find(|whose| whose.id() == text);
        found.ok_or_else(|| Diagnostic::unknown_name("--for", text, Whose::ALL.into_iter().map(Whose::id)))
    }
}

impl Calibration {
    /// The preset to compare with.
    pub fn preset(&self) -> Preset {
        self.whose.preset(self.costs.gil.is_some())
    }
}

/// Does what `arguments` ask for.
///
/// # Errors
/// Words that are wrong, what cannot be measured, and outputs that cannot be written.
pub fn calibrate(arguments: &CalibrateArguments) -> Result<(), Failure> {
    let whose = read(arguments).map_err(Failure::WrongWords)?;
    // Before anything is measured, so that a wrong path loses no measurement.
    let out = arguments.out.as_deref().map(|path| OutputFile::open("costs", path)).transpose()?;
    let python = arguments.python.clone().or_else(python::on_the_path);
    if python.is_none() {
        notice::note("there is no python3 on the PATH, so only native code is measured: name one with --python.");
    }
    if cfg!(debug_assertions) {
        notice::note("this program was built without optimisation, so native work and messages cost far too much.");
    }
    let end = || {
        end_now();
        notice::end_progress();
        notice::error("Interrupted: not everything was measured, so there are no costs to tell.");
    };
    interrupt::before_the_end(end).map_err(Failure::because)?;
    let native = {
        let _progress = notice::progress("measuring native code");
        native::measure().map_err(Failure::because)?
    };
    let mut wrong = Vec::new();
    let cpython = python.and_then(|path| measure_python(path, arguments.python.is_some(), &native, &mut wrong));
    let calibrations: Vec<Calibration> = [native].into_iter().chain(cpython).collect();
    let printed = report::print(&calibrations, arguments.json);
    if let Some(file) = out {
        match calibrations.iter().find(|calibration| calibration.whose == whose) {
            Some(calibration) => wrong.extend(file.write(calibration.costs.to_json().as_bytes()).err()),
            None => wrong.push("There are no costs of CPython to write: name one that runs with --python.".to_owned()),
        }
    }
    Failure::of_all(printed, wrong)
}

/// Ends the interpreter that is listened to, if there is one, and removes what was put down for it.
pub fn end_now() {
    bounded::end_now();
    scratch::remove_all();
}

fn read(arguments: &CalibrateArguments) -> Result<Whose, Vec<Diagnostic>> {
    let mut wrong = Vec::new();
    let whose = keep(Whose::read(&arguments.whose), &mut wrong);
    if let Some(path) = &arguments.python
        && !path.is_file()
    {
        let text = path.display().to_string();
        wrong.push(Diagnostic::new("--python", &text, "the path of a CPython, 3.6 or later", None));
    }
    whose.filter(|_| wrong.is_empty()).ok_or(wrong)
}

/// What a CPython costs. One that was asked for and does not run is a failure, another is passed over.
fn measure_python(
    path: PathBuf,
    was_asked_for: bool,
    native: &Calibration,
    wrong: &mut Vec<String>,
) -> Option<Calibration> {
    let progress = notice::progress(format_args!("measuring {}", path.display()));
    let machine = Machine { cores: native.costs.cores, context_switch: native.costs.context_switch };
    let measured = python::measure(&path, machine);
    drop(progress);
    match measured {
        Ok(calibration) => Some(calibration),
        Err(sentence) if was_asked_for => {
            wrong.push(sentence);
            None
        }
        Err(sentence) => {
            notice::note(sentence);
            None
        }
    }
}
