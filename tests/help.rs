//! What is made of the command line itself: help whose examples work, completions that a shell takes, and manual pages.
#![cfg(unix)]

mod companion;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use companion::{built, interleave};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Each is typed into a shell as it stands there, all at once: most of them wait.
#[test]
fn each_example_of_each_help_works() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("dist")).unwrap();
    std::fs::write(folder.path().join("dist/index.html"), "<!doctype html>").unwrap();
    let mut examples = BTreeSet::new();
    for command in [String::new()].into_iter().chain(commands()) {
        let help = said(&mut interleave(&format!("{command} --help")));
        let own: Vec<String> = help.lines().filter_map(example).collect();
        assert!(own.iter().any(|example| example.starts_with(&command)), "{help}");
        examples.extend(own);
    }
    thread::scope(|scope| {
        for example in &examples {
            scope.spawn(|| check_works(example, folder.path()));
        }
    });
}

/// The words of a line that is an example.
fn example(line: &str) -> Option<String> {
    line.strip_prefix("  interleave ").map(str::to_owned)
}

fn check_works(example: &str, folder: &Path) {
    if let Some(missing) = example.split(' ').find(|word| word.starts_with('/') && !Path::new(word).exists()) {
        let _ = writeln!(stderr(), "There is no {missing} here: “interleave {example}” was not tried.");
        return;
    }
    // One waits for a file that another writes.
    let before = if example.contains("--costs py.json") { "until [ -s py.json ]; do sleep 0.1; done; " } else { "" };
    let mut shell = shell(&format!("{before}exec interleave {example}"), folder);
    let mut process = shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    if ["serve", "api"].iter().any(|server| example.starts_with(server)) {
        end_when_it_serves(&mut process);
    }
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "interleave {example}: {}", String::from_utf8_lossy(&output.stderr));
}

fn end_when_it_serves(server: &mut Child) {
    let mut told = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut told).unwrap();
    assert!(told.contains("127.0.0.1"), "{told}");
    kill(Pid::from_raw(server.id() as i32), Signal::SIGTERM).unwrap();
}

#[test]
fn bash_completes_commands_lessons_and_models() {
    let script = r#"
        source <(interleave completions bash) && complete -p interleave
        offered() {
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _interleave interleave "${@: -1}" "${@: -2:1}"
            echo "${COMPREPLY[@]}"
        }
        offered interleave co
        offered interleave run dead
        offered interleave run gil --model th
        offered interleave wor"#;
    let mut bash = Command::new("bash");
    let offered = said(bash.args(["-c", script]).env("PATH", path()));
    let lines: Vec<&str> = offered.lines().collect();
    assert!(lines[0].ends_with(" -F _interleave interleave"), "{offered}");
    // Nobody is offered what commands ask of their own children, such as `worker`.
    assert_eq!(lines[1..], ["compare completions", "deadlock", "threads thread-pool", ""]);
}

#[test]
fn every_shell_is_told_of_every_command() {
    for name in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = said(&mut interleave(&format!("completions {name}")));
        for command in commands() {
            assert!(script.contains(&command), "{command} is missing for {name}");
        }
        assert!(!script.contains("api-worker"), "{name}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man").join("man1");
    said(interleave("man").arg(&pages));
    let read = |name: &str| std::fs::read_to_string(pages.join(name)).unwrap();
    let main = said(&mut interleave("man"));
    assert_eq!(main, read("interleave.1"));
    let commands = commands();
    for command in &commands {
        assert!(main.contains(&format!("\ninterleave\\-{command}(1)\n")), "{command} is missing in:\n{main}");
        let page = read(&format!("interleave-{command}.1"));
        assert!(page.contains(&format!("\n.TH interleave-{command} 1 ")), "{page}");
        assert!(page.contains(&format!("\\fBinterleave {command}\\fR")), "{page}");
        assert!(page.contains(&format!("\n  interleave {command}")), "an example is missing in:\n{page}");
    }
    assert_eq!(std::fs::read_dir(&pages).unwrap().count(), 1 + commands.len());

    let taken = folder.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let output = interleave("man").arg(&taken).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint.starts_with(&format!("error: {} cannot be written: ", taken.display())), "{complaint}");
}

/// The commands that the help lists.
fn commands() -> Vec<String> {
    let help = said(&mut interleave("--help"));
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = names.filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty() && *name != "help");
    names.map(str::to_owned).collect()
}

/// The PATH with the program in front.
fn path() -> String {
    let program = PathBuf::from(built("INTERLEAVE_BIN"));
    format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap())
}

fn shell(script: &str, folder: &Path) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("PATH", path()).current_dir(folder);
    shell
}

/// What a call that goes well prints on standard output.
#[track_caller]
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
