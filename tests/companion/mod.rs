//! What `cargo xtask test e2e` built, and the real command line among it.

use std::process::Command;

/// Where something that was built or found for the tests is, by the name of the variable that tells.
pub fn built(variable: &str) -> String {
    let path = std::env::var(variable);
    path.unwrap_or_else(|_| panic!("{variable} names nothing to test: run `cargo xtask test e2e`, which builds it"))
}

/// `interleave` with these words, split at spaces.
pub fn interleave(words: &str) -> Command {
    let mut command = Command::new(built("INTERLEAVE_BIN"));
    command.args(words.split_whitespace());
    command
}
