//! The CPU time that this process has used.

use engine::time::Nanos;

/// User and system time of all threads of this process since it began.
#[cfg(unix)]
pub fn used() -> Option<Nanos> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeValLike;

    let usage = getrusage(UsageWho::RUSAGE_SELF).ok()?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Some(Nanos(u64::try_from(micros).ok()?.saturating_mul(1000)))
}

/// Not told by this system.
#[cfg(not(unix))]
pub fn used() -> Option<Nanos> {
    None
}

/// What was used since `used` said `before`.
pub fn since(before: Option<Nanos>) -> Option<Nanos> {
    Some(used()?.since(before?))
}
