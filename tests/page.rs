//! The real page in a real browser, served by the real companion. Sequences are asserted, never durations.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use browser::Browser;
use server::{Server, serve_without_isolation};

/// The first question is skipped: these tests are about what comes after it.
const LESSON: &str = "?lesson=delay-messages&messages=TWO%3D2%2CTHREE%3D3&workers=2&said=1_x";
const ALL_MODELS: [&str; 5] = ["sequential", "threads", "thread-pool", "event-loop", "process-pool"];

#[tokio::test]
async fn the_home_page_leads_to_the_lesson_isolated() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.click("lesson-link-delay-messages").await;
    browser.click("skip").await;
    browser.until_text("wall-sequential-predicted", "5.00 s").await;
    for (model, wall) in ALL_MODELS.into_iter().zip(["5.00 s", "3.00 s", "3.00 s", "3.00 s", "3.00 s"]) {
        browser.until_text(&format!("wall-{model}-predicted"), wall).await;
        browser.until(&format!("{}.querySelector('canvas')", element(&format!("timeline-{model}")))).await;
    }
    assert_eq!(browser.run("return crossOriginIsolated").await, true);
    let status = browser.text("isolation-status").await;
    assert!(status.contains("threads available"), "{status}");
    browser.close().await;
}

#[tokio::test]
async fn a_change_moves_the_prediction_and_the_link() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.type_into("param-workers", "1").await;
    browser.until_text("wall-thread-pool-predicted", "5.00 s").await;
    browser.type_into("param-messages", "ONE=1,TWO=2,THREE=3,FOUR=4,FIVE=5.5").await;
    browser.until_text("wall-event-loop-predicted", "5.50 s").await;
    browser.until_text("wall-thread-pool-predicted", "15.50 s").await;
    browser.until("location.search.includes('workers=1') && location.search.includes('FIVE%3D5.5')").await;
    let copied = browser.address().await;
    let other = Browser::open(&copied).await;
    other.until_text("wall-thread-pool-predicted", "15.50 s").await;
    assert_eq!(other.value("param-workers").await, "1");
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn a_slider_or_a_row_moves_the_prediction_and_the_link() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.slide("slider-workers", "1").await;
    browser.until_text("wall-thread-pool-predicted", "5.00 s").await;
    assert_eq!(browser.value("param-workers").await, "1");
    assert_link(&browser, "TWO=2,THREE=3", "1").await;
    browser.slide("slider-delay-0", "4.5").await;
    browser.until_text("wall-threads-predicted", "4.50 s").await;
    browser.until_text("wall-thread-pool-predicted", "7.50 s").await;
    assert_link(&browser, "TWO=4.5,THREE=3", "1").await;
    browser.click("add-message").await;
    browser.until_text("wall-sequential-predicted", "8.50 s").await;
    assert_link(&browser, "TWO=4.5,THREE=3,FOUR=1", "1").await;
    browser.click("remove-1").await;
    browser.until_text("wall-sequential-predicted", "5.50 s").await;
    assert_link(&browser, "TWO=4.5,FOUR=1", "1").await;
    browser.close().await;
}

#[tokio::test]
async fn a_bad_value_is_answered_in_words_and_keeps_the_last_good_picture() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.until_text("wall-thread-pool-predicted", "3.00 s").await;
    let too_many = vec!["M=1"; 33].join(",");
    let bad_messages = ["TWO=-1", "TWO=1e9", "TWO=NaN", "TWO=abc", "=2", "TWO=1,TWO=2", too_many.as_str()];
    let fields = bad_messages.map(|text| ("messages", text)).into_iter();
    for (field, text) in fields.chain(["0", "65", "10000", "2.5", "abc"].map(|text| ("workers", text))) {
        browser.fill(&format!("param-{field}"), text).await;
        browser.until(&format!("{}?.textContent.includes('must be')", element(&format!("error-{field}")))).await;
        assert_eq!(browser.text("wall-thread-pool-predicted").await, "3.00 s", "after {field} {text}");
        browser.until("document.querySelector('[data-testid=run-browser]').disabled").await;
        let mended = if field == "messages" { "TWO=2,THREE=3" } else { "2" };
        browser.fill(&format!("param-{field}"), mended).await;
        browser.until(&format!("!{}?.textContent", element(&format!("error-{field}")))).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn a_bad_link_is_answered_in_words() {
    let server = Server::start();
    let huge = format!("?lesson=delay-messages&messages={}", "A%3D1%2C".repeat(5_000));
    for (link, said) in [
        ("?lesson=delay-mesages", "delay-messages"),
        ("?lesson=delay-messages&workers=10000", "1 to 64"),
        ("?lesson=delay-messages&messages=TWO%3Dabc", "0 to 60"),
        ("?lesson=delay-messages&wrokers=2", "workers"),
        (huge.as_str(), "1 to 32"),
    ] {
        let browser = Browser::open(&format!("{}{link}", server.address)).await;
        browser.until(&format!("document.querySelector('[role=alert]')?.innerText.includes('{said}')")).await;
        browser.close().await;
    }
}

#[tokio::test]
async fn a_measured_run_tells_the_published_story() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}&speed=10", server.address)).await;
    assert_runs_to_its_end(&browser).await;
    browser.until("document.body.innerText.includes('µs long')").await;
    for (model, printed) in
        [("threads", "Thread-1"), ("event-loop", "MainThread"), ("process-pool", "ForkPoolWorker-1")]
    {
        browser.show_log(model).await;
        let log = browser.text(&format!("log-{model}")).await;
        let order = ["Main started", "received", "received", "TWO printed", "THREE printed", "Main ended"];
        assert_in_order(&log, &order);
        assert!(log.contains(&format!("{printed}:TWO printed")), "{log}");
    }
    browser.until("document.body.innerText.includes('Isolated Workers stand in for processes')").await;
    browser.close().await;
}

#[tokio::test]
async fn a_run_can_be_cancelled_and_the_next_one_works() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    begin_to_run(&browser).await;
    browser.click("cancel").await;
    browser.until("!document.querySelector('[data-testid=run-browser]').disabled").await;
    let said = browser.text("run-status").await;
    assert!(said.contains("Cancelled"), "{said}");
    choose_ten_times(&browser).await;
    assert_runs_to_its_end(&browser).await;
    browser.close().await;
}

/// The page's first message to its lab is broken on the way, so that the real lab cannot say of which run it speaks.
#[tokio::test]
async fn a_lab_that_does_not_understand_is_replaced_and_the_next_run_works() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}&speed=10", server.address)).await;
    browser.run(KEEP_LABS).await;
    browser
        .run(
            "const post = Worker.prototype.postMessage; \
             Worker.prototype.postMessage = function () { \
                 Worker.prototype.postMessage = post; \
                 post.call(this, new Uint8Array([255, 255, 255])); };",
        )
        .await;
    browser.click("run-browser").await;
    assert_lab_was_lost(&browser, "none of protocol version").await;
    assert_runs_to_its_end(&browser).await;
    assert_eq!(browser.run("return labs.length").await, 2, "the next run has a lab of its own");
    browser.close().await;
}

/// A panic is a trap in the page's module. This one is another module's, which traps as soon as it is called.
#[tokio::test]
async fn a_page_that_breaks_down_says_so() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    let trap = "const bytes = [0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,7,5,1,1,102,0,0,10,5,1,3,0,0,11]; \
                const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))); \
                setTimeout(exports.f)";
    browser.run(trap).await;
    browser.until("/stands still now/.test(document.querySelector('.crash[role=alert]')?.innerText)").await;
    browser.run("document.querySelector('.crash').remove()").await;
    browser.close().await;
}

/// A Worker cannot be made to crash from outside, so the page is told of a crash as a browser would tell it.
#[tokio::test]
async fn a_lab_that_crashes_in_the_middle_of_a_run_is_replaced_and_the_next_run_works() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.run(KEEP_LABS).await;
    begin_to_run(&browser).await;
    browser.run("setTimeout(() => labs[0].dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })))").await;
    assert_lab_was_lost(&browser, "out of memory").await;
    browser.until("document.body.innerText.includes('in the middle of this run')").await;
    choose_ten_times(&browser).await;
    assert_runs_to_its_end(&browser).await;
    assert_eq!(browser.run("return labs.length").await, 2, "the next run has a lab of its own");
    browser.close().await;
}

/// Nothing is heard of the lab any more, though it lives. The page looks at it twenty times as often as it does for a person.
#[tokio::test]
async fn a_run_of_which_nothing_comes_is_ended_and_those_behind_it_are_run() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.run(KEEP_LABS).await;
    browser
        .run("window.slow = setTimeout; window.setTimeout = (act, ms, ...given) => slow(act, ms / 20, ...given);")
        .await;
    begin_to_run(&browser).await;
    browser.run("labs[0].onmessage = null").await;
    let ended = "“Sequential” was ended: for 20.0 s nothing happened in it, and nothing was to come.";
    browser.until(&format!("document.body.innerText.includes('{ended}')")).await;
    browser.run("window.setTimeout = slow").await;
    for model in ALL_MODELS.into_iter().filter(|model| *model != "sequential") {
        browser.until_matches(&format!("wall-{model}-browser"), r"^\d+\.\d\d s").await;
    }
    assert_eq!(browser.run("return labs.length").await, 2, "those behind it have a lab of their own");
    browser.close().await;
}

#[tokio::test]
async fn the_skip_link_disturbs_no_run_and_the_history_still_leads_back() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.click("lesson-link-delay-messages").await;
    browser.click("skip").await;
    choose_ten_times(&browser).await;
    begin_to_run(&browser).await;
    browser.run("document.querySelector('a.skip').click()").await;
    browser.until_matches("wall-event-loop-browser", r"^\d+\.\d\d s").await;
    assert_eq!(browser.run("return location.hash").await, "#main");
    browser.run("history.go(-2)").await;
    browser.until(&element("lesson-link-delay-messages")).await;
    browser.run("history.forward()").await;
    browser.until_text("wall-sequential-predicted", "5.00 s").await;
    browser.close().await;
}

#[tokio::test]
async fn without_isolation_predictions_work_and_the_page_says_why_measuring_does_not() {
    // With it the page would isolate itself.
    let address = serve_without_isolation("/service-worker.js").await;
    let browser = Browser::open(&format!("{address}{LESSON}")).await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    assert_eq!(browser.run("return document.querySelector('[data-testid=run-browser]').disabled").await, true);
    let status = browser.text("isolation-status").await;
    assert!(status.contains("predictions only"), "{status}");
    browser.until("document.body.innerText.includes('cargo xtask play')").await;
    browser.close().await;
}

/// What is out of sight is not drawn with each move of a slider, but no less in the end.
#[tokio::test]
async fn a_timeline_out_of_sight_is_drawn_when_the_slider_rests() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}?lesson=gil&said=1_x", server.address)).await;
    browser.resize(1200, 500).await;
    browser.until_text("wall-process-pool-predicted", "1.00 s").await;
    let rows = format!("{}.querySelector('.rows > div')", element("track-process-pool-predicted"));
    browser.until(&format!("{rows}?.style.height")).await;
    let is_below = browser.run(&format!("return {rows}.getBoundingClientRect().top > innerHeight")).await;
    assert_eq!(is_below, true, "it has to be out of sight");
    let height = browser.run(&format!("return {rows}.style.height")).await;
    browser.slide("slider-threads", "7").await;
    browser.until(&format!("parseFloat({rows}.style.height) > parseFloat({height})")).await;
    assert_eq!(browser.run("return scrollY").await, 0, "nobody has looked");
    browser.close().await;
}

#[tokio::test]
async fn the_playhead_steps_plays_and_zooms_and_a_press_on_a_gap_says_why_in_one_sentence() {
    let server = Server::start();
    let link = "?lesson=blocking-call&messages=TWO%3D2%2CTHREE%3D3%2CFOUR%3D4&blocking=THREE&repair=none&said=1_x";
    let browser = Browser::open(&format!("{}{link}", server.address)).await;
    browser.until_text("wall-event-loop-predicted", "7.00 s").await;
    let track = element("track-event-loop-predicted");
    browser.until(&format!("{track}.querySelector('canvas').clientHeight > 80")).await;
    // The row of TWO is the third from the top, after the loop's own and the first task's.
    browser.run(&press(&track, 0.31, 2.5)).await;
    browser.until_matches("why-question", "^Why is TWO not running at 2").await;
    let sentence = browser.text("why-sentence").await;
    assert!(
        sentence.starts_with("TWO is ready, but the loop is busy with THREE, which is inside a call"),
        "{sentence}"
    );
    assert_in_order(&browser.text("why-chain").await, &["TWO is ready", "THREE waits"]);
    browser.until_matches("what-ifs", "asyncio.to_thread: .* sooner").await;
    browser.click("tab-inside").await;
    let inside = browser.text("inside").await;
    assert_in_order(&inside, &["Event loop", "current task", "THREE", "ready queue", "TWO"]);
    // What happens next is that the call comes back; what was before, that TWO came due.
    browser.click("step").await;
    browser.until_matches("happens", "THREE").await;
    let stepped = browser.text("instant").await;
    browser.click("step-back").await;
    browser.until(&format!("{}.innerText !== '{stepped}'", element("instant"))).await;
    browser
        .run("document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }))")
        .await;
    browser.until_text("instant", &stepped).await;
    browser.click("to-start").await;
    browser.until_text("instant", "0.000 s").await;
    browser.click("play").await;
    browser.until(&format!("{}.innerText > '0.000 s'", element("instant"))).await;
    browser.click("play").await;
    let ticks = "[...document.querySelectorAll('.axis span')].map(tick => tick.innerText).join()";
    let whole = browser.run(&format!("return {ticks}")).await;
    browser.click("zoom-in").await;
    browser.until(&format!("{ticks} !== {whole}")).await;
    browser.click("fit").await;
    browser.until(&format!("{ticks} === {whole}")).await;
    browser.close().await;
}

/// A script that presses on a timeline, at a share of its width beside the names and a height in rows.
fn press(track: &str, share: f64, row: f64) -> String {
    format!(
        "const track = {track}; \
         const area = track.querySelector('canvas').getBoundingClientRect(); \
         const axis = [...document.querySelectorAll('.axis span')].map(tick => tick.getBoundingClientRect()); \
         const middle = tick => (tick.left + tick.right) / 2; \
         const [first, last] = [middle(axis[0]), middle(axis.at(-1))]; \
         const place = {{ clientX: first + (last - first) * {share}, clientY: area.top + {row} * 22 }}; \
         for (const kind of ['pointerdown', 'pointerup']) \
             track.dispatchEvent(new PointerEvent(kind, {{ ...place, pointerId: 1, bubbles: true }}));"
    )
}

/// Keeps every lab that the page starts in `labs`.
const KEEP_LABS: &str = "window.labs = []; \
                         window.Worker = class extends Worker { \
                             constructor(...given) { super(...given); labs.push(this); } };";

async fn choose_ten_times(browser: &Browser) {
    browser.until(&format!("{}?.querySelector('[value=\"10\"]')", element("param-speed"))).await;
    browser.run(&format!("{}.querySelector('[value=\"10\"]').click()", element("param-speed"))).await;
}

/// Begins to run what the page shows, and waits until it is in the middle of its first run.
async fn begin_to_run(browser: &Browser) {
    browser.show_log("sequential").await;
    browser.click("run-browser").await;
    // The predicted log, which stands there until then, has an end.
    let log = format!("{}.innerText", element("log-sequential"));
    browser.until(&format!("{log}.includes('Main started') && !{log}.includes('Main ended')")).await;
}

/// Runs what the page shows, on the page as it stands.
async fn assert_runs_to_its_end(browser: &Browser) {
    browser.click("run-browser").await;
    for model in ALL_MODELS {
        browser.until_matches(&format!("wall-{model}-browser"), r"^\d+\.\d\d s").await;
    }
}

/// Asserts that the page says so, and why, and can run again.
async fn assert_lab_was_lost(browser: &Browser, why: &str) {
    browser
        .until(&format!("{}.querySelector('[role=alert]').innerText.includes('{why}')", element("run-status")))
        .await;
    let said = browser.text("run-status").await;
    assert!(said.starts_with("The lab was ended: ") && said.ends_with('.'), "{said}");
    browser.until("!document.querySelector('[data-testid=run-browser]').disabled").await;
}

async fn assert_link(browser: &Browser, messages: &str, workers: &str) {
    let named = |name| format!("return new URLSearchParams(location.search).get('{name}')");
    assert_eq!(browser.run(&named("messages")).await, messages);
    assert_eq!(browser.run(&named("workers")).await, workers);
}

fn element(test_id: &str) -> String {
    format!("document.querySelector('[data-testid=\"{test_id}\"]')")
}

fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("“{part}” is not where it belongs in:\n{text}")
        };
        rest = after;
    }
}
