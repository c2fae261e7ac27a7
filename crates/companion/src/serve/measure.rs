//! Measuring for the page: a WebSocket that carries the project's protocol, and behind it one run at a time.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use engine::protocol::{Command, Report, RunId, VERSION, decode, encode};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::sync::SemaphorePermit;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::timeout;

use crate::serve::guard::{Names, Token, refusal};
use crate::serve::job::Job;
use crate::serve::queue::{Place, Queue};
use crate::wish;

/// So many runs may wait for the one that goes on.
pub const MOST_WAITING: usize = 4;

/// A command is a lesson and its parameters: nothing that is longer than this.
const LONGEST_COMMAND: usize = 1 << 20;

/// A page asks for one run and waits for its end. One that asks for more is served; one that asks for very much more is not.
const MOST_COMMANDS: usize = 16;

/// How often a page whose run waits hears how many are before it.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);

/// What all pages share.
pub struct Bench {
    names: Names,
    token: Token,
    /// The program that does a run, and its words.
    runner: Vec<OsString>,
    longest: Duration,
    /// The runs that go on or wait.
    queue: Queue,
}

impl Bench {
    /// A bench at which nobody measures yet.
    pub fn new(names: Names, token: Token, runner: Vec<OsString>, longest: Duration) -> Bench {
        Bench { names, token, runner, longest, queue: Queue::new(1 + MOST_WAITING) }
    }
}

/// What stands in the address of the WebSocket.
#[derive(Deserialize)]
pub struct Asked {
    token: Option<String>,
}

/// Lets a page in that may measure, and measures what it asks for until it goes away.
pub async fn measure(
    State(bench): State<Arc<Bench>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if !bench.names.are_the_origin(&headers) {
        return refusal("Only the page of this server may measure.\n");
    }
    let token = asked.ok().and_then(|Query(asked)| asked.token);
    if !token.is_some_and(|token| bench.token.is(&token)) {
        return refusal("Only who knows the token in the address that `interleave serve` prints may measure.\n");
    }
    match upgrade {
        Ok(upgrade) => upgrade.max_message_size(LONGEST_COMMAND).on_upgrade(|socket| converse(socket, bench)),
        Err(no_socket) => no_socket.into_response(),
    }
}

/// The page is gone, or is to be left alone.
struct Gone;

type ToPage = SplitSink<WebSocket, Message>;

/// What a page said: a command, or a sentence about what is none.
type Said = Result<Command, String>;

async fn converse(socket: WebSocket, bench: Arc<Bench>) {
    let (to_page, from_page) = socket.split();
    let (sender, said) = channel(MOST_COMMANDS);
    // Whichever ends first ends the other: a page that goes away takes its run with it.
    tokio::select! {
        () = listen(from_page, sender) => {}
        _ = answer_all(to_page, said, &bench) => {}
    }
}

/// Passes on what the page says until it is gone, or says far more than it is answered.
async fn listen(mut from_page: SplitStream<WebSocket>, to: Sender<Said>) {
    while let Some(Ok(message)) = from_page.next().await {
        let said = match message {
            Message::Binary(bytes) => decode(&bytes),
            Message::Text(_) => Err("A command is bytes, and this was a text.".to_owned()),
            Message::Ping(_) | Message::Pong(_) => continue,
            Message::Close(_) => return,
        };
        if to.try_send(said).is_err() {
            return;
        }
    }
}

async fn answer_all(mut to_page: ToPage, mut said: Receiver<Said>, bench: &Bench) -> Result<(), Gone> {
    say(&mut to_page, &Report::Ready { version: VERSION }).await?;
    while let Some(said) = said.recv().await {
        match said {
            Ok(command) => answer(&mut to_page, &command, bench).await?,
            Err(reason) => {
                say(&mut to_page, &Report::Failed { run: None, reason }).await?;
                return Err(Gone);
            }
        }
    }
    Ok(())
}

/// Does what a command asks for, when its turn comes.
async fn answer(to_page: &mut ToPage, command: &Command, bench: &Bench) -> Result<(), Gone> {
    let Command::Run { run, .. } = command;
    let failed = |reason| Report::Failed { run: Some(*run), reason };
    // Looked at before it waits: whoever asks for what cannot be had is told so at once.
    if let Err(reason) = wish::read(command) {
        return say(to_page, &failed(reason)).await;
    }
    let Some(place) = bench.queue.stand() else {
        let reason =
            format!("One run goes on and {MOST_WAITING} wait for it: wait until one of them is over, and ask again.");
        return say(to_page, &failed(reason)).await;
    };
    let result = {
        let _turn = wait_for_turn(to_page, *run, &place).await?;
        match timeout(bench.longest, carry_out(to_page, command, bench)).await {
            Ok(result) => result,
            Err(_) => Ok(Err(wish::too_long(bench.longest))),
        }
    };
    match result? {
        Ok(()) => Ok(()),
        Err(reason) => say(to_page, &failed(reason)).await,
    }
}

/// Waits until no other run goes on; whoever came first is first. The page hears meanwhile how many are before it.
async fn wait_for_turn<'p>(
    to_page: &mut ToPage,
    run: RunId,
    place: &'p Place<'p>,
) -> Result<SemaphorePermit<'p>, Gone> {
    let turn = place.turn();
    tokio::pin!(turn);
    // Asked for once before anything is said: a turn that is free is taken without a word.
    let mut patience = Duration::ZERO;
    loop {
        match timeout(patience, &mut turn).await {
            Ok(turn) => return turn.ok_or(Gone),
            Err(_) => say(to_page, &Report::Waiting { run, before: place.before() }).await?,
        }
        patience = SIGN_OF_LIFE;
    }
}

/// Has a run done, and passes on what it tells. The inner error is why its end could not be told.
async fn carry_out(to_page: &mut ToPage, command: &Command, bench: &Bench) -> Result<Result<(), String>, Gone> {
    let mut job = match Job::start(&bench.runner, command).await {
        Ok(job) => job,
        Err(reason) => return Ok(Err(reason)),
    };
    loop {
        let told = match job.next().await {
            Ok(told) => told,
            Err(reason) => return Ok(Err(reason)),
        };
        let is_end = matches!(told.report, Report::Finished { .. } | Report::Failed { .. });
        if is_end {
            // Whoever hears of the end may ask for the next run, which is to have the machine for itself.
            job.end().await;
            return say_bytes(to_page, told.bytes).await.map(Ok);
        }
        say_bytes(to_page, told.bytes).await?;
    }
}

async fn say(to_page: &mut ToPage, report: &Report) -> Result<(), Gone> {
    say_bytes(to_page, encode(report).into()).await
}

async fn say_bytes(to_page: &mut ToPage, bytes: Bytes) -> Result<(), Gone> {
    to_page.send(Message::Binary(bytes)).await.map_err(|_| Gone)
}
