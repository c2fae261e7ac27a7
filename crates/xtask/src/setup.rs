//! What must be on the machine, found or installed.

use crate::browser::Browser;
use crate::progress::note;
use crate::toolchain::Toolchain;
use crate::tools::Tools;
use crate::workspace::Workspace;
use anyhow::Result;

/// What building needs.
pub struct Needs {
    /// The compiler for wasm.
    pub toolchain: Toolchain,
    /// The programs around it.
    pub tools: Tools,
}

/// Finds or installs what building needs, and says what it is.
pub fn for_building(workspace: &Workspace) -> Result<Needs> {
    let toolchain = Toolchain::ensure(workspace)?;
    let tools = Tools::ensure(workspace)?;
    note(format!("Ready to build, with rustc {} for wasm and {}", toolchain.version, tools.trunk.display()));
    Ok(Needs { toolchain, tools })
}

/// Finds or installs what building and testing need, and says what it is.
pub fn for_testing(workspace: &Workspace) -> Result<(Needs, Browser)> {
    let needs = for_building(workspace)?;
    let browser = Browser::ensure(workspace)?;
    note(format!("Ready to test, with {} and {}", browser.chrome.display(), browser.driver.display()));
    Ok((needs, browser))
}
