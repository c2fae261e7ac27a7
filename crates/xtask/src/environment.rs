//! The environment that other programs are given: without what `cargo run` and rustup's proxies lay around this one.

use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::workspace::{Target, Workspace};
use anyhow::{Context, Result};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Variables that hold the folders of shared libraries; cargo and rustup put their own first.
const LIBRARY_PATHS: [&str; 2] = ["LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"];

/// What the threaded module needs that rustc does not add itself: atomics, and a shared memory that the page imports. Of the
/// places of panics it keeps the lines, as the page does.
const THREAD_FLAGS: [&str; 10] = [
    "-Ctarget-feature=+atomics,+bulk-memory,+mutable-globals",
    "-Clink-arg=--shared-memory",
    "-Clink-arg=--max-memory=1073741824",
    "-Clink-arg=--import-memory",
    "-Clink-arg=--export=__wasm_init_tls",
    "-Clink-arg=--export=__tls_size",
    "-Clink-arg=--export=__tls_align",
    "-Clink-arg=--export=__tls_base",
    "-Clink-arg=--export=__heap_base",
    "-Zlocation-detail=line",
];

/// Leaves the relocations in, by which the page's module is cut in two (`halves`), and of places in the source the files and
/// columns out; their lines stay, because a task's place in the program is told by them. Has Leptos forget the types of views: code
/// for each of them is a fifth of the page.
const PAGE_FLAGS: [&str; 3] = ["-Clink-arg=--emit-relocs", "-Zlocation-detail=line", "--cfg=erase_components"];

/// The cargo that runs this program, for the native crates.
pub fn native_cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace.root());
    remove(&mut command, laid_by_cargo_run);
    tidy_library_paths(&mut command, workspace);
    command.env("CARGO_TARGET_DIR", workspace.target(Target::Native));
    command
}

/// The nightly compiler's cargo, for the native crates. rustup finds it.
pub fn nightly_cargo(workspace: &Workspace) -> Command {
    let mut command = Command::new("rustup");
    command.args(["run", "nightly", "cargo"]).current_dir(workspace.root());
    remove(&mut command, |name| laid_by_cargo_run(name) || steers_the_build(name));
    tidy_library_paths(&mut command, workspace);
    command.env("CARGO_TARGET_DIR", workspace.target(Target::Native));
    command
}

/// A program that builds wasm: it sees the compiler with library sources first, and none of the variables that would
/// choose another one or change its flags.
pub fn wasm_command(
    program: impl AsRef<OsStr>,
    workspace: &Workspace,
    toolchain: &Toolchain,
    tools: &Tools,
    target: Target,
) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(workspace.root());
    remove(&mut command, |name| laid_by_cargo_run(name) || steers_the_build(name));
    tidy_library_paths(&mut command, workspace);
    command
        .env("PATH", wasm_path(toolchain, tools)?)
        .env("CARGO_TARGET_DIR", workspace.target(target))
        .env("CARGO_ENCODED_RUSTFLAGS", flags(target))
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        // A stable compiler rebuilds its standard library only when told that it may use what is unstable.
        .env("RUSTC_BOOTSTRAP", "1");
    if let Target::Page = target {
        // Sorts and searches in their short forms.
        command.env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
        // A panic is a trap, of which index.html tells: what it would say is a tenth of the module. Not in Cargo.toml, which a
        // stable cargo would refuse for it.
        command.env("CARGO_UNSTABLE_PANIC_IMMEDIATE_ABORT", "true").env("CARGO_PROFILE_PAGE_PANIC", "immediate-abort");
    }
    Ok(command)
}

/// The compiler's cargo, with [`wasm_command`]'s environment.
pub fn wasm_cargo(workspace: &Workspace, toolchain: &Toolchain, tools: &Tools, target: Target) -> Result<Command> {
    wasm_command(&toolchain.cargo, workspace, toolchain, tools, target)
}

/// Set for every target, so that a user's own flags, which are for native programs, are not taken.
fn flags(target: Target) -> String {
    let flags: &[&str] = match target {
        Target::Native => &[],
        Target::Page => &PAGE_FLAGS,
        Target::Lab => &THREAD_FLAGS,
    };
    flags.join("\u{1f}")
}

/// The compiler first, then the tools, then this program's own folder, where trunk finds its hooks, then the user's PATH.
fn wasm_path(toolchain: &Toolchain, tools: &Tools) -> Result<OsString> {
    let this = env::current_exe().context("This program cannot tell where it lies.")?;
    let first = [toolchain.bin(), tools.trunk.parent(), tools.wasm_bindgen.parent(), this.parent()];
    let first = first.into_iter().flatten().map(Path::to_path_buf);
    let users = env::var_os("PATH").unwrap_or_default();
    let all: Vec<PathBuf> = first.chain(env::split_paths(&users)).collect();
    env::join_paths(all).context("A folder on PATH has a name that cannot stand there: take it off PATH.")
}

fn remove(command: &mut Command, unwanted: impl Fn(&str) -> bool) {
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(&unwanted) {
            command.env_remove(name);
        }
    }
}

fn tidy_library_paths(command: &mut Command, workspace: &Workspace) {
    let rustup = crate::toolchain::rustup_home();
    for name in LIBRARY_PATHS {
        let Some(value) = env::var_os(name) else {
            continue;
        };
        let is_laid = |path: &PathBuf| {
            path.starts_with(workspace.root()) || rustup.as_ref().is_some_and(|home| path.starts_with(home))
        };
        match env::join_paths(env::split_paths(&value).filter(|path| !is_laid(path))) {
            Ok(kept) if !kept.is_empty() => command.env(name, kept),
            _ => command.env_remove(name),
        };
    }
}

fn laid_by_cargo_run(name: &str) -> bool {
    const PREFIXES: [&str; 3] = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"];
    const NAMES: [&str; 5] = ["CARGO", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR", "RUST_RECURSION_COUNT"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn steers_the_build(name: &str) -> bool {
    const KEPT: [&str; 7] =
        ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR", "CARGO_SOURCE_", "CARGO_TERM_", "RUSTUP_HOME"];
    const STEERING: [&str; 4] = ["CARGO_", "RUSTC", "RUSTFLAGS", "RUSTUP_TOOLCHAIN"];
    let starts = |prefix: &&str| name.starts_with(*prefix);
    STEERING.iter().any(starts) && !KEPT.iter().any(starts)
}

#[cfg(test)]
mod tests {
    use super::{laid_by_cargo_run, steers_the_build};

    #[test]
    fn a_wasm_build_keeps_how_cargo_reaches_its_registry_and_drops_what_steers_it() {
        let dropped = |name: &str| laid_by_cargo_run(name) || steers_the_build(name);
        for name in [
            "CARGO",
            "CARGO_PKG_NAME",
            "RUSTC",
            "RUSTC_WORKSPACE_WRAPPER",
            "RUSTFLAGS",
            "RUSTUP_TOOLCHAIN",
            "CARGO_BUILD_TARGET",
        ] {
            assert!(dropped(name), "{name} would reach the build");
        }
        for name in [
            "CARGO_HOME",
            "CARGO_REGISTRIES_X_INDEX",
            "CARGO_NET_OFFLINE",
            "RUSTUP_HOME",
            "PATH",
            "HOME",
            "RUST_BACKTRACE",
        ] {
            assert!(!dropped(name), "{name} would be lost");
        }
    }
}
