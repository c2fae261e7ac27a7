//! Values with which every lesson ends within seconds on every model, so that all of them can be compared in one go.

/// The texts that differ from the defaults, by lesson. A lesson that is not here is brief as it is.
const BRIEF: &[(&str, &[&str])] = &[
    ("delay-messages", &["messages=TWO=0.4,THREE=0.6"]),
    ("blocking-call", &["messages=ONE=0.2,TWO=0.4,THREE=0.6"]),
    ("lost-update", &["pause=0.5"]),
    // Without a timeout it never ends.
    ("deadlock", &["timeout=1"]),
    ("merge-sort", &["lists=20", "chunk=2"]),
    ("sum-squares", &["numbers=4", "from=2000000"]),
    ("paged-api", &["pages=150", "limit=10", "latency=uniform 0.01 0.03"]),
    ("downloads", &["repeats=20"]),
    ("fan-out", &["latency=constant 0.4"]),
    ("await-or-task", &["request=0.3", "other=0.7"]),
    ("gil", &["work=0.4"]),
    ("hybrid", &["jobs=8", "latency=0.2", "cpu=0.05"]),
    ("advise", &["tasks=10", "wait=0.3"]),
];

/// The settings with which `lesson` is brief, as `--set` takes them.
pub fn settings(lesson: &str) -> &'static [&'static str] {
    BRIEF.iter().find(|(id, _)| *id == lesson).map_or(&[], |(_, settings)| settings)
}

#[cfg(test)]
mod tests {
    use engine::model::Model;
    use engine::simulate::simulate;

    use super::*;
    use crate::words::read_values;

    #[test]
    fn every_lesson_can_be_brief_on_every_model() {
        assert!(BRIEF.iter().all(|(id, _)| lessons::find(id).is_ok()), "{BRIEF:?}");
        for lesson in lessons::catalogue() {
            let mut wrong = Vec::new();
            let texts: Vec<String> = settings(lesson.id).iter().map(ToString::to_string).collect();
            let values = read_values(&texts, Some(lesson), &mut wrong);
            let (_, values) = values.unwrap_or_else(|| panic!("{}: {wrong:?}", lesson.id));
            for model in lesson.models.iter().copied().filter(|model| *model != Model::Processes) {
                let prepared = lesson.prepare(&values);
                let trace = simulate(&prepared.program, &prepared.settings(model, 0));
                let wall = trace.summary().map(|summary| summary.wall.as_secs_f64());
                assert!(trace.failure().is_none() && wall < Some(6.0), "{} on {model}: {wall:?}", lesson.id);
            }
        }
    }
}
