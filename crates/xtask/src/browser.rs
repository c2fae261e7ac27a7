//! The browser for the tests: Chromium, and the ChromeDriver of the same version.

use crate::apt;
use crate::process::answer;
use crate::progress::trouble;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;

const BROWSERS: [&str; 5] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// Chromium, its driver, and a font, without which a bare machine draws no letters.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-dejavu-core"];

/// A browser and the driver that fits it.
pub struct Browser {
    /// The browser's program.
    pub chrome: PathBuf,
    /// The driver's program.
    pub driver: PathBuf,
}

impl Browser {
    /// The browser on PATH, or else installed.
    pub fn ensure(workspace: &Workspace) -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        if apt::can_install() {
            match apt::install(workspace, &PACKAGES) {
                Ok(()) => {
                    return Self::find()
                        .context("Chromium was installed, and still no pair of one version is on PATH.");
                }
                Err(error) => trouble(format!("apt could not install Chromium: {error:#}")),
            }
        }
        bail!(
            "The tests need Chromium (or Chrome) and a ChromeDriver of the same main version on PATH, and there are none. On \
             Debian type this, and then the same command again:\n  {}\nElsewhere install both from the browser's own site, \
             and put the folders of `chrome` and `chromedriver` on PATH.",
            apt::to_type(&PACKAGES)
        )
    }

    fn find() -> Option<Self> {
        let drivers: Vec<_> = which::which_all("chromedriver").ok()?.collect();
        let browsers = BROWSERS.iter().flat_map(|name| which::which_all(name).into_iter().flatten());
        for chrome in browsers {
            let Some(version) = main_version(&chrome) else { continue };
            if let Some(driver) = drivers.iter().find(|driver| main_version(driver) == Some(version)) {
                let driver = driver.clone();
                return Some(Self { chrome, driver });
            }
        }
        None
    }
}

fn main_version(program: &Path) -> Option<u32> {
    version_in(&answer(Command::new(program).arg("--version"))?)
}

/// The main version in an answer such as "Chromium 156.0.8078.79 built on Debian".
fn version_in(told: &str) -> Option<u32> {
    told.split_whitespace().find_map(|word| word.split_once('.')?.0.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::version_in;

    #[test]
    fn a_browser_and_its_driver_tell_one_version_in_their_own_words() {
        assert_eq!(version_in("Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)"), Some(156));
        assert_eq!(version_in("ChromeDriver 156.0.8078.79 (9a3c0f-refs/branch-heads/8078@{#1})"), Some(156));
        assert_eq!(version_in("no browser"), None);
    }
}
