//! The time axis that all timelines share.

use leptos::prelude::*;

use crate::timeline::draw::TICK_GAP_PX;
use crate::timeline::viewport::Viewport;

/// Round instants above the timelines.
#[component]
pub fn Axis(
    /// Where time is drawn.
    #[prop(into)]
    viewport: Signal<Viewport>,
) -> impl IntoView {
    let ticks = move || {
        let tick = |tick: crate::timeline::viewport::Tick| {
            view! { <span style:left=format!("calc({}px * var(--scale, 1))", tick.x_px)>{tick.label}</span> }
        };
        viewport.get().ticks(TICK_GAP_PX).into_iter().map(tick).collect_view()
    };
    view! { <div class="axis" aria-hidden="true">{ticks}</div> }
}
