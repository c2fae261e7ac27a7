//! What holds for every lesson: nothing that a person may give makes it fail, and nothing that it has is empty or untrue.

use std::collections::BTreeSet;
use std::path::Path;

use engine::error::RunError;
use engine::hints::{Check, hints};
use engine::model::Model;
use engine::network::Sigma;
use engine::simulate::simulate;
use engine::trace::Trace;
use lessons::{Answer, Answered, Kind, Lesson, MOST_IN_ORDER, NOBODY, Parameter, Values, catalogue};

/// The values of lessons whose other parameters show the same in a run that is predicted sooner.
const SMALLER: &[(&str, (&str, &str))] = &[("paged-api", ("pages", "300")), ("merge-sort", ("lists", "100"))];

#[test]
fn what_is_within_a_range_is_read_and_written_back() {
    for (lesson, parameter) in parameters() {
        for text in within(parameter).iter().map(String::as_str).chain([parameter.default]) {
            let values = read(lesson, &[(parameter.name, text)]);
            assert_eq!(Values::read(lesson.parameters, &values.texts()), Ok(values), "{}: {text}", lesson.id);
        }
    }
}

#[test]
fn what_is_just_outside_a_range_is_refused_with_value_and_rule() {
    for (lesson, parameter) in parameters() {
        for Outside { text, given, rule } in outside(parameter) {
            let Err(diagnostic) = parameter.read(&text) else {
                panic!("{}: {} = {text} is read, but outside of {}", lesson.id, parameter.name, parameter.range());
            };
            let said = format!("{}: got “{given}”, but it must be {rule}.", parameter.name);
            assert!(diagnostic.to_string().starts_with(&said), "{}: {diagnostic}", lesson.id);
        }
    }
}

#[test]
fn every_lesson_runs_at_both_ends_of_every_range() {
    for (lesson, parameter) in parameters() {
        let smaller = SMALLER.iter().filter(|(id, (name, _))| *id == lesson.id && *name != parameter.name);
        let others: Vec<_> = smaller.map(|(_, value)| *value).collect();
        for text in within(parameter) {
            let given = [&others[..], &[(parameter.name, &text)]].concat();
            for &model in lesson.models {
                let trace = predict(lesson, &given, model);
                // That tasks wait for each other may be what a lesson shows; nothing else stops one.
                let is_well = matches!(trace.failure(), None | Some(RunError::Deadlock(_)));
                assert!(trace.finished.is_some() && is_well, "{} on {model} with {given:?}: {trace:?}", lesson.id);
            }
        }
    }
}

#[test]
fn every_common_model_is_run_or_has_a_reason_why_not() {
    for lesson in catalogue() {
        let cannot = || lesson.cannot.iter().map(|(model, _)| *model);
        for model in Model::COMMON {
            let (can, cannot) = (lesson.models.contains(model), cannot().any(|other| other == *model));
            assert!(can != cannot, "{} on {model} must be either in models or in cannot", lesson.id);
        }
        assert!(cannot().all(|model| Model::COMMON.contains(&model)), "{}: nobody expects more than these", lesson.id);
        let asked = lesson.questions.iter().flat_map(|question| question.models);
        let used: Vec<_> = asked.copied().chain(lesson.published.iter().map(|row| row.model)).collect();
        assert!(used.iter().all(|model| lesson.models.contains(model)), "{}: {used:?}", lesson.id);
    }
}

/// Every model of a lesson has its Python file, hybrids too, and the files stand in the order of the models.
#[test]
fn every_model_has_the_python_file_of_its_name() {
    for lesson in catalogue() {
        let models: Vec<Model> = lesson.python.iter().map(|(model, _)| *model).collect();
        assert_eq!(models, lesson.models, "{}", lesson.id);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(lesson.id.replace('-', "_")).join("python");
        for (model, source) in lesson.python {
            let file = folder.join(model.id().replace('-', "_")).with_extension("py");
            let on_disk = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(on_disk == *source, "{} on {model} shows another file than {}", lesson.id, file.display());
        }
        let on_disk = std::fs::read_dir(&folder).expect("the lesson's files are there").count();
        assert_eq!(on_disk, models.len(), "{} has a file that no model shows", lesson.id);
    }
}

#[test]
fn no_text_is_empty_and_no_name_is_there_twice() {
    let is_sentence = |text: &&str| text.ends_with(['.', '?', '!']);
    assert_eq!(names(catalogue().iter().map(|lesson| lesson.id)), catalogue().len());
    for lesson in catalogue() {
        let texts = [lesson.title, lesson.shows].into_iter();
        let parameters = lesson.parameters.iter().flat_map(|it| [it.name, it.title, it.explanation]);
        let titles = lesson.presets.iter().map(|(title, _)| *title).chain(lesson.published.iter().map(|row| row.of));
        assert!(texts.chain(parameters).chain(titles).all(|text| !text.trim().is_empty()), "{}", lesson.id);

        let [story, look] = [lesson.story, lesson.look].map(|part| part.iter().copied());
        let questions = lesson.questions.iter().flat_map(|question| [question.ask, question.because]);
        let cannot = lesson.cannot.iter().map(|(_, reason)| *reason);
        let mut sentences = story.chain(look).chain([lesson.rule]).chain(questions).chain(cannot);
        assert_eq!(sentences.find(|text| !is_sentence(text)), None, "{}", lesson.id);
        let counts = [lesson.story.len(), lesson.look.len(), lesson.presets.len()];
        assert!(counts.iter().all(|count| *count > 0), "{}: {counts:?}", lesson.id);
        assert!((2..=4).contains(&lesson.questions.len()), "{} asks {} questions", lesson.id, lesson.questions.len());

        assert_eq!(names(lesson.parameters.iter().map(|parameter| parameter.name)), lesson.parameters.len());
        assert_eq!(names(lesson.presets.iter().map(|(title, _)| *title)), lesson.presets.len(), "{}", lesson.id);
    }
}

#[test]
fn every_question_is_answered() {
    for lesson in catalogue() {
        for question in lesson.questions {
            let answer = question.answer(lesson).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", question.ask));
            let is_answer = match (question.answer, &answer) {
                (Answer::Choice(options, _), Answered::Choice(option)) => options.contains(option),
                (Answer::Order(options, _), Answered::Order(answer)) => {
                    // Whoever takes them as they are offered must not be right by that.
                    let of = |those: &[&'static str]| those.iter().copied().collect::<BTreeSet<_>>();
                    answer.len() == options.len()
                        && of(answer) == of(options)
                        && of(options).len() == options.len()
                        && (2..=MOST_IN_ORDER).contains(&options.len())
                        && answer != options
                }
                (_, Answered::Seconds(seconds)) => seconds.is_finite() && *seconds > 0.0,
                (Answer::Number(_), Answered::Number(_)) => true,
                _ => false,
            };
            assert!(is_answer, "{}: {} {answer:?}", lesson.id, question.ask);
            // A number that a run found out is 0 where the run came to no end: only a deadlock may be asked about like that.
            let given: Vec<_> =
                question.values.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
            let traces = lesson.predict(&given, question.models).unwrap_or_else(|wrong| panic!("{wrong:?}"));
            for trace in traces {
                let is_deadlock = matches!(trace.failure(), Some(RunError::Deadlock(_)));
                assert!(is_deadlock || trace.outcome().is_some(), "{}: {:?}", question.ask, trace.failure());
            }
        }
    }
}

#[test]
fn the_orders_that_are_asked_about_are_those_of_the_published_runs() {
    let mut found = Vec::new();
    for lesson in catalogue() {
        for question in lesson.questions {
            if let Ok(Answered::Order(order)) = question.answer(lesson) {
                found.push(format!("{}: {}", lesson.id, order.join(", ")));
            }
        }
    }
    assert_eq!(
        found,
        [
            "delay-messages: ONE, TWO, FIVE, FOUR",
            "blocking-call: THREE is printed, FOUR is received, FIVE is received, ONE is printed, TWO is printed",
            "lost-update: update 1 reads, update 2 reads, update 1 writes, update 2 writes",
            "await-or-task: the other work begins, the request is sent, the other work ends, the answer is received",
        ]
    );
}

#[test]
fn every_published_figure_is_predicted() {
    for lesson in catalogue() {
        for row in lesson.published {
            let compared = row.compare(lesson).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", row.of));
            assert!(compared.holds, "{}: {} on {}: {compared:?}", lesson.id, row.of, row.model);
        }
    }
}

#[test]
fn every_preset_is_read() {
    for lesson in catalogue() {
        for (_, values) in lesson.presets {
            read(lesson, values);
        }
    }
}

/// What a lesson says to look out for comes up by itself, or by one of its presets.
#[test]
fn every_hint_of_a_lesson_comes_up_in_it() {
    let missing = catalogue().iter().map(|lesson| (lesson.id, hints_that_never_come_up(lesson)));
    let missing: Vec<_> = missing.filter(|(_, checks)| !checks.is_empty()).collect();
    assert!(missing.is_empty(), "no run shows {missing:?}");
    let without: Vec<_> = catalogue().iter().filter(|lesson| lesson.hints.is_empty()).map(|lesson| lesson.id).collect();
    assert!(without.is_empty(), "nothing to look out for in {without:?}");
}

fn hints_that_never_come_up(lesson: &Lesson) -> BTreeSet<Check> {
    let mut missing: BTreeSet<Check> = lesson.hints.iter().copied().collect();
    let given = [&[][..]].into_iter().chain(lesson.presets.iter().map(|(_, values)| *values));
    let mut runs = given.flat_map(|values| lesson.models.iter().map(move |model| (values, *model)));
    while !missing.is_empty()
        && let Some((values, model)) = runs.next()
    {
        for hint in hints(&predict(lesson, values, model)) {
            missing.remove(&hint.check);
        }
    }
    missing
}

fn parameters() -> impl Iterator<Item = (&'static Lesson, &'static Parameter)> {
    catalogue().iter().flat_map(|lesson| lesson.parameters.iter().map(move |parameter| (*lesson, parameter)))
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.collect::<BTreeSet<_>>().len()
}

/// Values of a lesson. Whoever gives a list of names, and none out of it, means nobody.
fn read(lesson: &Lesson, given: &[(&str, &str)]) -> Values {
    let is_given = |name: &str| given.iter().any(|(other, _)| *other == name);
    let out_of_given =
        |it: &&Parameter| matches!(it.kind, Kind::NameIn { list, .. } if is_given(list) && !is_given(it.name));
    let nobody = lesson.parameters.iter().filter(out_of_given).map(|it| (it.name, NOBODY));
    let given: Vec<_> =
        given.iter().copied().chain(nobody).map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    Values::read(lesson.parameters, &given).unwrap_or_else(|wrong| panic!("{} with {given:?}: {wrong:?}", lesson.id))
}

fn predict(lesson: &Lesson, given: &[(&str, &str)], model: Model) -> Trace {
    let prepared = lesson.prepare(&read(lesson, given));
    simulate(&prepared.program, &prepared.settings(model, 0))
}

/// Both ends of what a parameter may be, and every word of a choice.
fn within(parameter: &Parameter) -> Vec<String> {
    match parameter.kind {
        Kind::Count { least, most } => vec![least.to_string(), most.to_string()],
        Kind::Seconds { least, most } => vec![least.to_string(), most.to_string()],
        Kind::Share => vec!["0".to_owned(), "1".to_owned()],
        Kind::Switch => vec!["on".to_owned(), "off".to_owned()],
        Kind::Choice(words) => words.iter().map(|(word, _)| (*word).to_owned()).collect(),
        Kind::Counts { longest, least, most } => vec![least.to_string(), counts(longest, most)],
        Kind::Messages { most, longest_s } => vec!["A=0".to_owned(), messages(most, longest_s)],
        Kind::NameIn { .. } => vec![NOBODY.to_owned(), parameter.default.to_owned()],
        Kind::Latency { longest_s } => vec![
            "constant 0".to_owned(),
            format!("uniform 0 {longest_s}"),
            format!("exponential {longest_s}"),
            format!("log-normal {longest_s} {}", Sigma::MAX),
        ],
    }
}

/// Something that a parameter may not be.
struct Outside {
    text: String,
    /// What of the text is complained about.
    given: String,
    rule: String,
}

/// What is just outside of what a parameter may be.
fn outside(parameter: &Parameter) -> Vec<Outside> {
    const LITTLE: f64 = 0.0001;
    let wrong = |text: String| Outside { given: text.clone(), text, rule: parameter.allowed() };
    let around =
        |least: u32, most: u32| [i64::from(least) - 1, i64::from(most) + 1].map(|count| wrong(count.to_string()));
    let around_s = |least: f64, most: f64| [least - LITTLE, most + LITTLE].map(|seconds| wrong(seconds.to_string()));
    let (little, more) = (-LITTLE, |most: f64| most + LITTLE);
    let mut all = match parameter.kind {
        Kind::Count { least, most } => around(least, most).into(),
        Kind::Seconds { least, most } => around_s(least, most).into(),
        Kind::Share => around_s(0.0, 1.0).into(),
        Kind::Switch => vec![wrong("onn".to_owned())],
        Kind::Choice(_) => vec![wrong("no such word".to_owned())],
        Kind::Counts { longest, least, most } => {
            let too_many = Outside { text: counts(longest + 1, most), ..wrong(format!("{} numbers", longest + 1)) };
            around(least, most).into_iter().chain([too_many]).collect()
        }
        Kind::Messages { most, longest_s } => {
            let too_many = Outside { text: messages(most + 1, 1.0), ..wrong(format!("{} messages", most + 1)) };
            let delays = [little, more(longest_s)].map(|delay| wrong(format!("A={delay}")));
            let rule = format!("a delay from 0 to {longest_s} seconds");
            let delays = delays.map(|outside| Outside { rule: rule.clone(), ..outside });
            delays.into_iter().chain([too_many]).collect()
        }
        Kind::NameIn { .. } => vec![wrong("no name".to_owned())],
        Kind::Latency { longest_s } => vec![
            wrong(format!("constant {little}")),
            wrong(format!("uniform 0 {}", more(longest_s))),
            wrong(format!("exponential {}", more(longest_s))),
            wrong(format!("log-normal {longest_s} {}", more(Sigma::MAX))),
        ],
    };
    if !matches!(parameter.kind, Kind::Latency { .. }) {
        all.push(wrong(String::new()));
    }
    all
}

fn counts(count: usize, number: u32) -> String {
    vec![number.to_string(); count].join(",")
}

fn messages(count: usize, seconds: f64) -> String {
    (0..count).map(|number| format!("M{number}={seconds}")).collect::<Vec<_>>().join(",")
}
