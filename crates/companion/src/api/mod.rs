//! The API server: pages of employees over HTTP on this machine, as slow and as unreliable as the network of a seed.
//!
//! It draws latencies and failures where predictions draw them, so a run that asks it meets the network of its
//! prediction. `interleave api` serves a person, [`process::ApiProcess`] a command of ours: from a process of its own, so that
//! its CPU time is not that of whoever asks.

mod answer;
mod asked;
pub mod child;
mod config;
pub mod counts;
mod employees;
pub mod process;
mod server;

use std::io::{Write, stdout};
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::json;

use crate::arguments::ApiArguments;
use crate::failure::Failure;
use answer::Api;
pub use config::ApiConfig;

/// The version of what is printed with `--json`.
const VERSION: u32 = 1;

/// Serves pages until it is interrupted, and then says what it served.
///
/// # Errors
/// Wrong words, or no port to serve on.
pub fn api(arguments: &ApiArguments) -> Result<(), Failure> {
    let config = ApiConfig::read(arguments).map_err(Failure::WrongWords)?;
    let api = Arc::new(Api::new(config));
    server::run(&api, |address| say_address(address, arguments.json))?;
    let stats = api.stats();
    match arguments.json {
        true => {
            let mut report = json!(stats);
            report["version"] = json!(VERSION);
            writeln!(stdout(), "{report}")?;
        }
        false => writeln!(stdout(), "{stats}")?,
    }
    Ok(())
}

/// Says where the server is. Whoever started it may have read enough and closed the pipe: it serves all the same.
fn say_address(address: SocketAddr, json: bool) {
    let url = format!("http://{address}");
    let line = match json {
        true => json!({ "version": VERSION, "address": url }).to_string(),
        false => format!("Pages of employees are at {url}/employees?page=1"),
    };
    let mut stdout = stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
