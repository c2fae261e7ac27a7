//! What is made of the command line itself, so that it cannot differ from it: completions for shells, and manual pages.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use engine::model::Model;

use crate::arguments::{Arguments, ManArguments};
use crate::failure::Failure;
use crate::output_file::cannot_be_written;
use crate::replace::replace;
use crate::report::print_text;

/// Prints what has `shell` complete words.
///
/// # Errors
/// Where standard output cannot be written.
pub fn complete(shell: Shell) -> Result<(), Failure> {
    let mut command = with_known_words(for_people());
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    print_text(&String::from_utf8_lossy(&script))
}

/// Prints the manual page of the program, or writes the pages of all commands to a folder.
///
/// # Errors
/// Where they cannot be written.
pub fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let mut command = for_people();
    // Names each command's page after the whole of its call.
    command.build();
    match &arguments.folder {
        Some(folder) => write_pages(folder, &command),
        None => print_text(&String::from_utf8_lossy(&page(&command)?)),
    }
}

fn write_pages(folder: &Path, command: &Command) -> Result<(), Failure> {
    let unwritable = |path: &Path, error| Failure::because(cannot_be_written(path.display(), &error));
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    for command in [command].into_iter().chain(command.get_subcommands()) {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        replace(&path, &page(command)?).map_err(|error| unwritable(&path, error))?;
    }
    let mut stdout = io::stdout().lock();
    let count = 1 + command.get_subcommands().count();
    Ok(writeln!(stdout, "{count} pages were written to {}.", folder.display())?)
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

/// The command line without what commands ask of their own children.
fn for_people() -> Command {
    let all = Arguments::command().disable_help_subcommand(true);
    let shown: Vec<Command> = all.get_subcommands().filter(|command| !command.is_hide_set()).cloned().collect();
    let mut command = Command::new("interleave").version(env!("CARGO_PKG_VERSION")).subcommand_required(true);
    if let Some(about) = all.get_about() {
        command = command.about(about.clone());
    }
    if let Some(examples) = all.get_after_help() {
        command = command.after_help(examples.clone());
    }
    command.disable_help_subcommand(true).subcommands(shown)
}

/// The same with the words that an argument takes where they are known: a shell offers them. They are no part of the
/// command line that is really read, which has sentences of its own about words that it does not know.
fn with_known_words(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let known = |name: &str, argument: Arg| match known_words(name, &argument) {
        Some(words) => argument.value_parser(PossibleValuesParser::new(words)),
        None => argument,
    };
    names
        .iter()
        .fold(command, |command, name| command.mut_subcommand(name, |of| of.mut_args(|argument| known(name, argument))))
}

fn known_words(command: &str, argument: &Arg) -> Option<Vec<&'static str>> {
    let lessons = || lessons::catalogue().iter().map(|lesson| lesson.id);
    let models = || Model::ALL.iter().map(|model| model.id()).collect();
    match (command, argument.get_id().as_str()) {
        ("compare", "lesson") => Some(lessons().chain(["all"]).collect()),
        (_, "lesson") => Some(lessons().collect()),
        (_, "models" | "model") | ("lessons", "python") => Some(models()),
        (_, "clock") => Some(vec!["real", "virtual"]),
        (_, "network") => Some(vec!["sockets", "timer"]),
        (_, "whose") => Some(vec!["native", "cpython"]),
        _ => None,
    }
}
