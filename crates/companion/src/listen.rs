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
    let taken = if last == wanted {
        format!("Port {wanted} is taken, and none comes after it")
    } else {
        format!("The ports {wanted} to {last} are all taken")
    };
    Err(Failure::because(format_args!("{taken}: name another with --port.")))
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
/// program which that ended. What whoever started this process has it ignore stays ignored: a shell without a terminal
/// keeps Ctrl-C from what it starts in the background.
///
/// # Errors
/// Where the system does not tell.
#[cfg(unix)]
pub fn interruption() -> io::Result<impl Future<Output = i32>> {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    let ignored = ignored();
    let ear = |kind: SignalKind| {
        let is_ignored = ignored >> (kind.as_raw_value() - 1) & 1 == 1;
        if is_ignored { Ok(None) } else { signal(kind).map(Some) }
    };
    let (interrupt, terminate) = (ear(SignalKind::interrupt())?, ear(SignalKind::terminate())?);
    let heard = async |ear: Option<Signal>| match ear {
        Some(mut ear) => ear.recv().await,
        None => std::future::pending().await,
    };
    Ok(async move {
        tokio::select! {
            _ = heard(interrupt) => 130,
            _ = heard(terminate) => 143,
        }
    })
}

/// The signals that this process ignores, a bit each, the first the least.
#[cfg(target_os = "linux")]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.unwrap_or(0)
}

/// See the other. Elsewhere nobody tells in a way that needs no `unsafe`: all of them are heard.
#[cfg(all(unix, not(target_os = "linux")))]
fn ignored() -> u64 {
    0
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
