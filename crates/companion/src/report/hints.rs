//! Hints: what to look out for in the runs, each a sentence about what happened and one about what to change.

use engine::hints::hints;

use crate::report::Report;
use crate::report::style::{HEADING, HINDERED};
use crate::report::text::wrapped;

/// The hints on all runs, a paragraph each; empty where there are none.
pub fn draw(report: &Report, width: usize) -> String {
    let mut text = String::new();
    for run in &report.runs {
        let hints = hints(&run.trace);
        if !hints.is_empty() {
            text += &format!("\n{HEADING}Hints for {}{HEADING:#}\n", run.model.title());
        }
        for hint in hints {
            text += &format!("  {HINDERED}{}{HINDERED:#}\n", hint.check.title());
            text += &wrapped("    ", &format!("{} {}", hint.says, hint.mend), width);
        }
    }
    text
}
