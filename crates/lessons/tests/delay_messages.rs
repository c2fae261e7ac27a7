//! Lesson 1 as it was published: what each model's log says, in which order, on the virtual clock.
#[test]
fn show() {
    let lesson = lessons::find("delay-messages").unwrap();
    let values = lessons::Values::read(lesson.parameters, &[]).unwrap();
    let prepared = lesson.prepare(&values);
    for &model in lesson.models {
        let trace = engine::simulate::simulate(
            &prepared.program,
            &engine::model::Settings { model, workers: prepared.workers, seed: 0 },
        )
        .unwrap();
        println!("{model} {:?}", trace.summary());
        for l in trace.log() {
            println!("{l}");
        }
        for s in &trace.spans {
            println!(
                "  {} {} {:?} {}-{}",
                trace.lane_name(s.lane),
                trace.task_name(s.task),
                s.activity,
                s.start,
                s.end
            );
        }
    }
}
