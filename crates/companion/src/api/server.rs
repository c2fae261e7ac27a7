//! The server: takes connections, as many as there may be, and answers what comes over them.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::api::answer::{Answer, Api};
use crate::api::asked::Asked;
use crate::api::counts::Counted;
use crate::failure::Failure;
use crate::listen;
use crate::notice;
use crate::open_files;
use crate::words::counted;

/// How many connections above the ceiling are told so at once; of more the sockets are closed without a word.
const REFUSED_AT_ONCE: usize = 64;

/// How long a connection above the ceiling may take to ask for something and be told.
const REFUSED_WITHIN: Duration = Duration::from_secs(1);

/// Files that are no connections: standard streams, the listener, the runtime's own.
const OTHER_FILES: u64 = 32;

/// How many connections a measurement may want to hold.
const MANY: u64 = 10_000;

/// Serves until it is interrupted. Once it listens, `listening` is called with the address.
///
/// # Errors
/// Where there is no port to serve on, or the system has no means left.
pub fn run(api: &Arc<Api>, listening: impl FnOnce(SocketAddr)) -> Result<(), Failure> {
    let broken = |error: io::Error| Failure::because(format_args!("The API server cannot be started: {error}."));
    // One thread: an answer is microseconds of work, and a second core is left to whoever asks.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let ceiling = ceiling(api.config().connections);
    runtime.block_on(async {
        // Before the address is told: whoever reads it may ask for the end at once.
        let interruption = listen::interruption().map_err(broken)?;
        let listener = listen::bind(api.config().port)?;
        listening(listener.local_addr().map_err(broken)?);
        tokio::select! {
            never = serve(listener, Arc::clone(api), ceiling) => match never {},
            _ = interruption => Ok(()),
        }
    })
}

/// Takes connections for ever. At most `ceiling` are served at once.
pub async fn serve(listener: TcpListener, api: Arc<Api>, ceiling: u64) -> Infallible {
    let refusing = Arc::new(Semaphore::new(REFUSED_AT_ONCE));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Mostly that no further file can be opened: let some connections end first.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        match api.connect(ceiling) {
            Some(counted) => drop(tokio::spawn(hold(stream, Arc::clone(&api), counted))),
            None => {
                if let Ok(place) = Arc::clone(&refusing).try_acquire_owned() {
                    let api = Arc::clone(&api);
                    tokio::spawn(async move {
                        refuse(stream, &api, ceiling).await;
                        drop(place);
                    });
                }
            }
        }
    }
}

/// Answers what comes over a connection until it ends.
async fn hold(stream: TcpStream, api: Arc<Api>, counted: Counted) {
    // An answer is one write, which need not wait for more.
    let _ = stream.set_nodelay(true);
    let keep_alive = api.config().keep_alive;
    let counted = Mutex::new(Some(counted));
    let service = service_fn(|request: Request<Incoming>| {
        let asked = Asked::read(&request.into_parts().0, api.config().pages);
        if matches!(asked, Ok(Asked::Stats | Asked::Reset)) {
            let counted = counted.lock().unwrap_or_else(PoisonError::into_inner).take();
            counted.into_iter().for_each(Counted::forget);
        }
        let api = &api;
        async move { Ok::<Answer, Infallible>(api.answer(asked).await) }
    });
    // An error is a peer that went away or that speaks no HTTP, which hyper has told it.
    let _ = http1::Builder::new().keep_alive(keep_alive).serve_connection(TokioIo::new(stream), service).await;
}

/// Answers the first request of a connection that is one too many, and closes it. To close it unread would take the answer
/// away from its peer.
async fn refuse(stream: TcpStream, api: &Api, ceiling: u64) {
    let answer = || api.refuse("connections", ceiling);
    let service = service_fn(|_: Request<Incoming>| async { Ok::<Answer, Infallible>(answer()) });
    let told = http1::Builder::new().keep_alive(false).serve_connection(TokioIo::new(stream), service);
    let _ = tokio::time::timeout(REFUSED_WITHIN, told).await;
}

/// The most connections: those that are wanted, and no more than the system has files for.
fn ceiling(wanted: Option<u64>) -> u64 {
    let files = open_files::allow_most().unwrap_or(u64::MAX);
    let possible = files.saturating_sub(OTHER_FILES + REFUSED_AT_ONCE as u64).max(1);
    if possible < wanted.unwrap_or(MANY) {
        notice::note(format_args!(
            "the system lets this server hold {} at once: `ulimit -Hn` says how many files it may open.",
            counted(possible, "connection")
        ));
    }
    wanted.map_or(possible, |wanted| wanted.min(possible))
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Read, Write};
    use std::thread;
    use std::time::Instant;

    use engine::network::Latency;
    use engine::time::Nanos;
    use serde_json::Value;

    use super::*;
    use crate::api::config::ApiConfig;
    use crate::api::counts::Stats;

    /// How long something that must happen may take before the test gives up. It is never waited out where all is well.
    const DEADLINE: Duration = Duration::from_secs(60);

    /// Serves `config` to a client that blocks.
    fn with_server(config: ApiConfig, ceiling: u64, client: impl FnOnce(SocketAddr, &Api) + Send + 'static) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let api = Arc::new(Api::new(config));
            let listener = listen::bind(0).unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(serve(listener, Arc::clone(&api), ceiling));
            tokio::task::spawn_blocking(move || client(address, &api)).await.unwrap();
        });
    }

    fn slow(config: ApiConfig) -> ApiConfig {
        let network = engine::network::Network { latency: Latency::Constant(Nanos(120_000_000_000)), ..config.network };
        ApiConfig { network, ..config }
    }

    struct Client(BufReader<TcpStream>);

    type TcpStream = std::net::TcpStream;

    impl Client {
        fn new(address: SocketAddr) -> Client {
            let stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(DEADLINE)).unwrap();
            Client(BufReader::new(stream))
        }

        fn send(&mut self, method: &str, path: &str) {
            write!(self.0.get_mut(), "{method} {path} HTTP/1.1\r\nhost: test\r\n\r\n").unwrap();
        }

        /// The head of the next answer in small letters, and its body.
        fn answer(&mut self) -> (String, Value) {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                assert_ne!(self.0.read_line(&mut head).unwrap(), 0, "the connection was closed after {head:?}");
            }
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            self.0.read_exact(&mut body).unwrap();
            (head, serde_json::from_slice(&body).unwrap())
        }

        fn ask(&mut self, method: &str, path: &str) -> (String, Value) {
            self.send(method, path);
            self.answer()
        }

        fn is_closed(&mut self) -> bool {
            self.0.read(&mut [0]).unwrap() == 0
        }
    }

    #[track_caller]
    fn wait_until(api: &Api, come: impl Fn(&Stats) -> bool) {
        let start = Instant::now();
        while !come(&api.stats()) {
            assert!(start.elapsed() < DEADLINE, "it never came: {:?}", api.stats());
            thread::yield_now();
        }
    }

    #[test]
    fn a_connection_stays_open_unless_it_is_to_close() {
        with_server(ApiConfig::immediate(), 10, |address, _| {
            let mut client = Client::new(address);
            for page in 1..=3 {
                let (head, body) = client.ask("GET", &format!("/employees?page={page}"));
                assert!(head.starts_with("http/1.1 200 ") && !head.contains("connection: close"), "{head}");
                assert_eq!(body["page"], page);
            }
            // A mistake ends nothing.
            assert!(client.ask("GET", "/employees?page=none").0.starts_with("http/1.1 400 "));
            assert!(client.ask("GET", "/employees?page=4").0.starts_with("http/1.1 200 "));
        });
        with_server(ApiConfig { keep_alive: false, ..ApiConfig::immediate() }, 10, |address, _| {
            let mut client = Client::new(address);
            let (head, _) = client.ask("GET", "/employees?page=1");
            assert!(head.contains("connection: close"), "{head}");
            assert!(client.is_closed());
        });
    }

    #[test]
    fn the_most_at_once_are_counted_and_who_leaves_is_under_way_no_more() {
        let config = slow(ApiConfig { limit: Some(3), ..ApiConfig::immediate() });
        with_server(config, 10, |address, api| {
            let mut clients: Vec<Client> = (0..5).map(|_| Client::new(address)).collect();
            for client in &mut clients[..3] {
                client.send("GET", "/employees?page=1");
            }
            wait_until(api, |stats| stats.requests.now == 3);
            for client in &mut clients[3..] {
                let (head, _) = client.ask("GET", "/employees?page=1");
                assert!(head.starts_with("http/1.1 503 ") && head.contains("\r\nretry-after: 120\r\n"), "{head}");
                // Who was refused may wait and ask again on the same connection.
                assert!(!head.contains("connection: close"), "{head}");
            }
            clients.drain(..3);
            wait_until(api, |stats| stats.requests.now == 0 && stats.connections.now == 2);
            let Stats { served, requests, connections, refused } = api.stats();
            assert_eq!(
                (served.len(), requests.most, connections.most, refused.requests, refused.connections),
                (0, 3, 5, 2, 0)
            );
        });
    }

    #[test]
    fn a_connection_too_many_is_told_and_closed_and_has_its_turn_later() {
        with_server(ApiConfig::immediate(), 2, |address, api| {
            let mut within: Vec<Client> = (0..2).map(|_| Client::new(address)).collect();
            within.iter_mut().for_each(|client| drop(client.ask("GET", "/employees?page=1")));
            let mut beyond = Client::new(address);
            let (head, body) = beyond.ask("GET", "/employees?page=1");
            assert!(head.starts_with("http/1.1 503 ") && head.contains("\r\nretry-after: 1\r\n"), "{head}");
            let sentence = "There are 2 connections already, and no more are served at once: try again after 1 s.";
            assert_eq!(body["error"], sentence);
            assert!(beyond.is_closed());
            within.pop();
            wait_until(api, |stats| stats.connections.now == 1);
            assert!(Client::new(address).ask("GET", "/employees?page=1").0.starts_with("http/1.1 200 "));
            assert_eq!((api.stats().connections.most, api.stats().refused.connections), (2, 1));
        });
    }

    #[test]
    fn who_asks_about_the_counts_is_not_among_them() {
        with_server(ApiConfig::immediate(), 10, |address, api| {
            let mut client = Client::new(address);
            client.ask("GET", "/employees?page=1");
            client.ask("GET", "/employees?page=601");
            let mut asker = Client::new(address);
            let (head, body) = asker.ask("GET", "/stats");
            assert!(head.starts_with("http/1.1 200 ") && asker.is_closed(), "{head}");
            let stats: Stats = serde_json::from_value(body).unwrap();
            assert_eq!(stats.served, [(200, 1), (404, 1)].into());
            assert_eq!((stats.connections.now, stats.connections.most), (1, 1));
            assert!(Client::new(address).ask("POST", "/reset").0.starts_with("http/1.1 200 "));
            let stats = api.stats();
            assert_eq!((stats.served.len(), stats.connections.now, stats.connections.most), (0, 1, 1));
        });
    }
}
