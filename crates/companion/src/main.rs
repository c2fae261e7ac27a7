//! `interleave`: runs lessons with real threads and processes, predicts them, and serves the page.

use std::process::ExitCode;

use clap::Parser;

mod advise;
mod arguments;
mod calibrate;
mod cpu_time;
mod failure;
mod listing;
mod measure;
mod notice;
mod output_file;
mod process_pool;
mod published;
mod report;
mod request;
mod run;
mod serve;
mod sweep;
mod why;
mod words;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Lessons(arguments) => listing::print(&arguments),
        Command::Run(arguments) => run::run(&arguments),
        Command::Sweep(arguments) => sweep::sweep(&arguments),
        Command::Why(arguments) => why::why(&arguments),
        Command::Advise(arguments) => advise::advise(&arguments),
        Command::Published(arguments) => published::print(arguments.json),
        Command::Calibrate(arguments) => calibrate::calibrate(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Worker => process_pool::child::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
