//! How many files, pipes and connections this process may have open.

/// Lets this process open as many files as the system allows it, and returns how many that are.
#[cfg(unix)]
pub fn allow_most() -> Option<u64> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    let raised = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    Some(if raised.is_ok() { hard } else { soft })
}

/// Not told by this system.
#[cfg(not(unix))]
pub fn allow_most() -> Option<u64> {
    None
}
