//! The programs of the lessons as the page shows them: highlighted here, so that the page's module carries neither the
//! programs nor a highlighter. Each becomes a file that is fetched when somebody wants to read it.
//!
//! A file has a line for each line of the program: its number, a tab, what it writes to the log, a tab, and the line as HTML.
//! What it writes stands there as a pattern in which [`ANYTHING`] stands for whatever the program puts in; a line that writes
//! nothing has none.

use crate::workspace::{Workspace, create_dir};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

/// The folder of these files in the page.
pub const FOLDER: &str = "code";

/// What stands in a pattern for anything at all.
const ANYTHING: char = '*';

/// Where the body of a lesson begins: after what fills its values in.
const BODY_AFTER: &str = "fn prepare(";

/// The first task of all programs that deliver messages is written once, in this lesson.
const SHARED: (&str, &str) = ("delay_messages", "fn deliver_all<");

/// Writes the files of all lessons into the page.
pub fn put(workspace: &Workspace, page: &Path) -> Result<()> {
    let highlighter = Highlighter::new()?;
    let lessons = workspace.root().join("crates/lessons/src");
    for entry in fs::read_dir(&lessons).with_context(|| format!("{} could not be read.", lessons.display()))? {
        let lesson = entry?.path();
        if lesson.join("python").is_dir() {
            put_lesson(&highlighter, &lessons, &lesson, page)?;
        }
    }
    Ok(())
}

fn put_lesson(highlighter: &Highlighter, lessons: &Path, lesson: &Path, page: &Path) -> Result<()> {
    let name = lesson.file_name().unwrap_or_default().to_string_lossy();
    let folder = page.join(FOLDER).join(name.replace('_', "-"));
    create_dir(&folder)?;
    for entry in fs::read_dir(lesson.join("python"))? {
        let path = entry?.path();
        let Some(model) = path.file_stem().filter(|_| path.extension().is_some_and(|kind| kind == "py")) else {
            continue;
        };
        let text = read(&path)?;
        let to = folder.join(format!("{}.txt", model.to_string_lossy().replace('_', "-")));
        write(&to, &lines(highlighter, &highlighter.python, &text, 1..=text.lines().count())?)?;
    }
    let text = read(&lesson.join("mod.rs"))?;
    let from = after_block(&text, BODY_AFTER).with_context(|| format!("{name} has no `{BODY_AFTER}`."))?;
    let body = lines(highlighter, &highlighter.rust, &text, from..=text.lines().count())?;
    let (shared, function) = SHARED;
    let main = match name != shared && text.contains("deliver_all(task") {
        true => {
            let text = read(&lessons.join(shared).join("mod.rs"))?;
            let from = line_of(&text, function).with_context(|| format!("{shared} has no `{function}`."))?;
            let to = after_block(&text, function).unwrap_or(from) - 1;
            lines(highlighter, &highlighter.rust, &text, from..=to)?
        }
        false => String::new(),
    };
    write(&folder.join("rust.txt"), &body)?;
    if main.is_empty() { Ok(()) } else { write(&folder.join("rust-main.txt"), &main) }
}

/// The number of the line that holds `text`, from 1.
fn line_of(source: &str, text: &str) -> Option<usize> {
    source.lines().position(|line| line.contains(text)).map(|index| index + 1)
}

/// The number of the first line with something in it after the block that begins where `text` stands.
fn after_block(source: &str, text: &str) -> Option<usize> {
    let begin = line_of(source, text)?;
    let numbered = || source.lines().enumerate().map(|(index, line)| (index + 1, line)).skip(begin);
    let (end, _) = numbered().find(|(_, line)| *line == "}")?;
    Some(
        numbered()
            .find(|(number, line)| *number > end && !line.trim().is_empty())
            .map_or(end + 1, |(number, _)| number),
    )
}

fn lines(
    highlighter: &Highlighter,
    syntax: &SyntaxReference,
    text: &str,
    wanted: std::ops::RangeInclusive<usize>,
) -> Result<String> {
    let mut state = ParseState::new(syntax);
    let mut scopes = ScopeStack::new();
    let mut out = String::new();
    for (index, line) in text.lines().enumerate() {
        let html = highlighter.html(&mut state, &mut scopes, line)?;
        if wanted.contains(&(index + 1)) {
            ensure!(!line.contains('\t'), "Line {} of a program holds a tab: write spaces.", index + 1);
            out += &format!("{}\t{}\t{html}\n", index + 1, pattern(line).unwrap_or_default());
        }
    }
    Ok(out)
}

/// What a line of Python writes to the log, as a pattern.
fn pattern(line: &str) -> Option<String> {
    let written = line.trim_start().strip_prefix("log(")?;
    let (is_format, written) = match written.strip_prefix("f\"") {
        Some(written) => (true, written),
        None => (false, written.strip_prefix('"')?),
    };
    let written = written.strip_suffix("\")")?;
    let mut depth = 0;
    let mut pattern = String::new();
    for letter in written.chars() {
        match letter {
            '{' if is_format => {
                depth += 1;
                if depth == 1 {
                    pattern.push(ANYTHING);
                }
            }
            '}' if is_format => depth -= 1,
            letter if depth == 0 => pattern.push(letter),
            _ => {}
        }
    }
    Some(pattern)
}

struct Highlighter {
    syntaxes: SyntaxSet,
    python: SyntaxReference,
    rust: SyntaxReference,
}

impl Highlighter {
    fn new() -> Result<Highlighter> {
        let syntaxes = SyntaxSet::load_defaults_newlines();
        let find =
            |kind| syntaxes.find_syntax_by_extension(kind).cloned().with_context(|| format!("No syntax for {kind}."));
        let (python, rust) = (find("py")?, find("rs")?);
        Ok(Highlighter { syntaxes, python, rust })
    }

    /// A line as HTML, in which every element is closed.
    fn html(&self, state: &mut ParseState, scopes: &mut ScopeStack, line: &str) -> Result<String> {
        // Several scopes may change at one place, and neighbours may look alike.
        let mut stretches = vec![(0, class(scopes))];
        for (at, change) in state.parse_line(&format!("{line}\n"), &self.syntaxes)? {
            scopes.apply(&change)?;
            stretches.retain(|(from, _)| *from != at);
            stretches.push((at, class(scopes)));
        }
        stretches.dedup_by_key(|(_, class)| *class);
        let ends = stretches.iter().skip(1).map(|(at, _)| *at).chain([line.len()]);
        let mut html = String::new();
        for ((from, class), to) in stretches.iter().zip(ends) {
            let text = escaped(line.get(*from..to.min(line.len())).unwrap_or_default());
            match class {
                Some(class) if !text.trim().is_empty() => html += &format!("<b class={class}>{text}</b>"),
                _ => html += &text,
            }
        }
        Ok(html)
    }
}

/// The class of what stands in these scopes: a letter that the page's style knows.
fn class(scopes: &ScopeStack) -> Option<&'static str> {
    scopes.as_slice().iter().rev().find_map(|scope| {
        let scope = scope.build_string();
        let is = |prefix: &str| scope.starts_with(prefix);
        // What stands in a string's placeholder is code again.
        if is("meta.interpolation") || is("meta.template") {
            Some(None)
        } else if is("comment") {
            Some(Some("c"))
        } else if is("string") || is("constant.character") {
            Some(Some("s"))
        } else if is("constant") {
            Some(Some("n"))
        } else if is("keyword.operator") && !scope.contains("logical") {
            Some(None)
        } else if is("keyword") || is("storage") {
            Some(Some("k"))
        } else if is("entity.name.function") || is("support.macro") {
            Some(Some("f"))
        } else if is("entity.name") || is("support.type") || is("entity.other.inherited") {
            Some(Some("t"))
        } else {
            None
        }
    })?
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} could not be read.", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} could not be written.", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_keeps_its_words_and_what_it_writes() {
        let highlighter = Highlighter::new().expect("the syntaxes are there");
        let text = "def deliver(name):\n    log(f\"{name} < {len(f(x))} printed\")  \n    time.sleep(2)  # Waits.\n";
        let lines = lines(&highlighter, &highlighter.python, text, 2..=3).expect("it is highlighted");
        let lines: Vec<Vec<&str>> = lines.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[1][..2], ["3", ""]);
        assert!(
            lines[1][2].contains("<b class=n>2</b>") && lines[1][2].contains("<b class=c># Waits.</b>"),
            "{lines:?}"
        );
        assert!(lines[0][2].contains("&lt;") && !lines[0][2].contains(" < "), "{lines:?}");
        assert_eq!(pattern("    log(f\"{name} < {len(f(x))} printed\")").as_deref(), Some("* < * printed"));
        assert_eq!(pattern("log(\"{x}\")").as_deref(), Some("{x}"));
    }

    #[test]
    fn the_body_of_a_lesson_begins_after_what_fills_its_values_in() {
        let text = "a\nfn prepare(x) {\n    y\n}\n\nstruct Body;\n";
        assert_eq!((line_of(text, BODY_AFTER), after_block(text, BODY_AFTER)), (Some(2), Some(6)));
    }
}
