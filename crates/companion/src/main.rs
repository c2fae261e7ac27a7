//! `interleave`: runs lessons with real threads and processes, predicts them, and serves the page.

use std::process::ExitCode;

use clap::Parser;

mod advise;
mod alive;
mod api;
mod arguments;
mod calibrate;
mod caution;
mod compare;
mod cpu_time;
mod failure;
mod interrupt;
mod listen;
mod listing;
mod machine;
mod manual;
mod measure;
mod notice;
mod open_files;
mod output_file;
mod process_pool;
mod published;
mod replace;
mod report;
mod request;
mod run;
mod runner;
mod scratch;
mod serve;
mod service;
mod statistics;
mod sweep;
mod threads;
mod usage;
mod why;
mod wish;
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
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Serve(arguments) => serve::serve(&arguments),
        Command::Api(arguments) => api::api(&arguments),
        Command::Completions(arguments) => manual::complete(arguments.shell),
        Command::Man(arguments) => manual::man(&arguments),
        Command::Worker => process_pool::child::run(),
        Command::ApiWorker => api::child::run(),
        Command::Runner => runner::run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
