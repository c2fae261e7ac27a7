//! What servers of this program need of the system: a port, and word of the end.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::failure::Failure;
use crate::notice;

/// How many ports are tried, the one that is asked for first.
const PORTS_TRIED: u16 = 20;

/// How many connections the system keeps until they are taken. Thousands may come at once, and one too many would try
/// again only after a second.
const BACKLOG: u32 = 4096;

/// Takes the port, or the next one that is free.
///
/// # Errors
/// Where none can be had.
pub fn bind(wanted: u16) -> Result<TcpListener, Failure> {
    let last = wanted.saturating_add(PORTS_TRIED - 1);
    for port in wanted..=last {
        match listen(port) {
            Ok(listener) => {
                if port != wanted {
                    notice::note(format_args!("port {wanted} is taken, so this is port {port}."));
                }
                return Ok(listener);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => {
                let mend = "Name another with --port, above 1023, or 0 for any that is free";
                return Err(Failure::because(format_args!("Port {port} cannot be served on: {error}. {mend}.")));
            }
        }
    }
    Err(Failure::because(format_args!("The ports {wanted} to {last} are all taken: name another with --port.")))
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    // A port that a server has just left is free; on Windows this would share one that is taken.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(BACKLOG)
}

/// From now on, waits until a person or a system asks this process to end, and returns the exit code that a shell gives to a
/// program which that ended.
///
/// # Errors
/// Where the system does not tell.
#[cfg(unix)]
pub fn interruption() -> io::Result<impl Future<Output = i32>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => 130,
            _ = terminate.recv() => 143,
        }
    })
}

/// From now on, waits until a person asks this process to end, and returns the exit code for that.
///
/// # Errors
/// Where the system does not tell.
#[cfg(windows)]
pub fn interruption() -> io::Result<impl Future<Output = i32>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
        130
    })
}
