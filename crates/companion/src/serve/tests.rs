//! What the server answers, and to whom.

use std::fs;

use axum::body::Body;
use axum::http::request::Builder;
use axum::http::{HeaderMap, Request, StatusCode};
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
    answer(folder, Request::get(path).header("host", "127.0.0.1:8787"))
}

fn answer(folder: &tempfile::TempDir, request: Builder) -> (StatusCode, HeaderMap, String) {
    let request = request.body(Body::empty()).unwrap();
    runtime().block_on(async {
        let page = Page::Folder(folder.path().join("dist"));
        let bench = Bench::new(Names::on(8787), secret(), Vec::new(), wish::LONGEST);
        let response = router(page, Names::on(8787), bench).oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 10_000).await.unwrap();
        (head.status, head.headers, String::from_utf8_lossy(&body).into_owned())
    })
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn secret() -> Token {
    Token::of("0123456789abcdef0123456789abcdef")
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

#[test]
fn a_request_that_calls_this_server_by_a_foreign_name_is_not_answered() {
    let folder = folder();
    for path in ["/", "/icon.svg", "/none", "/measure"] {
        for host in ["example.org", "example.org:8787", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.example.org:8787", ""] {
            let (status, _, body) = answer(&folder, Request::get(path).header("host", host));
            assert_eq!(status, StatusCode::FORBIDDEN, "{path} of {host}");
            assert!(body.starts_with("This server answers only to 127.0.0.1"), "{body}");
        }
        assert_eq!(answer(&folder, Request::get(path)).0, StatusCode::FORBIDDEN, "{path} of nobody");
    }
    assert_eq!(answer(&folder, Request::get("/").header("host", "localhost:8787")).0, StatusCode::OK);
}

#[test]
fn only_its_own_page_with_the_token_may_measure_and_nobody_else_may_read() {
    let folder = folder();
    let ask = |origin: &str, query: &str| {
        let request = Request::get(format!("/measure{query}")).header("host", "127.0.0.1:8787");
        let (status, headers, _) = answer(&folder, request.header("origin", origin));
        assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{headers:?}");
        status
    };
    let (own, known) = ("http://127.0.0.1:8787", "?token=0123456789abcdef0123456789abcdef");
    // Let in, but this is no WebSocket.
    assert!(![StatusCode::FORBIDDEN, StatusCode::SWITCHING_PROTOCOLS].contains(&ask(own, known)));
    for (origin, query) in [
        (own, ""),
        (own, "?token="),
        (own, "?token=0123456789abcdef0123456789abcdee"),
        (own, "?token=x&token=0123456789abcdef0123456789abcdef"),
        ("http://localhost:8787", known),
        ("http://127.0.0.1:9999", known),
        ("http://example.org", known),
        ("null", known),
    ] {
        assert_eq!(ask(origin, query), StatusCode::FORBIDDEN, "{origin} {query}");
    }
}
