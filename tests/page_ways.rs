//! The other ways to look at a lesson: presented by a remote's keys, compared, in a frame, and with a result that was opened.
//! Sequences are asserted, never durations.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use std::fs;

use browser::Browser;
use companion::interleave;
use server::{Server, serve_another_site, serve_without_isolation};

#[tokio::test]
async fn a_remote_leads_through_a_lesson_and_no_answer_comes_before_its_key() {
    let server = Server::start();
    let browser = open(&server, "?lesson=deadlock&present").await;
    browser.until(&element("presented")).await;
    let places = browser.text("slide-of").await;
    let count: usize = places.rsplit(' ').next().and_then(|count| count.parse().ok()).expect("slides are counted");
    let (mut asked, mut answered) = (0, 0);
    for place in 1..=count {
        browser.until_text("slide-of", &format!("{place} / {count}")).await;
        let is_there = |name: &str| format!("return !!{}", element(name));
        let is_asked = browser.run(&is_there("presented-ask")).await == true;
        let is_answered = browser.run(&is_there("presented-answer")).await == true;
        asked += usize::from(is_asked && !is_answered);
        answered += usize::from(is_answered);
        assert!(answered <= asked, "an answer on slide {place} comes before its question");
        if asked == 1 && is_asked && !is_answered {
            press(&browser, "1").await;
            browser.until_matches("vote-0", "1 vote").await;
        }
        press(&browser, "PageDown").await;
        if browser.run(&format!("return !!{}?.querySelector('.playing')", element("slide"))).await == true {
            // A run that plays is shown whole first.
            press(&browser, "PageDown").await;
        }
    }
    assert!(asked > 0 && asked == answered, "{asked} questions and {answered} answers");
    press(&browser, "b").await;
    browser.until(&format!("{}.classList.contains('blank')", element("presented"))).await;
    press(&browser, "PageUp").await;
    browser.until(&format!("!{}.classList.contains('blank')", element("presented"))).await;
    browser.until_text("slide-of", &format!("{count} / {count}")).await;
    press(&browser, "PageUp").await;
    browser.until_text("slide-of", &format!("{} / {count}", count - 1)).await;
    let link = browser.address().await;
    assert!(link.contains(&format!("present={}", count - 1)), "{link}");
    press(&browser, "Escape").await;
    // What the class was told, this learner was not.
    browser.until(&element("cover")).await;
    browser.until("!location.search.includes('present')").await;
    browser.close().await;
}

#[tokio::test]
async fn the_sheet_of_keys_opens_closes_and_gives_the_focus_back() {
    let server = Server::start();
    let browser = open(&server, "?lesson=delay-messages&said=1_x").await;
    let is_open = format!("{}?.open", element("key-sheet"));
    browser.until(&element("param-workers")).await;
    browser.run(&format!("{}.focus()", element("param-workers"))).await;
    press(&browser, "?").await;
    assert_ne!(browser.run(&format!("return {is_open}")).await, true, "what is typed into a field is its own");
    browser.run(&format!("{}.focus()", element("axis"))).await;
    press(&browser, "?").await;
    browser.until(&is_open).await;
    browser.until_matches("key-sheet", "Page down").await;
    browser.click("close-keys").await;
    browser.until(&format!("!{is_open}")).await;
    browser.until("document.activeElement?.dataset.testid === 'axis'").await;
    browser.click("show-keys").await;
    browser.until(&is_open).await;
    browser.close().await;
}

#[tokio::test]
async fn two_states_are_compared_and_the_link_brings_both_back() {
    let server = Server::start();
    let browser = open(&server, "?lesson=delay-messages&workers=1&said=1_x").await;
    browser.click("compare").await;
    browser.until_matches("comes-to-thread-pool", "Nothing differs yet").await;
    browser.slide("slider-workers", "2").await;
    browser.until_matches("comes-to-thread-pool", "1 → 2: 2.0 s sooner").await;
    browser.until_matches("comes-to-threads", "no difference in wall time").await;
    browser.until_text("compared-thread-pool-A", "5.00 s").await;
    browser.until_text("compared-thread-pool-B", "3.00 s").await;
    assert_eq!(browser.run("return document.querySelectorAll('.differs').length").await, 1);
    browser.until("location.search.includes('a.workers=1') && location.search.includes('b.workers=2')").await;
    let link = browser.address().await;
    let other = Browser::open(&link).await;
    other.until_matches("comes-to-thread-pool", "1 → 2: 2.0 s sooner").await;
    other.click("swap").await;
    other.until_matches("comes-to-thread-pool", "2 → 1: 2.0 s later").await;
    other.click("leave").await;
    other.until_text("wall-thread-pool-predicted", "5.00 s").await;
    other.until("location.search.includes('lesson=delay-messages')").await;
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn a_result_leads_to_its_lesson_and_one_that_breaks_off_shows_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut run = interleave("run delay-messages --set messages=A=1,B=2 --set workers=1 --speed 20 --result");
    let run = run.arg(file("run.result")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let bytes = fs::read(file("run.result")).unwrap();
    let behind = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    fs::write(file("cut.result"), &bytes[..bytes.len() / 2]).unwrap();
    fs::write(file("old.result"), [b"interleave result, version 1", &bytes[behind..]].concat()).unwrap();
    fs::write(file("other.txt"), "Hello").unwrap();

    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    browser.click("open-page").await;
    browser.type_path("open-result", &file("other.txt")).await;
    browser.until_matches("open-result-wrong", "other.txt is no result of Interleave").await;
    browser.type_path("open-result", &file("cut.result")).await;
    browser
        .until_matches("run-status", "Opened cut.result(.|\\n)*breaks off or was changed: . of 5 runs are whole")
        .await;
    browser.until_matches("wall-sequential-machine", r"^\d+\.\d\d\d? s").await;
    browser.until_text("wall-sequential-predicted", "3.00 s").await;
    assert_eq!(browser.value("param-workers").await, "1");
    // On the page of another lesson, too.
    browser.run(&format!("location.href = '{}?lesson=deadlock&said=1_x'", server.address)).await;
    browser.until(&format!("{} && document.title.includes('Interleave')", element("elsewhere"))).await;
    browser.run("document.querySelector('[data-testid=elsewhere]').open = true").await;
    browser.type_path("open-result", &file("old.result")).await;
    browser.until_matches("run-status", "old.result is a result of version 1, and only version").await;
    browser.until_text("wall-sequential-predicted", "3.00 s").await;
    browser.run("document.querySelector('[data-testid=elsewhere]').open = true").await;
    browser.type_path("open-result", &file("run.result")).await;
    browser.until_matches("run-status", "Opened run.result: measured by").await;
    browser.until_matches("wall-process-pool-machine", r"^\d+\.\d\d\d? s").await;
    // A report has figures, and a log.
    let mut run = interleave("run delay-messages --set messages=A=1 --set workers=3 --speed 20 --json");
    fs::write(file("run.json"), run.output().unwrap().stdout).unwrap();
    browser.type_path("open-result", &file("run.json")).await;
    browser.until_matches("run-status", "run.json is a report: it has figures").await;
    browser.until_text("wall-sequential-predicted", "1.00 s").await;
    browser.until_matches("wall-sequential-machine", r"^\d+\.\d\d\d? s").await;
    assert_eq!(browser.value("param-workers").await, "3");
    browser.close().await;
}

#[tokio::test]
async fn what_stands_in_a_frame_never_measures() {
    let server = Server::start();
    let own = Browser::open(&format!("{}?lesson=delay-messages&said=1_x&embed{}", server.address, server.door)).await;
    own.until_text("wall-threads-predicted", "3.00 s").await;
    let offers = "return document.querySelectorAll('header, [data-testid^=run-], [data-testid=elsewhere]').length";
    assert_eq!(own.run(offers).await, 0);
    assert_eq!(own.run("return sessionStorage.length").await, 0, "it takes no key");
    let whole = own.run(&format!("return {}.href", element("open-whole"))).await.to_string();
    assert!(whole.contains("lesson=delay-messages") && !whole.contains("embed"), "{whole}");
    own.close().await;

    // A public copy is framed by another site, and shows every lesson in this way even without being asked.
    let (public, site) = (serve_without_isolation("/service-worker.js").await, serve_another_site().await);
    let course = Browser::open(&site).await;
    let framed = |address: &str| {
        format!(
            "const frame = document.createElement('iframe'); frame.src = '{address}?lesson=delay-messages&said=1_x'; \
             document.body.append(frame); frame.onload = () => done(true); setTimeout(() => done(false), 20000);"
        )
    };
    assert_eq!(course.ask(&framed(&public)).await, true);
    let shown = course.in_frame("return document.querySelector('[data-testid=embedded] h1')?.innerText").await;
    assert!(shown.is_string(), "the frame shows the lesson: {shown}");
    assert_eq!(course.in_frame(offers).await, 0);
    course.close().await;

    // The companion lets nobody frame it.
    let course = Browser::open(&site).await;
    course.ask(&framed(&server.address)).await;
    let shown = course.in_frame("return document.querySelector('[data-testid=embedded] h1')?.innerText").await;
    assert!(shown.is_null(), "the companion's page is framed: {shown}");
    course.close().await;
}

#[tokio::test]
async fn a_line_leads_to_its_spans_and_a_span_to_its_line() {
    let server = Server::start();
    let browser = open(&server, "?lesson=delay-messages&said=1_x").await;
    browser.until(&element("code")).await;
    browser.run("document.querySelectorAll('[data-testid=program] input')[1].click()").await;
    let of = |text: &str| {
        format!("[...document.querySelectorAll('.code-line')].find(line => line.innerText.includes('{text}'))")
    };
    browser.until(&of("task.sleep")).await;
    browser.run(&format!("{}.click()", of("task.sleep"))).await;
    browser.until_matches("why-question", "TWO|THREE").await;
    browser.until(&format!("{}?.closest('li').classList.contains('selected')", of("task.sleep"))).await;
    // In the middle of the first row the first task awaits another.
    browser
        .run(
            "const canvas = document.querySelector('[data-testid=track-threads-predicted] canvas'); \
             const area = canvas.getBoundingClientRect(); \
             const at = { clientX: area.left + area.width * 0.4, clientY: area.top + 6, bubbles: true, pointerId: 1, \
             pointerType: 'mouse' }; \
             for (const type of ['pointermove', 'pointerdown', 'pointerup']) canvas.dispatchEvent(new PointerEvent(type, at));",
        )
        .await;
    browser.until(&format!("{}?.closest('li').classList.contains('selected')", of("task.join"))).await;
    assert_eq!(browser.value("studied").await, "threads");
    browser.until("document.querySelector('.read-out')?.innerText.includes('awaits')").await;
    browser.close().await;
}

async fn open(server: &Server, query: &str) -> Browser {
    Browser::open(&format!("{}{query}", server.address)).await
}

/// Presses a key as a remote does: on whatever has the focus.
async fn press(browser: &Browser, key: &str) {
    let script = format!(
        "(document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', \
         bubbles: true, cancelable: true }}))"
    );
    browser.run(&script).await;
}

fn element(test_id: &str) -> String {
    format!("document.querySelector('[data-testid=\"{test_id}\"]')")
}
