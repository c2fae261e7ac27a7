//! A lesson in front of a class: one slide, large, and the keys of a remote.

use engine::model::Model;
use engine::time::Nanos;
use engine::trace::Clock;
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use lessons::{Answer, MOST_IN_ORDER};

use crate::components::lane::Lanes;
use crate::components::legend::Legend;
use crate::components::model_panel::ModelPanel;
use crate::components::prose::prose;
use crate::components::stage::SharedAxis;
use crate::state::door::Door;
use crate::state::keys::{self, Act, Heard};
use crate::state::lesson::LessonState;
use crate::state::present::{Slide, Told, told};
use crate::state::said::Guess;
use crate::state::theme::Scheme;
use crate::state::way::Way;
use crate::texts;
use crate::texts::ways;

/// The votes for each option of each question.
type Votes = RwSignal<Vec<u32>>;

/// A question has no more options than there are keys to vote by.
const OPTIONS: usize = MOST_IN_ORDER;

/// A lesson, slide by slide.
#[component]
pub fn Presentation(
    /// The lesson's state.
    state: LessonState,
    /// The way to a companion.
    door: Door,
    /// In which colours it is drawn.
    scheme: Signal<Scheme>,
) -> impl IntoView {
    // A link may lead to the middle of it.
    let (_, place) = untrack(|| state.slides());
    if state.playhead.get_untracked() == Nanos::ZERO {
        state.show_slide(place);
    }
    let is_blank = RwSignal::new(false);
    let votes: Votes = RwSignal::new(vec![0; state.lesson.questions.len() * OPTIONS]);
    let hears = window_event_listener(ev::keydown, move |event| {
        let Some((act, chord)) = keys::asked(Heard::Presenting, &event) else { return };
        event.prevent_default();
        // The first key after a blank screen only shows it again.
        if is_blank.get_untracked() && act != Act::Leave {
            is_blank.set(false);
            return;
        }
        match act {
            Act::Next => state.next_slide(),
            Act::Before => state.slide_before(),
            Act::First => state.show_slide(0),
            Act::Blank => is_blank.set(true),
            Act::Play => state.play_or_pause(),
            Act::EventOn => state.step(true),
            Act::EventBack => state.step(false),
            Act::Vote => vote(state, votes, chord.parse().unwrap_or(0)),
            Act::Leave => state.show_as(Way::Page),
            _ => {}
        }
    });
    on_cleanup(move || hears.remove());
    // Runs keep their place from slide to slide.
    let slide = Memo::new(move |_| state.slide());
    let is_run = Memo::new(move |_| matches!(state.slide(), Slide::Run(_)));
    let content = move || match is_run.get() {
        true => runs(state, door, scheme),
        false => words(state, slide.get(), votes, scheme),
    };
    let place = move || {
        let (slides, place) = state.slides();
        ways::slide_of(place, slides.len())
    };
    let on = move || {
        let (slides, place) = state.slides();
        ways::go_on(slides[place], slides.get(place + 1).copied())
    };
    let is_first = move || state.slides().1 == 0;
    let is_last = move || {
        let (slides, place) = state.slides();
        place + 1 == slides.len()
    };
    view! {
        <main class="presented" id="main" data-testid="presented" class:blank=move || is_blank.get()>
            <div class="presented-head">
                <p class="eyebrow">{state.lesson.title}</p>
                <span class="gap"></span>
                <button type="button" data-testid="blank" on:click=move |_| is_blank.set(true)>{ways::BLANK}</button>
                <button type="button" data-testid="leave" on:click=move |_| state.show_as(Way::Page)>{ways::LEAVE}</button>
            </div>
            <div class="slide" aria-live="polite" data-testid="slide">{content}</div>
            <div class="presented-foot">
                <button type="button" data-testid="slide-back" disabled=is_first on:click=move |_| state.slide_before()>
                    {ways::BACK}
                </button>
                <span class="sub" data-testid="slide-of">{place}</span>
                <button
                    type="button"
                    class="primary"
                    data-testid="slide-on"
                    disabled=is_last
                    on:click=move |_| state.next_slide()
                >
                    {on}
                </button>
            </div>
            <button
                type="button"
                class="curtain"
                aria-label=ways::IS_BLANK
                hidden=move || !is_blank.get()
                on:click=move |_| is_blank.set(false)
            ></button>
        </main>
    }
    .into_any()
}

/// Counts a vote for the option of this number, on the slide of a question.
fn vote(state: LessonState, votes: Votes, number: usize) {
    let Slide::Ask(place) = untrack(|| state.slide()) else { return };
    let (Answer::Choice(options, _) | Answer::Order(options, _)) = state.lesson.questions[place].answer else { return };
    if (1..=options.len().min(OPTIONS)).contains(&number) {
        votes.update(|votes| votes[place * OPTIONS + number - 1] += 1);
    }
}

/// A slide of words: the problem, a question, its answer, the rule.
fn words(state: LessonState, slide: Slide, votes: Votes, scheme: Signal<Scheme>) -> AnyView {
    let lesson = state.lesson;
    match slide {
        Slide::Problem => {
            let story = lesson.story.iter().map(|paragraph| view! { <p>{prose(paragraph)}</p> }).collect_view();
            view! { <h1>{lesson.title}</h1> <div class="told-large">{story}</div> }.into_any()
        }
        Slide::Rule => {
            view! { <p class="eyebrow">{ways::RULE}</p> <p class="rule-large">{prose(lesson.rule)}</p> }.into_any()
        }
        Slide::Ask(place) | Slide::Answer(place) => {
            let question = &lesson.questions[place];
            let told = (slide == Slide::Answer(place)).then(|| told(lesson, question)).flatten();
            let answer = told.as_ref().map(|told| told.verdict.answer);
            let options = match question.answer {
                Answer::Choice(options, _) | Answer::Order(options, _) => {
                    options_view(state, options, place, votes, answer)
                }
                _ if answer.is_none() => view! { <p class="sub">{ways::SAY}</p> }.into_any(),
                _ => ().into_any(),
            };
            view! {
                <p class="eyebrow">{texts::question_of(place, lesson.questions.len())}</p>
                <h1 class:answered=told.is_some() data-testid="presented-ask">{question.ask}</h1>
                {options}
                {told.map(|told| answer_view(question, told, scheme))}
            }
            .into_any()
        }
        Slide::Run(_) => ().into_any(),
    }
}

/// The options of a question with their votes, and the right one marked once it is known. Of things that are to be put in order
/// it is voted which comes first; once it is known they stand in their order.
fn options_view(
    state: LessonState,
    options: &'static [&'static str],
    place: usize,
    votes: Votes,
    answer: Option<Guess>,
) -> AnyView {
    let all = move || votes.with(|votes| votes[place * OPTIONS..][..OPTIONS].iter().sum::<u32>());
    let option = |option: usize| {
        let words = options[option];
        let count = move || votes.with(|votes| votes.get(place * OPTIONS + option).copied().unwrap_or_default());
        let share = move || format!("{}%", 100.0 * f64::from(count()) / f64::from(all().max(1)));
        let told = move || Some(count()).filter(|count| *count > 0).map(ways::votes);
        let (is_right, sign) = match answer {
            Some(Guess::Order(order)) => {
                let place = order.place_of(option);
                (place == Some(0), place.map_or_else(String::new, |place| (place + 1).to_string()))
            }
            answer => (answer == Some(Guess::Option(option)), ways::option_letter(option).to_string()),
        };
        view! {
            <li>
                <button
                    type="button"
                    class="vote"
                    class:right=is_right
                    disabled=answer.is_some()
                    data-testid=format!("vote-{option}")
                    on:click=move |_| vote(state, votes, option + 1)
                >
                    <span class="vote-bar" style:width=share></span>
                    <strong>{sign}</strong>
                    <span>{words}</span>
                    <span class="vote-count">{told}</span>
                </button>
            </li>
        }
    };
    let rows = match answer {
        Some(Guess::Order(order)) => order.rows(options.len()),
        _ => (0..options.len()).collect(),
    };
    let is_order = matches!(state.lesson.questions[place].answer, Answer::Order(..));
    let how = if is_order { ways::VOTE_FIRST } else { ways::VOTE };
    view! {
        <ol class="votes">{rows.into_iter().map(option).collect_view()}</ol>
        {answer.is_none().then(|| view! { <p class="sub">{how}</p> })}
    }
    .into_any()
}

/// The answer, and the instant that decides it on the runs that it was read from.
fn answer_view(question: &'static lessons::Question, told: Told, scheme: Signal<Scheme>) -> AnyView {
    let Told { verdict, traces } = told;
    let decided = verdict.decided.map(|(model, at)| view! { <p class="sub">{ways::decided(model, at)}</p> });
    view! {
        <p class="answer-large" data-testid="presented-answer">{texts::answer(question, verdict.answer)}</p>
        <p class="told-large">{prose(question.because)}</p>
        <Lanes traces marked=verdict.decided scheme />
        {decided}
    }
    .into_any()
}

/// The runs so far; the last one is hidden behind the playhead until it has happened.
fn runs(state: LessonState, door: Door, scheme: Signal<Scheme>) -> AnyView {
    let now = Memo::new(move |_| match state.slide() {
        Slide::Run(model) => Some(model),
        _ => None,
    });
    let shown = move |model: Model| {
        let place = |of: Model| state.models.with(|models| models.iter().position(|other| *other == of));
        now.get().is_some_and(|now| place(model).is_some() && place(model) <= place(now))
    };
    let is_playing = Memo::new(move |_| {
        let trace = state.trace(now.get()?, Clock::Virtual)?;
        Some(state.playhead.get() < trace.program_time(trace.end()))
    });
    let panel = move |&model: &Model| {
        let is_shown = Memo::new(move |_| shown(model));
        let is_last = move || now.get() == Some(model);
        let element = NodeRef::<Div>::new();
        Effect::new(move || {
            if let Some(element) = element.get().filter(|_| is_last()) {
                element.scroll_into_view_with_bool(false);
            }
        });
        view! {
            <Show when=move || is_shown.get()>
                <div node_ref=element class:playing=move || is_last() && is_playing.get() == Some(true)>
                    <ModelPanel state model door scheme />
                </div>
            </Show>
        }
    };
    let panels = state.lesson.models.iter().map(panel).collect_view();
    let happens = Memo::new(move |_| state.happens());
    view! {
        <SharedAxis state>{panels}</SharedAxis>
        <div class="presented-now">
            <p class="happens">
                <output class="instant">{move || state.playhead.get().to_string()}</output>
                <span class="sentence-now">{happens}</span>
            </p>
            <Legend />
        </div>
    }
    .into_any()
}
