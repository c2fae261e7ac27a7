//! The log of a run as it is shown: as many lines as can be read, of all lanes or of one.

use engine::time::Nanos;
use engine::trace::Trace;

/// A log, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The instants of the lines in the program's own time, and the lines in the published shape.
    pub lines: Vec<(Nanos, String)>,
    /// How many more there are.
    pub more: usize,
    /// The lanes that wrote anything, in the order in which they first did.
    pub lanes: Vec<String>,
}

/// The most lines that are shown.
const MOST_LINES: usize = 300;

/// The log of `trace`, of all lanes or of the one called `lane`. A lane that wrote nothing here means all.
pub fn shown(trace: &Trace, lane: Option<&str>) -> Shown {
    let log = trace.log_in_program_time();
    let mut lanes: Vec<String> = Vec::new();
    for line in &log {
        if !lanes.iter().any(|lane| lane == line.lane) {
            lanes.push(line.lane.to_owned());
        }
    }
    let lane = lane.filter(|lane| lanes.iter().any(|other| other == lane));
    let of_lane = log.iter().filter(|line| lane.is_none_or(|lane| line.lane == lane));
    let mut lines: Vec<(Nanos, String)> = of_lane.map(|line| (line.at, line.to_string())).collect();
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    Shown { lines, more, lanes }
}

impl Shown {
    /// How many of the lines were written by `at`.
    pub fn written_by(&self, at: Nanos) -> usize {
        self.lines.partition_point(|(written, _)| *written <= at)
    }
}

#[cfg(test)]
mod tests {
    use engine::model::Model;
    use lessons::Values;

    use super::*;

    #[test]
    fn a_log_can_be_read_by_lane_and_by_the_playhead() {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let prepared = lesson.prepare(&Values::read(lesson.parameters, &[]).expect("defaults are right"));
        let trace = engine::simulate::simulate(&prepared.program, &prepared.settings(Model::Threads, 0));
        let all = shown(&trace, None);
        assert_eq!(all.lanes, ["MainThread", "Thread-1", "Thread-2"]);
        let of_one = shown(&trace, Some("Thread-1"));
        let texts: Vec<&str> = of_one.lines.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["00:00:00:Thread-1:TWO received", "00:00:02:Thread-1:TWO printed"]);
        assert_eq!([0.0, 1.0, 2.5].map(|at| of_one.written_by(Nanos((at * 1e9) as u64))), [0, 1, 2]);
        assert_eq!(shown(&trace, Some("no lane")), all);
    }
}
