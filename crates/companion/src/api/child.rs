//! The server as a process that another command started: told on its standard input what it is to be like, and at an
//! end with that command.

use std::io::{self, BufRead, Write, copy, sink, stdin, stdout};
use std::net::SocketAddr;
use std::process::exit;
use std::sync::Arc;
use std::thread;

use crate::api::answer::Api;
use crate::api::config::ApiConfig;
use crate::api::server;
use crate::failure::Failure;

/// Serves until whoever started it is gone.
///
/// # Errors
/// Where what comes in is no configuration, or it cannot be served.
pub fn run() -> Result<(), Failure> {
    let config = receive().map_err(|error| {
        Failure::because(format_args!(
            "`interleave api-worker` is for other commands to call, with a line of JSON ({error})."
        ))
    })?;
    // The end of the pipe is the end of whoever holds it, however that came about.
    let reader = thread::Builder::new().name("parent".to_owned()).spawn(|| {
        let _ = copy(&mut stdin().lock(), &mut sink());
        exit(0);
    });
    reader.map_err(|error| Failure::because(format_args!("The system gives no further thread ({error}).")))?;
    server::run(&Arc::new(Api::new(config)), |address| {
        // Where nobody reads it, the process is ending anyway.
        let _ = tell(address);
    })
}

fn receive() -> io::Result<ApiConfig> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn tell(address: SocketAddr) -> io::Result<()> {
    let mut stdout = stdout().lock();
    writeln!(stdout, "{address}")?;
    stdout.flush()
}
