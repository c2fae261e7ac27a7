//! What the page asks the browser for, each question with an answer where the browser has none.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Clipboard, CssStyleDeclaration, Document, Element, Performance, ScrollBehavior, ScrollIntoViewOptions,
    ScrollLogicalPosition, Storage, Window,
};

/// The window, where there is one.
pub fn window() -> Option<Window> {
    web_sys::window()
}

/// Scrolls to where the page begins.
pub fn to_the_top() {
    if let Some(window) = window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// The document, where there is one.
pub fn document() -> Option<Document> {
    window()?.document()
}

/// The page's clock.
pub fn performance() -> Option<Performance> {
    window()?.performance()
}

/// `performance.now()`: milliseconds since the page was opened.
pub fn now_ms() -> f64 {
    performance().map_or(0.0, |clock| clock.now())
}

/// Lets the page do what it has to do, and goes on after that.
pub async fn breath() {
    called_back(Window::set_timeout_with_callback).await;
}

/// Lets the browser show what there is, and goes on after that; of a page that nobody sees, when it is seen.
pub async fn picture() {
    called_back(Window::request_animation_frame).await;
    // A frame begins before it is shown.
    breath().await;
}

async fn called_back(ask: fn(&Window, &Function) -> Result<i32, JsValue>) {
    let called = Promise::new(&mut |go_on, _| {
        let asked = window().and_then(|window| ask(&window, &go_on).ok());
        if asked.is_none() {
            // Fails only where nobody waits any longer.
            let _ = go_on.call0(&JsValue::NULL);
        }
    });
    // It is never refused.
    let _ = JsFuture::from(called).await;
}

/// `navigator.hardwareConcurrency`: how many threads can run at once.
pub fn cores() -> usize {
    window().map_or(1.0, |window| window.navigator().hardware_concurrency()).max(1.0) as usize
}

/// How many of the screen's pixels make one CSS pixel, side by side.
pub fn pixel_ratio() -> f64 {
    window().map_or(1.0, |window| window.device_pixel_ratio()).clamp(1.0, 4.0)
}

/// The style that an element has in the end.
pub fn computed_style(element: &Element) -> Option<CssStyleDeclaration> {
    window()?.get_computed_style(element).ok()?
}

/// By how much what stands in an element is drawn larger than usual: the style sheet's `--scale`.
pub fn scale(element: &Element) -> f64 {
    let said = computed_style(element).and_then(|style| style.get_property_value("--scale").ok());
    said.and_then(|scale| scale.trim().parse().ok()).filter(|scale| (1.0..=4.0).contains(scale)).unwrap_or(1.0)
}

/// Whether a person has asked the system for nothing to move by itself.
pub fn wants_stillness() -> bool {
    let query = window().and_then(|window| window.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    query.is_some_and(|query| query.matches())
}

/// Scrolls the page as far as it takes to see an element, without haste where a person has nothing against what moves.
pub fn bring_into_view(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    options.set_behavior(if wants_stillness() { ScrollBehavior::Instant } else { ScrollBehavior::Smooth });
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Whether the page stands in a frame of another one.
pub fn is_framed() -> bool {
    // Whoever is kept from asking is framed by another site.
    window().is_some_and(|window| !window.parent().is_ok_and(|parent| parent == Some(window)))
}

/// The browser's store for this site; a person may have forbidden it.
pub fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// The browser's store for this tab alone; a person may have forbidden it.
pub fn tab_storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

/// A property of the window, such as `crossOriginIsolated`, that not every browser has.
pub fn global(name: &str) -> Option<JsValue> {
    let value = Reflect::get(&js_sys::global(), &JsValue::from_str(name)).ok()?;
    (!value.is_undefined()).then_some(value)
}

/// The content of the page's `<meta name=…>`; `None` where there is none or it is empty.
pub fn meta(name: &str) -> Option<String> {
    let element = window()?.document()?.query_selector(&format!("meta[name=\"{name}\"]")).ok()??;
    element.get_attribute("content").filter(|content| !content.is_empty())
}

/// The page's address, as it stands there.
pub fn address() -> String {
    window().and_then(|window| window.location().href().ok()).unwrap_or_default()
}

/// Whether the page comes from this machine itself.
pub fn is_own_machine() -> bool {
    ["http://127.0.0.1", "http://localhost"].iter().any(|own| address().starts_with(own))
}

/// An address that is relative to the page's, as one that can be passed on.
pub fn absolute(relative: &str) -> String {
    let here = address();
    let page = here.split(['?', '#']).next().unwrap_or_default();
    let folder = page.rsplit_once('/').map_or(page, |(folder, _)| folder);
    match relative.strip_prefix("./") {
        Some(rest) => format!("{folder}/{rest}"),
        None => format!("{page}{relative}"),
    }
}

/// The clipboard; only a secure page has one.
pub fn clipboard() -> Option<Clipboard> {
    global("isSecureContext").filter(JsValue::is_truthy)?;
    Some(window()?.navigator().clipboard())
}
