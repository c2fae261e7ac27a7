//! The headers of every answer: isolation, caching, and what a page may load.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::serve::policy;

/// Without the first two a page may not share memory with its Workers; the third lets an isolated page load what is its
/// own.
const ISOLATION: [(&str, &str); 4] = [
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
];

/// Adds the headers to whatever `next` answers.
pub async fn add(request: Request, next: Next) -> Response {
    let hashed = is_hashed(request.uri().path());
    let mut response = next.run(request).await;
    let known = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let cache = if hashed && known { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = response.headers_mut();
    for (name, value) in ISOLATION {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    add_policy(headers);
    response
}

/// A script that runs in a Worker has a policy of its own. The page's is there already, and knows more.
fn add_policy(headers: &mut HeaderMap) {
    if let Ok(policy) = HeaderValue::from_str(&policy::for_page("")) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
}

/// Whether a path names its content by a hash, as in `web-0123456789abcdef_bg.wasm`: another content would have another
/// name, so it can be kept for good.
fn is_hashed(path: &str) -> bool {
    const FEWEST_DIGITS: usize = 12;
    let is_hash = |part: &str| part.len() >= FEWEST_DIGITS && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    // A hash stands behind a dash; what is without one is a word, however hexadecimal it looks.
    path.split('-').skip(1).any(|part| is_hash(part.split(['.', '_', '/']).next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[track_caller]
    fn check(path: &str, hashed: bool) {
        assert_eq!(is_hashed(path), hashed, "{path}");
    }

    #[test]
    fn a_name_is_hashed_if_a_long_hexadecimal_number_follows_a_dash() {
        check("/web-9f8e7d6c5b4a3210.js", true);
        check("/web-9f8e7d6c5b4a3210_bg.wasm", true);
        check("/lab-0123456789abcdef/coordinator.js", true);
        check("/snippets/wasm-bindgen-rayon-38edf6e439f6d70d/src/workerHelpers.js", true);
        check("/", false);
        check("/index.html", false);
        check("/web-worker.js", false);
        check("/0123456789abcdef.js", false);
        check("/style-cafe.css", false);
    }
}
