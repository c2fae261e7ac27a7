//! The session of an event loop: requests as futures, over connections that are kept open.
//!
//! HTTP is hyper's. What it calls a connection is a future of its own; the request that uses the connection polls it, so that
//! nothing has to run beside the loop's tasks and all of a request's work is its task's.

use std::cell::RefCell;
use std::error::Error;
use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll as Polled, Waker};
use std::time::Duration;

use engine::event_loop::Exchanging;
use engine::executor::Unpark;
use engine::measure::Selector;
use engine::network::{OK, Responded};
use engine::time::Nanos;
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, header};

use crate::poll::Poll;
use crate::stream::Stream;
use crate::{files, page};

/// All connections of one event loop to one service.
pub struct Session(Rc<Inner>);

struct Inner {
    address: SocketAddr,
    poll: Poll,
    /// Connections that are open and that no request uses, the one used last at the end.
    idle: RefCell<Vec<Connection>>,
}

/// An open connection.
struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    driver: Pin<Box<http1::Connection<Stream, Empty<Bytes>>>>,
}

impl Session {
    /// A session without connections, whose sockets `poll` watches.
    pub fn new(address: SocketAddr, poll: Poll) -> Session {
        Session(Rc::new(Inner { address, poll, idle: RefCell::default() }))
    }

    /// Makes one attempt, from 1, at the page of this number. Its wakers are called while the session [waits](Selector::wait).
    ///
    /// # Errors
    /// Why no answer came, as the end of a sentence.
    pub async fn request(&self, number: u64, attempt: u32) -> Result<Responded, String> {
        self.0.request(number, attempt).await
    }
}

impl Selector for Session {
    fn wait(&self, limit: Option<Duration>) {
        self.0.poll.wait(limit);
    }

    fn unparker(&self) -> Arc<dyn Unpark> {
        self.0.poll.unparker()
    }

    fn exchange(&self, request: u64, attempt: u32) -> Option<Exchanging> {
        let session = Rc::clone(&self.0);
        Some(Box::pin(async move { session.request(request, attempt).await }))
    }
}

impl Inner {
    async fn request(&self, number: u64, attempt: u32) -> Result<Responded, String> {
        loop {
            let kept = self.idle.borrow_mut().pop();
            let is_kept = kept.is_some();
            let mut connection = match kept {
                Some(kept) => kept,
                None => self.connect().await?,
            };
            match connection.request(self.address, number, attempt).await {
                Ok((responded, body)) => {
                    if connection.sender.is_ready() {
                        self.idle.borrow_mut().push(connection);
                    }
                    if responded.status == OK {
                        page::decode(number, &body)?;
                    }
                    return Ok(responded);
                }
                // The service may close a connection just as it is used again. A GET may be sent twice (RFC 9110, 9.2.2).
                Err(_) if is_kept => {}
                Err(error) => {
                    let source = error.source().map(|source| format!(": {source}")).unwrap_or_default();
                    return Err(format!("its connection to {} failed ({error}{source})", self.address));
                }
            }
        }
    }

    async fn connect(&self) -> Result<Connection, String> {
        let failed = |error: io::Error| format!("it cannot connect to {} ({})", self.address, files::told(&error));
        let stream = Stream::connect(self.address, &self.poll).map_err(failed)?;
        poll_fn(|context| stream.poll_connected(context)).await.map_err(failed)?;
        let (sender, driver) = http1::handshake(stream).await.map_err(|error| failed(io::Error::other(error)))?;
        Ok(Connection { sender, driver: Box::pin(driver) })
    }
}

impl Connection {
    async fn request(
        &mut self,
        host: SocketAddr,
        number: u64,
        attempt: u32,
    ) -> Result<(Responded, Bytes), hyper::Error> {
        let Connection { sender, driver } = self;
        let request = Request::get(format!("{}?page={number}", page::PATH))
            .header(header::HOST, host.to_string())
            .header(page::ATTEMPT, attempt)
            .body(Empty::new())
            .expect("a number and an address are good header values");
        let exchange = pin!(async {
            let response = sender.send_request(request).await?;
            let status = response.status().as_u16();
            let seconds =
                response.headers().get(header::RETRY_AFTER).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
            let retry_after = seconds.map(|seconds| Nanos::from(Duration::from_secs(seconds)));
            let body = response.into_body().collect().await?.to_bytes();
            Ok((Responded { status, retry_after }, body))
        });
        drive(driver.as_mut(), exchange).await
    }
}

/// Polls `exchange` with the connection that it needs. Only the connection waits for anything outside: it is polled with the
/// task's waker, and the exchange is looked at again each time that the connection has got on.
async fn drive<T>(
    mut driver: Pin<&mut http1::Connection<Stream, Empty<Bytes>>>,
    mut exchange: Pin<&mut impl Future<Output = Result<T, hyper::Error>>>,
) -> Result<T, hyper::Error> {
    let mut is_open = true;
    poll_fn(|context| {
        let look = &mut Context::from_waker(Waker::noop());
        loop {
            if let Polled::Ready(done) = exchange.as_mut().poll(look) {
                return Polled::Ready(done);
            }
            if !is_open {
                return Polled::Pending;
            }
            match driver.as_mut().poll(context) {
                // It has closed: what it has left for the exchange is the last.
                Polled::Ready(_) => is_open = false,
                Polled::Pending => return exchange.as_mut().poll(look),
            }
        }
    })
    .await
}
