//! Things to put in order: those that have a place stand first, with their numbers, and can be moved or taken back.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::state::order::Order;
use crate::texts;

/// The things that a question offers; `placed` hears the text of the order whenever it changes.
pub fn order_field(options: &'static [&'static str], placed: Callback<String>) -> AnyView {
    let order = RwSignal::new(Order::default());
    let change = move |option: usize, act: fn(&mut Order, usize), part: &'static str| {
        order.update(|order| act(order, option));
        let (place, text) = order.with_untracked(|order| (order.place_of(option), order.text()));
        placed.run(text);
        // The rows change places, and whoever works with the keyboard stays with the thing that was moved.
        let is_at_an_end = place == Some(0) || place.is_some_and(|place| place + 1 == count(order));
        focus_soon(if is_at_an_end { "place" } else { part }, option);
    };
    let rows = move || {
        let order = order.get();
        let row = |option: usize| {
            let (words, place) = (options[option], order.place_of(option));
            let act = if place.is_some() { Order::take_back } else { Order::place };
            let moves = place.map(|place| {
                let button = |part: &'static str, arrow, name, act, is_off| {
                    view! {
                        <button
                            type="button"
                            class="move"
                            id=format!("{part}-{option}")
                            aria-label=name
                            disabled=is_off
                            on:click=move |_| change(option, act, part)
                        >
                            <span aria-hidden="true">{arrow}</span>
                        </button>
                    }
                };
                let is_last = order.options().next_back() == Some(option);
                view! {
                    {button("sooner", "↑", texts::sooner(words), Order::move_up as fn(&mut Order, usize), place == 0)}
                    {button("later", "↓", texts::later(words), Order::move_down, is_last)}
                }
            });
            view! {
                <li>
                    <button
                        type="button"
                        class="place"
                        class:placed=place.is_some()
                        id=format!("place-{option}")
                        aria-label=texts::to_order(words, place, options.len())
                        aria-pressed=if place.is_some() { "true" } else { "false" }
                        data-testid=format!("place-{option}")
                        on:click=move |_| change(option, act, "place")
                    >
                        <span class="ordinal" aria-hidden="true">{place.map(|place| place + 1)}</span>
                        <span>{words}</span>
                    </button>
                    {moves}
                </li>
            }
        };
        order.rows(options.len()).into_iter().map(row).collect_view()
    };
    view! {
        <p class="sub" id="how-to-order">{texts::HOW_TO_ORDER}</p>
        <ol class="in-order" aria-labelledby="ask" aria-describedby="how-to-order">{rows}</ol>
    }
    .into_any()
}

fn count(order: RwSignal<Order>) -> usize {
    order.with_untracked(|order| order.options().count())
}

/// Focuses a button of an option once the rows stand as they are to stand.
fn focus_soon(part: &str, option: usize) {
    let id = format!("{part}-{option}");
    let focus = move || {
        let found = document().get_element_by_id(&id).and_then(|element| element.dyn_into::<HtmlElement>().ok());
        // Fails only where there is nothing to focus.
        let _ = found.map(|element| element.focus());
    };
    // The rows are changed before anything that is to be done later.
    set_timeout(focus, Duration::ZERO);
}
