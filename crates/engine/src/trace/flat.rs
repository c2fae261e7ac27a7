//! The spans and marks of a trace on their way to a page: rows of whole numbers, each as wide as the others.
//!
//! A big run has very many of them. Numbers of different widths, as they are sent otherwise, take less room and several
//! times as long to write and to read, for which somebody waits who moves a slider.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};

use super::{Activity, Doing, LaneId, Line, Mark, Marked, NameId, Post, ReadyFor, Span, TaskId, Used, WaitFor};
use crate::sync::ObjectId;
use crate::time::Nanos;

/// What a row holds.
pub(super) type Row = [u64; 6];

const ROW_BYTES: usize = size_of::<Row>();

/// What can stand in a row.
pub(super) trait Flat: Copy {
    fn to_row(self) -> Row;
    /// `None` where no such thing is in the row.
    fn from_row(row: Row) -> Option<Self>;
}

pub(super) fn serialize<T: Flat, S: Serializer>(items: &[T], serializer: S) -> Result<S::Ok, S::Error> {
    let mut bytes = Vec::with_capacity(items.len() * ROW_BYTES);
    for item in items {
        for number in item.to_row() {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
    }
    serializer.serialize_bytes(&bytes)
}

pub(super) fn deserialize<'de, T: Flat, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_bytes(Rows(PhantomData))
}

struct Rows<T>(PhantomData<T>);

impl<T: Flat> Visitor<'_> for Rows<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows of whole numbers")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
        let (rows, rest) = bytes.as_chunks::<ROW_BYTES>();
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let (numbers, _) = row.as_chunks::<8>();
            let row = std::array::from_fn(|place| u64::from_le_bytes(numbers[place]));
            items.push(T::from_row(row).ok_or_else(|| E::custom("a row holds what this program does not know"))?);
        }
        if rest.is_empty() { Ok(items) } else { Err(E::custom("a row is broken off")) }
    }
}

impl Flat for Span {
    fn to_row(self) -> Row {
        let Span { lane, task, activity, start, end, line, ended_by } = self;
        let (kind, small, large) = activity_to_numbers(activity);
        [
            pair(task.0, lane.0),
            start.0,
            end.0,
            pair(line_to_number(line), task_to_number(ended_by)),
            pair(kind, small),
            large,
        ]
    }

    fn from_row([who, start, end, why, kind, large]: Row) -> Option<Span> {
        let ((task, lane), (line, ended_by), (kind, small)) = (halves(who), halves(why), halves(kind));
        Some(Span {
            lane: LaneId(lane),
            task: TaskId(task),
            activity: activity_from_numbers(kind, small, large)?,
            start: Nanos(start),
            end: Nanos(end),
            line: line_from_number(line),
            ended_by: task_from_number(ended_by),
        })
    }
}

impl Flat for Mark {
    fn to_row(self) -> Row {
        let Mark { lane, task, at, kind, line } = self;
        let (kind, small, large, other) = marked_to_numbers(kind);
        [pair(task.0, lane.0), at.0, pair(line_to_number(line), kind), small.into(), large, other]
    }

    fn from_row([who, at, what, small, large, other]: Row) -> Option<Mark> {
        let ((task, lane), (line, kind)) = (halves(who), halves(what));
        let kind = marked_from_numbers(kind, u32::try_from(small).ok()?, large, other)?;
        Some(Mark { lane: LaneId(lane), task: TaskId(task), at: Nanos(at), kind, line: line_from_number(line) })
    }
}

const DOINGS: [Doing; 4] = [Doing::Steps, Doing::Work, Doing::Starting, Doing::Message];
const READY_FOR: [ReadyFor; 3] = [ReadyFor::Turn, ReadyFor::LaneStart, ReadyFor::Core];
const POSTS: [Post; 4] = [Post::JobWritten, Post::JobRead, Post::ResultWritten, Post::ResultRead];

fn activity_to_numbers(activity: Activity) -> (u32, u32, u64) {
    match activity {
        Activity::Running(doing) => (0, doing as u32, 0),
        Activity::Ready(ready_for) => (1, ready_for as u32, 0),
        Activity::WantsGil => (2, 0, 0),
        Activity::Blocked { object, holder } => (3, object.0, task_to_number(holder).into()),
        Activity::Waiting(WaitFor::Timer(at)) => (4, 0, at.0),
        Activity::Waiting(WaitFor::BlockingCall(at)) => (5, 0, at.0),
        Activity::Waiting(WaitFor::Task(task)) => (6, task.0, 0),
        Activity::Waiting(WaitFor::Request(request)) => (7, 0, request),
        Activity::Waiting(WaitFor::Socket(request)) => (8, 0, request),
        Activity::Queued => (9, 0, 0),
    }
}

fn activity_from_numbers(kind: u32, small: u32, large: u64) -> Option<Activity> {
    Some(match kind {
        0 => Activity::Running(*DOINGS.get(small as usize)?),
        1 => Activity::Ready(*READY_FOR.get(small as usize)?),
        2 => Activity::WantsGil,
        3 => Activity::Blocked { object: ObjectId(small), holder: task_from_number(u32::try_from(large).ok()?) },
        4 => Activity::Waiting(WaitFor::Timer(Nanos(large))),
        5 => Activity::Waiting(WaitFor::BlockingCall(Nanos(large))),
        6 => Activity::Waiting(WaitFor::Task(TaskId(small))),
        7 => Activity::Waiting(WaitFor::Request(large)),
        8 => Activity::Waiting(WaitFor::Socket(large)),
        9 => Activity::Queued,
        _ => return None,
    })
}

fn marked_to_numbers(marked: Marked) -> (u32, u32, u64, u64) {
    match marked {
        Marked::Log(text) => (0, text.0, 0, 0),
        Marked::Spawned(task) => (1, task.0, 0, 0),
        Marked::Used(object, Used::Read(value)) => (2, object.0, value.cast_unsigned(), 0),
        Marked::Used(object, Used::Wrote(value)) => (3, object.0, value.cast_unsigned(), 0),
        Marked::Used(object, Used::Acquired) => (4, object.0, 0, 0),
        Marked::Used(object, Used::Released) => (5, object.0, 0, 0),
        Marked::Used(object, Used::TimedOut) => (6, object.0, 0, 0),
        Marked::Used(object, Used::Other) => (7, object.0, 0, 0),
        Marked::Answered { request, attempt, status } => (8, attempt, request, status.into()),
        Marked::Cycle(cycle) => (9, cycle, 0, 0),
        Marked::Message { post, bytes, took } => (10, post as u32, bytes, took.0),
        Marked::Lost { again } => (11, again.into(), 0, 0),
    }
}

fn marked_from_numbers(kind: u32, small: u32, large: u64, other: u64) -> Option<Marked> {
    Some(match kind {
        0 => Marked::Log(NameId(small)),
        1 => Marked::Spawned(TaskId(small)),
        2 => Marked::Used(ObjectId(small), Used::Read(large.cast_signed())),
        3 => Marked::Used(ObjectId(small), Used::Wrote(large.cast_signed())),
        4 => Marked::Used(ObjectId(small), Used::Acquired),
        5 => Marked::Used(ObjectId(small), Used::Released),
        6 => Marked::Used(ObjectId(small), Used::TimedOut),
        7 => Marked::Used(ObjectId(small), Used::Other),
        8 => Marked::Answered { request: large, attempt: small, status: u16::try_from(other).ok()? },
        9 => Marked::Cycle(small),
        10 => Marked::Message { post: *POSTS.get(small as usize)?, bytes: large, took: Nanos(other) },
        11 => Marked::Lost { again: small != 0 },
        _ => return None,
    })
}

/// Lines are counted from 1.
fn line_to_number(line: Option<Line>) -> u32 {
    line.map_or(0, |line| line.0)
}

fn line_from_number(number: u32) -> Option<Line> {
    (number > 0).then_some(Line(number))
}

/// No trace that fits into memory has a task of the last number.
fn task_to_number(task: Option<TaskId>) -> u32 {
    task.map_or(u32::MAX, |task| task.0)
}

fn task_from_number(number: u32) -> Option<TaskId> {
    (number < u32::MAX).then_some(TaskId(number))
}

fn pair(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

fn halves(pair: u64) -> (u32, u32) {
    (pair as u32, (pair >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers as they come, and the ends of what can stand there.
    fn id() -> impl Strategy<Value = u32> {
        prop_oneof![0..9_u32, 0..u32::MAX, Just(u32::MAX - 1)]
    }

    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![0..9_u64, any::<u64>(), Just(u64::MAX)]
    }

    fn task() -> impl Strategy<Value = Option<TaskId>> {
        proptest::option::of(id().prop_map(TaskId))
    }

    fn line() -> impl Strategy<Value = Option<Line>> {
        proptest::option::of((1..=u32::MAX).prop_map(Line))
    }

    fn activity() -> impl Strategy<Value = Activity> {
        prop_oneof![
            (0..4_usize).prop_map(|place| Activity::Running(DOINGS[place])),
            (0..3_usize).prop_map(|place| Activity::Ready(READY_FOR[place])),
            Just(Activity::WantsGil),
            (id(), task()).prop_map(|(object, holder)| Activity::Blocked { object: ObjectId(object), holder }),
            number().prop_map(|at| Activity::Waiting(WaitFor::Timer(Nanos(at)))),
            number().prop_map(|at| Activity::Waiting(WaitFor::BlockingCall(Nanos(at)))),
            id().prop_map(|task| Activity::Waiting(WaitFor::Task(TaskId(task)))),
            number().prop_map(|request| Activity::Waiting(WaitFor::Request(request))),
            number().prop_map(|request| Activity::Waiting(WaitFor::Socket(request))),
            Just(Activity::Queued),
        ]
    }

    fn used() -> impl Strategy<Value = Used> {
        prop_oneof![
            any::<i64>().prop_map(Used::Read),
            any::<i64>().prop_map(Used::Wrote),
            Just(Used::Acquired),
            Just(Used::Released),
            Just(Used::TimedOut),
            Just(Used::Other),
        ]
    }

    fn marked() -> impl Strategy<Value = Marked> {
        let message = (0..4_usize, number(), number());
        prop_oneof![
            id().prop_map(|text| Marked::Log(NameId(text))),
            id().prop_map(|task| Marked::Spawned(TaskId(task))),
            (id(), used()).prop_map(|(object, used)| Marked::Used(ObjectId(object), used)),
            (number(), any::<u32>(), any::<u16>()).prop_map(|(request, attempt, status)| Marked::Answered {
                request,
                attempt,
                status
            }),
            id().prop_map(Marked::Cycle),
            message.prop_map(|(post, bytes, took)| Marked::Message { post: POSTS[post], bytes, took: Nanos(took) }),
            any::<bool>().prop_map(|again| Marked::Lost { again }),
        ]
    }

    proptest! {
        #[test]
        fn spans_and_marks_arrive_as_they_were(
            (lane, task, start, end) in (id(), id(), number(), number()),
            (activity, line, ended_by, kind) in (activity(), line(), task(), marked()),
        ) {
            let (lane, task, start, end) = (LaneId(lane), TaskId(task), Nanos(start), Nanos(end));
            let span = Span { lane, task, activity, start, end, line, ended_by };
            let mark = Mark { lane, task, at: start, kind, line };
            prop_assert_eq!(Span::from_row(span.to_row()), Some(span));
            prop_assert_eq!(Mark::from_row(mark.to_row()), Some(mark));
        }
    }
}
