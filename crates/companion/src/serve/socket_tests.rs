//! Measuring over real sockets, with runners that are no runners: what is tried here is who gets a turn, and for how long.
#![cfg(unix)]

use std::net::Ipv4Addr;
use std::time::Duration;

use engine::model::{Model, Speed};
use engine::protocol::{Command, Report, RunId, VERSION, decode, encode};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Long enough for whatever must happen, and never waited out where all is well.
const DEADLINE: Duration = Duration::from_secs(60);

struct Client(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Client {
    /// A page that is let in and greeted.
    async fn open(port: u16) -> Client {
        let address = format!("ws://127.0.0.1:{port}/measure?token={SECRET}");
        let mut request = address.into_client_request().unwrap();
        request.headers_mut().insert("origin", format!("http://127.0.0.1:{port}").parse().unwrap());
        let mut page = Client(connect_async(request).await.unwrap().0);
        assert_eq!(page.hear().await, Report::Ready { version: VERSION });
        page
    }

    async fn ask(&mut self, run: u32, lesson: &str) {
        let (lesson, parameters) = (lesson.to_owned(), Vec::new());
        let (model, seed, speed) = (Model::Threads, 0, Speed::REAL);
        let command = Command::Run { run: RunId(run), lesson, parameters, model, seed, speed };
        self.0.send(Message::Binary(encode(&command).into())).await.unwrap();
    }

    async fn hear(&mut self) -> Report {
        let message = tokio::time::timeout(DEADLINE, self.0.next()).await.expect("something is said");
        decode(&message.expect("the server is there").expect("the socket is whole").into_data()).unwrap()
    }

    /// Why a run failed, as soon as that is said.
    async fn hear_failure(&mut self) -> (Option<RunId>, String) {
        loop {
            match self.hear().await {
                Report::Failed { run, reason } => return (run, reason),
                Report::Waiting { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Serves with `runner` in the place of a runner, and returns the port.
async fn serve(runner: &[&str], longest: Duration) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let names = Names::on(port);
    let runner = runner.iter().map(OsString::from).collect();
    let bench = Bench::new(names.clone(), Token::of(SECRET), runner, longest);
    let router = router(Page::Folder("nowhere".into()), names, bench);
    tokio::spawn(async move { axum::serve(listener, router).await });
    port
}

#[tokio::test]
async fn what_cannot_be_run_is_said_and_the_next_run_is_as_good_as_before() {
    let port = serve(&["sh", "-c", "exit 7"], wish::LONGEST).await;
    let mut page = Client::open(port).await;
    page.ask(1, "delay-mesages").await;
    let (run, reason) = page.hear_failure().await;
    assert!(run == Some(RunId(1)) && reason.contains("Did you mean delay-messages?"), "{run:?} {reason}");
    page.ask(2, "delay-messages").await;
    let (run, reason) = page.hear_failure().await;
    assert!(
        run == Some(RunId(2)) && reason.contains("exit code 7") || reason.contains("Broken pipe"),
        "{run:?} {reason}"
    );
    page.0.send(Message::Binary(vec![255; 3].into())).await.unwrap();
    let (run, reason) = page.hear_failure().await;
    assert!(run.is_none() && reason.contains("protocol version"), "{reason}");
}

#[tokio::test]
async fn a_run_that_takes_too_long_is_ended_and_the_next_one_has_its_turn() {
    let port = serve(&["sleep", "3600"], Duration::from_millis(50)).await;
    let mut page = Client::open(port).await;
    for run in [1, 2] {
        page.ask(run, "delay-messages").await;
        let (failed, reason) = page.hear_failure().await;
        assert_eq!(failed, Some(RunId(run)));
        assert!(reason.contains("was ended there"), "{reason}");
    }
}

#[tokio::test]
async fn one_run_goes_on_four_wait_and_a_sixth_is_told_to() {
    let port = serve(&["sleep", "3600"], wish::LONGEST).await;
    let mut pages = Vec::new();
    for run in 0..5 {
        let mut page = Client::open(port).await;
        page.ask(run, "delay-messages").await;
        if run > 0 {
            assert_eq!(page.hear().await, Report::Waiting { run: RunId(run), before: run });
        }
        pages.push(page);
    }
    let mut last = Client::open(port).await;
    last.ask(9, "delay-messages").await;
    let (run, reason) = last.hear_failure().await;
    assert_eq!(run, Some(RunId(9)));
    assert!(reason.starts_with("One run goes on and 4 wait for it: wait until"), "{reason}");
    // A page that goes away takes its run with it, and leaves its place: all others move up.
    drop(pages.remove(0));
    let moved_up = Report::Waiting { run: RunId(4), before: 3 };
    while pages[3].hear().await != moved_up {}
    loop {
        last.ask(10, "delay-messages").await;
        match last.hear().await {
            Report::Waiting { run: RunId(10), before: 4 } => break,
            Report::Failed { .. } => tokio::task::yield_now().await,
            other => panic!("{other:?}"),
        }
    }
}
