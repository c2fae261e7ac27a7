//! What a learner does on the real page: predicts, is answered, changes things and takes changes back. Sequences are
//! asserted, never durations.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use browser::Browser;
use server::Server;

async fn open(server: &Server, query: &str) -> Browser {
    Browser::open(&format!("{}?lesson={query}", server.address)).await
}

#[tokio::test]
async fn whoever_predicts_is_answered_and_is_not_asked_again() {
    let server = Server::start();
    let browser = open(&server, "delay-messages").await;
    browser.until(&element("cover")).await;
    assert_eq!(browser.run("return document.body.innerText.includes('3.00 s')").await, false, "it gives nothing away");
    browser.click("tab-log").await;
    assert_eq!(browser.run(&format!("return {}", element("log-threads"))).await, serde_json::Value::Null);

    browser.click("commit").await;
    browser.until("document.querySelector('#guess-wrong').innerText.includes('number of seconds')").await;
    browser.type_into("guess", "5").await;
    browser.click("commit").await;
    browser.until_matches("verdict", "It comes out differently.*You said 5.00 s").await;
    let said = browser.text("verdict").await;
    assert!(said.contains("predicted: 3.00 s"), "{said}");
    browser.until("document.activeElement?.dataset.testid === 'verdict'").await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    browser.click("show-instant").await;
    browser.until("/at=3\\.\\d/.test(location.search) && location.search.includes('said=1_5_f')").await;
    browser.until(&format!("{}.innerText.includes('Main ended')", element("log-threads"))).await;

    // The same browser knows the answer even without the link; another one is asked, and the link restores the answer.
    let link = browser.address().await;
    browser.run(&format!("location.href = '{}?lesson=delay-messages'", server.address)).await;
    browser.click("step-predict").await;
    browser.until_matches("verdict", "You said 5.00 s").await;
    browser.click("progress").await;
    browser.click("erase-progress").await;
    browser.click("erase-progress").await;
    browser.until(&element("cover")).await;
    let other = Browser::open(&link).await;
    other.until_matches("verdict", "You said 5.00 s").await;
    other.until_text("wall-threads-predicted", "3.00 s").await;
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn whoever_skips_is_told_and_may_go_on() {
    let server = Server::start();
    let browser = open(&server, "deadlock").await;
    browser.click("skip").await;
    browser.until_matches("verdict", "You skipped this one").await;
    browser.until_text("wall-threads-predicted", "deadlock").await;
    browser.click("next-question").await;
    browser.click("guess-0").await;
    browser.click("commit").await;
    browser.until("/said=1_x\\*2_o0_f/.test(location.search)").await;
    browser.close().await;
}

#[tokio::test]
async fn an_order_is_pressed_moved_taken_back_and_answered() {
    let server = Server::start();
    let browser = open(&server, "blocking-call&said=1_x*2_x*3_x").await;
    browser.click("step-predict").await;
    browser.click("next-question").await;
    browser.click("place-2").await;
    browser.click("commit").await;
    browser.until("document.querySelector('#guess-wrong').innerText.includes('a place to each')").await;
    // Whoever goes on by the keyboard stays with the thing that changed its place.
    browser.until("document.activeElement?.id === 'place-2' || document.activeElement?.type === 'submit'").await;
    for place in ["place-0", "place-4", "place-3", "place-1"] {
        browser.click(place).await;
    }
    browser.click("place-0").await;
    browser.click("place-0").await;
    let sooner = |option: usize| format!("document.getElementById('sooner-{option}').click()");
    // THREE, FIVE, FOUR, TWO, ONE so far.
    browser.run(&sooner(3)).await;
    browser.until("document.activeElement?.id === 'sooner-3'").await;
    browser.run(&sooner(0)).await;
    browser.click("commit").await;
    browser.until_matches("verdict", "Right\\.(.|\\n)*You said THREE is printed, then FOUR is received").await;
    browser.until("location.search.includes('4_r23401_f')").await;
    browser.close().await;
}

#[tokio::test]
async fn changes_are_taken_back_and_made_again() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x").await;
    browser.slide("slider-workers", "1").await;
    browser.until_text("wall-thread-pool-predicted", "5.00 s").await;
    browser.click("show-process-pool").await;
    browser.until("location.search.includes('models=sequential.threads.thread-pool.event-loop')").await;
    browser.click("undo").await;
    browser.until("!location.search.includes('models=')").await;
    browser.click("undo").await;
    browser.until_text("wall-thread-pool-predicted", "3.00 s").await;
    assert_eq!(browser.value("param-workers").await, "2");
    browser.until(&format!("{}.disabled", element("undo"))).await;
    browser.click("redo").await;
    browser.until_text("wall-thread-pool-predicted", "5.00 s").await;
    browser.until("location.search.includes('workers=1')").await;
    browser.run(&format!("{}.open = true", element("machine"))).await;
    browser.slide("machine-cores", "0").await;
    browser.until_matches("machine-wrong", "got “0”, but it must be a whole number from 1 to 64").await;
    browser.slide("machine-cores", "2").await;
    browser.until("location.search.includes('cores=2')").await;
    browser.until_text("machine-wrong", "").await;
    browser.click("undo").await;
    browser.until("!location.search.includes('cores=')").await;
    browser.close().await;
}

#[tokio::test]
async fn a_hints_mend_is_one_press_and_one_undo() {
    let server = Server::start();
    let browser = open(&server, "blocking-call&said=1_x").await;
    browser.until_matches("mend", "8.00 s → 5.00 s").await;
    browser.click("mend").await;
    browser.until_text("wall-event-loop-predicted", "5.00 s").await;
    browser.until("location.search.includes('repair=to-thread')").await;
    browser.click("undo").await;
    browser.until_text("wall-event-loop-predicted", "8.00 s").await;
    browser.until_matches("mend", "8.00 s → 5.00 s").await;
    browser.close().await;
}

#[tokio::test]
async fn an_answer_leads_to_where_it_is_decided_and_the_keyboard_asks_on_from_there() {
    let server = Server::start();
    let browser = open(&server, "blocking-call&said=1_x").await;
    browser.resize(500, 900).await;
    browser.until_text("wall-event-loop-predicted", "8.00 s").await;
    browser.click("show-instant").await;
    // The bars that stay at the bottom cover a part of the window.
    let seen = "(() => { const area = document.querySelector('[data-testid=timeline-event-loop] canvas').getBoundingClientRect(); \
                const bar = document.querySelector('.transport').getBoundingClientRect(); \
                return area.height > 80 && area.top >= 0 && area.bottom <= bar.top; })()";
    browser.until(seen).await;
    let press = |key: &str| {
        format!("{}.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}))", element("axis"))
    };
    browser.run(&press("ArrowDown")).await;
    browser.until_matches("why-question", "main").await;
    browser.run(&press("ArrowDown")).await;
    browser.until_matches("why-question", "ONE|TWO|THREE").await;
    let sentence = browser.text("why-sentence").await;
    browser.until_text("asked-now", &sentence).await;
    browser.run(&press("ArrowUp")).await;
    browser.until_matches("why-question", "main").await;
    browser.run(&press("Escape")).await;
    browser.until(&format!("!{}", element("why-question"))).await;
    browser.close().await;
}

#[tokio::test]
async fn a_wrong_result_is_mended_to_another_result() {
    let server = Server::start();
    let browser = open(&server, "lost-update&said=1_x").await;
    browser.until_matches("mend", "final 1 → final 2").await;
    browser.click("mend").await;
    browser.until_matches("ending-threads-predicted", "final 2$").await;
    browser.close().await;
}

#[tokio::test]
async fn measured_costs_are_opened_travel_in_the_link_and_are_refused_where_they_are_wrong() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x").await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    browser.run(&format!("{}.open = true", element("machine"))).await;
    let folder = tempfile::tempdir().expect("a folder");
    let costs = |thread_start_ns: &str| {
        let path = folder.path().join("costs.json");
        let text = format!(
            r#"{{"cores": 2, "gil_switch_interval_ns": null, "time_slice_ns": 3000000, "context_switch_ns": 4000,
                "thread_start_ns": {thread_start_ns}, "thread_end_ns": 0, "process_start_ns": 0, "process_end_ns": 0,
                "loop_turn_ns": 0, "message_ns": 0, "message_per_kib_ns": 0, "work_factor": 1.0}}"#
        );
        std::fs::write(&path, text).expect("a file is written");
        path
    };
    browser.type_path("open-costs", &costs("-1")).await;
    browser.until_matches("open-costs-wrong", "costs.json: The cost thread_start_ns is -1, but has to be").await;
    assert_eq!(browser.text("wall-threads-predicted").await, "3.00 s", "the last good costs stay");
    // Two threads that take half a second each to be started.
    browser.type_path("open-costs", &costs("500000000")).await;
    browser.until_text("wall-threads-predicted", "4.00 s").await;
    browser.until_matches("machine", "Measured costs, 2 cores").await;
    browser.until("/costs=2_none_3000000_4000_500000000_/.test(location.search)").await;
    let other = Browser::open(&browser.address().await).await;
    other.until_text("wall-threads-predicted", "4.00 s").await;
    other.close().await;
    browser.click("undo").await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    browser.close().await;
}

#[tokio::test]
async fn keys_ask_for_task_after_task_and_move_the_window() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x&at=1&models=threads").await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    let press = |key: &str, shift: bool| {
        format!(
            "document.querySelector('[role=slider]').dispatchEvent(new KeyboardEvent('keydown', \
             {{ key: '{key}', shiftKey: {shift}, bubbles: true, cancelable: true }}))"
        )
    };
    let question = format!("{}?.innerText ?? ''", element("why-question"));
    let mut asked = Vec::new();
    for key in ["ArrowDown", "ArrowDown", "ArrowUp"] {
        let before = browser.run(&format!("return {question}")).await;
        browser.run(&press(key, false)).await;
        browser.until(&format!("{question} !== {before}")).await;
        asked.push(browser.text("why-question").await);
    }
    assert!(asked[0] == asked[2] && asked[0] != asked[1], "{asked:?}");
    let ticks = "[...document.querySelectorAll('.axis span')].map(tick => tick.innerText).join()";
    let whole = browser.run(&format!("return {ticks}")).await;
    browser.click("zoom-in").await;
    browser.until(&format!("{ticks} !== {whole}")).await;
    let first = browser.run(&format!("return {ticks}")).await;
    browser.run(&press("ArrowRight", true)).await;
    browser.until(&format!("{ticks} !== {first}")).await;
    browser.run(&press("ArrowLeft", true)).await;
    browser.until(&format!("{ticks} === {first}")).await;
    browser.close().await;
}

#[tokio::test]
async fn a_lesson_in_a_frame_asks_one_question_after_the_other() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&embed").await;
    browser.click("skip").await;
    let first = browser.text("predict").await;
    browser.click("next-question").await;
    browser.until(&format!("{}.innerText !== {}", element("predict"), serde_json::json!(first))).await;
    browser.close().await;
}

/// Whatever the machine is, a thread takes some time to start in it, and an isolated Worker more.
#[tokio::test]
async fn this_browser_tells_its_costs_and_predictions_are_made_with_them() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x").await;
    browser.until_matches("machine", "CPython, 4 cores").await;
    browser.run(&format!("{}.open = true", element("machine"))).await;
    browser.click("calibrate").await;
    browser.until_matches("calibrated", "^Short runs in Web Workers: . of .").await;
    // Nothing else is measured meanwhile, and a person may have enough of it.
    browser.until(&format!("{}.disabled", element("run-browser"))).await;
    browser.click("cancel").await;
    browser.until_matches("calibrated", "^Cancelled").await;
    browser.until(&format!("!{}.disabled", element("run-browser"))).await;
    browser.click("calibrate").await;
    browser
        .until_matches(
            "calibrated",
            "^Measured: a thread starts in .* This lesson’s predictions are made with these costs",
        )
        .await;
    browser.until_matches("machine", "Measured costs, [0-9]+ cores?").await;
    // What is said is what is charged from now on.
    browser.until("/costs=[0-9]+_5000000_/.test(location.search)").await;
    let is_charged = format!(
        "const [, , , , thread, , isolated, , , message, , work] = /costs=([^&]+)/.exec(location.search)[1].split('_').map(Number); \
         const said = {}.innerText; const ms = time => (time / 1e6).toFixed(2) + ' ms'; \
         return thread > 0 && message > 0 && isolated > 0 && work > 0 && said.includes(`starts in ${{ms(thread)}} and`) && \
             said.includes(`isolated Worker starts in ${{ms(isolated)}};`)",
        element("calibrated")
    );
    assert_eq!(browser.run(&is_charged).await, true, "{}", browser.address().await);
    browser.click("undo").await;
    browser.until_matches("machine", "CPython, 4 cores").await;
    browser.close().await;
}

#[tokio::test]
async fn a_line_of_the_program_leads_to_its_instants_and_shows_who_is_there() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x&at=1").await;
    let at = |text: &str, who: &str| {
        format!(
            "[...document.querySelectorAll('[data-testid=code] li')].some(line => \
             line.innerText.includes('{text}') && line.querySelector('.who')?.innerText.includes('{who}'))"
        )
    };
    browser.until(&at("received", "TWO, THREE")).await;
    browser.run("document.querySelectorAll('[data-testid=program] input')[1].click()").await;
    browser.until(&at("task.sleep", "TWO, THREE")).await;
    let press = "[...document.querySelectorAll('.code-line')].find(line => line.innerText.includes('printed')).click()";
    browser.run(press).await;
    browser.until("/at=2\\.0/.test(location.search)").await;
    browser.close().await;
}

#[tokio::test]
async fn numbers_name_their_clock_and_a_sweep_is_taken_over() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x&messages=A%3D1%2CB%3D1%2CC%3D1%2CD%3D1").await;
    browser.click("tab-numbers").await;
    browser.until_matches("numbers", "predicted(.|\\n)*Wall time\\s+1.00 s").await;
    browser.click("tab-scaling").await;
    browser.until("document.querySelectorAll('[data-testid=sweep] polyline').length === 5").await;
    browser
        .run(
            "const sweep = document.querySelector('[data-testid=sweep]'); const area = sweep.getBoundingClientRect(); \
             sweep.dispatchEvent(new MouseEvent('click', { clientX: area.right - 4, bubbles: true }));",
        )
        .await;
    browser.until("location.search.includes('workers=8')").await;
    browser.close().await;
}

#[tokio::test]
async fn what_is_shown_can_be_taken_away() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&said=1_x&workers=3").await;
    browser.until_text("wall-threads-predicted", "3.00 s").await;
    // What would be saved is kept for a look at it.
    browser
        .run(
            "window.saved = {}; const made = {}; let last = 0; \
             URL.createObjectURL = blob => { const name = 'made:' + ++last; made[name] = blob; return name; }; \
             HTMLAnchorElement.prototype.click = function () { \
                 const [name, address] = [this.download, this.getAttribute('href')]; \
                 if (!name) return; \
                 if (!(address in made)) { saved[name] = address; document.body.dataset.saved = name; return; } \
                 made[address].text().then(text => { saved[name] = text; document.body.dataset.saved = name; }); };",
        )
        .await;
    browser.click("share").await;
    for (button, file, holds) in [
        ("save-python", "delay-messages-threads.py", "threading.Thread(target=deliver"),
        ("save-svg", "delay-messages.svg", "Thread pool · predicted · 3.00 s</text>"),
        ("save-trace", "delay-messages-threads.trace.json", "Thread-1"),
        ("save-png", "delay-messages.png", "data:image/png;base64,"),
    ] {
        browser.click(button).await;
        browser.until(&format!("saved['{file}']?.includes('{holds}')")).await;
    }
    browser.close().await;
}

#[tokio::test]
async fn an_old_link_opens_and_a_later_one_says_so() {
    let server = Server::start();
    let browser = open(&server, "delay-messages&messages=TWO%3D2&workers=1&speed=5").await;
    browser.until(&element("cover")).await;
    assert_eq!(browser.value("param-workers").await, "1");
    assert_eq!(browser.run(&format!("return {}", element("link-notice"))).await, serde_json::Value::Null);
    let later = open(&server, "delay-messages&workers=1&v=99").await;
    later.until_matches("link-notice", "version of the link: got “99”").await;
    assert_eq!(later.value("param-workers").await, "1");
    later.close().await;
    browser.close().await;
}

fn element(test_id: &str) -> String {
    format!("document.querySelector('[data-testid=\"{test_id}\"]')")
}
