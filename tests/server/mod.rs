//! Servers of the built page: the companion's own, and one that forgets the isolation headers.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::IntoResponse;
use tower_http::services::ServeDir;

use crate::companion::{built, interleave};

/// `interleave serve`, which ends with the test.
pub struct Server {
    process: Child,
    /// The page's address, with a slash at the end and without what lets it measure on this machine.
    pub address: String,
    /// What lets it, as it stands behind the address.
    pub door: String,
}

impl Server {
    /// Starts it on the first free port and reads the address that it prints.
    pub fn start() -> Server {
        let mut process = interleave("serve --no-open --port 0 --dir")
            .arg(built("INTERLEAVE_DIST"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the companion starts");
        let said = BufReader::new(process.stdout.take().expect("its output is piped"));
        let printed = said
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned))
            .expect("the companion prints the page's address");
        let (address, door) = printed.split_once('#').expect("a token stands behind the address");
        Server { process, address: address.to_owned(), door: format!("#{door}") }
    }

    /// The number by which the system knows the server.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Serves a page of another site, which has nothing on it, and returns its address.
pub async fn serve_another_site() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = format!("http://{}/", listener.local_addr().expect("a bound port has an address"));
    let site = axum::Router::new()
        .fallback(async || axum::response::Html("<!doctype html><title>Another site</title><body>Hello</body>"));
    tokio::spawn(async move { axum::serve(listener, site).await });
    address
}

/// Serves the page as a plain file server would, and returns its address. `withheld` is a file that it does not have.
pub async fn serve_without_isolation(withheld: &str) -> String {
    serve_late(withheld, Arc::default()).await
}

/// The same, but for a file that it has once it `gives` it.
pub async fn serve_late(withheld: &str, gives: Arc<AtomicBool>) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = format!("http://{}/", listener.local_addr().expect("a bound port has an address"));
    let gate = move |request: Request, next: Next| {
        let is_given = gives.load(Ordering::Relaxed);
        async move {
            match is_given {
                true => next.run(request).await,
                false => StatusCode::NOT_FOUND.into_response(),
            }
        }
    };
    let files = || ServeDir::new(built("INTERLEAVE_DIST"));
    let site = Router::new()
        .route_service(withheld, files())
        .route_layer(axum::middleware::from_fn(gate))
        .fallback_service(files());
    tokio::spawn(async move { axum::serve(listener, site).await });
    address
}

/// The path of a file of the page's module, whose folder is named after what is in it.
pub fn of_page(file: &str) -> String {
    let names = std::fs::read_dir(built("INTERLEAVE_DIST")).expect("the page is built").flatten();
    let mut names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
    format!("/{}/{file}", names.find(|name| name.starts_with("page-")).expect("it has a module"))
}
