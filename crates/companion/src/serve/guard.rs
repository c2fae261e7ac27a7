//! Who may ask what: a page of this server's own, under this machine's own name, that knows the secret.
//!
//! A browser lets every site send requests to 127.0.0.1, and open WebSockets to it. Three things keep other sites out. A
//! request must name this server by this machine's own address: a site whose name was made to lead here (DNS rebinding)
//! names itself. Whoever measures must come from this server's page, which a browser says of itself in `Origin`. And it
//! must know a secret that was printed where no site can read it; this keeps out whoever is no browser, too.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// The names of this server, as `Host` may say them.
#[derive(Clone, Debug)]
pub struct Names(Arc<Vec<String>>);

/// A secret of 128 random bits.
#[derive(Clone)]
pub struct Token(String);

impl Names {
    /// Those of a server on this port of this machine.
    pub fn on(port: u16) -> Names {
        const USUAL: u16 = 80;
        let hosts = ["127.0.0.1", "localhost"];
        let mut names: Vec<String> = hosts.iter().map(|host| format!("{host}:{port}")).collect();
        if port == USUAL {
            names.extend(hosts.map(str::to_owned));
        }
        Names(Arc::new(names))
    }

    /// The one of these by which a request calls this server.
    fn of<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = only(headers, header::HOST)?;
        self.0.iter().any(|known| known == name).then_some(name)
    }

    /// Whether a browser says that the request comes from a page of this server.
    pub fn are_the_origin(&self, headers: &HeaderMap) -> bool {
        let from = only(headers, header::ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
        from.is_some() && from == self.of(headers)
    }
}

impl Token {
    /// A new one.
    ///
    /// # Errors
    /// Where the system has no randomness to give.
    pub fn new() -> Result<Token, Failure> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)
            .map_err(|error| Failure::because(format_args!("The system gives no random number: {error}.")))?;
        Ok(Token(bits.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// A known one.
    #[cfg(test)]
    pub fn of(text: &str) -> Token {
        Token(text.to_owned())
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether `given` is this one. Hashes are compared, so that the time it takes says nothing about the secret.
    pub fn is(&self, given: &str) -> bool {
        Sha256::digest(given) == Sha256::digest(&self.0)
    }
}

/// Answers no request that calls this server by a name that is not its own.
pub async fn check_host(State(names): State<Names>, request: Request, next: Next) -> Response {
    match names.of(request.headers()) {
        Some(_) => next.run(request).await,
        None => refusal("This server answers only to 127.0.0.1 and localhost, with its port.\n"),
    }
}

/// A request that is not answered, and why.
pub fn refusal(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}

/// The text of a header that is there exactly once.
fn only(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(port: u16, host: &str, origin: Option<&str>, is_ours: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        assert_eq!(Names::on(port).are_the_origin(&headers), is_ours, "{host} from {origin:?}");
    }

    #[test]
    fn only_a_page_of_the_very_name_that_is_called_is_ours() {
        check(8787, "127.0.0.1:8787", Some("http://127.0.0.1:8787"), true);
        check(8787, "localhost:8787", Some("http://localhost:8787"), true);
        check(80, "localhost", Some("http://localhost"), true);
        for origin in [
            None,
            Some("null"),
            Some(""),
            Some("http://localhost:8787"),
            Some("http://127.0.0.1:8788"),
            Some("http://127.0.0.1"),
            Some("https://127.0.0.1:8787"),
            Some("http://127.0.0.1:8787/"),
            Some("http://127.0.0.1:8787.example.org"),
            Some("http://example.org"),
        ] {
            check(8787, "127.0.0.1:8787", origin, false);
        }
        check(8787, "example.org:8787", Some("http://example.org:8787"), false);
        check(8787, "127.0.0.1", Some("http://127.0.0.1"), false);
    }

    #[test]
    fn a_name_or_an_origin_that_is_said_twice_is_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::HOST, HeaderValue::from_static("localhost:8787"));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://localhost:8787"));
        assert!(Names::on(8787).are_the_origin(&headers));
        headers.append(header::ORIGIN, HeaderValue::from_static("http://localhost:8787"));
        assert!(!Names::on(8787).are_the_origin(&headers));
    }

    #[test]
    fn a_secret_is_long_and_known_only_whole() {
        let token = Token::new().unwrap_or_else(|_| panic!("the system has randomness"));
        assert_eq!(token.text().len(), 32);
        assert!(token.is(token.text()));
        for wrong in ["", &token.text()[..31], &format!("{} ", token.text())] {
            assert!(!token.is(wrong), "{wrong}");
        }
        let other = Token::new().unwrap_or_else(|_| panic!("the system has randomness"));
        assert!(!token.is(other.text()));
    }
}
