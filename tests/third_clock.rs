//! Measuring on this machine from the page: the real page, the real companion, and another site that would like to, too.
#![cfg(target_os = "linux")]

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use browser::Browser;
use companion::interleave;
use server::{Server, serve_another_site};

/// The first question is skipped: these tests are about what comes after it.
const LESSON: &str = "?lesson=delay-messages&said=1_x&workers=2&speed=10&messages=";
const MODELS: [&str; 5] = ["sequential", "threads", "thread-pool", "event-loop", "process-pool"];

/// Messages that one after the other take longer than the deadline: whoever waits for them has not ended by itself.
const LONG: &str = "A%3D60,B%3D60,C%3D60,D%3D60,E%3D60,F%3D60,G%3D60,H%3D60,I%3D60,J%3D60,K%3D60,L%3D60";

/// How long something that must happen may take before the test gives up. It is never waited out where all is well.
const DEADLINE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_page_measures_on_this_machine_and_keeps_the_token_to_itself() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}TWO%3D2,THREE%3D3{}", server.address, server.door)).await;
    browser.click("run-machine").await;
    for model in MODELS {
        browser.until_matches(&format!("wall-{model}-machine"), r"^\d+\.\d\d\d? s").await;
    }
    browser.until("document.body.innerText.includes('Measured on this machine, one run of each.')").await;
    browser.show_log("process-pool").await;
    browser.until(&format!("{}.includes('THREE printed')", measured_log("process-pool"))).await;
    let address = browser.address().await;
    assert!(!address.contains("token"), "{address}");
    browser.type_into("param-workers", "1").await;
    browser.until("location.search.includes('workers=1')").await;
    assert!(!browser.address().await.contains("token"));
    // The tab knows it still; the link that was in it leads another tab to the page without a companion.
    browser.run("location.reload()").await;
    browser.until("document.querySelector('[data-testid=run-machine]')").await;
    let other = Browser::open(&address).await;
    other.until("document.querySelector('[data-testid=run-browser]')").await;
    assert_eq!(other.run("return document.querySelector('[data-testid=run-machine]')").await, serde_json::Value::Null);
    other.close().await;
    browser.close().await;
}

#[tokio::test]
async fn a_cancelled_run_leaves_no_process_and_the_next_one_works() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}{LONG}{}", server.address, server.door)).await;
    browser.show_log("sequential").await;
    browser.click("run-machine").await;
    browser.until(&format!("{}.includes('received')", measured_log("sequential"))).await;
    let at_work = descendants(server.id());
    assert_eq!(at_work.len(), 1, "a runner");
    browser.click("cancel").await;
    until_gone(&at_work);
    browser.fill("param-messages", "A=30,B=30").await;
    browser.until_text("wall-sequential-predicted", "60.00 s").await;
    browser.click("run-machine").await;
    // The last of the models is the one that has processes of its own.
    browser.show_log("process-pool").await;
    let log = measured_log("process-pool");
    browser.until(&format!("{log}.includes('received') && !{log}.includes('Main ended')")).await;
    let at_work = descendants(server.id());
    assert_eq!(at_work.len(), 3, "a runner and the two processes of its pool");
    browser.click("cancel").await;
    browser.until("!document.querySelector('[data-testid=run-machine]').disabled").await;
    let said = browser.text("run-status").await;
    assert!(said.contains("Cancelled"), "{said}");
    until_gone(&at_work);
    browser.fill("param-messages", "A=0.5").await;
    browser.until_text("wall-sequential-predicted", "0.50 s").await;
    browser.click("run-machine").await;
    browser.until("document.body.innerText.includes('Measured on this machine, one run of each.')").await;
    until_gone(&descendants(server.id()));
    browser.close().await;
}

#[tokio::test]
async fn a_companion_that_ends_is_missed_and_takes_its_runs_along() {
    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}{LONG}{}", server.address, server.door)).await;
    browser.show_log("sequential").await;
    browser.click("run-machine").await;
    browser.until(&format!("{}.includes('received')", measured_log("sequential"))).await;
    let at_work = descendants(server.id());
    assert_eq!(at_work.len(), 1);
    drop(server);
    browser.until("document.querySelector('[data-testid=run-status] [role=alert]').innerText !== ''").await;
    let said = browser.text("run-status").await;
    assert!(said.starts_with("The companion was lost: the connection was closed."), "{said}");
    until_gone(&at_work);
    browser.close().await;
}

#[tokio::test]
async fn another_site_can_neither_start_a_run_nor_read_anything() {
    let server = Server::start();
    let browser = Browser::open(&serve_another_site().await).await;
    let token = server.door.strip_prefix("#token=").unwrap();
    let host = server.address.trim_end_matches('/').strip_prefix("http://").unwrap();
    // With no token, a guessed one, and even the right one.
    for query in ["", "?token=", "?token=00000000000000000000000000000000", &format!("?token={token}")] {
        let heard = browser.ask(&knock(&format!("ws://{host}/measure{query}"))).await;
        assert_eq!(heard, serde_json::json!(["error", "close"]), "{query}");
    }
    for mode in ["cors", "no-cors"] {
        for path in ["", "index.html", &format!("measure?token={token}")] {
            let address = format!("http://{host}/{path}");
            let read = format!(
                "fetch('{address}', {{ mode: '{mode}' }}).then(a => a.text()).then(done, e => done('refused: ' + e.name))"
            );
            let read = browser.ask(&read).await;
            let read = read.as_str().unwrap();
            assert!(read == "refused: TypeError" || (mode == "no-cors" && read.is_empty()), "{mode} {path}: {read}");
        }
    }
    assert_eq!(descendants(server.id()), [0; 0], "nothing was started");
    // The very same knock is answered to the page itself.
    let own = Browser::open(&server.address).await;
    let heard = own.ask(&knock(&format!("ws://{host}/measure?token={token}"))).await;
    assert_eq!(heard, serde_json::json!(["open", "message"]));
    own.close().await;
    browser.close().await;
}

#[tokio::test]
async fn a_result_that_the_command_wrote_is_drawn_and_a_file_that_is_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let result = folder.path().join("run.result");
    let mut run = interleave("run delay-messages --set messages=A=1,B=2 --set workers=1 --speed 20 --result");
    let run = run.arg(&result).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let (cut_off, json) = (folder.path().join("cut.result"), folder.path().join("run.json"));
    let bytes = fs::read(&result).unwrap();
    fs::write(&cut_off, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(&json, "{}").unwrap();

    let server = Server::start();
    let browser = Browser::open(&format!("{}{LESSON}C%3D1", server.address)).await;
    browser.until("document.querySelector('[data-testid=elsewhere]')").await;
    browser.run("document.querySelector('[data-testid=elsewhere]').open = true").await;
    for (file, said) in [(&cut_off, "cut.result breaks off"), (&json, "run.json is no result of Interleave")] {
        browser.type_path("open-result", file).await;
        browser.until_matches("open-result-wrong", said).await;
    }
    browser.type_path("open-result", &result).await;
    for model in MODELS {
        browser.until_matches(&format!("wall-{model}-machine"), r"^\d+\.\d\d\d? s").await;
    }
    browser.until_text("open-result-wrong", "").await;
    // The fields show what the result was measured with.
    browser.until_text("wall-thread-pool-predicted", "3.00 s").await;
    assert_eq!(browser.value("param-workers").await, "1");
    browser.show_log("process-pool").await;
    browser.until(&format!("{}.includes('B printed')", log_under("from a file", "process-pool"))).await;
    let said = browser.text("run-status").await;
    assert!(said.contains("measured by “interleave run”, on Linux on "), "{said}");
    browser.close().await;
}

/// A model's log as JavaScript finds it, which is empty where the log is not one that was measured on this machine.
fn measured_log(model: &str) -> String {
    log_under("on this machine", model)
}

/// A model's log, which is empty where its heading does not say `clock`.
fn log_under(clock: &str, model: &str) -> String {
    let log = format!("document.querySelector('[data-testid=log-{model}]').parentElement.innerText");
    format!("({log}.includes('{clock}') ? {log} : '')")
}

/// A script that opens a socket and calls `done` with what happens to it, up to a message or its end.
fn knock(address: &str) -> String {
    format!(
        "const heard = []; const socket = new WebSocket('{address}'); \
         for (const name of ['open', 'message', 'error', 'close']) socket['on' + name] = () => {{ \
             heard.push(name); if (name === 'message' || name === 'close') done(heard); }};"
    )
}

/// The processes that a process started, and those that they started.
fn descendants(process: u32) -> Vec<u32> {
    // Each thread has a list of those that it started.
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    let mut all: Vec<u32> =
        lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect();
    let theirs: Vec<u32> = all.iter().flat_map(|child| descendants(*child)).collect();
    all.extend(theirs);
    all
}

/// Waits until none of the processes runs. One that has ended and whose end nobody has asked for yet is gone.
fn until_gone(processes: &[u32]) {
    let start = Instant::now();
    let runs = |process: &u32| match fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => stat.rsplit_once(") ").is_some_and(|(_, state)| !state.starts_with('Z')),
        Err(_) => false,
    };
    while processes.iter().any(runs) {
        assert!(start.elapsed() < DEADLINE, "some of {processes:?} are still there");
        thread::yield_now();
    }
}
