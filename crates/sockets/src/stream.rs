//! A non-blocking TCP stream, as hyper reads and writes it.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::pin::Pin;
use std::task::{Context, Poll as Polled, ready};

use hyper::rt::ReadBufCursor;
use socket2::{Domain, Protocol, Socket, Type};

use crate::poll::{Poll, Ready, Watched};

/// An open connection, or one that is being opened.
pub(crate) struct Stream(Watched);

/// How much is read at one time: more than a page has.
const READ_BYTES: usize = 4096;

impl Stream {
    /// Begins to connect; the stream can be written to once [`Stream::poll_connected`] says so.
    pub(crate) fn connect(address: SocketAddr, poll: &Poll) -> io::Result<Stream> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        // A request is one small segment: it is not to wait for more.
        socket.set_tcp_nodelay(true)?;
        match socket.connect(&address.into()) {
            Ok(()) => {}
            Err(error) if is_under_way(&error) => {}
            Err(error) => return Err(error),
        }
        poll.watch(TcpStream::from(socket)).map(Stream)
    }

    /// Whether the connection is open.
    pub(crate) fn poll_connected(&self, context: &mut Context<'_>) -> Polled<io::Result<()>> {
        let Stream(watched) = self;
        if let Some(error) = watched.socket().take_error()? {
            return Polled::Ready(Err(error));
        }
        match watched.socket().peer_addr() {
            Ok(_) => Polled::Ready(Ok(())),
            Err(error) if error.kind() == ErrorKind::NotConnected => {
                watched.wake_when(Ready::Writable, context.waker())?;
                Polled::Pending
            }
            Err(error) => Polled::Ready(Err(error)),
        }
    }

    /// Does what may have to wait, until it need not, or leaves the waker.
    fn poll_io<T>(
        &self,
        ready: Ready,
        context: &mut Context<'_>,
        mut act: impl FnMut(&TcpStream) -> io::Result<T>,
    ) -> Polled<io::Result<T>> {
        let Stream(watched) = self;
        loop {
            match act(watched.socket()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    watched.wake_when(ready, context.waker())?;
                    return Polled::Pending;
                }
                done => return Polled::Ready(done),
            }
        }
    }
}

impl hyper::rt::Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Polled<io::Result<()>> {
        // Read beside hyper's own buffer, which is not initialised and could be filled in place only with `unsafe`.
        let mut bytes = [0; READ_BYTES];
        let most = buffer.remaining().min(READ_BYTES);
        let read = ready!(self.poll_io(Ready::Readable, context, |mut socket| socket.read(&mut bytes[..most])))?;
        buffer.put_slice(&bytes[..read]);
        Polled::Ready(Ok(()))
    }
}

impl hyper::rt::Write for Stream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Polled<io::Result<usize>> {
        self.poll_io(Ready::Writable, context, |mut socket| socket.write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Polled<io::Result<()>> {
        Polled::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Polled<io::Result<()>> {
        // An error says that the other side was faster.
        let _ = self.0.socket().shutdown(std::net::Shutdown::Write);
        Polled::Ready(Ok(()))
    }
}

fn is_under_way(error: &io::Error) -> bool {
    // The standard library's name for the first is not stable yet.
    #[cfg(unix)]
    let in_progress = error.raw_os_error() == Some(libc::EINPROGRESS);
    #[cfg(not(unix))]
    let in_progress = false;
    in_progress || error.kind() == ErrorKind::WouldBlock
}
