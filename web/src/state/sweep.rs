//! How long each model takes as one number of the lesson changes: which values are tried, and what came of those that were.

use engine::hints::Check;
use engine::model::Model;
use engine::time::Nanos;
use lessons::{Lesson, Parameter, Value};

use crate::state::link::Settings;
use crate::state::mend::TroubleKind;
use crate::state::slider::{self, Scale};

/// A sweep over a parameter, as far as it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Over which parameter.
    pub over: &'static Parameter,
    /// What else runs.
    pub settings: Settings,
    /// The runs still to be predicted, the next one last.
    to_come: Vec<(f64, Model)>,
    /// What was found, in the order of values.
    pub points: Vec<Point>,
}

/// What is predicted where the number has one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The value.
    pub at: f64,
    /// How long each model takes; `None` where it comes to no end.
    pub walls: Vec<(Model, Option<Nanos>)>,
}

/// A curve that is so many times lower than another could not be told from the ground.
const FLAT: u64 = 25;

/// About so many values are tried.
const POINTS: usize = 24;

/// The parameters that can be swept: those that are one number, and first how many workers there are.
pub fn sweepable(lesson: &'static Lesson) -> Vec<&'static Parameter> {
    let mut found: Vec<_> = lesson.parameters.iter().filter(|parameter| Scale::of(parameter).is_some()).collect();
    let workers = TroubleKind::Hint(Check::PoolTooSmall).mended_by();
    found.sort_by_key(|parameter| !workers.contains(&parameter.name));
    found
}

impl Sweep {
    /// A sweep that has yet to begin.
    pub fn new(over: &'static Parameter, settings: Settings) -> Sweep {
        let mut to_come = Vec::new();
        for at in values(over, number(&settings, over)) {
            to_come.extend(settings.models.iter().map(|model| (at, *model)));
        }
        to_come.reverse();
        Sweep { over, settings, to_come, points: Vec::new() }
    }

    /// Whether it is through.
    pub fn is_done(&self) -> bool {
        self.to_come.is_empty()
    }

    /// How far up a picture a time stands, from 0 to 1. Where times differ by much more than a picture can show, each step up
    /// is a factor, and it says so.
    pub fn height(&self, wall: Nanos) -> f64 {
        let (_, _, shortest, longest) = self.bounds();
        let (shortest, longest, wall) = (shortest.as_secs_f64(), longest.as_secs_f64(), wall.as_secs_f64());
        match self.is_logarithmic() {
            true => (wall / shortest).ln() / (longest / shortest).ln(),
            false => wall / longest.max(f64::MIN_POSITIVE),
        }
    }

    /// Whether each step up is a factor.
    pub fn is_logarithmic(&self) -> bool {
        let (_, _, shortest, longest) = self.bounds();
        shortest > Nanos::ZERO && longest.0 / shortest.0 >= FLAT
    }

    /// The times that an axis names, from the bottom to the top.
    pub fn ticks(&self) -> [Nanos; 3] {
        let (_, _, shortest, longest) = self.bounds();
        match self.is_logarithmic() {
            true => {
                let middle = (shortest.as_secs_f64() * longest.as_secs_f64()).sqrt();
                [shortest, Nanos((middle * 1e9) as u64), longest]
            }
            false => [Nanos::ZERO, longest.scaled(0.5), longest],
        }
    }

    /// The present value of the number.
    pub fn present(&self) -> f64 {
        number(&self.settings, self.over)
    }

    /// The run that is to be predicted next: which value it tries, and with which settings.
    pub fn next(&mut self) -> Option<(f64, Settings, Model)> {
        let (at, model) = self.to_come.pop()?;
        let value = self.over.read(&text(self.over, at)).ok()?;
        let values = self.settings.values.with(self.over, value);
        Some((at, Settings { values, ..self.settings.clone() }, model))
    }

    /// Takes in what the run of `model` came to, for the value `at`.
    pub fn take(&mut self, at: f64, model: Model, wall: Option<Nanos>) {
        let place = self.points.partition_point(|point| point.at < at);
        if self.points.get(place).is_none_or(|point| point.at != at) {
            self.points.insert(place, Point { at, walls: Vec::new() });
        }
        self.points[place].walls.push((model, wall));
    }

    /// Whether it is the same sweep, however far it has come.
    pub fn is_like(&self, other: &Sweep) -> bool {
        std::ptr::eq(self.over, other.over) && self.settings == other.settings
    }

    /// The ends of the picture: the least and the greatest number, the shortest and the longest time.
    pub fn bounds(&self) -> (f64, f64, Nanos, Nanos) {
        let all = self.points.iter().map(|point| point.at).chain(self.to_come.iter().map(|(at, _)| *at));
        let (least, most) =
            all.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), at| (least.min(at), most.max(at)));
        let walls = self.points.iter().flat_map(|point| &point.walls).filter_map(|(_, wall)| *wall);
        let (shortest, longest) = (walls.clone().min().unwrap_or_default(), walls.max().unwrap_or_default());
        (least, most, shortest, longest)
    }

    /// The value nearest to a place between the ends, from 0 to 1, that was or will be tried, as the parameter's text.
    pub fn text_at(&self, share: f64) -> Option<String> {
        let (least, most, _, _) = self.bounds();
        let wanted = least + share * (most - least);
        let all = self.points.iter().map(|point| point.at).chain(self.to_come.iter().map(|(at, _)| *at));
        let nearest = all.min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()))?;
        Some(text(self.over, nearest))
    }
}

/// The present number of a parameter.
fn number(settings: &Settings, parameter: &Parameter) -> f64 {
    settings.values.get(parameter.name).map_or(0.0, slider::number)
}

/// The text of a value of a parameter.
pub fn text(parameter: &Parameter, at: f64) -> String {
    let text = format!("{at:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    match Scale::of(parameter) {
        Some(scale) => scale.text(text),
        None => text.to_owned(),
    }
}

/// The values to try: the present one and round ones about it, up to a few times as much, within the parameter's bounds.
/// A pool of 2 to 64 workers is asked about up to 8; nobody sees anything in a picture that is flat from 5 to 64.
fn values(parameter: &Parameter, present: f64) -> Vec<f64> {
    const REACH: f64 = 4.0;
    let Some(Scale { least, most, .. }) = Scale::of(parameter) else { return Vec::new() };
    let is_count = matches!(parameter.read(&least.to_string()), Ok(Value::Count(_)));
    let smallest_end = if is_count { least + 7.0 } else { least + (most - least) / 20.0 };
    let end = (present * REACH).max(smallest_end).min(most);
    let step = (end - least) / (POINTS - 1) as f64;
    let round = |at: f64| if is_count { at.round() } else { (at * 1e4).round() / 1e4 };
    let mut values: Vec<f64> =
        (0..POINTS).map(|index| round(least + step * index as f64).clamp(least, most)).chain([present]).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Job;
    use crate::state::link::{self, Place};
    use crate::state::words;

    fn sweep(query: &str, name: &str) -> (&'static Lesson, Sweep) {
        let Place::Lesson(place) = link::read(query).place else { panic!("the lesson is there") };
        let over = place.lesson.parameters.iter().find(|parameter| parameter.name == name).expect("it has it");
        (place.lesson, Sweep::new(over, place.settings))
    }

    #[test]
    fn every_value_of_every_sweep_can_be_taken_over_and_the_present_one_is_among_them() {
        for lesson in lessons::catalogue() {
            for parameter in sweepable(lesson) {
                let (_, sweep) = sweep(&format!("?lesson={}", lesson.id), parameter.name);
                let about = format!("{} {}", lesson.id, parameter.name);
                let mut values: Vec<f64> = sweep.to_come.iter().map(|(at, _)| *at).collect();
                values.dedup();
                assert!((2..=POINTS + 1).contains(&values.len()), "{about}: {values:?}");
                assert!(values.contains(&sweep.present()), "{about}: {values:?}");
                for at in &values {
                    let read = parameter.read(&text(parameter, *at)).unwrap_or_else(|wrong| panic!("{about}: {wrong}"));
                    assert!((slider::number(&read) - at).abs() < 1e-5, "{about}: {at}");
                }
            }
        }
    }

    #[test]
    fn a_pool_gets_faster_with_its_workers_until_each_message_has_one() {
        let five = "?lesson=delay-messages&messages=A%3D1%2CB%3D1%2CC%3D1%2CD%3D1&models=thread-pool.event-loop";
        let (lesson, mut sweep) = sweep(five, "workers");
        while let Some((at, settings, model)) = sweep.next() {
            let trace = Job::prediction(lesson, &settings, model).predict(model);
            sweep.take(at, model, words::wall(&trace));
        }
        let at: Vec<f64> = sweep.points.iter().map(|point| point.at).collect();
        assert_eq!(at, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
        let of = |model: Model| -> Vec<u64> {
            let wall = |point: &Point| {
                let (_, wall) = point.walls.iter().find(|(other, _)| *other == model).expect("it ran");
                wall.expect("it ended").as_secs_f64().round() as u64
            };
            sweep.points.iter().map(wall).collect()
        };
        assert_eq!(of(Model::ThreadPool), [4, 2, 2, 1, 1, 1, 1, 1]);
        assert_eq!(of(Model::EventLoop), [1; 8]);
        assert!(!sweep.is_logarithmic());
        assert_eq!(sweep.ticks().map(|tick| (sweep.height(tick) * 2.0).round() as u64), [0, 1, 2]);
        assert_eq!((sweep.text_at(0.0), sweep.text_at(0.52)), (Some("1".to_owned()), Some("5".to_owned())));
    }
}
