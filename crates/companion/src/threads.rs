//! The threads of measured runs, and which bound of the system is reached where there are no more.

use std::fs;
use std::sync::OnceLock;

use engine::measure::Threads;
use engine::measure::native::OsThreads;

use crate::usage::groups;

/// Threads of the operating system that tell why there are no more.
#[derive(Debug, Default)]
pub struct BoundedThreads {
    /// Asked for once: where one thread cannot be had, thousands more may not.
    bound: OnceLock<String>,
}

impl Threads for BoundedThreads {
    fn start(&self, name: &str, body: Box<dyn FnOnce() + Send>) -> Result<(), String> {
        OsThreads.start(name, body).map_err(|reason| format!("{reason}: {}", self.bound.get_or_init(bound)))
    }
}

/// How many there are of something, and how many there may be.
struct Bound {
    is: u64,
    most: u64,
    /// What bounds it, and of whom it is.
    name: &'static str,
}

impl Bound {
    /// Whether it is reached, but for what has ended since.
    fn is_reached(&self) -> bool {
        const ENDED_SINCE: u64 = 8;
        self.is + ENDED_SINCE + self.most / 50 >= self.most
    }
}

/// Which bound is reached, as the end of a sentence that says what to do about it.
pub fn bound() -> String {
    match [group, of_user, of_system, mappings, addresses].into_iter().filter_map(|ask| ask()).find(Bound::is_reached) {
        Some(Bound { is, most, name }) => {
            format!("{name} is {most}, and {is} are in use. Raise it, or have fewer at once")
        }
        None => match memory_mib() {
            Some(mib) => format!("no bound that is known is reached; {mib} MiB of memory are left. Have fewer at once"),
            None => "have fewer at once".to_owned(),
        },
    }
}

/// Threads and processes of the control groups, of which the fullest counts.
fn group() -> Option<Bound> {
    let bounds = groups::folders("pids").into_iter().filter_map(|folder| {
        let number = |name: &str| fs::read_to_string(folder.join(name)).ok()?.trim().parse().ok();
        Some(Bound { is: number("pids.current")?, most: number("pids.max")?, name: "pids.max of its control group" })
    });
    bounds.min_by_key(|bound| bound.most.saturating_sub(bound.is))
}

/// Threads of this program's user.
#[cfg(target_os = "linux")]
fn of_user() -> Option<Bound> {
    use nix::sys::resource::{Resource, getrlimit};

    let (most, _) = getrlimit(Resource::RLIMIT_NPROC).ok()?;
    let user = field(&fs::read_to_string("/proc/self/status").ok()?, "Uid:")?;
    // Beside the processes by their numbers there is this one under other names.
    let is_process =
        |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(|it: char| it.is_ascii_digit());
    let threads = fs::read_dir("/proc").ok()?.flatten().filter(is_process).filter_map(|process| {
        let status = fs::read_to_string(process.path().join("status")).ok()?;
        field(&status, "Threads:").filter(|_| field(&status, "Uid:") == Some(user))
    });
    Some(Bound { is: threads.sum(), most, name: "the most threads of a user (`ulimit -u`)" })
}

/// Not told by this system.
#[cfg(not(target_os = "linux"))]
fn of_user() -> Option<Bound> {
    None
}

/// Threads of the whole system.
fn of_system() -> Option<Bound> {
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let told = fs::read_to_string("/proc/loadavg").ok()?;
    let (_, all) = told.split_whitespace().nth(3)?.split_once('/')?;
    let (threads, ids) = (number("/proc/sys/kernel/threads-max")?, number("/proc/sys/kernel/pid_max")?);
    let name = if threads < ids { "the most threads of the system (kernel.threads-max)" } else { "kernel.pid_max" };
    Some(Bound { is: all.parse().ok()?, most: threads.min(ids), name })
}

/// Stretches of memory of this process: each thread has some of its own, its stack among them.
fn mappings() -> Option<Bound> {
    let most = fs::read_to_string("/proc/sys/vm/max_map_count").ok()?.trim().parse().ok()?;
    let is = fs::read_to_string("/proc/self/maps").ok()?.lines().count() as u64;
    Some(Bound { is, most, name: "the most mappings of memory (vm.max_map_count)" })
}

/// MiB that this process has given addresses to: a thread's stack has its own from the beginning.
#[cfg(target_os = "linux")]
fn addresses() -> Option<Bound> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};

    const MIB: u64 = 1 << 20;
    let (most, _) = getrlimit(Resource::RLIMIT_AS).ok()?;
    let is = field(&fs::read_to_string("/proc/self/status").ok()?, "VmSize:")? / 1024;
    let name = "the most MiB of addresses of this program (`ulimit -v`, there in KiB)";
    (most != RLIM_INFINITY).then_some(Bound { is, most: most / MIB, name })
}

/// Not told by this system.
#[cfg(not(target_os = "linux"))]
fn addresses() -> Option<Bound> {
    None
}

fn memory_mib() -> Option<u64> {
    Some(field(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:")? / 1024)
}

/// The first number behind `name`.
fn field(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told_and_none_is_reached_by_a_few_threads() {
        for ask in [of_user, of_system, mappings] {
            let bound = ask().unwrap();
            assert!(bound.is > 0 && bound.is < bound.most, "{}: {} of {}", bound.name, bound.is, bound.most);
        }
        assert!(memory_mib().unwrap() > 0);
    }

    #[test]
    fn a_bound_is_reached_a_little_before_it() {
        let bound = |is, most| Bound { is, most, name: "" }.is_reached();
        assert_eq!([bound(1500, 1500), bound(1490, 1500), bound(1300, 1500), bound(0, 4)], [true, true, false, true]);
    }
}
