//! Serving the page: built once by the companion, or rebuilt at each change by trunk.

use crate::build;
use crate::process::hand_over;
use crate::setup;
use crate::workspace::Workspace;
use anyhow::Result;
use std::process::Command;

/// Builds everything and hands over to the companion, which serves the page until it is interrupted.
pub fn play(workspace: &Workspace, port: u16, no_open: bool) -> Result<()> {
    build::everything(workspace)?;
    let mut serve = Command::new(workspace.companion());
    serve.current_dir(workspace.root()).args(["serve", "--port", &port.to_string()]);
    if no_open {
        serve.arg("--no-open");
    }
    hand_over(&mut serve)
}

/// Hands over to trunk, which serves the page and rebuilds it at each change until it is interrupted.
pub fn watch(workspace: &Workspace, port: u16) -> Result<()> {
    let needs = setup::for_building(workspace)?;
    hand_over(build::trunk(workspace, &needs)?.args(["serve", "--port", &port.to_string()]))
}
