//! `interleave published`: the figures that learners have seen elsewhere, and what the simulator says to them.

use lessons::{Compared, Figure, Lesson, Published, catalogue};
use serde::Serialize;

use crate::failure::Failure;
use crate::notice;
use crate::report::json::{VERSION, print_line};
use crate::report::style::HEADING;
use crate::report::text::cut;
use crate::report::{print_text, table, terminal_width};

/// Prints the table, for people or as JSON.
///
/// # Errors
/// A sentence for each prediction that is out of its bound, and where standard output cannot be written.
pub fn print(as_json: bool) -> Result<(), Failure> {
    let progress = notice::progress("predicting every published figure");
    let (rows, wrong) = compare_all();
    drop(progress);
    let printed = match as_json {
        true => print_line(&Object::new(&rows)),
        false => print_text(&for_people(&rows, terminal_width())),
    };
    verdict(printed, &rows, wrong)
}

/// What comes of the command whose table was `printed` or not: it fails where a row is out of its bound, or could not be predicted
/// at all.
fn verdict(printed: Result<(), Failure>, rows: &[Row], mut wrong: Vec<String>) -> Result<(), Failure> {
    wrong.extend(out_of_bounds(rows));
    printed.and(if wrong.is_empty() { Ok(()) } else { Err(Failure::Failed(wrong)) })
}

/// A published figure and its prediction.
struct Row {
    lesson: &'static Lesson,
    published: &'static Published,
    compared: Compared,
}

fn compare_all() -> (Vec<Row>, Vec<String>) {
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    for lesson in catalogue() {
        for published in lesson.published {
            match published.compare(lesson) {
                Ok(compared) => rows.push(Row { lesson, published, compared }),
                Err(complaints) => wrong.extend(complaints.iter().map(|c| format!("{}: {c}", lesson.id))),
            }
        }
    }
    (rows, wrong)
}

/// A sentence for each row that is out of its bound.
fn out_of_bounds(rows: &[Row]) -> impl Iterator<Item = String> {
    rows.iter().filter(|row| !row.compared.holds).map(Row::out_of_bound)
}

impl Row {
    fn ratio(&self) -> f64 {
        self.compared.predicted / self.compared.published
    }

    fn out_of_bound(&self) -> String {
        let Row { lesson, published, compared } = self;
        let (id, model, of) = (lesson.id, published.model, published.of);
        match published.figure {
            Figure::Wall { seconds, within } => format!(
                "{id} on {model} ({of}): predicted are {:.3} s, but it must be within {:.0} % of the published \
                 {seconds} s: mend the lesson, or its costs.",
                compared.predicted,
                within * 100.0
            ),
            Figure::Outcome(name, value) => format!(
                "{id} on {model} ({of}): {name} is predicted to be {}, but it must be the published {value}: mend the \
                 lesson.",
                compared.predicted
            ),
        }
    }
}

#[derive(Serialize)]
struct Object {
    version: u32,
    rows: Vec<WallObject>,
    outcomes: Vec<OutcomeObject>,
}

#[derive(Serialize)]
struct WallObject {
    lesson: &'static str,
    model: &'static str,
    of: &'static str,
    published_s: f64,
    predicted_s: f64,
    ratio: f64,
}

#[derive(Serialize)]
struct OutcomeObject {
    lesson: &'static str,
    model: &'static str,
    of: &'static str,
    name: &'static str,
    published: i64,
    /// `null` where the program found out nothing of that name.
    predicted: Option<i64>,
}

impl Object {
    fn new(rows: &[Row]) -> Object {
        let mut object = Object { version: VERSION, rows: Vec::new(), outcomes: Vec::new() };
        for row in rows {
            let (lesson, model, of) = (row.lesson.id, row.published.model.id(), row.published.of);
            match row.published.figure {
                Figure::Wall { seconds, .. } => object.rows.push(WallObject {
                    lesson,
                    model,
                    of,
                    published_s: seconds,
                    predicted_s: row.compared.predicted,
                    ratio: (row.ratio() * 1e3).round() / 1e3,
                }),
                Figure::Outcome(name, published) => {
                    // A whole number that an f64 holds exactly, or none.
                    let found = Some(row.compared.predicted).filter(|found| found.is_finite());
                    let predicted = found.map(|found| found as i64);
                    object.outcomes.push(OutcomeObject { lesson, model, of, name, published, predicted });
                }
            }
        }
        object
    }
}

fn for_people(rows: &[Row], width: usize) -> String {
    let is_wall = |row: &&Row| matches!(row.published.figure, Figure::Wall { .. });
    let (walls, outcomes): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(is_wall);
    let mut text =
        format!("{HEADING}Wall times, published and predicted (virtual clock, costs of CPython){HEADING:#}\n");
    let figures = |row: &Row| {
        let Compared { published, predicted, holds } = row.compared;
        let mark = if holds { "" } else { " !" };
        vec![format!("{published:.1} s"), format!("{predicted:.3} s"), format!("{:.2}×{mark}", row.ratio())]
    };
    text += &section(&walls, &["published", "predicted", "ratio"], figures, width);
    text += &format!("\n{HEADING}Outcomes, published and predicted{HEADING:#}\n");
    let figures = |row: &Row| {
        let Compared { published, predicted, holds } = row.compared;
        let name = match row.published.figure {
            Figure::Outcome(name, _) => name,
            Figure::Wall { .. } => "",
        };
        vec![name.to_owned(), published.to_string(), format!("{predicted}{}", if holds { "" } else { " !" })]
    };
    text += &section(&outcomes, &["name", "published", "predicted"], figures, width);
    let held = rows.iter().filter(|row| row.compared.holds).count();
    text + &format!("\n{held} of {} figures are within their bounds.\n", rows.len())
}

/// A table of some rows, by lesson. What a figure is of has the room that the figures leave.
fn section(rows: &[&Row], heads: &[&str], figures: impl Fn(&Row) -> Vec<String>, width: usize) -> String {
    const GAP: usize = 3;
    const LEAST: usize = 8;
    let head = ["lesson, model", "of"].iter().chain(heads).map(ToString::to_string).collect();
    let mut cells: Vec<Vec<String>> = vec![head];
    for lesson in rows.chunk_by(|a, b| a.lesson.id == b.lesson.id) {
        cells.push(lesson.iter().take(1).map(|row| row.lesson.id.to_owned()).collect());
        for row in lesson {
            let names = [format!("  {}", row.published.model), row.published.of.to_owned()];
            cells.push(names.into_iter().chain(figures(row)).collect());
        }
    }
    let widest = |column: usize| cells.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let taken = |column: usize| widest(column).unwrap_or(0) + GAP;
    let beside = |figures: usize| width.saturating_sub(2 + taken(0) + figures);
    let figures = || (2..heads.len() + 2).map(taken);
    let beside_all = beside(figures().sum());
    // On a narrow terminal there is a table for each figure.
    let room = if beside_all < LEAST { beside(figures().max().unwrap_or(0)).max(LEAST) } else { beside_all };
    for of in cells.iter_mut().filter_map(|row| row.get_mut(1)) {
        *of = cut(of, room);
    }
    table::drawn_with_names(&cells, 2, width)
}

#[cfg(test)]
mod tests {
    use engine::model::Model;

    use super::*;

    static MADE_UP: [Published; 4] = [
        made_up("far too long", Figure::Wall { seconds: 200.0, within: 0.1 }),
        made_up("what it comes to", Figure::Outcome("final", 1)),
        made_up("one too many", Figure::Outcome("final", 2)),
        made_up("nothing", Figure::Outcome("letters", 2)),
    ];

    const fn made_up(of: &'static str, figure: Figure) -> Published {
        Published { of, values: &[], model: Model::Threads, figure }
    }

    #[test]
    fn each_figure_out_of_its_bound_is_a_sentence_that_fails_the_command() {
        let lesson = lessons::find("lost-update").unwrap();
        let row = |published| Row { lesson, published, compared: Published::compare(published, lesson).unwrap() };
        let rows: Vec<Row> = MADE_UP.iter().map(row).collect();
        let told: Vec<String> = out_of_bounds(&rows).collect();
        let starts =
            ["far too long): predicted are ", "one too many): final is predicted to be 1", "nothing): letters is"];
        assert_eq!(told.len(), starts.len(), "{told:?}");
        for (said, start) in told.iter().zip(starts) {
            assert!(said.starts_with(&format!("lost-update on threads ({start}")), "{said}");
        }
        let table = for_people(&rows, 80);
        assert!(table.ends_with("\n1 of 4 figures are within their bounds.\n"), "{table}");
        assert!(matches!(verdict(Ok(()), &rows, Vec::new()), Err(Failure::Failed(wrong)) if wrong == told));
        assert!(verdict(Ok(()), &rows[1..2], Vec::new()).is_ok());
    }
}
