//! Noticing that the parent is gone while nobody reads its pipe.

/// Has a thread end this process once nobody holds the other end of its standard input. Returns whether there is one: not
/// every system tells.
#[cfg(unix)]
pub fn watch() -> bool {
    let thread = std::thread::Builder::new().name("parent".to_owned());
    thread.spawn(until_the_parent_is_gone).is_ok()
}

/// See the other.
#[cfg(not(unix))]
pub fn watch() -> bool {
    false
}

#[cfg(unix)]
fn until_the_parent_is_gone() {
    use std::os::fd::AsFd;

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    let stdin = std::io::stdin();
    loop {
        // To be asked for nothing, poll tells of nothing but the pipe's end.
        let told = poll(&mut [PollFd::new(stdin.as_fd(), PollFlags::empty())], PollTimeout::NONE);
        if told != Err(Errno::EINTR) {
            std::process::exit(0);
        }
    }
}
