//! What the page's service worker brings: a page without a server, and isolation without its headers.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use browser::Browser;
use server::{Server, serve_without_isolation};

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
async fn a_plain_file_servers_page_isolates_itself_and_measures() {
    let address = serve_without_isolation("/no-file").await;
    let browser = Browser::open(&format!("{address}{LESSON}&speed=10")).await;
    browser.until_enabled("run-browser").await;
    assert_eq!(browser.run("return crossOriginIsolated").await, true);
    browser.click("run-browser").await;
    browser.until_matches("wall-thread-pool-browser", "s$").await;
    browser.close().await;
}
