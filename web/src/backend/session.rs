//! One job in the hands of a runner, as a pure conversation: reports come in, commands and news go out.

use std::collections::VecDeque;

use engine::model::Model;
use engine::protocol::{Command, Report, RunId, VERSION};

use crate::backend::{Ending, Job, Name, Progress};

/// A job of which the models are run one after the other.
#[derive(Debug)]
pub struct Session {
    job: Job,
    to_come: VecDeque<Model>,
    current: Option<(RunId, Model)>,
    next_run: u32,
    runner: &'static Name,
}

/// What is to be done after a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Send this to the runner.
    Send(Command),
    /// Tell this to the page.
    Tell(Progress),
    /// End the runner: it is of no more use.
    Retire,
}

impl Session {
    /// The session of a job on `models` with a `runner`; its runs are numbered from `first_run`.
    pub fn new(job: Job, models: impl IntoIterator<Item = Model>, first_run: u32, runner: &'static Name) -> Session {
        Session { job, to_come: models.into_iter().collect(), current: None, next_run: first_run, runner }
    }

    /// The number that the next session's runs may begin with.
    pub fn next_run(&self) -> u32 {
        self.next_run
    }

    /// Begins with the first model, on a runner that is ready.
    pub fn begin(&mut self) -> Vec<Effect> {
        self.next_model()
    }

    /// Takes in what the runner says. Reports about runs of an earlier session are left out.
    pub fn hear(&mut self, report: Report) -> Vec<Effect> {
        match report {
            Report::Ready { version: VERSION } => self.begin(),
            Report::Ready { version } => self.lose(format!(
                "it speaks version {version} of the protocol and this page version {VERSION}: reload the page, and build it anew if that does not help"
            )),
            Report::Alive => Vec::new(),
            Report::Waiting { run, before } => match self.current_model(run) {
                Some(model) => vec![Effect::Tell(Progress::Waiting(model, before))],
                None => Vec::new(),
            },
            Report::Events { run, events } => match self.current_model(run) {
                Some(model) => vec![Effect::Tell(Progress::Happened(model, events))],
                None => Vec::new(),
            },
            Report::Finished { run } => match self.current_model(run) {
                Some(model) => self.after(Progress::Ended(model)),
                None => Vec::new(),
            },
            Report::Failed { run: Some(run), reason } => match self.current_model(run) {
                Some(model) => self.after(Progress::Failed(model, reason)),
                None => Vec::new(),
            },
            // A runner that cannot tell of which run it speaks is not to be trusted with the next.
            Report::Failed { run: None, reason } => self.lose(reason.trim_end_matches('.').to_owned()),
        }
    }

    /// The runner is gone or cannot be trusted, because of `reason`, the end of a sentence such as "The lab was ended: …".
    pub fn lose(&mut self, reason: String) -> Vec<Effect> {
        self.to_come.clear();
        let mut effects = Vec::new();
        if let Some((_, model)) = self.current.take() {
            let cut_off = format!("{} in the middle of this run.", self.runner.is_gone);
            effects.push(Effect::Tell(Progress::Failed(model, cut_off)));
        }
        let sentence = format!("{}: {reason}. {}", self.runner.is_gone, self.runner.mend);
        effects.extend([Effect::Retire, Effect::Tell(Progress::Over(Ending::Lost(sentence)))]);
        effects
    }

    fn after(&mut self, told: Progress) -> Vec<Effect> {
        self.current = None;
        let mut effects = vec![Effect::Tell(told)];
        effects.extend(self.next_model());
        effects
    }

    fn next_model(&mut self) -> Vec<Effect> {
        let Some(model) = self.to_come.pop_front() else {
            return vec![Effect::Tell(Progress::Over(Ending::Complete))];
        };
        let run = RunId(self.next_run);
        self.next_run += 1;
        self.current = Some((run, model));
        let command = Command::Run {
            run,
            lesson: self.job.lesson.id.to_owned(),
            parameters: self.job.values.texts(),
            model,
            seed: self.job.machine.seed,
            speed: self.job.speed,
        };
        vec![Effect::Tell(Progress::Began(model)), Effect::Send(command)]
    }

    fn current_model(&self, run: RunId) -> Option<Model> {
        self.current.filter(|(current, _)| *current == run).map(|(_, model)| model)
    }
}

#[cfg(test)]
mod tests {
    use lessons::Values;

    use super::*;

    fn session() -> Session {
        let lesson = lessons::find("delay-messages").expect("the lesson is there");
        let values = Values::read(lesson.parameters, &[]).expect("defaults are right");
        let job = Job::usual(lesson, values);
        static RUNNER: Name = Name { is_gone: "The runner was lost", mend: "Find another." };
        Session::new(job, [Model::Threads, Model::EventLoop], 7, &RUNNER)
    }

    /// Effects in short.
    fn short(effects: Vec<Effect>) -> Vec<String> {
        let short = |effect| match effect {
            Effect::Send(Command::Run { run, model, .. }) => format!("send run {} {model}", run.0),
            Effect::Tell(Progress::Over(Ending::Lost(_))) => "tell lost".to_owned(),
            Effect::Tell(progress) => format!("tell {progress:?}"),
            Effect::Retire => "retire".to_owned(),
        };
        effects.into_iter().map(short).collect()
    }

    #[test]
    fn models_are_run_one_after_the_other_and_a_failed_one_stops_nobody() {
        let mut session = session();
        let ready = Report::Ready { version: VERSION };
        assert_eq!(short(session.hear(ready)), ["tell Began(Threads)", "send run 7 threads"]);
        let events = |run| Report::Events { run: RunId(run), events: Vec::new() };
        assert_eq!(short(session.hear(events(6))), [""; 0], "a run of an earlier session");
        let waiting = |run| Report::Waiting { run: RunId(run), before: 2 };
        assert_eq!(short(session.hear(waiting(6))), [""; 0], "a run of an earlier session");
        assert_eq!(short(session.hear(waiting(7))), ["tell Waiting(Threads, 2)"]);
        assert_eq!(short(session.hear(events(7))), ["tell Happened(Threads, [])"]);
        let failed = Report::Failed { run: Some(RunId(7)), reason: "x".to_owned() };
        assert_eq!(
            short(session.hear(failed)),
            ["tell Failed(Threads, \"x\")", "tell Began(EventLoop)", "send run 8 event-loop"]
        );
        assert_eq!(
            short(session.hear(Report::Finished { run: RunId(8) })),
            ["tell Ended(EventLoop)", "tell Over(Complete)"]
        );
        assert_eq!(session.next_run(), 9);
    }

    #[test]
    fn a_runner_of_another_version_is_asked_for_nothing() {
        let ready = Report::Ready { version: VERSION + 1 };
        assert_eq!(short(session().hear(ready)), ["retire", "tell lost"]);
    }

    #[test]
    fn a_runner_that_dies_takes_its_run_with_it_and_says_so() {
        let mut session = session();
        session.begin();
        let lost = session.lose("it crashed".to_owned());
        let sentence = "The runner was lost: it crashed. Find another.".to_owned();
        assert_eq!(lost.last(), Some(&Effect::Tell(Progress::Over(Ending::Lost(sentence)))));
        let cut_off = "tell Failed(Threads, \"The runner was lost in the middle of this run.\")";
        assert_eq!(short(lost), [cut_off, "retire", "tell lost"]);
        assert_eq!(short(session.hear(Report::Finished { run: RunId(7) })), [""; 0]);
    }
}
