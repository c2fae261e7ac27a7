//! What the Python files of a lesson cannot be told.

use lessons::parameter::{CORES, GIL};
use lessons::python_file::{changed, in_python, start};
use lessons::{Diagnostic, Lesson, Parameter, Value, Values};

/// What is wrong with `values`, of which a Python file takes no notice.
pub fn complaints(lesson: &'static Lesson, values: &Values) -> Vec<Diagnostic> {
    let complaint = |(parameter, value): (&Parameter, &Value)| {
        let is_constant = lesson.python.iter().any(|(_, source)| has_constant(source, parameter));
        let allowed = match parameter.name {
            _ if is_constant && in_python(value).is_some() => return None,
            _ if is_constant => "“constant 1” or “uniform 1 2”: the Python files draw no other latency",
            CORES => "left out: a comparison has the cores of this machine",
            GIL => "left out: a comparison has the GIL that the interpreter has",
            _ => "left out: no Python file of this lesson takes it",
        };
        Some(Diagnostic::new(parameter.name, &value.text(), allowed, None))
    };
    changed(lesson, values).filter_map(complaint).collect()
}

fn has_constant(source: &str, parameter: &Parameter) -> bool {
    source.lines().any(|line| line.starts_with(&start(parameter)))
}

#[cfg(test)]
mod tests {
    use lessons::python_file::with_values;

    use super::*;
    use crate::words::read_values;

    fn values(lesson: &'static Lesson, texts: &[&str]) -> Values {
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        let mut wrong = Vec::new();
        read_values(&texts, Some(lesson), &mut wrong).unwrap_or_else(|| panic!("{wrong:?}")).1
    }

    #[track_caller]
    fn check_lines(lesson: &str, texts: &[&str], expected: &[&str]) {
        let lesson = lessons::find(lesson).unwrap();
        let values = values(lesson, texts);
        assert_eq!(complaints(lesson, &values), []);
        let mut found = Vec::new();
        for (_, source) in lesson.python {
            let changed = with_values(source, lesson, &values);
            let differs = changed.lines().zip(source.lines()).filter(|(new, old)| new != old);
            found.extend(
                differs.map(|(new, _)| new.to_owned()).filter(|line| !found.contains(line)).collect::<Vec<_>>(),
            );
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn values_stand_in_the_files_as_constants() {
        check_lines("delay-messages", &[], &[]);
        let two = ["messages=A-1=0.5,B=2", "workers=3"];
        check_lines("delay-messages", &two, &["MESSAGES = [(\"A-1\", 0.5), (\"B\", 2)]", "WORKERS = 3"]);
        check_lines("fibonacci", &["n=10,12"], &["N = [10,12]"]);
        check_lines("lost-update", &["lock=on"], &["LOCK = True"]);
        check_lines("to-thread", &["repair=none"], &["REPAIR = \"none\""]);
        check_lines(
            "paged-api",
            &["latency=uniform 0.5 1", "failure-rate=0"],
            &["LATENCY = (0.5, 1)", "FAILURE_RATE = 0"],
        );
    }

    #[test]
    fn what_no_file_takes_is_complained_about() {
        let told = |lesson: &str, text: &str| {
            let lesson = lessons::find(lesson).unwrap();
            let told: Vec<String> =
                complaints(lesson, &values(lesson, &[text])).iter().map(ToString::to_string).collect();
            told.join("\n")
        };
        let cores = "cores: got “2”, but it must be left out: a comparison has the cores of this machine.";
        assert_eq!(told("gil", "cores=2"), cores);
        let gil = "gil: got “off”, but it must be left out: a comparison has the GIL that the interpreter has.";
        assert_eq!(told("merge-sort", "gil=off"), gil);
        let latency = "latency: got “exponential 3”, but it must be “constant 1” or “uniform 1 2”: the Python files draw no \
                       other latency.";
        assert_eq!(told("paged-api", "latency=exponential 3"), latency);
    }
}
