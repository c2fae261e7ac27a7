//! The machine in a few words, for whoever reads a result elsewhere.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::thread::available_parallelism;

/// Such as "Linux on x86_64 with 2 cores (AMD EPYC)". It says what a figure rests on, and nothing of whose it is.
pub fn in_words() -> String {
    let cores = match available_parallelism().map_or(0, usize::from) {
        0 => String::new(),
        1 => " with 1 core".to_owned(),
        cores => format!(" with {cores} cores"),
    };
    let processor = processor().map(|name| format!(" ({name})")).unwrap_or_default();
    format!("{} on {ARCH}{cores}{processor}", system())
}

/// The system's name as its makers write it, where that is not how it is written among programs.
fn system() -> &'static str {
    match OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        other => other,
    }
}

/// The name of the processor, where Linux tells it.
fn processor() -> Option<String> {
    let told = fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = told.lines().find(|line| line.starts_with("model name"))?.split_once(':')?.1.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
