//! A lesson's Python file with other values than its own: what is a parameter to us is a constant there, of its name in
//! capitals.

/// The text of a Python file; empty where this crate is built without them, as for a page, which fetches its programs one by
/// one.
macro_rules! python {
    ($file:literal) => {
        if cfg!(feature = "python") { include_str!($file) } else { "" }
    };
}

/// What a lesson says or asks, and no run needs; nothing where this crate is built without it, as for the lab.
macro_rules! taught {
    ($said:expr) => {{
        let said: &'static [_] = $said;
        if cfg!(feature = "texts") { said } else { &[] }
    }};
}

use engine::network::Latency;

use crate::catalogue::Lesson;
use crate::parameter::{Message, Parameter, Value, Values};

/// `source` with the constants of `values`. A value that is the lesson's default leaves its constant as it stands.
pub fn with_values(source: &str, lesson: &'static Lesson, values: &Values) -> String {
    let changed = constants(lesson, values);
    let line = |line: &str| match changed.iter().find(|(start, _)| line.starts_with(start)) {
        Some((start, value)) => format!("{start}{value}\n"),
        None => format!("{line}\n"),
    };
    source.lines().map(line).collect()
}

/// The constants of `values` that are not the lesson's defaults: how the line of each begins, and what follows.
pub fn constants(lesson: &'static Lesson, values: &Values) -> Vec<(String, String)> {
    changed(lesson, values).filter_map(|(parameter, value)| Some((start(parameter), in_python(value)?))).collect()
}

/// The parameters whose values differ from their defaults, in the lesson's order.
pub fn changed<'v>(
    lesson: &'static Lesson,
    values: &'v Values,
) -> impl Iterator<Item = (&'static Parameter, &'v Value)> + use<'v> {
    let differs = |(parameter, value): &(&Parameter, &Value)| {
        parameter.read(parameter.default).is_ok_and(|default| default.text() != value.text())
    };
    let valued = |parameter: &'static Parameter| Some((parameter, values.get(parameter.name)?));
    lesson.parameters.iter().filter_map(valued).filter(differs)
}

/// How the line of a parameter's constant begins.
pub fn start(parameter: &Parameter) -> String {
    format!("{} = ", parameter.name.to_ascii_uppercase().replace('-', "_"))
}

/// A value as Python writes it; `None` for a latency that the files do not draw.
pub fn in_python(value: &Value) -> Option<String> {
    let text = value.text();
    Some(match value {
        Value::Count(_) | Value::Seconds(_) | Value::Share(_) => text,
        Value::Switch(is_on) => if *is_on { "True" } else { "False" }.to_owned(),
        Value::Choice(_) | Value::NameIn(_) => format!("{text:?}"),
        Value::Counts(_) => format!("[{text}]"),
        Value::Messages(messages) => {
            let message = |message: &Message| format!("({:?}, {})", message.name, message.delay.as_secs_f64());
            format!("[{}]", messages.iter().map(message).collect::<Vec<_>>().join(", "))
        }
        Value::Latency(latency) => {
            let (from, to) = match latency {
                Latency::Constant(time) => (*time, *time),
                Latency::Uniform(range) => (range.from(), range.to()),
                Latency::Exponential { .. } | Latency::LogNormal { .. } => return None,
            };
            format!("({}, {})", from.as_secs_f64(), to.as_secs_f64())
        }
    })
}
