//! The timelines as they stand, as a picture to keep.

use std::sync::Arc;

use engine::time::Nanos;
use engine::trace::{Clock, State};
use js_sys::encode_uri_component;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use crate::export::svg::{Colours, Frame, Panel, Picture, picture};
use crate::state::lesson::LessonState;
use crate::state::{browser, files, words};
use crate::timeline::draw::Stroke;
use crate::timeline::layout::{Layout, Rows};
use crate::timeline::palette::Palette;
use crate::timeline::viewport::Viewport;

/// A kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Pixels.
    Png,
    /// Lines.
    Svg,
}

/// How wide the timelines of a picture are.
const WIDTH_PX: f64 = 960.0;

/// How many pixels of an image make one of the picture.
const SHARPNESS: f64 = 2.0;

/// The models that are shown, on the clock that was run last, in the colours of the page. `None` where nothing is drawn.
pub fn svg(state: LessonState) -> Option<Picture> {
    let document = browser::window()?.document()?;
    let canvas = document.query_selector("[data-testid^=timeline-] canvas").ok()??;
    let palette = Palette::of(canvas.dyn_ref::<HtmlCanvasElement>()?)?;
    let style = browser::computed_style(&document.document_element()?)?;
    let ground = style.get_property_value("--panel").unwrap_or_default().trim().to_owned();
    let traces: Vec<_> = state
        .models
        .get()
        .into_iter()
        .flat_map(|model| [Clock::Virtual, Clock::Browser, Clock::Machine].map(|clock| state.trace(model, clock)))
        .flatten()
        .collect();
    let viewport = Viewport::fit(traces.iter().map(|trace| trace.axis_length()).max().unwrap_or(Nanos::ZERO), WIDTH_PX);
    let panels = traces.iter().map(|trace| {
        let wall = words::wall(trace).map_or_else(String::new, |wall| format!(" · {}", words::seconds(wall)));
        let title = format!("{} · {}{wall}", trace.model.title(), trace.clock.label());
        Panel { title, layout: Layout::of(Arc::clone(trace), trace.end(), Rows::Few) }
    });
    let panels: Vec<Panel> = panels.collect();
    let foot = format!("Interleave · {}", browser::address());
    let frame = Frame { title: state.lesson.title.to_owned(), foot, width_px: WIDTH_PX };
    let states = State::ALL.map(|state| [palette.state(state).fill.clone(), palette.state(state).mark.clone()]);
    let strokes = Stroke::ALL.map(|stroke| palette.stroke(stroke).to_owned()).to_vec();
    let Palette { ink, muted, line, on_running, .. } = palette;
    let colours = Colours { ground, ink, muted, line, on_running, strokes, states: states.to_vec() };
    Some(picture(&frame, &panels, &viewport, colours))
}

/// Gives a person the picture as an image, once the browser has drawn it.
pub fn give_png(name: &str, picture: &Picture) {
    let Ok(image) = HtmlImageElement::new() else { return };
    let (drawn, name) = (image.clone(), name.to_owned());
    let size = (picture.width_px, picture.height_px);
    let draw = Closure::once_into_js(move || {
        let document = browser::window().and_then(|window| window.document());
        let canvas = document.and_then(|document| document.create_element("canvas").ok());
        let Some(canvas) = canvas.and_then(|canvas| canvas.dyn_into::<HtmlCanvasElement>().ok()) else { return };
        canvas.set_width((size.0 * SHARPNESS) as u32);
        canvas.set_height((size.1 * SHARPNESS) as u32);
        let context = canvas.get_context("2d").ok().flatten();
        let Some(context) = context.and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok()) else {
            return;
        };
        let (width_px, height_px) = (size.0 * SHARPNESS, size.1 * SHARPNESS);
        if context.draw_image_with_html_image_element_and_dw_and_dh(&drawn, 0.0, 0.0, width_px, height_px).is_ok()
            && let Ok(address) = canvas.to_data_url()
        {
            files::give_address(&name, &address);
        }
    });
    image.set_onload(Some(draw.unchecked_ref()));
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{}", String::from(encode_uri_component(&picture.text))));
}
