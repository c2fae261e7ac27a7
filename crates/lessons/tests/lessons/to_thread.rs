//! Lesson 12: the heart stands still while a call keeps the loop, and goes on beating beside a thread that makes it.

use crate::predicting::Predicting;
use engine::model::Model;
use lessons::Answered;

#[test]
fn the_call_is_made_on_the_lane_that_the_repair_says() {
    for (model, repair, heart, query) in [
        (Model::EventLoop, "none", "MainThread", "MainThread"),
        (Model::EventLoop, "to-thread", "MainThread", "asyncio_0"),
        (Model::Threads, "to-thread", "Thread-1", "Thread-2"),
        (Model::Threads, "none", "Thread-1", "Thread-2"),
        (Model::ThreadPool, "to-thread", "ThreadPoolExecutor-0_0", "ThreadPoolExecutor-0_1"),
    ] {
        let trace = Predicting::new("to-thread").run(model, &[("repair", repair)]);
        let log: Vec<String> = trace.log().iter().map(ToString::to_string).collect();
        let expected = [
            format!("00:00:00:{heart}:heartbeat begins"),
            format!("00:00:00:{query}:query sent"),
            format!("00:00:02:{query}:query answered"),
            format!("00:00:02:{heart}:heartbeat ends"),
            "00:00:02:MainThread:Main ended".to_owned(),
        ];
        assert_eq!(log, expected, "{model}, repair {repair}");
    }
}

/// A beat at 0 and one after each wait that is over before the answer is there.
#[test]
fn the_heart_beats_as_often_as_waits_fit_into_the_call() {
    for (blocking, every) in [(2.05_f64, 0.1_f64), (1.0, 0.3), (0.95, 1.0), (19.99, 0.05)] {
        let values = [("blocking", blocking), ("heartbeat", every)].map(|(name, time)| (name, time.to_string()));
        for (model, repair) in
            [(Model::EventLoop, "to-thread"), (Model::Threads, "none"), (Model::ThreadPool, "to-thread")]
        {
            let texts = [(values[0].0, &*values[0].1), (values[1].0, &*values[1].1), ("repair", repair)];
            let beats = Predicting::new("to-thread").run(model, &texts).outcome().expect("it ended")["beats"];
            assert_eq!(beats, (blocking / every).floor() as i64 + 1, "{model}: {blocking} s, every {every} s");
        }
        let texts = [(values[0].0, &*values[0].1), (values[1].0, &*values[1].1), ("repair", "none")];
        let beats = Predicting::new("to-thread").run(Model::EventLoop, &texts).outcome().expect("it ended")["beats"];
        assert_eq!(beats, 1, "the loop hears of nothing while the call keeps it");
    }
}

/// The heart ends with the first beat after the call; on a loop that the call keeps, with the call.
#[test]
fn the_end_is_the_next_beat_after_the_call() {
    let free = Predicting::new("to-thread").free_of_charge();
    for (blocking_ms, every_ms) in [(2_050_u64, 100_u64), (1_000, 300), (950, 1_000), (3_000, 70)] {
        let (blocking, every) = (blocking_ms as f64 / 1e3, every_ms as f64 / 1e3);
        let (blocking, every) = (blocking.to_string(), every.to_string());
        let wall_ms = |model, repair| {
            let trace = free.run(model, &[("blocking", &blocking), ("heartbeat", &every), ("repair", repair)]);
            trace.summary().expect("the run ended").wall.0 as f64 / 1e6
        };
        let next_beat = ((blocking_ms / every_ms + 1) * every_ms) as f64;
        for (model, repair) in
            [(Model::EventLoop, "to-thread"), (Model::Threads, "none"), (Model::ThreadPool, "to-thread")]
        {
            assert_eq!(wall_ms(model, repair), next_beat, "{model}: {blocking} s, every {every} s");
        }
        assert_eq!(wall_ms(Model::EventLoop, "none"), blocking_ms.max(every_ms) as f64);
    }
}

#[test]
fn the_longest_gap_is_the_call_or_the_heart_s_own_wait() {
    let lesson = lessons::find("to-thread").expect("the lesson is open");
    let gap = |question: usize| match lesson.questions[question].answer(lesson) {
        Ok(Answered::Seconds(seconds)) => seconds,
        other => panic!("the question asks for a time, and got {other:?}"),
    };
    assert!((3.0..3.01).contains(&gap(0)), "on the loop: {}", gap(0));
    assert!((0.1..0.11).contains(&gap(1)), "on a thread: {}", gap(1));
}

#[test]
fn the_published_figure_holds() {
    Predicting::new("to-thread").bears_out_what_was_published();
}
