//! What a link carries, as the query of an address: a lesson, its parameters, the machine and the models that are chosen, what
//! was predicted, and where somebody looks.

use std::collections::BTreeSet;

use engine::model::{Model, Speed};
use engine::time::Nanos;
use form_urlencoded::Serializer;
use lessons::{Diagnostic, Lesson, Values};

use crate::backend::Job;
use crate::state::load_link;
use crate::state::machine::{self, Machine};
use crate::state::said::Answers;
use crate::state::way::Way;
use crate::timeline::viewport::Window;

/// What a page shows.
#[derive(Clone, Debug)]
pub enum Place {
    /// The list of lessons.
    Home,
    /// A lesson with its values.
    Lesson(Box<LessonPlace>),
    /// Where results are opened.
    Open,
    /// Advice for a load: values of [`LOADS`](lessons::advice::LOADS).
    Advise(Values),
}

/// A lesson with all that can be changed about it.
#[derive(Clone, Debug)]
pub struct LessonPlace {
    /// Which lesson.
    pub lesson: &'static Lesson,
    /// What runs.
    pub settings: Settings,
    /// Where somebody looks.
    pub look: Look,
    /// What was said to its questions.
    pub answers: Answers,
    /// The way in which it is shown.
    pub way: Way,
}

/// What runs: all that undo takes back.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The lesson's parameters.
    pub values: Values,
    /// By how much the delays of a measured run are divided.
    pub speed: Speed,
    /// The machine of the predictions.
    pub machine: Machine,
    /// The models that are shown, at least one, in the lesson's order.
    pub models: Vec<Model>,
}

/// Where somebody looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// The playhead.
    pub at: Nanos,
    /// The stretch of time that is seen, where that is not all of it.
    pub window: Option<Window>,
}

/// What a link says, and what in it could not be understood.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The place; defaults stand for what was missing or wrong.
    pub place: Place,
    /// Everything that was wrong.
    pub complaints: Vec<Diagnostic>,
}

impl Place {
    /// Whether it asks to be shown in a frame.
    pub fn is_embedded(&self) -> bool {
        matches!(self, Place::Lesson(place) if place.way == Way::Embed)
    }
}

/// The speeds that a person can choose.
pub const SPEEDS: [u32; 4] = [1, 2, 5, 10];

/// A longer query is not looked at. The longest that the page writes, 32 long names in a far script, is a tenth of it.
const LONGEST_QUERY: usize = 65_536;
const LESSON: &str = "lesson";
pub(super) const ADVISE: &str = "advise";
const COMPARE: &str = "compare";
/// Before the names of what is kept of a comparison, and of what differs on its other side.
const SIDES: [&str; 2] = ["a.", "b."];
const PRESENT: &str = "present";
const EMBED: &str = "embed";
const OPEN: &str = "open";

/// The address at which results are opened.
pub const TO_OPEN: &str = "?open";
const SPEED: &str = "speed";
const MODELS: &str = "models";
const AT: &str = "at";
const SEEN: &str = "seen";
const SAID: &str = "said";
pub(super) const VERSION_NAME: &str = "v";

/// What links have beside the lesson's own parameters; of a machine what the lesson does not decide itself.
const OWN: [&str; 8] = [SPEED, MODELS, AT, SEEN, SAID, PRESENT, EMBED, VERSION_NAME];

/// The version in which links are written. A link without one is of the first, which knew only parameters and the speed: it
/// still means the same.
pub const VERSION: u32 = 2;

/// The longest link that every program passes on whole.
pub const LONGEST: usize = 2_000;

/// Reads the query of an address, with or without its question mark.
pub fn read(query: &str) -> Reading {
    let query = query.strip_prefix('?').unwrap_or(query);
    if query.len() > LONGEST_QUERY {
        let given = format!("{} characters", query.len());
        let allowed = format!("at most {LONGEST_QUERY} characters long");
        return Reading { place: Place::Home, complaints: vec![Diagnostic::new("link", &given, allowed, None)] };
    }
    let mut complaints = Vec::new();
    let pairs = once_each(query, &mut complaints);
    if pairs.len() == 1 && pairs[0].0 == OPEN {
        return Reading { place: Place::Open, complaints };
    }
    let is_title = |name: &str| [LESSON, COMPARE].contains(&name);
    let named = pairs.iter().find(|(name, _)| is_title(name));
    if named.is_none() && pairs.iter().any(|(name, _)| name == ADVISE) {
        return load_link::read(&pairs, complaints);
    }
    let lesson = match named.map(|(_, id)| lessons::find(id)) {
        Some(Ok(lesson)) => lesson,
        other => {
            complaints.extend(other.and_then(Result::err));
            if named.is_none() {
                let foreign = pairs.iter().map(|(name, _)| name);
                complaints.extend(foreign.map(|name| unknown_parameter(name, &[LESSON, COMPARE, ADVISE, OPEN])));
            }
            return Reading { place: Place::Home, complaints };
        }
    };
    let values = match Values::read(lesson.parameters, &[]) {
        Ok(values) => values,
        Err(more) => {
            complaints.extend(more);
            return Reading { place: Place::Home, complaints };
        }
    };
    let settings = Settings { values, speed: Speed::REAL, machine: Machine::USUAL, models: lesson.models.to_vec() };
    let (look, answers, way) = (Look::default(), Answers::default(), Way::Page);
    let mut place = LessonPlace { lesson, settings, look, answers, way };
    let rest: Vec<_> = pairs.iter().filter(|(name, _)| !is_title(name)).collect();
    let is_compared = named.is_some_and(|(name, _)| name == COMPARE);
    // What differs on the other side is read on top of what was kept.
    let (of_kept, rest): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|(name, _)| is_compared && name.starts_with(SIDES[0]));
    let taken = of_kept.into_iter().map(|(name, text)| take_of_side(&mut place, &name[SIDES[0].len()..], text));
    complaints.extend(taken.filter_map(Result::err));
    complaints.extend(agree(&mut place));
    let kept = is_compared.then(|| place.settings.clone());
    place.settings.machine = Machine::USUAL;
    for (name, text) in rest {
        let taken = match name.strip_prefix(SIDES[1]).filter(|_| is_compared) {
            Some(name) => take_of_side(&mut place, name, text),
            None => take(&mut place, name, text),
        };
        complaints.extend(taken.err());
    }
    complaints.extend(agree(&mut place));
    if let Some(kept) = kept {
        let Settings { models, speed, .. } = place.settings.clone();
        place.way = Way::Compare(Box::new(Settings { models, speed, ..kept }));
    }
    Reading { place: Place::Lesson(Box::new(place)), complaints }
}

/// Has names be in their lists once all parts of a link are taken, in whichever order they came.
fn agree(place: &mut LessonPlace) -> Vec<Diagnostic> {
    let (values, astray) = place.settings.values.clone().agreed(place.lesson.parameters);
    place.settings.values = values;
    astray
}

/// Takes one part of a link.
fn take(place: &mut LessonPlace, name: &str, text: &str) -> Result<(), Diagnostic> {
    let lesson = place.lesson;
    let wrong = |allowed: &str| Diagnostic::new(name, text, allowed, None);
    match name {
        _ if is_of_side(lesson, name) => return take_of_side(place, name, text),
        VERSION_NAME => return read_version(text),
        SPEED => place.settings.speed = read_speed(text)?,
        MODELS => place.settings.models = read_models(lesson, text)?,
        AT => place.look.at = read_instant(text).ok_or_else(|| wrong("a number of seconds, such as 2.5"))?,
        SEEN => {
            let window =
                read_window(text).ok_or_else(|| wrong("two numbers of seconds, the later one last, such as 1_2.5"))?;
            place.look.window = Some(window);
        }
        SAID => {
            let answers = Answers::read(lesson, text);
            place.answers = answers.ok_or_else(|| wrong("answers to this lesson's questions, such as 1_2.5_c"))?;
        }
        PRESENT => place.way = Way::read_present(text).ok_or_else(|| wrong("the number of a slide, such as 2"))?,
        EMBED => place.way = Way::Embed,
        _ => {
            let parameters = lesson.parameters.iter().map(|parameter| parameter.name);
            let names: Vec<&str> = parameters.chain(OWN).chain(machine::NAMES).collect();
            return Err(unknown_parameter(name, &names));
        }
    }
    Ok(())
}

/// Whether the two sides of a comparison may differ in what has this name.
fn is_of_side(lesson: &Lesson, name: &str) -> bool {
    machine::is_lessons_own(lesson, name) || machine::NAMES.contains(&name)
}

/// Takes a parameter, or a part of the machine.
fn take_of_side(place: &mut LessonPlace, name: &str, text: &str) -> Result<(), Diagnostic> {
    let lesson = place.lesson;
    if let Some(parameter) = lesson.parameters.iter().find(|parameter| parameter.name == name) {
        place.settings.values = place.settings.values.with(parameter, parameter.read(text)?);
        return Ok(());
    }
    if machine::NAMES.contains(&name) {
        return place.settings.machine.read(name, text);
    }
    let names: Vec<&str> = lesson.parameters.iter().map(|parameter| parameter.name).chain(machine::NAMES).collect();
    Err(unknown_parameter(name, &names))
}

fn read_instant(text: &str) -> Option<Nanos> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.0..=1e9).contains(seconds))?;
    Some(Nanos((seconds * 1e9).round() as u64))
}

fn read_window(text: &str) -> Option<Window> {
    let (start, end) = text.split_once('_')?;
    let window = Window { start: read_instant(start)?, end: read_instant(end)? };
    (window.start < window.end).then_some(window)
}

/// A link of a later version says so; what of it is known is taken all the same.
pub(super) fn read_version(text: &str) -> Result<(), Diagnostic> {
    match text.parse::<u32>() {
        Ok(version) if (1..=VERSION).contains(&version) => Ok(()),
        Ok(_) => Err(Diagnostic::new(
            "version of the link",
            text,
            format!("at most {VERSION} for this page, which may be an old one in the browser’s cache: reload it"),
            None,
        )),
        Err(_) => Err(Diagnostic::new("version of the link", text, format!("1 to {VERSION}"), None)),
    }
}

fn read_models(lesson: &Lesson, text: &str) -> Result<Vec<Model>, Diagnostic> {
    let known = lesson.models.iter().map(|model| model.id());
    let named = text.split('.').map(|id| {
        let found = lesson.models.iter().copied().find(|model| model.id() == id);
        found.ok_or_else(|| Diagnostic::unknown_name(MODELS, id, known.clone()))
    });
    let named = named.collect::<Result<Vec<_>, _>>()?;
    Ok(lesson.models.iter().copied().filter(|model| named.contains(model)).collect())
}

/// The address of a place, relative to the page's own folder. It names every parameter, and of all else what is not usual.
pub fn write(place: &Place) -> String {
    let place = match place {
        Place::Home => return "./".to_owned(),
        Place::Open => return TO_OPEN.to_owned(),
        Place::Lesson(place) => place,
        Place::Advise(values) => return load_link::write(values),
    };
    let LessonPlace { lesson, settings, look, answers, way } = &**place;
    let mut query = query();
    query.append_pair(if way.kept().is_some() { COMPARE } else { LESSON }, lesson.id);
    if let Some(kept) = way.kept() {
        write_side(&mut query, lesson, SIDES[0], kept, None);
        write_side(&mut query, lesson, SIDES[1], settings, Some(&kept.values));
    } else {
        write_side(&mut query, lesson, "", settings, None);
        query.append_pair(SPEED, &settings.speed.factor().to_string());
    }
    if settings.models != lesson.models {
        let ids: Vec<&str> = settings.models.iter().map(|model| model.id()).collect();
        query.append_pair(MODELS, &ids.join("."));
    }
    if look.at > Nanos::ZERO {
        query.append_pair(AT, &look.at.as_secs_f64().to_string());
    }
    if let Some(Window { start, end }) = look.window {
        query.append_pair(SEEN, &format!("{}_{}", start.as_secs_f64(), end.as_secs_f64()));
    }
    if !answers.is_empty() {
        query.append_pair(SAID, &answers.text());
    }
    match way {
        Way::Present(0) => drop(query.append_key_only(PRESENT)),
        Way::Present(slide) => drop(query.append_pair(PRESENT, &(slide + 1).to_string())),
        Way::Embed => drop(query.append_key_only(EMBED)),
        Way::Page | Way::Compare(_) => {}
    }
    query.append_pair(VERSION_NAME, &VERSION.to_string());
    query.finish()
}

/// Writes the parameters that are not as in `known`, and what is not usual of the machine.
fn write_side(
    query: &mut Serializer<'static, String>,
    lesson: &Lesson,
    side: &str,
    settings: &Settings,
    known: Option<&Values>,
) {
    let known = known.map(Values::texts).unwrap_or_default();
    for pair in settings.values.texts().into_iter().filter(|pair| !known.contains(pair)) {
        query.append_pair(&format!("{side}{}", pair.0), &pair.1);
    }
    for (name, text) in settings.machine.texts() {
        // A lesson's own parameter of this name speaks for it.
        if !machine::is_lessons_own(lesson, name) {
            query.append_pair(&format!("{side}{name}"), &text);
        }
    }
}

/// The address that carries all that decides what `job` is predicted to come to.
pub fn of_job(job: &Job) -> String {
    let Job { lesson, values, speed, machine, models } = job.clone();
    let settings = Settings { values, speed, machine, models };
    let (look, answers, way) = (Look::default(), Answers::default(), Way::Page);
    write(&Place::Lesson(Box::new(LessonPlace { lesson, settings, look, answers, way })))
}

/// The job whose address this is.
pub fn job(address: &str) -> Option<Job> {
    let Place::Lesson(place) = read(address).place else { return None };
    let LessonPlace { lesson, settings: Settings { values, speed, machine, models }, .. } = *place;
    Some(Job { lesson, values, speed, machine, models })
}

/// The address of a lesson with its defaults.
pub fn to_lesson(id: &str) -> String {
    query().append_pair(LESSON, id).finish()
}

/// The address of the advice without a load of one's own.
pub const TO_ADVISE: &str = "?advise";

/// The address of a lesson with these texts for its values.
pub fn to_lesson_with(id: &str, texts: &[(String, String)]) -> String {
    query().append_pair(LESSON, id).extend_pairs(texts).finish()
}

pub(super) fn query() -> Serializer<'static, String> {
    Serializer::for_suffix("?".to_owned(), 1)
}

/// The names and texts of a query; a name that comes again is left out and complained of.
fn once_each(query: &str, complaints: &mut Vec<Diagnostic>) -> Vec<(String, String)> {
    let mut seen = BTreeSet::new();
    let mut pairs = Vec::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        if seen.insert(name.clone()) {
            pairs.push((name.into_owned(), text.into_owned()));
        } else {
            complaints.push(Diagnostic::new(&name, &text, "given once", None));
        }
    }
    pairs
}

fn read_speed(text: &str) -> Result<Speed, Diagnostic> {
    let chosen = text.trim().parse::<u32>().ok().filter(|factor| SPEEDS.contains(factor));
    chosen.and_then(|factor| Speed::new(factor.into())).ok_or_else(|| {
        let all: Vec<String> = SPEEDS.iter().map(u32::to_string).collect();
        Diagnostic::new(SPEED, text, format!("one of {}", all.join(", ")), None)
    })
}

pub(super) fn unknown_parameter(name: &str, names: &[&str]) -> Diagnostic {
    Diagnostic::unknown_name("parameter", name, names.iter().copied())
}

#[cfg(test)]
mod tests;
