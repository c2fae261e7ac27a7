//! The inside of the machine at the playhead, of the run that is looked at.

use leptos::prelude::*;

use crate::components::tabs::StudiedModel;
use crate::state::inside::{Item, Line, MOST_PLACES, Part, Places, parts};
use crate::state::lesson::LessonState;

/// What is inside at the playhead. It takes the lesson from the page that it stands on.
#[component]
pub fn Inside() -> impl IntoView {
    let state = use_context::<LessonState>()?;
    let parts = Memo::new(move |_| {
        let Some(known) = state.known() else { return Vec::new() };
        let at = known.trace.own_time(state.playhead.get());
        parts(&known.trace, &known.history().at(at), at)
    });
    let of = move || state.of().map(|of| format!("{of}, at {}", state.playhead.get()));
    Some(view! {
        <section class="inside" aria-label="Inside the machine" data-testid="inside">
            <StudiedModel state />
            <p class="sub">{of}</p>
            <div class="parts">{move || parts.get().into_iter().map(part).collect_view()}</div>
        </section>
    })
}

fn part(part: Part) -> impl IntoView {
    view! {
        <section class="part">
            <h3>{part.title}</h3>
            <dl>{part.lines.into_iter().map(line).collect_view()}</dl>
        </section>
    }
}

fn line(line: Line) -> impl IntoView {
    let is_empty = line.items.is_empty();
    let more = (line.more > 0).then(|| view! { <li class="sub">{format!("and {} more", line.more)}</li> });
    view! {
        <div class="item-line">
            <dt>{line.label} {line.places.map(places)}</dt>
            <dd>
                {is_empty.then(|| view! { <span class="sub">{line.empty}</span> })}
                <ul>{line.items.into_iter().map(item).collect_view()} {more}</ul>
            </dd>
        </div>
    }
}

fn item(item: Item) -> impl IntoView {
    let class = item.state.map_or_else(|| "chip".to_owned(), |state| format!("chip {}", state.id()));
    let title = item.state.map(|state| state.word());
    view! { <li class=class title=title>{item.text}</li> }
}

/// Places one by one: the taken ones are full.
fn places(Places { taken, all, word }: Places) -> impl IntoView {
    let dots = "●".repeat(taken.min(MOST_PLACES)) + &"○".repeat(all.min(MOST_PLACES).saturating_sub(taken));
    let words = format!("{taken} of {all} {word}");
    let beyond = (all > MOST_PLACES).then(|| format!(" {words}"));
    view! { <span class="permits" role="img" aria-label=words.clone() title=words.clone()>{dots}</span> {beyond} }
}
