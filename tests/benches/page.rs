//! How quick the page is in a real browser, against what it is to keep: `cargo xtask bench-page`.
//!
//! What is timed is the page's own work from a person's move to the picture after it: handlers, predictions, layout, drawing. How
//! long the screen then takes to show it is the screen's affair. Machines differ and are busy with other things, so this measures
//! and fails nobody.

#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../browser/mod.rs"]
mod browser;
#[path = "../companion/mod.rs"]
mod companion;
#[allow(dead_code, reason = "the tests use the rest of it")]
#[path = "../server/mod.rs"]
mod server;

use std::time::Duration;

use browser::Browser;
use serde_json::Value;
use server::Server;

/// A frame at 60 a second, in milliseconds.
const FRAME_MS: f64 = 1000.0 / 60.0;

/// So many times slower than this machine a learner's may be.
const SLOW_DOWN: u32 = 4;

/// How often each move is made.
const MOVES: usize = 40;

#[tokio::main]
async fn main() {
    let server = Server::start();
    println!("{:<44}{:>9}{:>9}{:>10}", "milliseconds", "median", "95 %", "at most");
    start(&server).await;
    for lesson in
        ["delay-messages", "sum-squares", "fibonacci", "downloads", "gil", "hybrid", "merge-sort", "paged-api"]
    {
        move_sliders(&server, lesson).await;
    }
    six_thousand(&server).await;
}

/// From an empty browser to a question that can be answered, and to all of the page.
async fn start(server: &Server) {
    let (mut first, mut whole) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let browser = Browser::open("about:blank").await;
        browser.slow_down(SLOW_DOWN).await;
        browser.go(&format!("{}?lesson=delay-messages", server.address)).await;
        browser.until("document.querySelector('[data-testid=machine]')").await;
        whole.extend(number(&browser.run("return performance.now()").await));
        first.extend(number(
            &browser.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime").await,
        ));
        browser.close().await;
    }
    tell(&format!("first view, {SLOW_DOWN} times slower"), first, Some(1500.0));
    tell(&format!("all of the page, {SLOW_DOWN} times slower"), whole, None);
}

/// Each move of a lesson's first slider, until those of its models that are in sight are drawn anew: the others follow when it rests.
async fn move_sliders(server: &Server, lesson: &str) {
    let browser = Browser::open(&format!("{}?lesson={lesson}&said=1_x", server.address)).await;
    browser
        .until("document.querySelector('input[type=range]') && document.querySelector('.model canvas, .stage canvas')")
        .await;
    rest().await;
    let moves = browser.ask(&format!("const moves = {MOVES}; {WORK_OF_A_MOVE}")).await;
    let bound = if lesson == "paged-api" { 50.0 } else { FRAME_MS };
    let late = moves["late"].as_u64().unwrap_or_default();
    let beside = if late > 0 { ", beside the page" } else { "" };
    tell(&format!("{lesson}: a slider's move{beside}"), numbers(&moves["work"]), Some(bound.min(FRAME_MS)));
    if late > 0 {
        tell(&format!("{lesson}: until it is predicted"), numbers(&moves["known"]), Some(bound));
    }
    browser.close().await;
}

/// Frames while six thousand tasks are scrubbed through and zoomed into.
async fn six_thousand(server: &Server) {
    let browser = Browser::open(&format!("{}?lesson=paged-api&said=1_x", server.address)).await;
    browser.until("document.querySelector('.stage-panel[aria-busy=false] canvas')").await;
    rest().await;
    for (what, event) in [("scrubbing", SCRUB), ("zooming", ZOOM)] {
        let work = browser.ask(&format!("const act = (axis, step) => {{ {event} }}; {WORK_OF_FRAMES}")).await;
        tell(&format!("6,000 tasks: {what}, a frame"), numbers(&work), Some(FRAME_MS));
    }
    browser.close().await;
}

/// Moves the first slider to and fro. `work` is the time that the page itself is busy with each move, `known` the time until what
/// was late is drawn, and `late` how often that was not at once.
const WORK_OF_A_MOVE: &str = "
    const slider = document.querySelector('input[type=range]');
    const [least, most] = [Number(slider.min), Number(slider.max)];
    const work = [], known = []; let late = 0, made = 0;
    const stage = document.querySelector('.stage-panel');
    const move = () => {
        if (made === moves) { done({ work, known, late }); return; }
        // Small steps round where the lesson begins.
        const start = Number(slider.value), step = Math.max(Number(slider.step) || 1, (most - least) / 200);
        slider.value = start + (made++ % 2 ? -step : step);
        const begun = performance.now();
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        setTimeout(() => {
            const handled = performance.now();
            requestAnimationFrame((frame) => setTimeout(() => {
                // A frame that fell due while the move was handled begins after that.
                work.push(handled - begun + performance.now() - Math.max(frame, handled));
                const told = () => { known.push(performance.now() - begun); setTimeout(move, 30); };
                const wait = () => {
                    // What is known is drawn in this very frame.
                    if (stage.getAttribute('aria-busy') === 'true') requestAnimationFrame(wait); else setTimeout(told);
                };
                late += stage.getAttribute('aria-busy') === 'true';
                wait();
            }));
        });
    };
    move();";

/// Acts once a frame and times the page's own work for it.
const WORK_OF_FRAMES: &str = "
    const axis = document.querySelector('[data-testid=axis]'); const work = []; let step = 0;
    const frame = () => {
        if (step === 120) { done(work); return; }
        const begun = performance.now();
        act(axis, step++);
        setTimeout(() => {
            const handled = performance.now();
            requestAnimationFrame((drawn) => setTimeout(() => {
                work.push(handled - begun + performance.now() - Math.max(drawn, handled));
                frame();
            }));
        });
    };
    frame();";

const SCRUB: &str = "
    const box = axis.getBoundingClientRect(), x = box.left + 80 + (box.width - 100) * step / 120;
    const event = (kind) => axis.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1, clientX: x, clientY: box.top + 5, buttons: 1 }));
    if (step === 0) event('pointerdown');
    event('pointermove');
    if (step === 119) event('pointerup');";

const ZOOM: &str = "
    const box = axis.getBoundingClientRect();
    axis.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, ctrlKey: true, deltaY: step < 60 ? -20 : 20, clientX: box.left + box.width / 2, clientY: box.top + 5 }));";

/// What a page does after it was opened is not what is timed.
async fn rest() {
    tokio::time::sleep(Duration::from_millis(1500)).await;
}

fn tell(what: &str, mut times_ms: Vec<f64>, most_ms: Option<f64>) {
    if times_ms.is_empty() {
        println!("{what:<44}{:>9}", "no times");
        return;
    }
    times_ms.sort_by(f64::total_cmp);
    let at = |share: f64| times_ms[((times_ms.len() - 1) as f64 * share).round() as usize];
    let most = most_ms.map_or_else(String::new, |most| {
        let kept = if at(0.95) <= most { "kept" } else { "MISSED" };
        format!("{most:>10.1} {kept}")
    });
    println!("{what:<44}{:>9.1}{:>9.1}{most}", at(0.5), at(0.95));
}

fn numbers(values: &Value) -> Vec<f64> {
    values.as_array().into_iter().flatten().filter_map(number).collect()
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64()
}
