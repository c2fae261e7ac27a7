//! What the browser tells of an element by itself: how wide it is, and whether it is in sight.

use js_sys::{Array, Function};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, ResizeObserver};

use crate::state::browser;

/// Keeps `width_px` at the width of `element` as long as both live.
pub fn follow_width(element: NodeRef<Div>, width_px: RwSignal<f64>) {
    let observer = Observer {
        make: ResizeObserver::new,
        observe: ResizeObserver::observe,
        disconnect: ResizeObserver::disconnect,
    };
    Effect::new(move || {
        if let Some(element) = element.get() {
            width_px.set(width_of(&element));
        }
    });
    observer.follow(element, move |element, _| {
        width_px.try_set(width_of(element));
    });
}

/// Tells `listener` whether `element` is in the window, whenever that changes.
pub fn follow_sight(element: NodeRef<Div>, listener: impl Fn(bool) + Clone + 'static) {
    let observer = Observer {
        make: IntersectionObserver::new,
        observe: IntersectionObserver::observe,
        disconnect: IntersectionObserver::disconnect,
    };
    observer.follow(element, move |_, entries| {
        // The last one is how it is now.
        if let Some(entry) = entries.iter().last() {
            listener(entry.unchecked_into::<IntersectionObserverEntry>().is_intersecting());
        }
    });
}

/// An observer that browsers have, by its methods. One that cannot be made tells nothing.
struct Observer<O> {
    make: fn(&Function) -> Result<O, JsValue>,
    observe: fn(&O, &Element),
    disconnect: fn(&O),
}

impl<O: 'static> Observer<O> {
    /// Passes on what is told of `element`, until whoever asks for it is gone.
    fn follow(self, element: NodeRef<Div>, listener: impl Fn(&Element, Array) + Clone + 'static) {
        let Observer { make, observe, disconnect } = self;
        let observed = StoredValue::new_local(None::<(O, Closure<dyn FnMut(Array)>)>);
        Effect::new(move || {
            let Some(element) = element.get() else { return };
            let (listener, followed) = (listener.clone(), Element::from(element.clone()));
            let told = Closure::<dyn FnMut(Array)>::new(move |entries| listener(&followed, entries));
            if let Ok(observer) = make(told.as_ref().unchecked_ref()) {
                observe(&observer, &element);
                observed.set_value(Some((observer, told)));
            }
        });
        on_cleanup(move || {
            observed.try_update_value(|observed| {
                if let Some((observer, _)) = observed.take() {
                    disconnect(&observer);
                }
            });
        });
    }
}

/// How wide an element is for whoever draws in it as if nothing were drawn larger than usual.
fn width_of(element: &Element) -> f64 {
    f64::from(element.client_width()) / browser::scale(element)
}
