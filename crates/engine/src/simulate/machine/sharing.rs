//! How threads share what there is too little of: the GIL of their process, and the cores. The rules stand at the head of the
//! machine's module.

use super::{Became, Change, Core, Entry, Gil, Machine, State, ThreadId, index};
use crate::costs::Interval;
use crate::time::Nanos;
use crate::trace::Process;

impl Machine {
    pub(super) fn gil_of(&mut self, thread: ThreadId) -> &mut Gil {
        &mut self.processes[self.threads[index(thread)].process.0 as usize]
    }

    pub(super) fn want_gil(&mut self, thread: ThreadId) {
        if self.costs.gil.is_none() {
            return self.want_core(thread, None);
        }
        let gil = self.gil_of(thread);
        if gil.holder.is_none() {
            gil.holder = Some(thread);
            gil.has_run = false;
            return self.want_core(thread, None);
        }
        self.stand_in_line(thread);
        self.set_state(thread, State::WantsGil, None);
    }

    /// Gives the GIL that `thread` holds, if it does, to the first in line.
    fn pass_gil(&mut self, thread: ThreadId) {
        let gil = self.gil_of(thread);
        if gil.holder != Some(thread) {
            return;
        }
        gil.tenure += 1;
        gil.has_run = false;
        gil.is_asked_back = false;
        gil.holder = gil.line.pop_front();
        if let Some(next) = gil.holder {
            self.want_core(next, Some(thread));
        }
    }

    /// The first in a GIL's line has waited for the switch interval.
    pub(super) fn ask_back(&mut self, process: Process) {
        let Some(holder) = self.processes[process.0 as usize].holder else {
            return;
        };
        match self.threads[index(holder)].state {
            State::Runs { .. } => {
                let core = self.stop(holder, State::WantsGil);
                self.hand_over(holder, core);
            }
            _ => self.processes[process.0 as usize].is_asked_back = true,
        }
    }

    /// Has the holder of a GIL, who was asked for it, give it up with its core and stand in line for it.
    fn hand_over(&mut self, holder: ThreadId, core: u32) {
        self.switches.involuntary += 1;
        self.stand_in_line(holder);
        self.free(core, holder);
        self.pass_gil(holder);
    }

    /// Puts a thread at the end of its GIL's line.
    fn stand_in_line(&mut self, thread: ThreadId) {
        let gil = self.gil_of(thread);
        gil.line.push_back(thread);
        if gil.line.len() == 1 {
            self.time_gil(thread);
        }
    }

    /// Has the first in line, if there is one, ask the holder for the GIL after the switch interval. Before the holder has run
    /// it cannot be asked.
    fn time_gil(&mut self, thread: ThreadId) {
        let process = self.threads[index(thread)].process;
        let Some(interval) = self.costs.gil.map(Interval::nanos) else { return };
        let gil = &self.processes[process.0 as usize];
        if gil.has_run && !gil.line.is_empty() {
            self.agenda.enter(self.now + interval, Entry::GilRequested { process, tenure: gil.tenure });
        }
    }

    fn want_core(&mut self, thread: ThreadId, by: Option<ThreadId>) {
        let free =
            |suits: &dyn Fn(&Core) -> bool| self.cores.iter().position(|core| core.runs.is_none() && suits(core));
        // Its own one needs no switch, and neither does one that nobody has used.
        let own = free(&|core| core.last == Some(thread));
        if let Some(core) = own.or_else(|| free(&|core| core.last.is_none())).or_else(|| free(&|_| true)) {
            return self.run(thread, core as u32, by);
        }
        self.core_line.push_back(thread);
        self.set_state(thread, State::WantsCore, by);
        for core in 0..self.cores.len() as u32 {
            self.time_slice(core);
        }
    }

    /// Sees to it that the slice of a core's thread ends.
    fn time_slice(&mut self, core: u32) {
        let slice = self.costs.time_slice.nanos();
        let entry = &mut self.cores[core as usize];
        if !entry.is_timed {
            entry.is_timed = true;
            let end = self.now.max(entry.since + slice);
            self.agenda.enter(end, Entry::SliceEnds { core, stint: entry.stint });
        }
    }

    fn run(&mut self, thread: ThreadId, core: u32, by: Option<ThreadId>) {
        let gil = self.gil_of(thread);
        if gil.holder == Some(thread) {
            if gil.is_asked_back {
                // All that it does with its core is to let go of the GIL.
                self.set_state(thread, State::WantsGil, by);
                return self.hand_over(thread, core);
            }
            if !std::mem::replace(&mut gil.has_run, true) {
                self.time_gil(thread);
            }
        }
        let entry = &mut self.cores[core as usize];
        let is_switch = entry.last.is_some_and(|last| last != thread);
        let stint = entry.stint + 1;
        *entry = Core { runs: Some(thread), last: Some(thread), since: self.now, stint, is_timed: false };
        self.set_state(thread, State::Runs { core, since: self.now }, by);
        let entry = &mut self.threads[index(thread)];
        entry.stint += 1;
        if is_switch {
            entry.left = entry.left + self.costs.context_switch;
            self.granted = self.granted + self.costs.context_switch;
        }
        if entry.left == Nanos::ZERO {
            self.due.push_back(thread);
        } else {
            self.agenda.enter(self.now + entry.left, Entry::Computed { thread, stint: entry.stint });
        }
        if !self.core_line.is_empty() {
            self.time_slice(core);
        }
    }

    /// Takes a running thread off its core and lets it go of the GIL.
    pub(super) fn leave(&mut self, thread: ThreadId, state: State) {
        let core = self.stop(thread, state);
        self.free(core, thread);
        self.pass_gil(thread);
    }

    /// Stops a running thread; what it has computed counts. Returns the core that it had.
    fn stop(&mut self, thread: ThreadId, state: State) -> u32 {
        let entry = &mut self.threads[index(thread)];
        let State::Runs { core, since } = entry.state else { unreachable!("only a thread that runs can be stopped") };
        entry.left = entry.left - self.now.since(since);
        entry.stint += 1;
        self.set_state(thread, state, None);
        core
    }

    fn free(&mut self, core: u32, by: ThreadId) {
        let entry = &mut self.cores[core as usize];
        entry.runs = None;
        entry.stint += 1;
        entry.is_timed = false;
        if let Some(next) = self.core_line.pop_front() {
            self.run(next, core, Some(by));
        }
    }

    pub(super) fn end_slice(&mut self, core: u32) {
        self.cores[core as usize].is_timed = false;
        let (Some(thread), false) = (self.cores[core as usize].runs, self.core_line.is_empty()) else {
            return;
        };
        self.switches.involuntary += 1;
        self.stop(thread, State::WantsCore);
        self.core_line.push_back(thread);
        self.free(core, thread);
    }

    fn set_state(&mut self, thread: ThreadId, state: State, by: Option<ThreadId>) {
        self.threads[index(thread)].state = state;
        let became = match state {
            State::Waiting => return,
            State::WantsGil => Became::WantingGil,
            State::WantsCore => Became::WantingCore,
            State::Runs { .. } => Became::Running,
        };
        self.changes.push_back(Change { at: self.now, thread, became, by });
    }
}
