//! What a person sees while something takes long: a spinner on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

const BEGUN: &str = "· ";
const DONE: &str = "✓ ";
const TROUBLE: &str = "! ";

/// One thing that is being done, told when it begins and when it is done, with the time that it took.
pub struct Step {
    title: String,
    started: Instant,
    spinner: Option<ProgressBar>,
}

impl Step {
    /// Begins a step; the title says what it does, as in "Building the page".
    pub fn begin(title: impl Into<String>) -> Self {
        let title = title.into();
        let spinner = std::io::stderr().is_terminal().then(|| spinner(&title));
        if spinner.is_none() {
            eprintln!("{BEGUN}{title}");
        }
        Self { title, started: Instant::now(), spinner }
    }

    /// Takes one line of a running program's output: shows it beside the spinner, and lets a nested step's lines through.
    pub fn heard(&self, line: &str) {
        let stays = line.starts_with(DONE) || line.starts_with(TROUBLE);
        match &self.spinner {
            Some(spinner) if stays => spinner.println(format!("  {line}")),
            Some(spinner) => spinner.set_message(line.trim().to_string()),
            None if stays || line.starts_with(BEGUN) => eprintln!("  {line}"),
            None => {}
        }
    }

    /// Ends the step well.
    pub fn done(self) {
        let told = format!("{DONE}{} ({})", self.title, took(self.started.elapsed()));
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
        eprintln!("{told}");
    }
}

/// Says something found out at once, which takes no time worth a spinner.
pub fn note(text: impl AsRef<str>) {
    eprintln!("{DONE}{}", text.as_ref());
}

/// Says what went wrong and is got over.
pub fn trouble(text: impl AsRef<str>) {
    eprintln!("{TROUBLE}{}", text.as_ref());
}

/// A time that a person waited, such as "3.2 s" or "2 min 05 s".
pub fn took(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}

fn spinner(title: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {prefix} {elapsed} {wide_msg:.dim}");
    let spinner = ProgressBar::new_spinner().with_prefix(title.to_string());
    spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}
