//! The home page and the advice in a real browser: where somebody left off, progress from a file, and a load of one's own.
//! Sequences are asserted, never durations.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use std::fs;

use browser::Browser;
use server::Server;

#[tokio::test]
async fn whoever_comes_back_goes_on_where_they_left_off_and_every_lesson_has_its_picture() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.until_text("begin", "Begin with lesson 1").await;
    browser.until_text("standing-deadlock", "Not begun").await;
    browser.until(ALL_DRAWN).await;
    assert_eq!(browser.run(DRAWN).await, 32, "each canvas has colours on it");

    browser.click("lesson-link-deadlock").await;
    browser.click("guess-0").await;
    browser.click("commit").await;
    browser.until("location.search.includes('said=1_')").await;
    browser.run("history.go(-1)").await;
    browser.until_matches("left-off", "Lesson 4: (.|\\n)*1 of 4 questions answered · next: Run").await;
    browser.until_text("standing-deadlock", "1 of 4 questions answered").await;
    browser.click("begin").await;
    browser.until("location.search === '?lesson=deadlock'").await;
    browser.until_text("wall-threads-predicted", "deadlock").await;
    browser.until("document.querySelector('.step[aria-current]').innerText === 'Run'").await;
    browser.close().await;
}

/// What takes longer than a frame is predicted beside the page, which may change its mind meanwhile, or be another one.
#[tokio::test]
async fn a_lesson_that_is_predicted_for_long_can_be_changed_and_left_before_that_is_done() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.until(ALL_DRAWN).await;
    browser.click("lesson-link-paged-api").await;
    browser.click("skip").await;
    browser.until_matches("wall-thread-pool-predicted", "[0-9]+.[0-9]+ s").await;
    browser.until(NOT_BUSY).await;
    let walls = "[...document.querySelectorAll('[data-testid^=wall-]')].map(wall => wall.innerText).join()";
    let before = browser.run(&format!("return {walls}")).await;
    let drag = "const slider = document.querySelector('input[type=range]'); \
                for (const step of [1, 2, 3, 4]) setTimeout(() => { slider.value = Number(slider.value) - 300; \
                    slider.dispatchEvent(new Event('input', { bubbles: true })) }, step * 20)";
    browser.run(drag).await;
    browser.until(&format!("{walls} !== {before} && {NOT_BUSY}")).await;
    browser.run(&format!("{drag}; setTimeout(() => history.go(-1), 100)")).await;
    browser.until_matches("left-off", "Lesson 8: ").await;
    browser.click("lesson-link-merge-sort").await;
    browser.run("history.go(-1)").await;
    browser.click("lesson-link-merge-sort").await;
    browser.click("skip").await;
    browser.until(NOT_BUSY).await;
    browser.until_matches("wall-process-pool-predicted", "[0-9]+.[0-9]+ s").await;
    browser.close().await;
}

#[tokio::test]
async fn progress_comes_from_a_file_and_a_wrong_file_is_answered_in_words() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    // What is fetched later takes its place above.
    browser.until(ALL_DRAWN).await;
    browser.click("progress").await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a file is written");
        path
    };
    let whole = "Interleave, progress, version 2\ndone gil predict run\nlast gil\nend\n";
    for (name, text, said) in [
        ("picture.png", "PNG", "picture.png holds no progress"),
        ("later.txt", "Interleave, progress, version 7\nend\n", "later.txt is of version 7"),
        ("half.txt", whole.split_at(60).0, "half.txt is cut off"),
        ("long.txt", &"x".repeat(200_000), "long.txt is longer than 100 kB"),
    ] {
        browser.type_path("import-progress", &file(name, text)).await;
        browser.until_matches("import-progress-wrong", said).await;
        browser.until_text("begin", "Begin with lesson 1").await;
    }
    browser.type_path("import-progress", &file("mine.txt", whole)).await;
    browser.until_matches("import-progress-done", "Taken over from mine.txt: 0 answers, 1 lesson").await;
    browser.until_text("import-progress-wrong", "").await;
    browser.until_matches("left-off", "Lesson 13: (.|\\n)*Begun · next: Investigate").await;
    browser.run("location.reload()").await;
    browser.until_text("standing-gil", "Begun").await;
    browser.until(ALL_DRAWN).await;
    browser.click("progress").await;
    browser.click("erase-progress").await;
    browser.click("erase-progress").await;
    browser.until_text("begin", "Begin with lesson 1").await;
    browser.close().await;
}

#[tokio::test]
async fn a_load_of_ones_own_is_ranked_and_the_way_through_the_rule_is_lit() {
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.click("to-advice").await;
    browser.until_matches("reason", "^Threads: waits of 1 s overlap on threads.* it is the simplest").await;
    browser.until_matches("says-to-rule", "is as fast here, but not as simple: I.O-bound work that is slow").await;
    let path = "document.querySelector('[data-testid=path]').innerText";
    browser
        .until(&format!(
            "/Does a task compute longer.* No: .*Does it wait for 1 s or longer. Yes: waits 1 s/s.test({path})"
        ))
        .await;

    browser.slide("slider-wait", "0").await;
    browser.type_into("param-cpu", "100ms").await;
    browser.until_matches("reason", "^Process pool: ").await;
    browser.until("document.querySelector('.ranking li').dataset.testid === 'ranked-process-pool'").await;
    browser.until("/cpu=0.1&.*wait=0&/.test(location.search)").await;
    browser.until(&format!("/Does a task compute longer.* Yes: computes 0.1 s, waits 0 s/.test({path})")).await;
    browser.until_matches("figure-2", "^[34]\\.\\d+×$").await;

    browser.type_into("param-tasks", "50000").await;
    browser
        .until_matches("error-tasks", "got “50000”, but it must be a whole number from 1 to 10000. Did you mean 10000")
        .await;
    assert!(browser.text("reason").await.starts_with("Process pool: "), "the last good advice stays");

    let other = Browser::open(&format!("{}?advise&wait=1h&tasks=5", server.address)).await;
    other.until_matches("link-notice", "wait: got “1h”").await;
    assert_eq!(other.value("param-tasks").await, "5");
    other.close().await;
    browser.close().await;
}

/// Whether every card has both of its pictures.
const ALL_DRAWN: &str = "document.querySelectorAll('.card canvas').length === 32";

/// Whether what is shown is predicted of the values that there are.
const NOT_BUSY: &str = "!!document.querySelector('.stage-panel[aria-busy=false] canvas')";

/// How many of the small pictures hold more than one colour.
const DRAWN: &str = "return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done( \
     [...document.querySelectorAll('.card canvas')].filter(canvas => { \
         const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data; \
         return new Set(new Uint32Array(data.buffer)).size > 1; }).length))))";
