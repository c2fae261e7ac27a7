//! What blocks say.

use engine::trace::{Activity, Doing, ReadyFor, RowKind, TaskId, Trace, WaitFor};

/// What a block says: on a lane who stands there, in a task's own row what it does.
pub fn words(trace: &Trace, row: RowKind, task: TaskId, activity: Activity) -> [String; 2] {
    let name = trace.task_name(task);
    match (row, activity) {
        (RowKind::Lane(_), Activity::Waiting(WaitFor::Task(_))) | (RowKind::Task(_), _) => {
            [doing(trace, activity), String::new()]
        }
        (_, Activity::Waiting(WaitFor::BlockingCall(_))) => [format!("{name} blocks the loop"), name.to_owned()],
        (_, Activity::Blocked { .. }) => [format!("{name}: {}", doing(trace, activity)), name.to_owned()],
        _ => [name.to_owned(), name.to_owned()],
    }
}

/// What a task does, in two or three words.
pub fn doing(trace: &Trace, activity: Activity) -> String {
    match activity {
        Activity::Running(Doing::Steps) => "runs".to_owned(),
        Activity::Running(Doing::Work) => "computes".to_owned(),
        Activity::Running(Doing::Starting) => "starts a lane".to_owned(),
        Activity::Running(Doing::Message) => "message".to_owned(),
        Activity::Ready(ReadyFor::Turn) => "ready".to_owned(),
        Activity::Ready(ReadyFor::LaneStart) => "starting".to_owned(),
        Activity::Ready(ReadyFor::Core) => "wants a core".to_owned(),
        Activity::WantsGil => "wants the GIL".to_owned(),
        Activity::Blocked { object, .. } => format!("waits for {}", trace.object_name(object)),
        Activity::Waiting(WaitFor::Timer(_)) => "timer".to_owned(),
        Activity::Waiting(WaitFor::BlockingCall(_)) => "blocks the loop".to_owned(),
        Activity::Waiting(WaitFor::Request(_) | WaitFor::Socket(_)) => "request".to_owned(),
        Activity::Waiting(WaitFor::Task(other)) => format!("awaits {}", trace.task_name(other)),
        Activity::Queued => "queued".to_owned(),
    }
}
