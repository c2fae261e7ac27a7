//! Where questions are decided: at an instant of one of their runs, and at the one that a person would point at.

use engine::model::Model;
use engine::network::OK;
use engine::time::Nanos;
use engine::trace::{Activity, Doing, Marked, Post, Span, State, Trace, Used};
use lessons::{Answer, Decided, Lesson, Question, catalogue};

/// What is to be seen at an instant.
#[derive(Debug)]
enum Seen {
    /// A line of the log in which this stands is written.
    Line(&'static str),
    /// A line in which this stands is written, and the run is over.
    Last(&'static str),
    /// Something is done with a shared object or the network.
    Done(fn(&Marked) -> bool),
    /// A span of this kind begins, and another task is busy with that.
    Begins(fn(&Span) -> bool, Doing),
    /// A span of this kind begins where none was before.
    First(fn(&Span) -> bool),
}

#[test]
fn every_question_is_decided_within_one_of_its_runs() {
    for lesson in catalogue() {
        for question in lesson.questions {
            let traces = traces(lesson, question);
            let deciding = question.deciding(&traces).unwrap_or_else(|| panic!("nothing decides “{}”", question.ask));
            assert!(deciding.at <= traces[deciding.run].end(), "{}", question.ask);
            match question.decided {
                Decided::Hint(check) => {
                    assert!(lesson.hints.contains(&check) && deciding.says.is_some(), "{}", question.ask);
                }
                Decided::ByAnswer => {
                    assert!(matches!(question.answer, Answer::Seconds(_) | Answer::Order(..)), "{}", question.ask);
                }
                Decided::At(_) => {}
            }
        }
    }
}

#[test]
fn the_telling_questions_are_decided_where_a_person_would_point() {
    let waits_for_a_session = Seen::First(|span| span.activity.state() == State::Blocked && span.end > span.start);
    let writes = |kind: &Marked| matches!(kind, Marked::Used(_, Used::Wrote(_)));
    let telling = [
        ("advise", "none waits", Model::ProcessPool, Seen::Last("100 tasks done")),
        ("advise", "wait for 1 s and compute", Model::LoopAndProcesses, Seen::Last("100 tasks done")),
        ("await-or-task", "In which order", Model::EventLoop, Seen::Line("other work started")),
        ("deadlock", "thread for each. How", Model::Threads, Seen::Done(|kind| matches!(kind, Marked::Cycle(_)))),
        ("deadlock", "LEFT's order", Model::Threads, Seen::Line("has both")),
        ("deadlock", "How often", Model::Threads, Seen::Line("LEFT gives up")),
        ("delay-messages", "How many threads print", Model::EventLoop, Seen::Line("THREE printed")),
        (
            "downloads",
            "what keeps the program",
            Model::EventLoop,
            Seen::Begins(|span| span.activity.state() == State::Ready, Doing::Work),
        ),
        ("downloads", "How many does it open", Model::EventLoop, waits_for_a_session),
        ("fibonacci", "get anything to do", Model::ProcessPool, Seen::Line("fib(32) started")),
        ("fibonacci", "decides the end", Model::ProcessPool, Seen::Line("fib(32) = ")),
        ("fibonacci", "done first", Model::Threads, Seen::Line("fib(28) = ")),
        ("gil", "clearly faster", Model::ProcessPool, Seen::Last("T4 done")),
        ("lost-update", "without a lock. What", Model::Threads, Seen::Done(writes)),
        ("lost-update", "shorter than the GIL's", Model::Threads, Seen::Line("Update 2 wrote 2")),
        (
            "merge-sort",
            "one chunk",
            Model::ProcessPool,
            Seen::First(|span| span.activity == Activity::Running(Doing::Work)),
        ),
        ("merge-sort", "without the GIL", Model::ThreadPool, Seen::Last("Main ended")),
        ("paged-api", "About how many of the pages are lost", Model::EventLoop, Seen::Done(last_attempt_fails)),
        ("pool-or-spawn", "done last", Model::Processes, Seen::Last("200 jobs done")),
        ("pool-or-spawn", "fifty share a message", Model::ProcessPool, Seen::Done(is_job_sent)),
        ("to-thread", "on the event loop itself", Model::EventLoop, Seen::Line("query sent")),
        (
            "to-thread",
            "moved to a thread",
            Model::EventLoop,
            Seen::Done(|kind| matches!(kind, Marked::Used(_, Used::Read(0)))),
        ),
        ("to-thread", "How many beats", Model::EventLoop, Seen::Done(writes)),
    ];
    for (id, ask, model, seen) in telling {
        let lesson = lessons::find(id).expect("the lesson is there");
        let question = lesson.questions.iter().find(|question| question.ask.contains(ask)).expect(ask);
        let traces = traces(lesson, question);
        let deciding = question.deciding(&traces).expect("an instant decides it");
        let trace = &traces[deciding.run];
        assert_eq!(trace.model, model, "{}", question.ask);
        assert!(is_seen(&seen, trace, deciding.at), "{}: {seen:?} is not seen at {}", question.ask, deciding.at);
    }
}

/// Which of two that are alike is done sooner is seen where the first of them is.
#[test]
fn who_is_faster_is_decided_when_the_first_is_done() {
    for (id, ask) in [("paged-api", "which is done sooner"), ("hybrid", "blocks for 1 s"), ("downloads", "by how much")]
    {
        let lesson = lessons::find(id).expect("the lesson is there");
        let question = lesson.questions.iter().find(|question| question.ask.contains(ask)).expect(ask);
        let traces = traces(lesson, question);
        let deciding = question.deciding(&traces).expect("an instant decides it");
        assert!(is_seen(&Seen::Last(""), &traces[deciding.run], deciding.at), "{ask}");
        assert!(traces.iter().all(|trace| deciding.at <= trace.end()), "{ask}: another was done before");
    }
}

fn is_seen(seen: &Seen, trace: &Trace, at: Nanos) -> bool {
    let spans: Vec<Span> = trace.spans_until(trace.end()).collect();
    let writes = |text: &str| trace.log().iter().any(|line| line.at == at && line.text.contains(text));
    match seen {
        Seen::Line(text) => writes(text),
        Seen::Last(text) => at == trace.end() && trace.log().last().is_some_and(|line| line.text.contains(text)),
        Seen::Done(is_it) => trace.marks.iter().any(|mark| mark.at == at && is_it(&mark.kind)),
        Seen::Begins(is_it, doing) => {
            let busy = |span: &Span| span.activity == Activity::Running(*doing) && span.start <= at && at < span.end;
            spans.iter().any(|span| span.start == at && is_it(span)) && spans.iter().any(busy)
        }
        Seen::First(is_it) => spans.iter().filter(|span| is_it(span)).map(|span| span.start).min() == Some(at),
    }
}

fn last_attempt_fails(kind: &Marked) -> bool {
    matches!(kind, Marked::Answered { attempt: 4, status, .. } if *status != OK)
}

fn is_job_sent(kind: &Marked) -> bool {
    matches!(kind, Marked::Message { post: Post::JobWritten, .. })
}

fn traces(lesson: &Lesson, question: &Question) -> Vec<Trace> {
    let given: Vec<_> = question.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    lesson.predict(&given, question.models).expect("the question's own values are right")
}
