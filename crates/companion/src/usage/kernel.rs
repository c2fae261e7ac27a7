//! What Linux tells in `/proc`. Elsewhere these files are not there, and nothing is told.

use std::fs;
use std::path::Path;

use engine::time::Nanos;
use engine::trace::Switches;

use crate::usage::Cpu;

/// A tick, of which Linux tells every program a hundred in a second, whatever it counts in itself.
const TICK: Nanos = Nanos(10_000_000);

/// The CPU time of a process, in steps of a tick.
pub fn ticks(process: u32) -> Option<Cpu> {
    ticks_in(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// How often a core left a thread of a process, of those threads that are there.
pub fn switches(process: u32) -> Option<Switches> {
    let mut sum = Switches::default();
    for thread in fs::read_dir(format!("/proc/{process}/task")).ok()? {
        let Ok(status) = fs::read_to_string(thread.ok()?.path().join("status")) else { continue };
        sum.voluntary += field(&status, "voluntary_ctxt_switches:")?;
        sum.involuntary += field(&status, "nonvoluntary_ctxt_switches:")?;
    }
    Some(sum)
}

/// Has the most memory of a process counted anew, of this one where none is named; whether that is so now.
pub fn forget_peak(process: Option<u32>) -> bool {
    const PEAK: &str = "5";
    let path = file(process, "clear_refs");
    Path::new(&path).exists() && fs::write(path, PEAK).is_ok()
}

/// The most memory that a process, this one where none is named, had resident since its peak was forgotten, in bytes.
pub fn peak_memory(process: Option<u32>) -> Option<u64> {
    Some(field(&fs::read_to_string(file(process, "status")).ok()?, "VmHWM:")? * 1024)
}

fn file(process: Option<u32>, name: &str) -> String {
    process.map_or_else(|| format!("/proc/self/{name}"), |process| format!("/proc/{process}/{name}"))
}

/// What all cores did together, in ticks from the start of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    busy: u64,
    interrupts: u64,
    all: u64,
    cores: usize,
}

/// What all cores did together for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share of the time for which they were busy.
    pub busy: f64,
    /// The share of the time for which they answered interrupts; it is part of the other.
    pub interrupts: f64,
    /// How many they are.
    pub cores: f64,
}

impl Machine {
    /// What they did until now.
    pub fn ask() -> Option<Machine> {
        Machine::read(&fs::read_to_string("/proc/stat").ok()?)
    }

    /// What they did since `earlier`; `None` where no tick has passed.
    pub fn since(self, earlier: Machine) -> Option<Share> {
        let all = self.all.checked_sub(earlier.all).filter(|all| *all > 0)?;
        let share = |now: u64, before: u64| now.saturating_sub(before) as f64 / all as f64;
        let (busy, interrupts) = (share(self.busy, earlier.busy), share(self.interrupts, earlier.interrupts));
        Some(Share { busy, interrupts, cores: self.cores as f64 })
    }

    fn read(text: &str) -> Option<Machine> {
        let of_all = text.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let ticks: Vec<u64> = of_all.split_whitespace().map_while(|word| word.parse().ok()).collect();
        // User, nice, system, idle, waiting for disks, interrupts of two kinds, stolen; guests are among the users.
        let ticks = ticks.get(..8)?;
        let idle = ticks[3] + ticks[4];
        let all: u64 = ticks.iter().sum();
        let is_core =
            |line: &&str| line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let interrupts = ticks[5] + ticks[6];
        Some(Machine { busy: all - idle, interrupts, all, cores: text.lines().filter(is_core).count() })
    }
}

fn ticks_in(stat: &str) -> Option<Cpu> {
    // The program's name, in brackets, may hold spaces and brackets itself.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let mut next = || Some(TICK.scaled(fields.next()?.parse::<u32>().ok()?.into()));
    Some(Cpu { user: next()?, system: next()? })
}

fn field(status: &str, name: &str) -> Option<u64> {
    let rest = status.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read_as_proc_5_has_them() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 1 2 3 4 50 6 0 0 20 0 1 0 100 200";
        assert_eq!(ticks_in(stat), Some(Cpu { user: Nanos(500_000_000), system: Nanos(60_000_000) }));
        let status = "Name:\tx\nVmHWM:\t    2048 kB\nvoluntary_ctxt_switches:\t31\nnonvoluntary_ctxt_switches:\t4\n";
        assert_eq!(field(status, "VmHWM:"), Some(2048));
        assert_eq!(field(status, "voluntary_ctxt_switches:"), Some(31));
        assert_eq!(field(status, "nonvoluntary_ctxt_switches:"), Some(4));
        let before = Machine::read("cpu  10 0 5 70 10 2 3 0 0 0\ncpu0 1\ncpu1 1\nintr 5\n").unwrap();
        assert_eq!(before, Machine { busy: 20, interrupts: 5, all: 100, cores: 2 });
        let now = Machine { busy: 50, interrupts: 25, all: 200, cores: 2 };
        assert_eq!(now.since(before), Some(Share { busy: 0.3, interrupts: 0.2, cores: 2.0 }));
        assert_eq!((now.since(now), Machine::read("intr 5\n"), ticks_in("")), (None, None, None));
    }
}
