//! The content security policy: the page loads nothing but what is its own.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// The policy of a page with this HTML. The scripts that stand in it are allowed by their hashes, and no others can be
/// slipped in.
///
/// `blob:` is for wasm-bindgen-rayon, whose Workers begin as blobs that import their script.
pub fn for_page(html: &str) -> String {
    let hashes: String = inline_scripts(html).iter().map(|script| format!(" '{}'", hash(script))).collect();
    [
        "default-src 'self'".to_owned(),
        format!("script-src 'self' 'wasm-unsafe-eval' blob:{hashes}"),
        "worker-src 'self' blob:".to_owned(),
        "style-src 'self' 'unsafe-inline'".to_owned(),
        "img-src 'self' data:".to_owned(),
        "object-src 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "form-action 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ]
    .join("; ")
}

/// The text of each script that stands in the HTML itself, to the letter.
fn inline_scripts(html: &str) -> Vec<&str> {
    // Only ASCII letters change, so a place in the one text is the same place in the other.
    let lower = html.to_ascii_lowercase();
    let mut scripts = Vec::new();
    let mut from = 0;
    while let Some(tag) = lower[from..].find("<script").map(|at| from + at) {
        let Some(start) = lower[tag..].find('>').map(|at| tag + at + 1) else { break };
        let Some(end) = lower[start..].find("</script").map(|at| start + at) else { break };
        if !lower[tag..start].contains(" src=") && start < end {
            scripts.push(&html[start..end]);
        }
        from = end;
    }
    scripts
}

fn hash(script: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(script)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_found_to_the_letter_and_linked_ones_are_not() {
        let html = "<!doctype html><head><script src=\"a.js\"></script><SCRIPT type=module>\nÄ init('</p>');\n</SCRIPT>\
                    <link rel=modulepreload href=b.js></head><body><script>2</script><script>";
        assert_eq!(inline_scripts(html), ["\nÄ init('</p>');\n", "2"]);
    }

    #[test]
    fn a_hash_is_what_browsers_compute() {
        // The example of the specification, "Content Security Policy Level 3", section 2.3.1.
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn the_policy_allows_no_script_but_those() {
        let policy = for_page("<script>alert('Hello, world.');</script>");
        assert!(policy.contains("blob: 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"), "{policy}");
        let scripts = policy.split("; ").find(|part| part.starts_with("script-src")).unwrap();
        assert!(!scripts.contains("unsafe-inline") && !scripts.contains("'unsafe-eval'"), "{scripts}");
    }
}
