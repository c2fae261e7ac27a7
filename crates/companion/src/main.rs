//! `interleave`: runs lessons with real threads and processes, predicts them, and serves the page.

use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod cpu_time;
mod failure;
mod listing;
mod measure;
mod notice;
mod process_pool;
mod report;
mod request;
mod run;
mod serve;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Lessons(arguments) => listing::print(arguments.json),
        Command::Run(arguments) => run::run(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Worker => process_pool::child::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
