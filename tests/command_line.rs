//! The command line's contract, held against the real binary. The JSON is read into types of this file's own, so that a
//! key that is renamed, missing or new is seen.

mod companion;

use std::collections::BTreeMap;
use std::process::Output;

use companion::interleave;
use serde::Deserialize;

const MODELS: [&str; 5] = ["sequential", "threads", "thread-pool", "event-loop", "process-pool"];
const FIVE: &str = "--set messages=ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    version: u32,
    lesson: String,
    params: Params,
    seed: u64,
    speed: f64,
    runs: Vec<Run>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Params {
    messages: String,
    workers: u16,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    model: String,
    clock: String,
    wall_s: f64,
    wall_s_min: Option<f64>,
    wall_s_max: Option<f64>,
    // What may be null must still be there, which an Option alone would not hold.
    #[serde(deserialize_with = "Option::deserialize")]
    cpu_s: Option<f64>,
    #[serde(deserialize_with = "Option::deserialize")]
    speedup: Option<f64>,
    outcome: BTreeMap<String, i64>,
    log: Vec<Line>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Line {
    at_s: f64,
    lane: String,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    version: u32,
    lessons: Vec<Lesson>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lesson {
    id: String,
    title: String,
    models: Vec<String>,
    parameters: Vec<Parameter>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
struct Parameter {
    name: String,
    title: String,
    unit: String,
    default: serde_json::Value,
    range: String,
}

#[test]
fn lessons_are_listed() {
    let listing: Listing = serde_json::from_str(&succeed("lessons --json")).unwrap();
    assert_eq!(listing.version, 1);
    let [lesson] = &listing.lessons[..] else { panic!("one lesson can be taken: {listing:?}") };
    assert_eq!((lesson.id.as_str(), lesson.title.is_empty()), ("delay-messages", false));
    assert_eq!(lesson.models, MODELS);
    let parameters = r#"[
        {"name":"messages","title":"Messages","unit":"s","default":"TWO=2,THREE=3","range":"1..32 messages of 0..60 s"},
        {"name":"workers","title":"Workers in a pool","unit":"","default":2,"range":"1..64"}]"#;
    assert_eq!(lesson.parameters, serde_json::from_str::<Vec<Parameter>>(parameters).unwrap());

    let text = succeed("lessons");
    for word in ["delay-messages", "thread-pool", "TWO=2,THREE=3", "1 to 64", "To come: blocking-call"] {
        assert!(text.contains(word), "{word} is missing in:\n{text}");
    }
}

#[track_caller]
fn check_predicted_walls(settings: &str, walls: [f64; 5]) {
    let report = report(&format!("run delay-messages --clock virtual --json {settings}"));
    let predicted: Vec<f64> = report.runs.iter().map(|run| run.wall_s).collect();
    assert_eq!(predicted, walls, "{settings}");
    let models: Vec<&str> = report.runs.iter().map(|run| run.model.as_str()).collect();
    assert_eq!(models, MODELS);
    for run in &report.runs {
        assert_eq!((run.clock.as_str(), run.cpu_s, &run.outcome), ("virtual", Some(0.0), &BTreeMap::new()));
        assert_eq!(run.speedup, Some((walls[0] / run.wall_s * 1000.0).round() / 1000.0), "{}", run.model);
        assert_eq!((run.wall_s_min, run.wall_s_max), (None, None));
    }
}

#[test]
fn predicted_times_are_the_published_ones() {
    check_predicted_walls("", [5.0, 3.0, 3.0, 3.0, 3.0]);
    check_predicted_walls(&format!("{FIVE} --set workers=5"), [15.0, 5.0, 5.0, 5.0, 5.0]);
    // Two workers: ONE then THREE then FIVE beside TWO then FOUR.
    check_predicted_walls(FIVE, [15.0, 5.0, 9.0, 5.0, 9.0]);
    check_predicted_walls("--set workers=1", [5.0, 3.0, 5.0, 3.0, 5.0]);
}

#[test]
fn a_report_says_what_it_is_about() {
    let report =
        report("run delay-messages --clock virtual --model event-loop --set workers=7 --seed 12 --repeat 3 --json");
    assert_eq!((report.version, report.lesson.as_str(), report.seed, report.speed), (1, "delay-messages", 12, 1.0));
    assert_eq!(report.params, Params { messages: "TWO=2,THREE=3".to_owned(), workers: 7 });
    let [run] = &report.runs[..] else { panic!("one model was asked for: {report:?}") };
    assert_eq!((run.wall_s, run.wall_s_min, run.wall_s_max), (3.0, Some(3.0), Some(3.0)));
    assert_eq!(run.speedup, None, "there is no sequential run to compare with");
}

#[test]
fn the_event_loop_receives_in_order_and_prints_as_timers_come_due() {
    let report = report(&format!("run delay-messages --clock virtual --model event-loop --json {FIVE}"));
    let lines: Vec<String> =
        report.runs[0].log.iter().map(|line| format!("{} {} {}", line.at_s, line.lane, line.text)).collect();
    let expected = [
        "0 MainThread Main started",
        "0 MainThread 1 task registered",
        "0 MainThread 6 tasks registered",
        "0 MainThread ONE received",
        "0 MainThread TWO received",
        "0 MainThread THREE received",
        "0 MainThread FOUR received",
        "0 MainThread FIVE received",
        "1 MainThread ONE printed",
        "2 MainThread TWO printed",
        "3 MainThread THREE printed",
        "4 MainThread FOUR printed",
        "5 MainThread FIVE printed",
        "5 MainThread Main ended",
    ];
    assert_eq!(lines, expected);
}

#[track_caller]
fn check_measured_order(settings: &str) {
    let predicted = report(&format!("run delay-messages --clock virtual --json {settings}"));
    let measured = report(&format!("run delay-messages --speed 10 --repeat 2 --json {settings}"));
    assert_eq!((measured.speed, predicted.runs.len(), measured.runs.len()), (10.0, 5, 5));
    for (predicted, measured) in predicted.runs.iter().zip(&measured.runs) {
        assert_eq!((&measured.model, measured.clock.as_str()), (&predicted.model, "real"));
        let bounds = (measured.wall_s_min.unwrap(), measured.wall_s_max.unwrap());
        assert!(bounds.0 <= measured.wall_s && measured.wall_s <= bounds.1, "{measured:?}");
        assert_eq!(measured.cpu_s.is_some(), cfg!(unix));
        assert_eq!(order(&measured.log, &predicted.log), order(&predicted.log, &predicted.log), "{}", measured.model);
    }
}

#[test]
fn measured_logs_have_the_predicted_order() {
    check_measured_order("");
    // One worker: its second job begins when the run is two seconds old.
    check_measured_order("--set workers=1");
}

/// Who said what, in order. Lanes run side by side, so of what `predicted` has at one instant only each lane's own order
/// is a fact; such lines are sorted by lane.
fn order(log: &[Line], predicted: &[Line]) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = log.iter().map(|line| (line.lane.clone(), line.text.clone())).collect();
    let mut start = 0;
    for instant in predicted.chunk_by(|a, b| a.at_s == b.at_s) {
        let end = (start + instant.len()).min(lines.len());
        lines[start..end].sort_by(|a, b| a.0.cmp(&b.0));
        start = end;
    }
    lines
}

#[test]
fn equal_predictions_are_equal_to_the_byte() {
    for output in ["--json", "--log"] {
        let words = format!("run delay-messages --clock virtual {FIVE} {output}");
        assert_eq!(succeed(&words), succeed(&words));
    }
}

#[test]
fn people_see_a_table_a_timeline_and_a_log() {
    let words = format!("run delay-messages --clock virtual --model threads --model thread-pool {FIVE}");
    insta::assert_snapshot!(succeed(&words), @r"
    Waiting in turn, waiting together
      messages: ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5
      workers: 2

    Predicted (virtual clock)
      model            wall      CPU   speed-up
      threads       5.000 s   0.0 ms          –
      thread-pool   9.000 s   0.0 ms          –
      There is no speed-up to tell: that takes a sequential run in the same call.

    █ running   ─ waiting   3·· queued: how many
                             0           2           4           6           8 s
                             ├───────────┼───────────┼───────────┼───────────┼─────┤
    Threads
      MainThread             █─────█─────█─────█─────█─────█
      Thread-1               █ ONE █
      Thread-2               █ TWO ──────█
      Thread-3               █ THREE ──────────█
      Thread-4               █ FOUR ─────────────────█
      Thread-5               █ FIVE ───────────────────────█
    Thread pool
      MainThread             █─────█─────█───────────█───────────█─────────────────█
      queue                  3·····2·····1···········
      ThreadPoolExecutor-0_0 █ ONE █ THREE ──────────█ FIVE ───────────────────────█
      ThreadPoolExecutor-0_1 █ TWO ──────█ FOUR ─────────────────█
    ");
    insta::assert_snapshot!(succeed("run delay-messages --clock virtual --model event-loop --log"), @r"
    Waiting in turn, waiting together
      messages: TWO=2,THREE=3
      workers: 2

    Predicted (virtual clock)
      model           wall      CPU   speed-up
      event-loop   3.000 s   0.0 ms          –
      There is no speed-up to tell: that takes a sequential run in the same call.

    █ running   ─ waiting
            0.0         0.5         1.0         1.5        2.0         2.5     3.0 s
            ├───────────┼───────────┼───────────┼──────────┼───────────┼───────────┤
    Event loop
      main  █──────────────────────────────────────────────█───────────────────────█
      TWO   █──────────────────────────────────────────────█
      THREE █──────────────────────────────────────────────────────────────────────█

    Log of Event loop
    00:00:00:MainThread:Main started
    00:00:00:MainThread:1 task registered
    00:00:00:MainThread:3 tasks registered
    00:00:00:MainThread:TWO received
    00:00:00:MainThread:THREE received
    00:00:02:MainThread:TWO printed
    00:00:03:MainThread:THREE printed
    00:00:03:MainThread:Main ended
    ");
}

/// What the last line of a timeline is that has little room for `name`.
#[track_caller]
fn check_named(name: &str, expected: &str) {
    let words = format!("run delay-messages --clock virtual --model sequential --set messages=A=50,{name}=10");
    let text = succeed(&words);
    let line = text.lines().last().unwrap_or_default();
    assert_eq!(line, format!("  MainThread █ A ───────────────────────────────────────────────────{expected}"));
}

#[test]
fn a_name_of_any_script_is_written_where_it_has_room() {
    check_named("AB", "█ AB ──────█");
    check_named("ELEVENELEVE", "█──────────█");
    // Two columns a letter.
    check_named("漢字漢字", "█ 漢字漢字 █");
    // A mark upon a letter takes none.
    check_named("हिंदी", "█ हिंदी ────█");
    // A terminal may show each two letters in one column.
    check_named("لالالالا", "█ لالالالا █");
    check_named("لالالالالالا", "█──────────█");
}

#[track_caller]
fn check_refused(words: &str, complaint: &[&str]) {
    check_refused_words(&words.split(' ').collect::<Vec<_>>(), complaint);
}

#[track_caller]
fn check_refused_words(words: &[&str], complaint: &[&str]) {
    let output = interleave("run --clock virtual").args(words).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {said}");
    assert!(output.stdout.is_empty(), "{words:?}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), complaint.len(), "{words:?}: {said}");
    for (line, complaint) in lines.iter().zip(complaint) {
        assert_eq!(line, &format!("error: {complaint}"), "{words:?}");
    }
}

#[test]
fn a_wrong_value_is_answered_with_what_is_allowed_and_what_is_near() {
    let delay = "but it must be a delay from 0 to 60 seconds.";
    check_refused("delay-messages --set messages=A=-1", &[&format!("messages: got “A=-1”, {delay} Did you mean A=0?")]);
    check_refused(
        "delay-messages --set messages=A=1e9",
        &[&format!("messages: got “A=1e9”, {delay} Did you mean A=60?")],
    );
    check_refused("delay-messages --set messages=A=NaN", &[&format!("messages: got “A=NaN”, {delay}")]);
    check_refused("delay-messages --set messages=A=abc", &[&format!("messages: got “A=abc”, {delay}")]);
    let list = "but it must be 1 to 32 messages written NAME=SECONDS with commas between, each from 0 to 60 s.";
    check_refused(
        "delay-messages --set messages=",
        &[&format!("messages: got “”, {list} Did you mean TWO=2,THREE=3?")],
    );
    let long: Vec<String> = (0..100_000).map(|number| format!("M{number}=1")).collect();
    // Longer than a command line may be on some systems as one word, so not all of it.
    let long = format!("messages={}", long[..5000].join(","));
    check_refused_words(&["delay-messages", "--set", &long], &[&format!("messages: got “5000 messages”, {list}")]);
    let workers = "but it must be a whole number from 1 to 64.";
    check_refused("delay-messages --set workers=0", &[&format!("workers: got “0”, {workers} Did you mean 1?")]);
    check_refused(
        "delay-messages --set workers=10000",
        &[&format!("workers: got “10000”, {workers} Did you mean 64?")],
    );
}

#[test]
fn a_wrong_option_is_answered_in_the_same_way() {
    let speed = "but it must be a number from 0.01 to 1000.";
    for (given, near) in [("0", " Did you mean 0.01?"), ("-1", " Did you mean 0.01?"), ("inf", " Did you mean 1000?")] {
        check_refused(&format!("delay-messages --speed {given}"), &[&format!("--speed: got “{given}”, {speed}{near}")]);
    }
    for given in ["nan", "abc"] {
        check_refused(&format!("delay-messages --speed {given}"), &[&format!("--speed: got “{given}”, {speed}")]);
    }
    let repeat = "--repeat: got “0”, but it must be a whole number from 1 to 1000. Did you mean 1?";
    check_refused("delay-messages --repeat 0", &[repeat]);
    let seed = "--seed: got “-1”, but it must be a whole number from 0 to 18446744073709551615. Did you mean 0?";
    check_refused("delay-messages --seed -1", &[seed]);
}

#[test]
fn a_wrong_name_is_answered_with_the_nearest_and_all_complaints_come_together() {
    check_refused(
        "delay-mesages",
        &["lesson: got “delay-mesages”, but it must be delay-messages. Did you mean delay-messages?"],
    );
    check_refused(
        "delay-messages --model thread-pol --set worker=2 --set workers --set workers=1 --set workers=2",
        &[
            "--set: got “workers”, but it must be a name and a value, written NAME=VALUE. Did you mean workers=2?",
            "parameter: got “worker”, but it must be one of messages, workers. Did you mean workers?",
            "workers: got “2”, but it must be given once.",
            "--model: got “thread-pol”, but it must be one of sequential, threads, thread-pool, event-loop, process-pool. \
             Did you mean thread-pool?",
        ],
    );
    // A word that clap itself does not know has the same exit code.
    assert_eq!(output("run delay-messages --modl threads").status.code(), Some(2));
    assert_eq!(output("rum").status.code(), Some(2));
}

#[test]
fn a_trace_has_a_process_for_each_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.json");
    let mut run = interleave("run delay-messages --clock virtual --trace");
    // A longer file than the trace: nothing of it may be left.
    std::fs::write(&path, vec![b'x'; 1_000_000]).unwrap();
    assert!(run.arg(&path).output().unwrap().status.success());
    let trace: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let processes: Vec<&str> = events
        .iter()
        .filter(|event| event["name"] == "process_name")
        .filter_map(|event| event["args"]["name"].as_str())
        .collect();
    let models = ["Sequential", "Threads", "Thread pool", "Event loop", "Process pool"];
    assert_eq!(processes, models.map(|model| format!("{model} (predicted)")));
}

#[test]
fn a_trace_that_cannot_be_written_is_known_before_anything_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("trace.json");
    let output = interleave("run delay-messages --trace").arg(&path).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(said.starts_with(&format!("error: The trace file {} cannot be written: ", path.display())), "{said}");
    assert_eq!(said.lines().count(), 1, "nothing else was begun: {said}");
}

#[test]
fn each_help_has_an_example_that_works() {
    for command in ["", "lessons", "run"] {
        let help = succeed(&format!("{command} --help"));
        let examples: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("  interleave ")).collect();
        assert!(!examples.is_empty(), "{help}");
        for example in examples {
            // Predicted, a run takes no time.
            let predicted = example.starts_with("run") && !example.contains("--clock");
            succeed(&format!("{example}{}", if predicted { " --clock virtual" } else { "" }));
        }
    }
    assert!(succeed("serve --help").contains("  interleave serve --port 9000 --no-open"));
}

#[test]
fn a_page_that_is_not_there_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let output = interleave("serve --no-open --port 0 --dir").arg(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let folder = folder.path().display();
    assert_eq!(said, format!("error: There is no page in {folder}: `cargo xtask build` makes it.\n"));
}

fn report(words: &str) -> Report {
    let said = succeed(words);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{words}: {error}\n{said}"))
}

/// What a call that goes well prints on standard output.
#[track_caller]
fn succeed(words: &str) -> String {
    let output = output(words);
    assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn output(words: &str) -> Output {
    interleave(words).output().unwrap()
}
