//! What typed words mean. Every reader here leaves its complaint among the others, so that all of them come together.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::process::ExitStatus;

use engine::costs::{Costs, Preset};
use engine::model::{Model, Speed};
use engine::time::Nanos;
use lessons::parameter::time_s;
use lessons::{Diagnostic, Lesson, Prepared, Value, Values};

use crate::notice;

/// A file of costs is a thousandth of that.
const MOST_BYTES: u64 = 1 << 20;

/// What a predicted machine charges, and what that is called.
#[derive(Clone, Debug)]
pub struct Charges {
    /// The preset's id or the file's name, as it was typed.
    pub name: String,
    /// What people read.
    pub title: String,
    /// The costs.
    pub costs: Costs,
}

impl Charges {
    /// Says so where there is a GIL in the lesson that these costs have not.
    pub fn note_whose_gil(&self, prepared: &Prepared) {
        if self.costs.gil.is_none() && prepared.costs.gil.is_some() {
            notice::note(format_args!(
                "there is a GIL, though the costs {} have none: in this lesson its own parameter gil decides. --set \
                 gil=off leaves it out.",
                self.name
            ));
        }
    }
}

/// The costs that a prediction is made with unless others are asked for.
pub const USUAL_COSTS: &str = "cpython";

/// What was read, or nothing and a complaint more.
pub fn keep<T>(result: Result<T, Diagnostic>, wrong: &mut Vec<Diagnostic>) -> Option<T> {
    result.map_err(|complaint| wrong.push(complaint)).ok()
}

/// By how much delays are divided.
///
/// # Errors
/// Where the text of `--speed` is no such number.
pub fn speed(text: &str) -> Result<Speed, Diagnostic> {
    let number = text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
    number.and_then(Speed::new).ok_or_else(|| {
        let nearest = number.map(|number| number.clamp(0.01, Speed::MAX).to_string());
        Diagnostic::new("--speed", text, format!("a number from 0.01 to {}", Speed::MAX), nearest)
    })
}

/// The settings and the values that they give the lesson's parameters. Without a lesson its parameters cannot be judged,
/// but the shape of a setting can.
pub fn read_values(
    texts: &[String],
    lesson: Option<&'static Lesson>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<(Vec<(String, String)>, Values)> {
    let settings = read_settings(texts, lesson, wrong);
    match Values::read(lesson?.parameters, &settings) {
        Ok(values) => Some((settings, values)),
        Err(complaints) => {
            wrong.extend(complaints);
            None
        }
    }
}

fn read_settings(
    texts: &[String],
    lesson: Option<&'static Lesson>,
    wrong: &mut Vec<Diagnostic>,
) -> Vec<(String, String)> {
    let parameters = lesson.map_or(&[][..], |lesson| lesson.parameters);
    let mut settings = Vec::new();
    for text in texts {
        match text.split_once('=') {
            Some((name, value)) => settings.push((name.trim().to_owned(), value.to_owned())),
            None => {
                let parameter = parameters.iter().find(|parameter| parameter.name == text);
                let nearest = parameter.map(|parameter| format!("{}={}", parameter.name, parameter.default));
                wrong.push(Diagnostic::new("--set", text, "a name and a value, written NAME=VALUE", nearest));
            }
        }
    }
    settings
}

/// The models that are named, each once and in the order in which they are shown; all of the lesson's where none is
/// named.
pub fn read_models(names: &[String], lesson: Option<&'static Lesson>, wrong: &mut Vec<Diagnostic>) -> Vec<Model> {
    let known = lesson.map_or(&Model::ALL[..], |lesson| lesson.models);
    for name in names {
        if !known.iter().any(|model| model.id() == name) {
            wrong.push(unknown_model("--model", name, known, lesson));
        }
    }
    let wanted = |model: &Model| names.is_empty() || names.iter().any(|name| name == model.id());
    known.iter().copied().filter(wanted).collect()
}

/// Each parameter's name and value, in the lesson's own order.
pub fn in_order<'v>(
    lesson: &'static Lesson,
    values: &'v Values,
) -> impl Iterator<Item = (&'static str, &'v Value)> + use<'v> {
    lesson.parameters.iter().filter_map(|parameter| Some((parameter.name, values.get(parameter.name)?)))
}

/// That `name`, given for `option`, is none of the models that are `known`; why not, where the lesson says so.
pub fn unknown_model(option: &str, name: &str, known: &[Model], lesson: Option<&Lesson>) -> Diagnostic {
    let ids = known.iter().map(|model| model.id());
    match lesson.and_then(|lesson| lesson.cannot.iter().find(|(model, _)| model.id() == name)) {
        Some((_, reason)) => {
            let ids = ids.collect::<Vec<_>>().join(", ");
            Diagnostic::new(option, name, format!("one of {ids}. {}", reason.trim_end_matches('.')), None)
        }
        None => Diagnostic::unknown_name(option, name, ids),
    }
}

/// A whole number within bounds.
///
/// # Errors
/// Where it is none.
pub fn whole(option: &str, text: &str, least: u64, most: u64) -> Result<u64, Diagnostic> {
    let number = text.trim().parse::<u64>().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        let near = text.trim().parse::<f64>().ok().filter(|number| !number.is_nan());
        // A cast of a number outside the bounds of u64 gives the nearer bound.
        let nearest = near.map(|number| (number.round() as u64).clamp(least, most).to_string());
        Diagnostic::new(option, text, format!("a whole number from {least} to {most}"), nearest)
    })
}

/// How a process ended, such as `exit code 3`.
pub fn exit_status(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        // On unix this names the signal.
        None => status.to_string(),
    }
}

/// So many of a thing, such as `1 connection`.
pub fn counted(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// A time as near as somebody who waits wants it.
fn about(time: Nanos) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 0.1 => format!("{:.0} ms", seconds * 1e3),
        seconds if seconds < 120.0 => format!("{seconds:.1} s"),
        seconds => format!("{:.0} min", seconds / 60.0),
    }
}

/// What is said of so much time that is still left by a prediction.
pub fn left(time: Nanos) -> String {
    match time {
        Nanos::ZERO => "longer than predicted".to_owned(),
        time => format!("about {} left", about(time)),
    }
}

/// A time such as `200ms`, `0.2s`, `3s` or `2m`; a number alone is in seconds.
///
/// # Errors
/// Where it is none.
pub fn time(option: &str, text: &str) -> Result<Nanos, Diagnostic> {
    const LONGEST_S: f64 = 1e9;
    let seconds = time_s(text);
    match seconds {
        Some(seconds) if (0.0..=LONGEST_S).contains(&seconds) => Ok(Nanos((seconds * 1e9).round() as u64)),
        _ => {
            let nearest = seconds.map(|seconds| if seconds < 0.0 { "0s".to_owned() } else { format!("{LONGEST_S}s") });
            Err(Diagnostic::new(option, text, "a time such as 200ms, 0.2s, 3s or 2m", nearest))
        }
    }
}

/// Where random draws begin.
///
/// # Errors
/// Where it is no whole number.
pub fn seed(text: &str) -> Result<u64, Diagnostic> {
    whole("--seed", text, 0, u64::MAX)
}

/// The costs of a preset, or of a file that `interleave calibrate` wrote.
///
/// # Errors
/// Where there is neither, or the file holds no usable costs.
pub fn charges(text: &str) -> Result<Charges, Diagnostic> {
    if let Some(preset) = Preset::with_id(text) {
        return Ok(Charges { name: text.to_owned(), title: preset.title().to_owned(), costs: preset.costs() });
    }
    let ids = Preset::ALL.map(Preset::id).join(", ");
    let names = Preset::ALL.map(Preset::id).into_iter();
    if !Path::new(text).exists() {
        let nearest = Diagnostic::unknown_name("--costs", text, names).nearest;
        let allowed = format!("one of {ids}, or a file that `interleave calibrate --out` wrote");
        return Err(Diagnostic::new("--costs", text, allowed, nearest));
    }
    let unusable = |reason: String| {
        let reason = reason.trim_end_matches('.');
        Diagnostic::new("--costs", text, format!("one of {ids}, or a file of costs that can be used. {reason}"), None)
    };
    let json = read_some(text).map_err(|error| unusable(format!("This one cannot be read: {error}")))?;
    if json.len() as u64 == MOST_BYTES {
        return Err(unusable(format!("This one has more than {} KiB", MOST_BYTES / 1024)));
    }
    let costs = Costs::from_json(&json).map_err(|bad| unusable(bad.to_string()))?;
    Ok(Charges { name: text.to_owned(), title: text.to_owned(), costs })
}

/// As much of a file as one of costs could have: another one may be without end.
fn read_some(path: &str) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MOST_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_time(text: &str, expected: Option<u64>) {
        assert_eq!(time("--at", text).ok(), expected.map(Nanos), "{text}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_without_end_is_no_file_of_costs() {
        let complaint = charges("/dev/zero").unwrap_err().to_string();
        assert!(
            complaint.ends_with("or a file of costs that can be used. This one has more than 1024 KiB."),
            "{complaint}"
        );
    }

    #[test]
    fn times_have_units_and_seconds_need_none() {
        check_time("200ms", Some(200_000_000));
        check_time("0.2 s", Some(200_000_000));
        check_time("3", Some(3_000_000_000));
        check_time(" 2m ", Some(120_000_000_000));
        check_time("7us", Some(7_000));
        check_time("0", Some(0));
        for no_time in ["", "s", "-1s", "nan", "inf", "1e99", "3h", "1,5s"] {
            check_time(no_time, None);
        }
    }
}
