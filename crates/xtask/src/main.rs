//! `cargo xtask`: sets up, builds, plays, tests and weighs Interleave.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

mod apt;
mod bench_wasm;
mod browser;
mod build;
mod code;
mod environment;
mod folder;
mod halves;
mod hook;
mod lint;
mod miri;
mod module;
mod npm;
mod offline;
mod play;
mod process;
mod progress;
mod setup;
mod size;
mod test;
mod toolchain;
mod tools;
mod workspace;

use workspace::Workspace;

/// Sets up, builds, plays, tests and weighs Interleave.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Find or install what building needs
    Setup {
        /// Also find or install what the tests need: Chromium and its driver
        #[arg(long)]
        tests: bool,
    },
    /// Build the page into dist/, and the `interleave` program
    Build,
    /// Set up, build, serve the page and open it
    Play {
        /// The port to serve on; the next free one is taken if it is in use
        #[arg(long, default_value_t = 8787)]
        port: u16,
        /// Do not open a browser
        #[arg(long)]
        no_open: bool,
    },
    /// Rebuild and reload the page at each change, served by trunk
    Watch {
        /// The port to serve on
        #[arg(long, default_value_t = 8788)]
        port: u16,
    },
    /// Set up, and run one part of the tests, or all of them
    Test {
        /// The only part to run
        part: Option<test::Part>,
    },
    /// Run the engine's tests under miri, which looks for undefined behaviour and takes long
    Miri,
    /// Time the simulator in Chromium beside this machine
    BenchWasm,
    /// Time the page in Chromium: its start, a slider's move, frames with six thousand tasks
    BenchPage,
    /// Print the raw, gzip and brotli size of every file that the page loads
    Size {
        /// Print one JSON object, and nothing else, on standard output
        #[arg(long)]
        json: bool,
    },
    /// What trunk calls while it builds the page
    #[command(hide = true)]
    Hook { stage: hook::Stage },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The causes in words, and never a backtrace: what failed is nearly always another program.
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Setup { tests: false } => setup::for_building(&workspace).map(drop),
        Command::Setup { tests: true } => {
            setup::for_testing(&workspace).and_then(|_| npm::AXE.ensure(&workspace)).map(drop)
        }
        Command::Build => build::everything(&workspace).map(drop),
        Command::Play { port, no_open } => play::play(&workspace, port, no_open),
        Command::Watch { port } => play::watch(&workspace, port),
        Command::Test { part } => test::run(&workspace, part),
        Command::Miri => miri::run(&workspace),
        Command::BenchWasm => bench_wasm::run(&workspace),
        Command::BenchPage => test::bench_page(&workspace),
        Command::Size { json } => size::report(&workspace, json),
        Command::Hook { stage } => hook::hook(&workspace, stage),
    }
}
