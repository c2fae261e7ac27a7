//! `interleave serve`: the page on this machine's own address, isolated so that it may share memory with Workers, and
//! beside it whoever measures for the page on this machine.

mod guard;
mod headers;
mod job;
mod measure;
mod page;
mod policy;
mod queue;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;

use crate::arguments::ServeArguments;
use crate::failure::Failure;
use crate::listen;
use crate::notice;
use crate::wish;
use guard::{Names, Token};
use measure::Bench;
use page::Page;

/// Serves the page until it is interrupted.
///
/// # Errors
/// Where there is no page, or no port to serve it on.
pub fn serve(arguments: &ServeArguments) -> Result<(), Failure> {
    let page = Page::find(arguments.dir.as_deref())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because(format_args!("The server cannot be started: {error}.")))?;
    runtime.block_on(serve_until_interrupted(page, arguments))
}

async fn serve_until_interrupted(page: Page, arguments: &ServeArguments) -> Result<(), Failure> {
    let broken = |error| Failure::because(format_args!("The server broke off: {error}."));
    // Before the address is told: whoever reads it may ask for the end at once.
    let interruption = listen::interruption().map_err(broken)?;
    let listener = listen::bind(arguments.port)?;
    let address = listener.local_addr();
    let address = address.map_err(|error| Failure::because(format_args!("The server has no address: {error}.")))?;
    let (names, token) = (Names::on(address.port()), Token::new()?);
    // What stands behind the # is for the page alone: a browser sends it nowhere, and names it to no other site.
    let url = format!("http://{address}/#token={}", token.text());
    let bench = Bench::new(names.clone(), token, runner()?, wish::LONGEST);
    // Whoever started this may have read enough and closed the pipe: the page is served all the same.
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "Interleave is at {url}").and_then(|()| stdout.flush());
    drop(stdout);
    if !arguments.no_open {
        open_browser(&url);
    }
    tokio::select! {
        served = axum::serve(listener, router(page, names, bench)) => served.map_err(broken),
        _ = interruption => Ok(()),
    }
}

/// Everything that is served.
fn router(page: Page, names: Names, bench: Bench) -> Router {
    page.router()
        .merge(Router::new().route("/measure", get(measure::measure)).with_state(Arc::new(bench)))
        .layer(from_fn_with_state(names, guard::check_host))
        .layer(from_fn(headers::add))
}

/// This program, as it measures for a page.
fn runner() -> Result<Vec<OsString>, Failure> {
    let program = env::current_exe();
    let program =
        program.map_err(|error| Failure::because(format_args!("This program cannot find itself: {error}.")))?;
    Ok(vec![program.into(), "runner".into()])
}

/// Opens a browser where there is a screen to show it on.
fn open_browser(url: &str) {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let screen = cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    if screen && let Err(error) = open::that_detached(url) {
        notice::note(format_args!("no browser could be opened ({error}): open {url} in one."));
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod socket_tests;
