//! What `cargo xtask test e2e` built, and the real command line among it.

use std::ffi::OsString;
use std::process::Command;

/// Where something that was built or found for the tests is, by the name of the variable that tells.
pub fn built(variable: &str) -> OsString {
    let path = std::env::var_os(variable);
    path.unwrap_or_else(|| panic!("{variable} names nothing to test: run `cargo xtask test e2e`, which builds it"))
}

/// `interleave` with these words, split at spaces.
pub fn interleave(words: &str) -> Command {
    let mut command = Command::new(built("INTERLEAVE_BIN"));
    command.args(words.split_whitespace());
    command
}
