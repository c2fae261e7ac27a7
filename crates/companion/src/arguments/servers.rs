//! The words after commands that serve until they are interrupted.

use std::path::PathBuf;

use clap::Args;

/// The words after `serve`.
#[derive(Args, Debug)]
#[command(after_help = "\
Example:
  interleave serve --port 9000 --no-open

The page measures on this machine, too, if it is opened by the address that is printed: a secret in it keeps other sites \
from doing the same. A run that the page asks for makes at most 20000 tasks and has at most 1000 threads and 64 processes \
at once; after 10 minutes it is ended. One run goes on at a time.")]
pub struct ServeArguments {
    /// The folder of the built page; the page that is built into this program unless given, or else ./dist
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// The port on 127.0.0.1; the next free one is taken if it is in use, and 0 takes any
    #[arg(long, value_name = "PORT", default_value = "8787", value_parser = port)]
    pub port: u16,
    /// Do not open a browser
    #[arg(long)]
    pub no_open: bool,
}

/// The words after `api`.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  interleave api
  interleave api --latency 'exponential 0.2' --failures 0.1 --limit 50
  interleave api --latency 'constant 0' --failures 0 --port 0 --json

GET /employees?page=1 answers with ten employees, or with 500, 502 or 504. A page that failed is drawn anew when it is \
asked for again; the header x-attempt names the try where several ask. What is above a limit is answered with 503 and \
Retry-After. GET /stats tells what was served, POST /reset begins anew. Equal seeds give equal pages, latencies and \
failures, and those that `interleave run paged-api` meets.")]
pub struct ApiArguments {
    /// The port on 127.0.0.1; the next free one is taken if it is in use, and 0 takes any
    #[arg(long, value_name = "PORT", default_value = "8800", value_parser = port)]
    pub port: u16,
    /// How many pages there are, ten employees each
    #[arg(long, value_name = "N", default_value = "6000", allow_hyphen_values = true)]
    pub pages: String,
    /// How long an answer takes, in seconds: constant 3, uniform 1 5, exponential 3 or log-normal 3 0.5
    #[arg(long, value_name = "LATENCY", default_value = "uniform 2 4", allow_hyphen_values = true)]
    pub latency: String,
    /// The share of requests that are answered with 500, 502 or 504, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value = "0.01", allow_hyphen_values = true)]
    pub failures: String,
    /// The most requests that are answered at once; no limit unless given
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub limit: Option<String>,
    /// The most connections at once; as many as the system allows unless given
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub connections: Option<String>,
    /// Close each connection after its first answer
    #[arg(long)]
    pub no_keep_alive: bool,
    /// Divide every latency by this, from 0.01 to 1000
    #[arg(long, value_name = "X", default_value = "1", allow_hyphen_values = true)]
    pub speed: String,
    /// Where random draws and employees begin: a whole number
    #[arg(long, value_name = "N", default_value = "0", allow_hyphen_values = true)]
    pub seed: String,
    /// Print one JSON object when it serves and one when it ends, and nothing else
    #[arg(long)]
    pub json: bool,
}

/// Reads a port. Whatever the parser of numbers would say of a text, it is no rule.
fn port(text: &str) -> Result<u16, &'static str> {
    text.parse().map_err(|_| "a port is a whole number from 0 to 65535")
}
