//! Hints: small checks over a trace, each a full sentence about this run and a mend.
//!
//! A check is a file. It is silent unless the trace shows the trouble itself, large enough to matter by the thresholds
//! at its top; each of these says why it is what it is. At most one hint comes of a check, for a lost update one for a
//! variable: it tells of the worst case and counts the others.

mod awaited_in_turn;
mod blocking_call;
mod costly_messages;
mod lock_across_await;
mod longest_job;
mod lost_update;
mod overlap;
mod pool_too_small;
mod threads_under_the_gil;
mod unbounded_gather;

use std::cmp::Reverse;

use crate::time::Nanos;
use crate::trace::{LaneId, LaneKind, Lives, TaskId, Trace};

/// Something to look out for in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// A call that did not give way held up an event loop.
    BlockingCall,
    /// A write that undid another task's.
    LostUpdate,
    /// More threads that compute than the GIL lets run.
    ThreadsUnderTheGil,
    /// A pool with fewer workers than there were waits to overlap.
    PoolTooSmall,
    /// More requests under way at once than anybody meant.
    UnboundedGather,
    /// Messages to processes that cost more than the work that they carry.
    CostlyMessages,
    /// A lock that was held while its task waited.
    LockAcrossAwait,
    /// One long job that decided the end.
    LongestJob,
    /// Coroutines that were awaited one after another, with nobody else there to use their waits.
    AwaitedInTurn,
}

/// What a check found in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The check.
    pub check: Check,
    /// What happened, as a whole sentence or more with the names and numbers of this run; times are the program's own.
    pub says: String,
    /// What to change, as a whole sentence in Python's words.
    pub mend: String,
    /// The task that it is about, where it is about one.
    pub task: Option<TaskId>,
    /// When it began, in the trace's time.
    pub at: Nanos,
}

/// What all checks find in `trace` as far as it goes, the most severe first: wrong results, then by the time they cost.
pub fn hints(trace: &Trace) -> Vec<Hint> {
    let run = Run { trace, lives: Lives::new(trace), wall: trace.end() };
    let mut findings: Vec<Finding> = Check::ALL.into_iter().flat_map(|check| check.look(&run)).collect();
    findings.sort_by_key(|finding| (Reverse(finding.weight), finding.hint.check));
    findings.into_iter().map(|finding| finding.hint).collect()
}

impl Check {
    /// Every check.
    pub const ALL: [Check; 9] = [
        Check::BlockingCall,
        Check::LostUpdate,
        Check::ThreadsUnderTheGil,
        Check::PoolTooSmall,
        Check::UnboundedGather,
        Check::CostlyMessages,
        Check::LockAcrossAwait,
        Check::LongestJob,
        Check::AwaitedInTurn,
    ];

    /// The name that links and files use, such as `blocking-call`.
    pub fn id(self) -> &'static str {
        match self {
            Check::BlockingCall => "blocking-call",
            Check::LostUpdate => "lost-update",
            Check::ThreadsUnderTheGil => "threads-under-the-gil",
            Check::PoolTooSmall => "pool-too-small",
            Check::UnboundedGather => "unbounded-gather",
            Check::CostlyMessages => "costly-messages",
            Check::LockAcrossAwait => "lock-across-await",
            Check::LongestJob => "longest-job",
            Check::AwaitedInTurn => "awaited-in-turn",
        }
    }

    /// The name that people read, such as `Blocking call`.
    pub fn title(self) -> &'static str {
        match self {
            Check::BlockingCall => "Blocking call",
            Check::LostUpdate => "Lost update",
            Check::ThreadsUnderTheGil => "Threads under the GIL",
            Check::PoolTooSmall => "Pool too small",
            Check::UnboundedGather => "Unbounded gather",
            Check::CostlyMessages => "Costly messages",
            Check::LockAcrossAwait => "Lock across await",
            Check::LongestJob => "Longest job",
            Check::AwaitedInTurn => "Awaited in turn",
        }
    }

    fn look(self, run: &Run<'_>) -> Vec<Finding> {
        match self {
            Check::BlockingCall => blocking_call::look(run).into_iter().collect(),
            Check::LostUpdate => lost_update::look(run),
            Check::ThreadsUnderTheGil => threads_under_the_gil::look(run).into_iter().collect(),
            Check::PoolTooSmall => pool_too_small::look(run).into_iter().collect(),
            Check::UnboundedGather => unbounded_gather::look(run).into_iter().collect(),
            Check::CostlyMessages => costly_messages::look(run).into_iter().collect(),
            Check::LockAcrossAwait => lock_across_await::look(run).into_iter().collect(),
            Check::LongestJob => longest_job::look(run).into_iter().collect(),
            Check::AwaitedInTurn => awaited_in_turn::look(run).into_iter().collect(),
        }
    }
}

/// The run that is looked at.
struct Run<'t> {
    trace: &'t Trace,
    lives: Lives<'t>,
    /// How long it took so far.
    wall: Nanos,
}

/// A hint, and what decides its place among others.
struct Finding {
    hint: Hint,
    weight: Weight,
}

/// How bad a finding is, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It took about this long, in the trace's time.
    Time(Nanos),
    /// The program may find out something that is wrong, this many times.
    WrongResult(usize),
}

impl Run<'_> {
    /// A stretch of the trace's time in the program's own, which is what people read and what thresholds in seconds are
    /// about.
    fn own(&self, time: Nanos) -> Nanos {
        time.scaled(self.trace.speed.factor())
    }

    /// Whether a stretch of time is at least this share of the run.
    fn is_share(&self, time: Nanos, share: f64) -> bool {
        time > Nanos::ZERO && time >= self.wall.scaled(share)
    }

    fn lane_kind(&self, lane: LaneId) -> Option<LaneKind> {
        self.trace.lanes.get(lane.0 as usize).map(|record| record.kind)
    }

    fn is_on_loop(&self, lane: LaneId) -> bool {
        self.lane_kind(lane) == Some(LaneKind::EventLoop)
    }
}

/// `1 task`, `2 tasks`.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
