//! The files that a report can be written to, each told by how its name ends.

use std::path::Path;

use lessons::Diagnostic;

use crate::report::{Report, csv, html, json, markdown};

/// What a report is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object, the same that `--json` prints.
    Json,
    /// A table with a row a model.
    Csv,
    /// A text for a place that shows Markdown.
    Markdown,
    /// One page that needs nothing else.
    Html,
}

impl Format {
    const ALL: [Format; 4] = [Format::Json, Format::Csv, Format::Markdown, Format::Html];

    /// The format of the file at `path`.
    ///
    /// # Errors
    /// Where its name ends in another way.
    pub fn of(path: &Path) -> Result<Format, Diagnostic> {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let found = Format::ALL.into_iter().find(|format| ending.as_deref() == Some(format.ending()));
        found.ok_or_else(|| {
            let allowed = "the name of a file that ends in .json, .csv, .md or .html";
            let is_named = path.file_stem().is_some_and(|stem| !stem.to_string_lossy().starts_with('.'));
            let nearest = is_named.then(|| path.with_extension("html").display().to_string());
            Diagnostic::new("--report", &path.display().to_string(), allowed, nearest)
        })
    }

    /// The report in this format, as the text of a file.
    pub fn render(self, report: &Report) -> String {
        match self {
            Format::Json => json::render(report),
            Format::Csv => csv::render(report),
            Format::Markdown => markdown::render(report),
            Format::Html => html::render(report),
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Markdown => "md",
            Format::Html => "html",
        }
    }
}
