//! What fifty runs in a row leave behind: nothing.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use browser::Browser;
use server::Server;

/// Short enough that fifty of them are no wait, and long enough that a cancel comes before the end.
const LESSON: &str = "?lesson=delay-messages&messages=TWO%3D1%2CTHREE%3D1&workers=2&speed=10&said=1_x";

/// Counts the page's Workers that have been started and not ended.
const COUNT_WORKERS: &str = "window.live = new Set(); window.begun = 0; \
                             window.Worker = class extends Worker { \
                                 constructor(...given) { super(...given); live.add(this); begun += 1; } \
                                 terminate() { live.delete(this); super.terminate(); } };";

/// The bytes of the memory that the page's module has, which it never gives back.
const MEMORY: &str = "import(document.querySelector('link[rel=modulepreload]').href) \
                      .then((module) => module.default()).then(({ memory }) => done(memory.buffer.byteLength))";

/// Both in the page itself: a run is over before a slow driver has clicked twice.
const BEGIN_AND_CANCEL: &str = "const button = (name) => document.querySelector(`[data-testid=${name}]`); \
                                button('run-browser').click(); \
                                const cancel = () => { if (button('cancel').disabled) { setTimeout(cancel); return; } \
                                button('cancel').click(); done(true); }; cancel();";

#[tokio::test]
async fn fifty_runs_and_cancels_leave_no_worker_and_no_growing_memory() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}", server.address)).await;
    browser.until_enabled("run-browser").await;
    browser.run(COUNT_WORKERS).await;
    rounds(&browser, 5).await;
    let before = browser.ask(MEMORY).await.as_f64().expect("a number of bytes");
    rounds(&browser, 20).await;
    let after = browser.ask(MEMORY).await.as_f64().expect("a number of bytes");
    assert_eq!(browser.run("return [live.size, begun]").await, serde_json::json!([0, 25]), "a cancel ends the lab");
    // What a run leaves would be left forty times over.
    assert!(after < 1.1 * before, "{before} bytes became {after}");
    browser.close().await;
}

/// So many runs to their end, and so many that are cancelled.
async fn rounds(browser: &Browser, count: usize) {
    for _ in 0..count {
        browser.click("run-browser").await;
        browser.until_matches("run-status", "^Measured").await;
        browser.ask(BEGIN_AND_CANCEL).await;
        browser.until_matches("run-status", "^Cancelled").await;
    }
}
