//! The five steps of a lesson, and what is to be done in the one that is open.

use leptos::prelude::*;
use lessons::Lesson;

use crate::components::predict::Predict;
use crate::components::prose::prose;
use crate::later::Part;
use crate::state::lesson::LessonState;
use crate::state::progress::Step;
use crate::texts;

/// The steps, with the first open one opened.
#[component]
pub fn Steps(
    /// The lesson's state.
    state: LessonState,
) -> impl IntoView {
    let lesson = state.lesson;
    let is_kept = move |step| state.progress.with(|progress| progress.is_done(lesson.id, step));
    // A link may bring the answers of somebody else.
    let is_done = move |step| is_kept(step) || (step == Step::Predict && state.is_revealed.get());
    let first = Step::ALL.into_iter().find(|step| !untrack(|| is_kept(*step))).unwrap_or(Step::Make);
    // Nobody is past a question that is still to be answered.
    let first = if state.is_revealed.get_untracked() { first } else { Step::Predict };
    let open = RwSignal::new(first);
    // Whoever comes back, or was given a link, sees first what was said last.
    let last = untrack(|| state.answers.with(|answers| answers.next(lesson))).unwrap_or(lesson.questions.len());
    let place = RwSignal::new(last.saturating_sub(1));
    let shown = Memo::new(move |_| {
        let is_fresh = state.answers.with(|answers| answers.is_empty());
        if is_fresh { 0 } else { place.get() }
    });
    let button = move |step: Step| {
        let class = move || if is_done(step) { "step done" } else { "step" };
        let current = move || (open.get() == step).then_some("step");
        view! {
            <li>
                <button
                    type="button"
                    class=class
                    aria-current=current
                    aria-label=move || texts::step_state(step, is_done(step))
                    data-testid=format!("step-{}", step.title().to_ascii_lowercase())
                    on:click=move |_| open.set(step)
                >
                    {step.title()}
                </button>
            </li>
        }
    };
    let questions = move || {
        let count = lesson.questions.len();
        let pager = move || state.is_revealed.get().then(|| pager(shown, place, count));
        (count > 0).then(|| view! { <Predict state place=shown /> {pager} })
    };
    // The problem is read before it is solved, and then makes room.
    let opening = move || match state.is_revealed.get() {
        false => story(lesson).into_any(),
        true => problem(lesson).into_any(),
    };
    let body = move || {
        let step = open.get();
        let lead = (step != Step::Predict).then(|| view! { <p>{texts::step(step)}</p> });
        let body = match step {
            Step::Predict => view! { {opening} {questions} }.into_any(),
            Step::Run => ().into_any(),
            Step::Investigate => view! { {look(lesson)} {questions} }.into_any(),
            Step::Modify => ().into_any(),
            Step::Make => view! { {state.later.show(Part::TakeAway { state })} {rule(lesson)} }.into_any(),
        };
        let problem = (step != Step::Predict).then(|| problem(lesson));
        view! { {lead} {body} {problem} }
    };
    let taken = Callback::new(move |progress| state.take_progress(progress));
    view! {
        <ol class="steps" aria-label="Steps of this lesson">{Step::ALL.map(button).collect_view()}</ol>
        <div class="step-body">{body}</div>
        {state.later.show(Part::KeptProgress { progress: state.progress, taken })}
    }
}

fn story(lesson: &'static Lesson) -> impl IntoView {
    view! { <div class="story">{lesson.story.iter().map(|paragraph| view! { <p>{prose(paragraph)}</p> }).collect_view()}</div> }
}

fn problem(lesson: &'static Lesson) -> impl IntoView {
    view! { <details class="problem"><summary>{texts::PROBLEM}</summary>{story(lesson)}</details> }
}

/// What to look at.
fn look(lesson: &'static Lesson) -> impl IntoView {
    (!lesson.look.is_empty()).then(|| {
        view! {
            <section class="look" aria-labelledby="look-title">
                <h2 class="eyebrow" id="look-title">{texts::LOOK_AT}</h2>
                <ul>{lesson.look.iter().map(|sentence| view! { <li>{prose(sentence)}</li> }).collect_view()}</ul>
            </section>
        }
    })
}

/// The rule is what a person is to find: it waits to be asked for.
fn rule(lesson: &'static Lesson) -> impl IntoView {
    (!lesson.rule.is_empty()).then(|| {
        view! {
            <details class="rule">
                <summary>{texts::RULE}</summary>
                <p>{prose(lesson.rule)}</p>
            </details>
        }
    })
}

/// The way to the other questions.
pub fn pager(shown: Memo<usize>, place: RwSignal<usize>, count: usize) -> impl IntoView {
    let is_first = move || shown.get() == 0;
    let is_last = move || shown.get() + 1 >= count;
    view! {
        <div class="row pager">
            <button type="button" disabled=is_first on:click=move |_| place.set(shown.get_untracked().saturating_sub(1))>
                {texts::LAST_QUESTION}
            </button>
            <button type="button" data-testid="next-question" disabled=is_last on:click=move |_| place.set(shown.get_untracked() + 1)>
                {texts::NEXT_QUESTION}
            </button>
        </div>
    }
}
