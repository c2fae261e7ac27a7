//! What the operating system says that one run took, beside its time: asked before it and after it.
//!
//! What a system does not tell is `None`, and so is a sum of which it does not tell a part.

pub mod groups;
mod kernel;
pub mod quota;

use std::time::Instant;

use engine::time::Nanos;
use engine::trace::Switches;

/// What one run took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// The CPU time of the run, outside and inside the kernel, in the proportion in which the system counted it for this program and
    /// its children. A pool's processes tell theirs in ticks of a hundredth of a second; `None` where they took less than one.
    pub cpu: Option<Cpu>,
    /// How often a core left a thread of this process or of its children.
    pub switches: Option<Switches>,
    /// The most memory that was resident, in bytes; of several processes the sum of what each had at most. `None` where
    /// processes ended within the run: they take the answer with them.
    pub peak_memory: Option<u64>,
    /// What others did on this machine meanwhile.
    pub others: Option<Others>,
}

/// CPU time by where it was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    /// In programs.
    pub user: Nanos,
    /// In the kernel, on behalf of programs.
    pub system: Nanos,
}

/// The time of all cores together, in seconds, for a while. Short whiles are less exact than their sum: the system
/// counts in ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Others {
    /// What other programs, the kernel and other guests of the same computer used.
    pub used_s: f64,
    /// What there was.
    pub there_was_s: f64,
}

impl Others {
    /// What they used of what there was; `None` of a while that is too short to tell.
    pub fn share(self) -> Option<f64> {
        // Under that the system's ticks, a hundred in a second, are too few.
        const LEAST_WATCHED_S: f64 = 0.2;
        (self.there_was_s >= LEAST_WATCHED_S).then(|| (self.used_s / self.there_was_s).clamp(0.0, 1.0))
    }
}

/// The beginning of a run, and what the system had counted until then.
pub struct Watch {
    kept: Vec<u32>,
    began: Instant,
    own: Option<Counted>,
    ended: Option<Counted>,
    kept_ticks: Option<Vec<Cpu>>,
    kept_switches: Option<Vec<Switches>>,
    server: Option<(u32, Cpu)>,
    forgotten: bool,
    machine: Option<kernel::Machine>,
}

/// What is counted of processes from their beginning on.
#[derive(Clone, Copy)]
struct Counted {
    cpu: Cpu,
    switches: Switches,
}

impl Watch {
    /// Begins now. `kept` are the processes that work for this one and outlive the run; `server` is the one that it asks, whose
    /// work is neither the run's nor that of others.
    pub fn start(kept: &[u32], server: Option<u32>) -> Watch {
        Watch {
            kept: kept.to_vec(),
            // Each peak begins anew; one of before would be told again of every later run.
            forgotten: kernel::forget_peak(None) && kept.iter().all(|process| kernel::forget_peak(Some(*process))),
            kept_ticks: kept.iter().map(|process| kernel::ticks(*process)).collect(),
            kept_switches: kept.iter().map(|process| kernel::switches(*process)).collect(),
            server: server.and_then(|server| Some((server, kernel::ticks(server)?))),
            machine: kernel::Machine::ask(),
            ended: counted(Whose::EndedChildren),
            own: counted(Whose::Own),
            began: Instant::now(),
        }
    }

    /// Ends now. `total` is the CPU time that the run took in all its processes.
    pub fn stop(self, total: Option<Nanos>) -> Usage {
        let elapsed_s = self.began.elapsed().as_secs_f64();
        let served = self.served();
        let own = counted(Whose::Own).zip(self.own).map(|(now, before)| now.since(before));
        let ended = counted(Whose::EndedChildren).zip(self.ended).map(|(now, before)| now.since(before));
        let near = own.zip(ended).map(|(own, ended)| own.and(ended));
        let machine = kernel::Machine::ask().zip(self.machine).and_then(|(now, before)| now.since(before));
        Usage {
            cpu: near.and_then(|near| self.with_kept_cpu(near.cpu, total?)),
            switches: near.and_then(|near| self.with_kept_switches(near.switches)),
            peak_memory: ended.and_then(|ended| self.peak_memory(ended)),
            others: machine.zip(total).map(|(machine, total)| {
                let there_was_s = elapsed_s * machine.cores;
                // A pool's processes tell the total alone; what this program does beside the run is in its own alone.
                let ours = total.max(near.map_or(Nanos::ZERO, |near| near.cpu.user + near.cpu.system));
                // Of sockets the kernel does much that it charges to no process, and that is the run's own for all anybody knows.
                let busy = if self.server.is_some() { machine.busy - machine.interrupts } else { machine.busy };
                Others { used_s: busy * there_was_s - (ours + served).as_secs_f64(), there_was_s }
            }),
        }
    }

    /// The CPU time of the server since the beginning.
    fn served(&self) -> Nanos {
        let served = self.server.and_then(|(server, before)| Some(kernel::ticks(server)?.since(before)));
        served.map_or(Nanos::ZERO, |served| served.user + served.system)
    }

    /// The two parts of the `total` that the run took: the system counts what this program does beside a run as well, so that only
    /// the proportion is told by it.
    fn with_kept_cpu(&self, near: Cpu, total: Nanos) -> Option<Cpu> {
        if self.kept.is_empty() {
            return near.parts_of(total);
        }
        let before = self.kept_ticks.as_ref()?.iter();
        let mut ticks = Cpu::default();
        for (process, before) in self.kept.iter().zip(before) {
            ticks = ticks.and(kernel::ticks(*process)?.since(*before));
        }
        if ticks == Cpu::default() {
            return None;
        }
        near.and(ticks).parts_of(total)
    }

    fn with_kept_switches(&self, near: Switches) -> Option<Switches> {
        let before = self.kept_switches.as_ref()?.iter();
        self.kept
            .iter()
            .zip(before)
            .try_fold(near, |sum, (process, before)| Some(and(sum, since(kernel::switches(*process)?, *before))))
    }

    fn peak_memory(&self, ended: Counted) -> Option<u64> {
        let nobody_ended = ended.switches == Switches::default() && ended.cpu == Cpu::default();
        let kept = self.kept.iter().map(|process| kernel::peak_memory(Some(*process)));
        let peaks = [kernel::peak_memory(None)].into_iter().chain(kept).sum();
        if self.forgotten && nobody_ended { peaks } else { None }
    }
}

impl Cpu {
    /// So much time in the proportion of these parts; `None` where neither of them tells any.
    fn parts_of(self, total: Nanos) -> Option<Cpu> {
        let all = self.user + self.system;
        if all == Nanos::ZERO && total > Nanos::ZERO {
            return None;
        }
        let user = total.scaled(self.user.0 as f64 / all.0.max(1) as f64);
        Some(Cpu { user, system: total.since(user) })
    }

    fn and(self, other: Cpu) -> Cpu {
        Cpu { user: self.user + other.user, system: self.system + other.system }
    }

    fn since(self, earlier: Cpu) -> Cpu {
        Cpu { user: self.user.since(earlier.user), system: self.system.since(earlier.system) }
    }
}

impl Counted {
    fn and(self, other: Counted) -> Counted {
        Counted { cpu: self.cpu.and(other.cpu), switches: and(self.switches, other.switches) }
    }

    fn since(self, earlier: Counted) -> Counted {
        Counted { cpu: self.cpu.since(earlier.cpu), switches: since(self.switches, earlier.switches) }
    }
}

fn and(a: Switches, b: Switches) -> Switches {
    Switches { voluntary: a.voluntary + b.voluntary, involuntary: a.involuntary + b.involuntary }
}

fn since(now: Switches, before: Switches) -> Switches {
    Switches {
        voluntary: now.voluntary.saturating_sub(before.voluntary),
        involuntary: now.involuntary.saturating_sub(before.involuntary),
    }
}

/// Of which processes is asked.
#[derive(Clone, Copy)]
enum Whose {
    Own,
    EndedChildren,
}

#[cfg(unix)]
fn counted(whose: Whose) -> Option<Counted> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::{TimeVal, TimeValLike};

    let usage = getrusage(match whose {
        Whose::Own => UsageWho::RUSAGE_SELF,
        Whose::EndedChildren => UsageWho::RUSAGE_CHILDREN,
    });
    let usage = usage.ok()?;
    let nanos = |time: TimeVal| Some(Nanos(u64::try_from(time.num_microseconds()).ok()?.saturating_mul(1000)));
    Some(Counted {
        cpu: Cpu { user: nanos(usage.user_time())?, system: nanos(usage.system_time())? },
        switches: Switches {
            voluntary: u64::try_from(usage.voluntary_context_switches()).ok()?,
            involuntary: u64::try_from(usage.involuntary_context_switches()).ok()?,
        },
    })
}

/// Not told by this system.
#[cfg(not(unix))]
fn counted(_: Whose) -> Option<Counted> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_counted_and_what_was_done_before_is_not() {
        let block = |bytes: usize| std::hint::black_box(vec![1_u8; bytes]).len() as u64;
        let before = block(300 << 20);
        let (mut written, mut usage) = (0, Usage::default());
        // No peak is told where a child has ended meanwhile, as those of other tests do.
        while usage.peak_memory.is_none() {
            let watch = Watch::start(&[], None);
            written = block(64 << 20);
            // Whoever sleeps lets go of the core, whoever else wants it.
            std::thread::sleep(std::time::Duration::from_millis(1));
            usage = watch.stop(Some(Nanos(1)));
        }
        let peak = usage.peak_memory.unwrap();
        assert!((written..before).contains(&peak), "{peak}");
        assert!(usage.cpu.is_some() && usage.switches.unwrap().voluntary > 0, "{usage:?}");
        assert!(usage.others.unwrap().there_was_s > 0.0, "{usage:?}");
    }

    #[test]
    fn ticks_are_as_long_as_the_time_that_they_count() {
        let own = || counted(Whose::Own).map(|own| own.cpu.user + own.cpu.system).unwrap();
        while own() < Nanos(300_000_000) {
            std::hint::black_box(vec![1_u8; 1 << 20]);
        }
        let before = own();
        let told = kernel::ticks(std::process::id()).map(|cpu| cpu.user + cpu.system).unwrap();
        // Each of the two parts is told in whole ticks.
        assert!((before.since(Nanos(20_000_000))..=own()).contains(&told), "{before} {told}");
    }

    #[test]
    fn a_process_that_ended_is_counted_and_takes_its_memory_with_it() {
        let watch = Watch::start(&[], None);
        // It switches at least once: while this process waits for its word.
        let output = std::process::Command::new("sh").args(["-c", "read word; echo $word"]).output().unwrap();
        assert!(output.status.success());
        let usage = watch.stop(Some(Nanos(1)));
        assert_eq!(usage.peak_memory, None);
        assert!(usage.switches.is_some());
    }
}
