//! A question to answer before the run, and after it what the run says.

use leptos::ev::SubmitEvent;
use leptos::html::Div;
use leptos::prelude::*;
use lessons::{Answer, Question, Values};

use crate::components::order::order_field;
use crate::components::prose::prose;
use crate::later::Part;
use crate::state::lesson::LessonState;
use crate::state::said::{self, Said, Sure, Verdict};
use crate::texts;

/// The question at `place` of the lesson: asked, or answered.
#[component]
pub fn Predict(
    /// The lesson's state.
    state: LessonState,
    /// Which question.
    #[prop(into)]
    place: Signal<usize>,
) -> impl IntoView {
    let said = Memo::new(move |_| state.answers.with(|answers| answers.get(place.get())));
    let spoken = NodeRef::<Div>::new();
    let has_just_answered = RwSignal::new(false);
    Effect::new(move || {
        // Whoever has committed with the keyboard goes on where the answer is.
        if let Some(spoken) = spoken.get().filter(|_| said.get().is_some() && has_just_answered.get_untracked()) {
            has_just_answered.set(false);
            // Fails only where there is nothing to focus.
            let _ = spoken.focus();
        }
    });
    let say = Callback::new(move |what| {
        has_just_answered.set(true);
        state.say(place.get_untracked(), what);
    });
    let asked = move || {
        let question = state.lesson.questions.get(place.get())?;
        let head = texts::question_of(place.get(), state.lesson.questions.len());
        let form = said.get().is_none().then(|| asked(question, say));
        Some(view! {
            <p class="question-of">{head}</p>
            <p class="ask" id="ask">{question.ask}</p>
            {form}
        })
    };
    let is_said = Memo::new(move |_| said.with(Option::is_some));
    let answered = move || is_said.get().then(|| state.later.show(Part::Answered { state, place }));
    view! {
        <div class="predict" data-testid="predict">
            {asked}
            <div class="verdict" role="status" tabindex="-1" node_ref=spoken data-testid="verdict">{answered}</div>
        </div>
    }
}

fn asked(question: &'static Question, say: Callback<Said>) -> AnyView {
    let text = RwSignal::new(String::new());
    let how_sure = RwSignal::new(Sure::Fairly);
    let wrong = RwSignal::new(None::<String>);
    let commit = move |event: SubmitEvent| {
        event.prevent_default();
        let given = text.get_untracked();
        match said::read_guess(question, &given) {
            Ok(guess) => say.run(Said::Guessed(guess, how_sure.get_untracked())),
            Err(must_be) => {
                // What has a place so far is seen, and was no mistake.
                let given = if let Answer::Order(..) = question.answer { "" } else { &given };
                wrong.set(Some(texts::wrong_guess(given, must_be)));
            }
        }
    };
    let take = move |given: String| {
        wrong.set(None);
        text.set(given);
    };
    let field = match question.answer {
        Answer::Choice(options, _) => {
            let option = |(place, words): (usize, &&'static str)| {
                view! {
                    <label class="check">
                        <input
                            type="radio"
                            name="guess"
                            value=place
                            data-testid=format!("guess-{place}")
                            on:change=move |_| take(place.to_string())
                        />
                        <span>{*words}</span>
                    </label>
                }
            };
            let options = options.iter().enumerate().map(option).collect_view();
            view! { <div class="options" role="radiogroup" aria-labelledby="ask">{options}</div> }.into_any()
        }
        Answer::Order(options, _) => order_field(options, Callback::new(take)),
        Answer::Seconds(_) | Answer::Number(_) => {
            let unit = if let Answer::Seconds(_) = question.answer { "s" } else { "" };
            view! {
                <span class="with-unit" class:has-unit=!unit.is_empty()>
                    <input
                        class="number"
                        type="text"
                        inputmode="decimal"
                        autocomplete="off"
                        aria-labelledby="ask"
                        aria-describedby="guess-wrong"
                        aria-invalid=move || if wrong.with(Option::is_some) { "true" } else { "false" }
                        data-testid="guess"
                        on:input=move |event| take(event_target_value(&event))
                    />
                    <span class="unit" aria-hidden="true">{unit}</span>
                </span>
            }
            .into_any()
        }
    };
    let sure = |sure: Sure| {
        view! {
            <label>
                <input
                    type="radio"
                    name="sure"
                    prop:checked=move || how_sure.get() == sure
                    on:change=move |_| how_sure.set(sure)
                />
                <span>{texts::sure(sure)}</span>
            </label>
        }
    };
    view! {
        <form class="guess" on:submit=commit novalidate>
            {field}
            <p class="wrong" id="guess-wrong" aria-live="polite">{wrong}</p>
            <p class="how-sure" id="how-sure">{texts::HOW_SURE}</p>
            <div class="segmented" role="radiogroup" aria-labelledby="how-sure">{Sure::ALL.map(sure).collect_view()}</div>
            <div class="row">
                <button class="primary" type="submit" data-testid="commit">{texts::COMMIT}</button>
                <button type="button" class="quiet" data-testid="skip" on:click=move |_| say.run(Said::Skipped)>
                    {texts::SKIP}
                </button>
            </div>
        </form>
    }
    .into_any()
}

/// What was said to the question at `place`, and what the runs say.
#[component]
pub fn Answered(
    /// The lesson's state.
    state: LessonState,
    /// Which question.
    place: Signal<usize>,
) -> impl IntoView {
    let said = Memo::new(move |_| state.answers.with(|answers| answers.get(place.get())));
    let verdict = Memo::new(move |_| {
        let question = state.lesson.questions.get(place.get())?;
        said.get().and_then(|_| said::judge(state.lesson, question))
    });
    move || {
        let question = state.lesson.questions.get(place.get())?;
        Some(answered(state, question, said.get()?, verdict.get()?))
    }
}

fn answered(state: LessonState, question: &'static Question, said: Said, verdict: Verdict) -> AnyView {
    let mark = match said {
        Said::Guessed(guess, _) => Some(said::mark(guess, question, verdict.answer)),
        Said::Skipped => None,
    };
    let class = mark.map_or("mark", |mark| match mark {
        said::Mark::Right => "mark right",
        said::Mark::Near => "mark near",
        said::Mark::Off => "mark off",
    });
    let show = verdict.decided.and_then(|(model, at)| {
        let given: Vec<_> =
            question.values.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let values = Values::read(state.lesson.parameters, &given).ok()?;
        let show = move |_| state.show_instant(values.clone(), model, at);
        Some(view! {
            <p class="decided">{texts::decided(model, at)}</p>
            <button type="button" data-testid="show-instant" on:click=show>{texts::SHOW_INSTANT}</button>
        })
    });
    view! {
        <p class=class>
            {mark.map(|mark| view! { <strong>{texts::mark(question, mark)}</strong> " " })} {texts::said(question, said)}
        </p>
        <p class="answer">{texts::answer(question, verdict.answer)}</p>
        <p>{prose(question.because)}</p>
        {verdict.says.map(|says| view! { <p class="sub">{prose(&says)}</p> })}
        {show}
    }
    .into_any()
}
