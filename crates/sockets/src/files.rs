//! What is said where a program may open no further file, as which a connection counts.

use std::io;

/// The errors that say so: of one program, and of the whole system.
#[cfg(unix)]
const TOO_MANY: [i32; 2] = [24, 23];
#[cfg(not(unix))]
const TOO_MANY: [i32; 1] = [10024];

/// An error in words, with what to do about it where that is known.
pub(crate) fn told(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) if TOO_MANY.contains(&code) => {
            format!("{error}: `ulimit -Hn` says how many; raise it, or have fewer requests at once")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_files_run_out_it_is_said_what_to_do() {
        let told_of = |code| told(&io::Error::from_raw_os_error(code));
        for code in TOO_MANY {
            assert!(told_of(code).ends_with("raise it, or have fewer requests at once"), "{}", told_of(code));
        }
        assert!(!told_of(1).contains("ulimit"));
    }
}
