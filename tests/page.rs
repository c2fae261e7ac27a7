//! The real page in a real browser, served by the real companion. Sequences are asserted, never durations.

mod browser;
mod companion;
mod server;

use browser::Browser;
use server::{Server, serve_without_isolation};

const LESSON: &str = "?lesson=delay-messages&messages=TWO%3D2%2CTHREE%3D3&workers=2";
const BROWSER_MODELS: [&str; 4] = ["sequential", "threads", "thread-pool", "event-loop"];
const ALL_MODELS: [&str; 5] = ["sequential", "threads", "thread-pool", "event-loop", "process-pool"];

#[tokio::test]
async fn the_home_page_leads_to_the_lesson_isolated() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.click("lesson-link-delay-messages").await;
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
async fn a_bad_value_is_answered_in_words_and_keeps_the_last_good_picture() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.until_text("wall-thread-pool-predicted", "3.00 s").await;
    let too_many = vec!["M=1"; 33].join(",");
    let bad_messages = ["TWO=-1", "TWO=1e9", "TWO=NaN", "TWO=abc", "=2", "TWO=1,TWO=2", too_many.as_str()];
    let fields = bad_messages.map(|text| ("messages", text)).into_iter();
    for (field, text) in fields.chain(["0", "65", "10000", "2.5", "abc"].map(|text| ("workers", text))) {
        browser.type_into(&format!("param-{field}"), text).await;
        browser.until(&format!("{}?.textContent.includes('must be')", element(&format!("error-{field}")))).await;
        assert_eq!(browser.text("wall-thread-pool-predicted").await, "3.00 s", "after {field} {text}");
        let mended = if field == "messages" { "TWO=2,THREE=3" } else { "2" };
        browser.type_into(&format!("param-{field}"), mended).await;
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
    browser.click("run-browser").await;
    for model in BROWSER_MODELS {
        browser.until_matches(&format!("wall-{model}-browser"), r"^\d+\.\d\d s").await;
    }
    for (model, printed) in [("threads", "Thread-1"), ("event-loop", "MainThread")] {
        let log = browser.text(&format!("log-{model}")).await;
        let order = ["Main started", "received", "received", "TWO printed", "THREE printed", "Main ended"];
        assert_in_order(&log, &order);
        assert!(log.contains(&format!("{printed}:TWO printed")), "{log}");
    }
    let pool = browser.text("timeline-process-pool").await;
    assert!(pool.contains("interleave -- run delay-messages --model process-pool"), "{pool}");
    browser.close().await;
}

#[tokio::test]
async fn a_run_can_be_cancelled_and_the_next_one_works() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.click("run-browser").await;
    browser.until(&format!("{}?.innerText.includes('Main started')", element("log-sequential"))).await;
    browser.click("cancel").await;
    browser.until("!document.querySelector('[data-testid=run-browser]').disabled").await;
    browser.goto(&format!("{}{LESSON}&speed=10", server.address)).await;
    browser.click("run-browser").await;
    browser.until_matches("wall-event-loop-browser", r"^\d+\.\d\d s").await;
    browser.close().await;
}

/// A Worker cannot be killed from outside, so the page's first message to it is broken on its way: the lab is sent bytes
/// that make it fall over, as a defect would.
#[tokio::test]
async fn a_lab_that_dies_is_spoken_of_and_the_next_run_works() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}&speed=10", server.address)).await;
    browser
        .run(
            "const post = Worker.prototype.postMessage; let runs = 0; \
             Worker.prototype.postMessage = function (...message) { \
                 if (++runs === 2) { this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' })); } \
                 else { post.apply(this, message); } };",
        )
        .await;
    browser.click("run-browser").await;
    browser.until("[...document.querySelectorAll('[role=alert]')].some(said => said.innerText.match(/lab/i))").await;
    browser.until("!document.querySelector('[data-testid=run-browser]').disabled").await;
    browser.click("run-browser").await;
    browser.until_matches("wall-event-loop-browser", r"^\d+\.\d\d s").await;
    browser.close().await;
}

#[tokio::test]
async fn without_isolation_predictions_work_and_the_page_says_why_measuring_does_not() {
    let address = serve_without_isolation().await;
    let browser = Browser::open(&format!("{address}{LESSON}")).await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    assert_eq!(browser.run("return document.querySelector('[data-testid=run-browser]').disabled").await, true);
    let status = browser.text("isolation-status").await;
    assert!(status.contains("predictions only"), "{status}");
    browser.until("document.body.innerText.includes('cargo xtask play')").await;
    browser.close().await;
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
