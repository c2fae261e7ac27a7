//! The command line's contract, held against the real binary. The JSON is read into types of this file's own, so that a
//! key that is renamed, missing or new is seen.

#[path = "companion/answers.rs"]
mod answers;
mod companion;
#[path = "companion/contract.rs"]
mod contract;
#[path = "companion/figures.rs"]
mod figures;
#[path = "companion/measured.rs"]
mod measured;
#[path = "companion/refusals.rs"]
mod refusals;

use std::path::PathBuf;
use std::process::Output;

use companion::interleave;
use contract::{Listing, Parameter, Report};
use serde::de::DeserializeOwned;

const MODELS: [&str; 5] = ["sequential", "threads", "thread-pool", "event-loop", "process-pool"];
const FIVE: &str = "--set messages=ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5";

#[test]
fn lessons_are_listed() {
    let listing: Listing = parse("lessons --json");
    assert_eq!((listing.version, listing.lessons.len()), (1, 16));
    let lesson = &listing.lessons[0];
    assert_eq!(
        (lesson.id.as_str(), lesson.title.is_empty(), lesson.shows.is_empty()),
        ("delay-messages", false, false)
    );
    assert_eq!((&lesson.models[..], lesson.cannot.len()), (&MODELS.map(str::to_owned)[..], 0));
    let parameters = r#"[
        {"name":"messages","title":"Messages","unit":"s","default":"TWO=2,THREE=3","range":"1..32 messages of 0..60 s"},
        {"name":"workers","title":"Workers in a pool","unit":"","default":2,"range":"1..64"}]"#;
    assert_eq!(lesson.parameters, serde_json::from_str::<Vec<Parameter>>(parameters).unwrap());
    let one: Listing = parse("lessons deadlock --json");
    let [deadlock] = &one.lessons[..] else { panic!("one lesson was asked for: {one:?}") };
    assert_eq!(deadlock.cannot[0].model, "process-pool");
    assert!(deadlock.cannot[0].reason.ends_with('.'), "{deadlock:?}");

    let text = succeed("lessons");
    for lesson in &listing.lessons {
        assert!(text.contains(&format!("{}  {}\n", lesson.id, lesson.title)), "{} is missing in:\n{text}", lesson.id);
    }
    let text = succeed("lessons delay-messages");
    for word in ["delay-messages", "thread-pool", "TWO=2,THREE=3", "1 to 64", "interleave run delay-messages --set"] {
        assert!(text.contains(word), "{word} is missing in:\n{text}");
    }
}

#[test]
fn a_lesson_asks_and_answers_when_asked_to() {
    let asked = succeed("lessons gil");
    let answered = succeed("lessons gil --answers");
    for text in [&asked, &answered] {
        for part in ["\nQuestions\n  1. ", "     options  a time in seconds\n", "nobody / threads / processes / both\n"]
        {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }
    assert!(!asked.contains("     answer   ") && !asked.contains("     because  "), "{asked}");
    assert_eq!(answered.matches("     answer   ").count(), answered.matches("     options  ").count(), "{answered}");
    assert!(answered.contains("     answer   processes\n     because  Every process has an interpreter"), "{answered}");
}

#[test]
fn a_lesson_has_a_python_file_a_model() {
    let file = include_str!("../crates/lessons/src/gil/python/thread_pool.py");
    assert_eq!(succeed("lessons gil --python thread-pool"), file);
    for words in ["lessons --python threads", "lessons --answers", "lessons gil --answers --python threads"] {
        assert_eq!(output(words).status.code(), Some(2), "{words}");
    }
}

#[test]
fn it_is_told_that_a_lesson_decides_on_the_gil() {
    let note = "note: there is a GIL, though the costs cpython-no-gil have none: in this lesson its own parameter gil \
                decides. --set gil=off leaves it out.\n";
    for words in
        ["run gil --clock virtual", "sweep gil --over threads=1..2", "why gil --model threads --task main --at 0"]
    {
        let told = |words: &str| text(&output(words).stderr);
        let no_gil = format!("{words} --costs cpython-no-gil");
        assert!(told(&no_gil).contains(note), "{words}: {}", told(&no_gil));
        assert!(!told(words).contains("note: there is a GIL"), "{words}");
        assert!(!told(&format!("{no_gil} --set gil=off")).contains("note: there is a GIL"), "{words}");
    }
}

#[test]
fn values_are_numbers_switches_and_texts() {
    let params = |lesson: &str| report(&format!("run {lesson} --clock virtual --model sequential --json")).params;
    let gil =
        serde_json::json!({"cores": 4, "gil": true, "interval": 0.005, "threads": 4, "waiting": 0.0, "work": 1.0});
    assert_eq!(serde_json::to_value(params("gil")).unwrap(), gil);
    let texts = ["messages", "blocking", "repair"].map(|name| params("blocking-call")[name].is_string());
    assert_eq!(texts, [true; 3]);
    assert_eq!(params("paged-api --set pages=1")["latency"], "uniform 2 4");
}

#[track_caller]
fn check_predicted_walls(settings: &str, walls: [f64; 5]) {
    let report = free(&format!("run delay-messages --clock virtual --json {settings}"));
    let predicted: Vec<f64> = report.runs.iter().map(|run| run.wall_s).collect();
    assert_eq!(predicted, walls, "{settings}");
    let models: Vec<&str> = report.runs.iter().map(|run| run.model.as_str()).collect();
    assert_eq!(models, MODELS);
    for run in &report.runs {
        assert_eq!((run.clock.as_str(), run.cpu_s, run.outcome.len()), ("virtual", Some(0.0), 0));
        assert_eq!(run.speedup, Some((walls[0] / run.wall_s * 1000.0).round() / 1000.0), "{}", run.model);
        assert_eq!((run.wall_s_min, run.wall_s_max, run.ending.as_str()), (None, None, "completed"));
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
    let words = "run delay-messages --clock virtual --model event-loop --set workers=7 --seed 12 --repeat 3 --json";
    let report = report(&format!("{words} --costs cpython-no-gil"));
    assert_eq!((report.version, report.lesson.as_str(), report.seed, report.speed), (1, "delay-messages", 12, 1.0));
    assert_eq!((report.costs.as_str(), report.gil), ("cpython-no-gil", false));
    assert_eq!(serde_json::json!(report.params), serde_json::json!({"messages": "TWO=2,THREE=3", "workers": 7}));
    let [run] = &report.runs[..] else { panic!("one model was asked for: {report:?}") };
    assert_eq!((run.wall_s_min, run.wall_s_max), (Some(run.wall_s), Some(run.wall_s)));
    assert_eq!(run.speedup, None, "there is no sequential run to compare with");
}

#[track_caller]
fn check_deadlock(clock: &str) {
    let words = format!("run deadlock --model sequential --model threads --model event-loop {clock}");
    let told = output(&format!("{words} --json"));
    let report: Report = serde_json::from_slice(&told.stdout).unwrap();
    let endings: Vec<&str> = report.runs.iter().map(|run| run.ending.as_str()).collect();
    assert_eq!((told.status.code(), endings.len(), endings[0]), (Some(1), 3, "completed"));
    for run in &report.runs[1..] {
        assert!(run.ending.starts_with("deadlock: "), "{run:?}");
        for link in ["LEFT waits for B, which RIGHT holds", "RIGHT waits for A, which LEFT holds"] {
            assert!(run.ending.contains(link), "{run:?}");
        }
        assert_eq!((run.speedup, run.outcome.len(), run.log[0].text.as_str()), (None, 0, "Main started"));
    }
    let said = text(&told.stderr);
    assert!(
        said.contains("error: The run on threads came to no end.\nTo repeat it: interleave run deadlock"),
        "{said}"
    );
    let shown = text(&output(&format!("{words} --log")).stdout);
    for part in ["no end", "The run on threads came to no end after ", "Event loop\n", "Log of Threads\n"] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
}

#[test]
fn a_deadlock_is_a_report_and_no_crash() {
    check_deadlock("--clock virtual");
    check_deadlock("--speed 2 --set pause=1");
    let mended = report("run deadlock --clock virtual --json --set order=same");
    assert!(mended.runs.iter().all(|run| run.ending == "completed"), "{mended:?}");
}

#[test]
fn a_run_is_told_what_to_look_out_for() {
    let report = report("run blocking-call --clock virtual --model event-loop --json");
    let [hint] = &report.runs[0].hints[..] else { panic!("one hint is due: {report:?}") };
    assert_eq!((hint.check.as_str(), hint.task.as_deref()), ("blocking-call", Some("THREE")));
    assert!(hint.at_s < 0.1 && hint.says.contains("THREE") && hint.mend.contains("asyncio.to_thread"), "{hint:?}");
    let text = succeed("run blocking-call --clock virtual --model event-loop");
    let (_, hints) = text.split_once("\nHints for Event loop\n").expect("hints come after the timeline");
    assert!(hints.starts_with("  Blocking call\n"), "{hints}");
}

#[test]
fn the_event_loop_receives_in_order_and_prints_as_timers_come_due() {
    let report = free(&format!("run delay-messages --clock virtual --model event-loop --json {FIVE}"));
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
      threads       5.001 s   0.7 ms          –
      thread-pool   9.000 s   0.2 ms          –
      There is no speed-up to tell: that takes a sequential run in the same call.

    Wall time
      threads       ███████████████████████████████▏ 5.001 s
      thread-pool   ████████████████████████████████████████████████████████ 9.000 s

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
      ThreadPoolExecutor-0_0 █ ONE █ THREE ──────────█ FIVE ───────────────────────█
      ThreadPoolExecutor-0_1 █ TWO ──────█ FOUR ─────────────────█
      queue                  3·····2·····1···········

    Hints for Thread pool
      Pool too small
        Up to 3 tasks stood in the queue, FIVE for 4.000 s, while the pool's 2
        workers spent 100 % of the time waiting. Raise `max_workers`: a thread that
        waits needs no core, and its wait can overlap with others.
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
                 0.0        0.5        1.0        1.5        2.0        2.5    3.0 s
                 ├──────────┼──────────┼──────────┼──────────┼──────────┼──────────┤
    Event loop
      event loop █                                           █                     █
      main       █───────────────────────────────────────────█─────────────────────█
      TWO        █───────────────────────────────────────────█
      THREE      █─────────────────────────────────────────────────────────────────█

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
fn a_page_that_is_not_there_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let output = interleave("serve --no-open --port 0 --dir").arg(folder.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let folder = folder.path().display();
    assert_eq!(said, format!("error: There is no page in {folder}: `cargo xtask build` makes it.\n"));
}

fn report(words: &str) -> Report {
    parse(words)
}

/// A report where starting, switching and sending cost nothing, so that times are round.
fn free(words: &str) -> Report {
    let costs: PathBuf = [env!("CARGO_MANIFEST_DIR"), "companion", "free_costs.json"].iter().collect();
    let output = interleave(words).arg("--costs").arg(costs).output().unwrap();
    assert!(output.status.success(), "{words}: {}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{words}: {error}\n{}", text(&output.stdout)))
}

/// What a call that goes well prints, as its contract has it.
#[track_caller]
fn parse<T: DeserializeOwned>(words: &str) -> T {
    let said = succeed(words);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{words}: {error}\n{said}"))
}

/// What a call that goes well prints on standard output.
#[track_caller]
fn succeed(words: &str) -> String {
    let output = output(words);
    assert!(output.status.success(), "{words}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn output(words: &str) -> Output {
    interleave(words).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
