//! `interleave serve`: the built page on this machine's own address, isolated so that it may share memory with Workers.

mod headers;
mod policy;

use std::io::{self, ErrorKind, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf, absolute};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::arguments::ServeArguments;
use crate::failure::Failure;
use crate::notice;

/// How many ports are tried, the one that is asked for first.
const PORTS_TRIED: u16 = 20;

/// Serves the page until it is interrupted.
///
/// # Errors
/// Where there is no page, or no port to serve it on.
pub fn serve(arguments: &ServeArguments) -> Result<(), Failure> {
    let dir = absolute(&arguments.dir).unwrap_or_else(|_| arguments.dir.clone());
    if !dir.join("index.html").is_file() {
        let sentence = format!("There is no page in {}: `cargo xtask build` makes it.", dir.display());
        return Err(Failure::because(sentence));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because(format_args!("The server cannot be started: {error}.")))?;
    runtime.block_on(serve_until_interrupted(&dir, arguments))
}

async fn serve_until_interrupted(dir: &Path, arguments: &ServeArguments) -> Result<(), Failure> {
    let broken = |error| Failure::because(format_args!("The server broke off: {error}."));
    // Before the address is told: whoever reads it may ask for the end at once.
    let interruption = interruption().map_err(broken)?;
    let listener = bind(arguments.port).await?;
    let address = listener.local_addr();
    let address = address.map_err(|error| Failure::because(format_args!("The server has no address: {error}.")))?;
    let url = format!("http://{address}/");
    // Whoever started this may have read enough and closed the pipe: the page is served all the same.
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "Interleave is at {url}").and_then(|()| stdout.flush());
    drop(stdout);
    if !arguments.no_open {
        open_browser(&url);
    }
    tokio::select! {
        served = axum::serve(listener, router(dir)) => served.map_err(broken),
        () = interruption => Ok(()),
    }
}

/// Everything that is served from `dir`.
fn router(dir: &Path) -> Router {
    let files = ServeDir::new(dir).append_index_html_on_directories(false).fallback(get(missing));
    Router::new()
        .route("/", get(page))
        .route("/index.html", get(page))
        .with_state(dir.join("index.html"))
        .fallback_service(files)
        .layer(from_fn(headers::add))
}

/// The page. It is read at each request: a build may have replaced it, and its policy names what is in it.
async fn page(State(path): State<PathBuf>) -> Response {
    match std::fs::read_to_string(&path) {
        Ok(html) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
                (header::CONTENT_SECURITY_POLICY, policy::for_page(&html)),
            ];
            (headers, html).into_response()
        }
        Err(error) => {
            let text = format!("The page {} cannot be read: {error}.\n", path.display());
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

async fn missing() -> Response {
    (StatusCode::NOT_FOUND, "There is no such file.\n").into_response()
}

/// Takes the port, or the next one that is free.
async fn bind(wanted: u16) -> Result<TcpListener, Failure> {
    let last = wanted.saturating_add(PORTS_TRIED - 1);
    for port in wanted..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => {
                if port != wanted {
                    notice::note(format_args!("port {wanted} is taken, so this is port {port}."));
                }
                return Ok(listener);
            }
            Err(error) if error.kind() == ErrorKind::AddrInUse => {}
            Err(error) => return Err(Failure::because(format_args!("Port {port} cannot be served on: {error}."))),
        }
    }
    Err(Failure::because(format_args!("The ports {wanted} to {last} are all taken: name another with --port.")))
}

/// Opens a browser where there is a screen to show it on.
fn open_browser(url: &str) {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let screen = cfg!(not(target_os = "linux")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
    if screen && let Err(error) = open::that_detached(url) {
        notice::note(format_args!("no browser could be opened ({error}): open {url} in one."));
    }
}

/// From now on, waits until a person or a system asks this process to end.
#[cfg(unix)]
fn interruption() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// From now on, waits until a person asks this process to end.
#[cfg(windows)]
fn interruption() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use axum::body::Body;
    use axum::http::{HeaderMap, Request};
    use tower::ServiceExt;

    use super::*;

    /// A folder that has a page in `dist` and beside it a file that nobody may see.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("dist");
        fs::create_dir_all(dist.join("lab-0123456789abcdef")).unwrap();
        fs::write(folder.path().join("secret.txt"), "secret").unwrap();
        for (name, text) in [
            ("index.html", "<script type=\"module\">init()</script>"),
            ("web-0123456789abcdef.js", "1"),
            ("web-0123456789abcdef_bg.wasm", "2"),
            ("style-fedcba9876543210.css", "3"),
            ("icon.svg", "4"),
            ("lab-0123456789abcdef/coordinator.js", "5"),
        ] {
            fs::write(dist.join(name), text).unwrap();
        }
        folder
    }

    fn ask(folder: &tempfile::TempDir, path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let response = router(&folder.path().join("dist")).oneshot(request).await.unwrap();
            let (head, body) = response.into_parts();
            let body = axum::body::to_bytes(body, 10_000).await.unwrap();
            (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
        })
    }

    #[test]
    fn every_answer_is_isolated_even_one_that_says_no() {
        let folder = folder();
        for path in ["/", "/index.html", "/web-0123456789abcdef.js", "/lab-0123456789abcdef/coordinator.js", "/none"] {
            let (_, headers, _) = ask(&folder, path);
            for (name, value) in [
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-embedder-policy", "require-corp"),
                ("cross-origin-resource-policy", "same-origin"),
                ("x-content-type-options", "nosniff"),
            ] {
                assert_eq!(headers[name], value, "{name} of {path}");
            }
            assert!(headers["content-security-policy"].to_str().unwrap().contains("worker-src 'self' blob:"), "{path}");
        }
    }

    #[test]
    fn files_have_their_type_and_only_hashed_names_are_kept_for_good() {
        let folder = folder();
        for (path, kind, kept) in [
            ("/", "text/html; charset=utf-8", false),
            ("/web-0123456789abcdef.js", "text/javascript", true),
            ("/web-0123456789abcdef_bg.wasm", "application/wasm", true),
            ("/style-fedcba9876543210.css", "text/css", true),
            ("/icon.svg", "image/svg+xml", false),
            ("/lab-0123456789abcdef/coordinator.js", "text/javascript", true),
        ] {
            let (status, headers, _) = ask(&folder, path);
            assert_eq!(status, StatusCode::OK, "{path}");
            assert_eq!(headers["content-type"], kind, "{path}");
            let cache = headers["cache-control"].to_str().unwrap();
            assert_eq!(cache.contains("immutable"), kept, "{path}: {cache}");
        }
    }

    #[test]
    fn what_is_not_there_is_not_found_and_not_kept() {
        let folder = folder();
        for path in ["/none", "/lab-0123456789abcdef/", "/lab-0123456789abcdef", "/web-00000000000000ff.js", "/a/b"] {
            let (status, headers, _) = ask(&folder, path);
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(headers["cache-control"], "no-cache", "{path}");
        }
    }

    #[test]
    fn nothing_outside_the_folder_is_served() {
        let folder = folder();
        for path in
            ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/lab/..%2f..%2fsecret.txt", "//secret.txt"]
        {
            let (status, _, body) = ask(&folder, path);
            assert!(status.is_client_error(), "{path}: {status}");
            assert!(!body.contains("secret"), "{path}: {body}");
        }
    }
}
