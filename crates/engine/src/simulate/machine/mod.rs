//! The machine of a simulation: cores, threads that share them by time slices, and a GIL for each process.
//!
//! It knows when a thread may run and not what it runs. A thread that wants to run needs the GIL of its process first, if
//! there is one, and then a core:
//!
//! - **GIL.** Its holder keeps it until it waits. Whoever stands first in its line asks for it back after the switch
//!   interval, which is counted from its coming, and at the earliest from when the present holder first ran, so that
//!   everybody gets on; the holder then goes to the end of the line (CPython's `ceval_gil.c`). A holder that has no core cannot
//!   let go: it does so as soon as it gets one.
//! - **Cores.** A thread keeps its core until it waits, or until its time slice is over and another thread wants one.
//!
//! Threads that have a core and nothing left to compute are polled in turn, at one instant; then time jumps to the next
//! thing on the agenda.

mod sharing;

use std::collections::VecDeque;

use crate::costs::Costs;
use crate::simulate::agenda::Agenda;
use crate::time::Nanos;
use crate::trace::{Process, Switches};

/// A thread, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ThreadId(pub(super) u32);

#[derive(Debug)]
pub(super) struct Machine {
    now: Nanos,
    costs: Costs,
    agenda: Agenda<Entry>,
    threads: Vec<Thread>,
    processes: Vec<Gil>,
    cores: Vec<Core>,
    core_line: VecDeque<ThreadId>,
    /// Threads that have a core and nothing left to compute.
    due: VecDeque<ThreadId>,
    /// What is to be told about threads.
    changes: VecDeque<Change>,
    switches: Switches,
    /// The CPU time that threads were to use so far.
    granted: Nanos,
}

/// What a thread has come to, for whoever keeps the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) at: Nanos,
    pub(super) thread: ThreadId,
    pub(super) became: Became,
    /// The thread that made way.
    pub(super) by: Option<ThreadId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Running,
    WantingGil,
    WantingCore,
}

/// What is to be done next, at the machine's present instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// This thread runs on.
    Poll(ThreadId),
    /// The timer of this waiting thread is due.
    Timer(ThreadId),
    /// A thread was made to give way, of which its changes tell.
    GaveWay,
}

/// Entries of the agenda. The numbers tell whether what they speak of is still the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Entry {
    Computed { thread: ThreadId, stint: u32 },
    SliceEnds { core: u32, stint: u32 },
    GilRequested { process: Process, tenure: u32 },
    Timer { thread: ThreadId, wait: u32 },
}

#[derive(Debug)]
struct Thread {
    process: Process,
    state: State,
    /// CPU time that it has yet to use before it can be polled.
    left: Nanos,
    /// How often it has got a core, or something new to compute.
    stint: u32,
    /// How often it has waited.
    wait: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    WantsGil,
    WantsCore,
    /// On this core, computing since then.
    Runs {
        core: u32,
        since: Nanos,
    },
}

#[derive(Debug, Default)]
struct Gil {
    holder: Option<ThreadId>,
    line: VecDeque<ThreadId>,
    /// How often it has changed hands.
    tenure: u32,
    /// Whether the holder has run since it got it.
    has_run: bool,
    /// The holder was asked while it had no core.
    is_asked_back: bool,
}

#[derive(Debug, Default)]
struct Core {
    runs: Option<ThreadId>,
    last: Option<ThreadId>,
    since: Nanos,
    /// How often it has changed its thread.
    stint: u32,
    /// Whether the end of the present slice is on the agenda.
    is_timed: bool,
}

impl Machine {
    pub(super) fn new(costs: Costs) -> Machine {
        let cores = (0..costs.cores.get()).map(|_| Core::default()).collect();
        Machine {
            now: Nanos::ZERO,
            costs,
            agenda: Agenda::new(),
            threads: Vec::new(),
            processes: Vec::new(),
            cores,
            core_line: VecDeque::new(),
            due: VecDeque::new(),
            changes: VecDeque::new(),
            switches: Switches::default(),
            granted: Nanos::ZERO,
        }
    }

    pub(super) fn now(&self) -> Nanos {
        self.now
    }

    pub(super) fn switches(&self) -> Switches {
        self.switches
    }

    /// The CPU time that all threads have used.
    pub(super) fn cpu(&self) -> Nanos {
        let left = |thread: &Thread| match thread.state {
            State::Runs { since, .. } => thread.left - self.now.since(since),
            _ => thread.left,
        };
        self.threads.iter().fold(self.granted, |cpu, thread| cpu - left(thread))
    }

    /// The first change that has not been taken yet.
    pub(super) fn take_change(&mut self) -> Option<Change> {
        self.changes.pop_front()
    }

    /// Makes a thread that waits, in a process that is made with its first thread.
    pub(super) fn thread(&mut self, process: Process) -> ThreadId {
        let thread = ThreadId(self.threads.len() as u32);
        self.threads.push(Thread { process, state: State::Waiting, left: Nanos::ZERO, stint: 0, wait: 0 });
        let processes = self.processes.len().max(process.0 as usize + 1);
        self.processes.resize_with(processes, Gil::default);
        thread
    }

    pub(super) fn is_waiting(&self, thread: ThreadId) -> bool {
        self.threads[index(thread)].state == State::Waiting
    }

    /// Ends a thread's wait: it wants to run.
    pub(super) fn wake(&mut self, thread: ThreadId) {
        debug_assert!(self.is_waiting(thread));
        self.threads[index(thread)].wait += 1;
        self.want_gil(thread);
    }

    /// Has a running thread compute for `amount` of CPU time. Returns whether that is over at once, because nothing else
    /// could happen meanwhile; the clock has moved on then. Otherwise the thread is polled when it is over.
    pub(super) fn compute(&mut self, thread: ThreadId, amount: Nanos) -> bool {
        if amount == Nanos::ZERO || self.compute_at_once(amount) {
            return true;
        }
        self.granted = self.granted + amount;
        let end = self.now + amount;
        let State::Runs { core, .. } = self.threads[index(thread)].state else {
            unreachable!("only a thread that runs can compute")
        };
        let entry = &mut self.threads[index(thread)];
        entry.left = amount;
        entry.stint += 1;
        entry.state = State::Runs { core, since: self.now };
        self.agenda.enter(end, Entry::Computed { thread, stint: entry.stint });
        false
    }

    /// Has the thread that runs compute for `amount` of CPU time if that can be over at once, and returns whether it is.
    #[inline]
    pub(super) fn compute_at_once(&mut self, amount: Nanos) -> bool {
        let end = self.now + amount;
        let is_over = self.nothing_happens_until(end);
        if is_over {
            self.granted = self.granted + amount;
            self.now = end;
        }
        is_over
    }

    /// Has a running thread wait: it lets go of its core and of the GIL.
    pub(super) fn wait(&mut self, thread: ThreadId) {
        self.switches.voluntary += 1;
        self.leave(thread, State::Waiting);
    }

    /// Has a running thread wait until `deadline` and run on, if that can be done at once because nothing else could
    /// happen meanwhile.
    pub(super) fn jump(&mut self, thread: ThreadId, deadline: Nanos) -> bool {
        let State::Runs { core, .. } = self.threads[index(thread)].state else {
            unreachable!("only a thread that runs can wait")
        };
        let is_alone = self.core_line.is_empty() && self.gil_of(thread).line.is_empty();
        let deadline = deadline.max(self.now);
        if !is_alone || !self.nothing_happens_until(deadline) {
            return false;
        }
        self.switches.voluntary += 1;
        self.now = deadline;
        self.cores[core as usize].since = deadline;
        true
    }

    /// Sets the timer of a thread that waits; it counts for this wait only.
    pub(super) fn set_timer(&mut self, thread: ThreadId, deadline: Nanos) {
        let wait = self.threads[index(thread)].wait;
        self.agenda.enter(deadline.max(self.now), Entry::Timer { thread, wait });
    }

    /// Moves on to whatever is to be done next; `None` where nothing is left.
    pub(super) fn next(&mut self) -> Option<Next> {
        loop {
            if let Some(thread) = self.due.pop_front() {
                return Some(Next::Poll(thread));
            }
            let (at, entry) = self.agenda.next()?;
            if !self.is_still_so(entry) {
                continue;
            }
            self.now = at;
            if self.is_too_early(entry) {
                self.agenda.enter(at, entry);
                continue;
            }
            match entry {
                Entry::Computed { thread, .. } => {
                    self.threads[index(thread)].left = Nanos::ZERO;
                    self.due.push_back(thread);
                }
                // Threads could take turns for ever without anybody being due, so each time is told of.
                Entry::SliceEnds { core, .. } => {
                    self.end_slice(core);
                    return Some(Next::GaveWay);
                }
                Entry::GilRequested { process, .. } => {
                    self.ask_back(process);
                    return Some(Next::GaveWay);
                }
                Entry::Timer { thread, .. } => return Some(Next::Timer(thread)),
            }
        }
    }

    fn is_still_so(&self, entry: Entry) -> bool {
        match entry {
            Entry::Computed { thread, stint } => self.threads[index(thread)].stint == stint,
            Entry::SliceEnds { core, stint } => self.cores[core as usize].stint == stint,
            Entry::GilRequested { process, tenure } => {
                let gil = &self.processes[process.0 as usize];
                gil.tenure == tenure && !gil.line.is_empty()
            }
            Entry::Timer { thread, wait } => self.threads[index(thread)].wait == wait && self.is_waiting(thread),
        }
    }

    /// Whether a thread is to be interrupted that is through with computing at this very instant: it goes on first.
    fn is_too_early(&self, entry: Entry) -> bool {
        let interrupted = match entry {
            Entry::SliceEnds { core, .. } => self.cores[core as usize].runs,
            Entry::GilRequested { process, .. } => self.processes[process.0 as usize].holder,
            Entry::Computed { .. } | Entry::Timer { .. } => None,
        };
        interrupted.map(|thread| &self.threads[index(thread)]).is_some_and(|thread| match thread.state {
            State::Runs { since, .. } => thread.left > Nanos::ZERO && thread.left == self.now.since(since),
            _ => false,
        })
    }

    fn nothing_happens_until(&self, instant: Nanos) -> bool {
        self.due.is_empty() && self.agenda.earliest().is_none_or(|earliest| earliest > instant)
    }
}

fn index(thread: ThreadId) -> usize {
    thread.0 as usize
}
