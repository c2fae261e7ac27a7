//! The lines of a program as they were highlighted when the page was built, with the values that are chosen in them.

use lessons::{Lesson, Values, python_file};

/// A line of a program.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeLine {
    /// Its number in its file.
    pub number: u32,
    /// What it writes to the log, as a pattern; empty where it writes nothing.
    pub writes: String,
    /// The line as HTML, made when the page was built.
    pub html: String,
}

/// What stands between a constant's name and its value.
const IS: &str = " = ";

/// The lines of a file as it was written when the page was built.
pub fn read(text: &str) -> Vec<CodeLine> {
    let line = |line: &str| {
        let mut fields = line.splitn(3, '\t');
        let number = fields.next()?.parse().ok()?;
        Some(CodeLine { number, writes: fields.next()?.to_owned(), html: fields.next()?.to_owned() })
    };
    text.lines().filter_map(line).collect()
}

/// The lines of a Python file with these values in place of its own constants, marked as chosen.
pub fn with_values(lines: Vec<CodeLine>, lesson: &'static Lesson, values: &Values) -> Vec<CodeLine> {
    let constants = python_file::constants(lesson, values);
    let own = |line: CodeLine| {
        let text = plain(&line.html);
        match constants.iter().find(|(start, _)| text.starts_with(start)) {
            Some((start, value)) => {
                let name = line.html.split_once(IS).map_or_else(|| escaped(start), |(name, _)| format!("{name}{IS}"));
                CodeLine { html: format!("{name}<b class=v>{}</b>", escaped(value)), ..line }
            }
            None => line,
        }
    };
    lines.into_iter().map(own).collect()
}

/// A program as it was before it was highlighted.
pub fn text(lines: &[CodeLine]) -> String {
    lines.iter().map(|line| plain(&line.html) + "\n").collect()
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            letter if !is_tag => text.push(letter),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_with_a_chosen_value_is_marked_and_the_others_stand_as_they_were() {
        let lesson = lessons::find("blocking-call").expect("the lesson is there");
        let given = [("messages", "A=1.5"), ("workers", "3"), ("blocking", "A")];
        let given = given.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let values = Values::read(lesson.parameters, &given).expect("the values are right");
        let lines = read(
            "1\t\tMESSAGES = []\n2\t\t<b class=t>WORKERS</b> = <b class=n>5</b>\n3\t\tBLOCKING = \"THREE\"\n4\t\tOTHER = 1\n",
        );
        let html: Vec<_> = with_values(lines, lesson, &values).into_iter().map(|line| line.html).collect();
        let expected = [
            "MESSAGES = <b class=v>[(\"A\", 1.5)]</b>",
            "<b class=t>WORKERS</b> = <b class=v>3</b>",
            "BLOCKING = <b class=v>\"A\"</b>",
            "OTHER = 1",
        ];
        assert_eq!(html, expected);
    }

    #[test]
    fn a_program_has_the_values_that_are_chosen() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let given = [("workers".to_owned(), "3".to_owned())];
        let values = Values::read(lesson.parameters, &given).expect("the values are right");
        let lines = read("1\t\tMESSAGES = []\n2\t\tWORKERS = <b class=n>2</b>\n3\t\tWORKERS_TOO = 2\n");
        assert_eq!(super::text(&with_values(lines, lesson, &values)), "MESSAGES = []\nWORKERS = 3\nWORKERS_TOO = 2\n");
    }

    #[test]
    fn a_program_loses_its_colours_and_nothing_else() {
        let text = "3\t\t<b class=k>if</b> a &lt; b &amp;&amp; c:\n4\t* x\tlog(<b class=s>f&quot;</b>)\n";
        assert_eq!(super::text(&read(text)), "if a < b && c:\nlog(f&quot;)\n");
    }
}
