//! What the page's service worker brings: a page without a server, and isolation without its headers.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use browser::Browser;
use server::{Server, of_page, serve_late, serve_without_isolation};

const LESSON: &str = "?lesson=delay-messages&messages=TWO%3D2%2CTHREE%3D3&workers=2&said=1_x";

#[tokio::test]
async fn after_the_first_visit_every_lesson_opens_without_a_server() {
    let server = Server::start();
    let address = server.address.clone();
    let browser = Browser::open(&format!("{address}{LESSON}")).await;
    browser.until_text("wall-sequential-predicted", "5.00 s").await;
    // A program that has been read is kept, too.
    browser.click("tab-code").await;
    browser.until_matches("code", "import ").await;
    browser.ask("navigator.serviceWorker.ready.then(() => done(true))").await;
    drop(server);
    browser.go(&format!("{address}?lesson=blocking-call&said=1_x")).await;
    browser.until_matches("wall-event-loop-predicted", "s$").await;
    browser.go(&address).await;
    browser.click("lesson-link-gil").await;
    browser.until("document.title.includes('Interleave') && document.querySelector('main.lesson')").await;
    assert_eq!(browser.run("return crossOriginIsolated").await, true);
    browser.close().await;
}

#[tokio::test]
async fn without_its_later_half_the_page_asks_its_question_and_goes_on_once_it_is_there() {
    let gives = Arc::new(AtomicBool::new(false));
    let address = serve_late(&of_page("split_later.wasm"), Arc::clone(&gives)).await;
    let browser = Browser::open(&format!("{address}?lesson=delay-messages")).await;
    browser.until_matches("half-missing", "could not be fetched").await;
    browser.type_into("guess", "3").await;
    browser.click("commit").await;
    browser.until("location.search.includes('said=1_3')").await;
    gives.store(true, Ordering::Relaxed);
    browser.run("document.querySelector('[data-testid=half-missing] button').click()").await;
    browser.until_matches("verdict", "3.00 s").await;
    browser.until_matches("wall-threads-predicted", "s$").await;
    browser.until("!document.querySelector('[data-testid=half-missing]')").await;
    browser.close().await;
}

#[tokio::test]
async fn what_takes_longer_than_a_frame_is_predicted_beside_the_page_and_without_a_worker_in_it() {
    /// Counts what Workers tell the page, once they have said that they hear.
    const COUNT: &str = "window.told = 0; const Plain = Worker; window.Worker = class extends Plain { \
                         constructor(...how) { super(...how); \
                         this.addEventListener('message', (message) => { told += message.data !== null; }); } };";
    for (has_worker, told) in [(true, 4), (false, 0)] {
        let address = serve_late(&of_page("predictor.js"), Arc::new(AtomicBool::new(has_worker))).await;
        let few = "?lesson=paged-api&models=event-loop&said=1_x&latency=0.2&pages=60";
        let browser = Browser::open(&format!("{address}{few}")).await;
        browser.until_matches("wall-event-loop-predicted", "s$").await;
        let soon = browser.text("wall-event-loop-predicted").await;
        browser.run(COUNT).await;
        let shown = "document.querySelector('[data-testid=wall-event-loop-predicted]').innerText.trim()";
        let is_over = "document.querySelector('.stage-panel[aria-busy=false]')";
        let mut before = soon;
        for pages in ["6000", "7000"] {
            browser.slide("slider-pages", pages).await;
            browser.until(&format!("{is_over} && {shown} !== '{before}'")).await;
            before = browser.text("wall-event-loop-predicted").await;
        }
        assert_eq!(
            browser.run("return told").await,
            told,
            "twice the loop, and the sequential run that speed-ups are of"
        );
        browser.close().await;
    }
}

#[tokio::test]
async fn a_plain_file_servers_page_isolates_itself_and_measures() {
    let address = serve_without_isolation("/no-file").await;
    let browser = Browser::open(&format!("{address}{LESSON}&speed=10")).await;
    browser.until_enabled("run-browser").await;
    assert_eq!(browser.run("return crossOriginIsolated").await, true);
    browser.click("run-browser").await;
    browser.until_matches("wall-thread-pool-browser", "s$").await;
    browser.close().await;
}
