//! The report as Markdown, for an issue, a wiki or a notebook.

use engine::hints::hints;

use crate::caution::told;
use crate::report::measures::{self, Cells};
use crate::report::text::capitalised;
use crate::report::{Report, Run, captions, table};
use crate::request::Clock;

/// The report as a text in Markdown.
pub fn render(report: &Report) -> String {
    let mut text =
        format!("# {}\n\n{}.\n\n", escaped(report.request.lesson.title), escaped(&capitalised(&report.clock())));
    for (name, value) in report.request.values_in_words() {
        text += &format!("- {}: {}\n", escaped(name), code(&value));
    }
    text += &format!("- seed: {}\n", report.request.seed);
    text += &drawn("Figures", &table::side_by_side(report));
    let sentences = report.runs.iter().filter_map(Run::no_end).chain(table::footnotes(report));
    for sentence in sentences {
        text += &format!("\n{}\n", escaped(&sentence));
    }
    if report.request.clock == Clock::Real {
        text += &drawn("What it took", &measures::workers(report));
        text += &format!("\n{}", drawn_alone(&measures::system(report)));
        text += &format!("\n{}\n", measures::note(report));
    }
    if let Some(requests) = measures::requests(report) {
        text += &drawn("Requests", &requests);
        text += &captioned(captions::requests(report));
    }
    if let Some(messages) = measures::messages(report) {
        text += &drawn("Messages between processes", &messages);
        text += &captioned(captions::messages(report));
    }
    text += &listed("Keep in mind", told(&report.cautions).iter().map(|caution| escaped(caution)));
    let hinted = report.runs.iter().flat_map(|run| hints(&run.trace).into_iter().map(move |hint| (run, hint)));
    text += &listed(
        "Hints",
        hinted.map(|(run, hint)| {
            let what = format!("{}, {}", run.model.title(), hint.check.title());
            format!("**{}**: {} {}", escaped(&what), prose(&hint.says), prose(&hint.mend))
        }),
    );
    text + &listed("To repeat a run", report.runs.iter().map(|run| code(&report.request.command(run.model))))
}

fn captioned(caption: Option<String>) -> String {
    caption.map(|caption| format!("\n{}\n", escaped(&caption))).unwrap_or_default()
}

fn listed(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("- {item}\n")).collect();
    if items.is_empty() { items } else { format!("\n## {title}\n\n{items}") }
}

fn drawn(title: &str, cells: &Cells) -> String {
    format!("\n## {title}\n\n{}", drawn_alone(cells))
}

fn drawn_alone(cells: &Cells) -> String {
    let line = |row: &Vec<String>| {
        let cells: Vec<String> = row.iter().map(|cell| escaped(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let Some((header, rows)) = cells.split_first() else { return String::new() };
    let rule = "|---|".to_owned() + &"---:|".repeat(header.len().saturating_sub(1)) + "\n";
    line(header) + &rule + &rows.iter().map(line).collect::<String>()
}

/// A text in which nothing is a mark of Markdown.
fn escaped(text: &str) -> String {
    let escaped = |letter: char| match letter {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' => vec!['\\', letter],
        '\n' => vec![' '],
        _ => vec![letter],
    };
    text.chars().flat_map(escaped).collect()
}

/// A sentence of ours, in which backticks stand around code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    let part = |(index, part): (usize, &&str)| if index % 2 == 0 { escaped(part) } else { code(part) };
    parts.iter().enumerate().map(part).collect()
}

/// A text as code, between more backticks than follow each other in it.
fn code(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_shown_is_taken_for_a_mark() {
        assert_eq!(escaped("a|b *c* <d> [e] `f`"), r"a\|b \*c\* \<d\> \[e\] \`f\`");
        assert_eq!([prose("raise `a_b`: c_d"), prose("a_` b")], [r"raise `a_b`: c\_d", r"a\_\` b"]);
        assert_eq!([code("a=1"), code("a`b"), code("``a")], ["`a=1`", "``a`b``", "``` ``a ```"]);
    }
}
