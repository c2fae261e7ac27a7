//! The page itself: out of a folder, or out of this program.

use std::path::{Path, PathBuf, absolute};

use axum::Router;
use axum::extract::State;
#[cfg(feature = "page")]
use axum::http::Uri;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::services::ServeDir;

use crate::failure::Failure;
use crate::serve::policy;

/// Where the page is.
#[derive(Clone, Debug)]
pub enum Page {
    /// In this folder.
    Folder(PathBuf),
    /// In this program, which was built with it.
    #[cfg(feature = "page")]
    BuiltIn,
}

/// Where the page is built, and looked for by a program that was built without it.
const USUAL: &str = "dist";

impl Page {
    /// The page in `dir`; unless a folder is given, the one that is built in, or else the one in `dist`.
    ///
    /// # Errors
    /// Where there is none.
    pub fn find(dir: Option<&Path>) -> Result<Page, Failure> {
        #[cfg(feature = "page")]
        if dir.is_none() && built_in::is_there() {
            return Ok(Page::BuiltIn);
        }
        let dir = dir.unwrap_or(Path::new(USUAL));
        let dir = absolute(dir).unwrap_or_else(|_| dir.to_owned());
        match dir.join("index.html").is_file() {
            true => Ok(Page::Folder(dir)),
            false => Err(Failure::because(format_args!(
                "There is no page in {}: `cargo xtask build` makes it.",
                dir.display()
            ))),
        }
    }

    /// Everything that the page is made of.
    pub fn router(self) -> Router {
        match self {
            Page::Folder(dir) => {
                let files = ServeDir::new(&dir).append_index_html_on_directories(false).fallback(get(missing));
                Router::new()
                    .route("/", get(index))
                    .route("/index.html", get(index))
                    .with_state(dir.join("index.html"))
                    .fallback_service(files)
            }
            #[cfg(feature = "page")]
            Page::BuiltIn => Router::new().fallback(get(async |uri: Uri| built_in::answer(uri.path()).await)),
        }
    }
}

/// The page. It is read at each request: a build may have replaced it, and its policy names what is in it.
async fn index(State(path): State<PathBuf>) -> Response {
    match std::fs::read_to_string(&path) {
        Ok(html) => html_answer(html),
        Err(error) => {
            let text = format!("The page {} cannot be read: {error}.\n", path.display());
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

fn html_answer(html: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy::for_page(&html)),
    ];
    (headers, html).into_response()
}

async fn missing() -> Response {
    (StatusCode::NOT_FOUND, "There is no such file.\n").into_response()
}

/// The page as it was when this program was built.
#[cfg(feature = "page")]
mod built_in {
    use axum::http::header;
    use axum::response::{IntoResponse, Response};
    use rust_embed::Embed;

    const INDEX: &str = "index.html";

    #[derive(Embed)]
    #[folder = "../../dist"]
    #[allow_missing = true]
    struct Files;

    /// Whether there was one.
    pub fn is_there() -> bool {
        Files::get(INDEX).is_some()
    }

    /// The file of this name.
    pub async fn answer(path: &str) -> Response {
        let name = path.strip_prefix('/').unwrap_or(path);
        let name = if name.is_empty() { INDEX } else { name };
        let Some(file) = Files::get(name) else { return super::missing().await };
        if name == INDEX {
            return super::html_answer(String::from_utf8_lossy(&file.data).into_owned());
        }
        let kind = file.metadata.mimetype().to_owned();
        ([(header::CONTENT_TYPE, kind)], file.data).into_response()
    }
}
