//! Nothing keeps people out: axe looks at every page, wide and narrow, light and dark, and pictures of all are kept.

#[allow(dead_code, reason = "other tests use the rest of it")]
mod browser;
mod companion;
#[allow(dead_code, reason = "other tests use the rest of it")]
mod server;

use std::path::Path;

use browser::Browser;
use companion::built;
use server::Server;

/// Every page, with what says that it is there, and what is opened on it.
const PAGES: [(&str, &str, &str, &[&str]); 9] = [
    ("home", "", "main.home", &["isolation-status"]),
    ("question", "?lesson=delay-messages", "main.lesson", &[]),
    ("lesson", "?lesson=delay-messages&said=1_x", "[data-testid=wall-threads-predicted]", &TABS),
    ("deadlock", "?lesson=deadlock&said=1_x", "[data-testid=wall-threads-predicted]", &[]),
    ("advise", "?advise", "main svg", &[]),
    ("compare", "?compare=delay-messages&b.workers=1&said=1_x", "main canvas", &[]),
    ("present", "?lesson=delay-messages&present=3", "main.presented", &[]),
    ("embed", "?lesson=delay-messages&embed&said=1_x", "main canvas", &[]),
    ("open", "?open", "[data-testid=open-result]", &[]),
];

const TABS: [&str; 4] = ["tab-log", "tab-inside", "tab-numbers", "tab-scaling"];

const SIZES: [(u32, u32); 2] = [(1440, 900), (390, 844)];

#[tokio::test]
async fn axe_finds_nothing_serious_on_any_page() {
    let axe = std::fs::read_to_string(built("AXE")).expect("axe is a script");
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&pictures).expect("pictures can be kept");
    let server = Server::start();
    let browser = Browser::open(&server.address).await;
    let mut found = Vec::new();
    for theme in ["light", "dark"] {
        browser.run(&format!("localStorage.setItem('interleave-theme', '{theme}')")).await;
        for (width, height) in SIZES {
            browser.resize(width, height).await;
            for (name, link, sign, opened) in PAGES {
                browser.go(&format!("{}{link}", server.address)).await;
                browser.until(&format!("document.querySelector('{sign}')")).await;
                for part in [""].iter().chain(opened) {
                    if !part.is_empty() {
                        browser.click(part).await;
                    }
                    let page = format!("{name}-{width}-{theme} {part}");
                    std::fs::write(pictures.join(format!("{}.png", page.trim())), browser.picture().await)
                        .expect("it can be kept");
                    found.extend(look(&browser, &axe).await.into_iter().map(|what| format!("{page}: {what}")));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    browser.close().await;
}

/// What axe calls serious or critical on the page that is open.
async fn look(browser: &Browser, axe: &str) -> Vec<String> {
    browser.run(axe).await;
    let found = browser
        .ask(
            "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations \
             .filter(({ impact }) => impact === 'serious' || impact === 'critical') \
             .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)))",
        )
        .await;
    let found = found.as_array().cloned().unwrap_or_else(|| panic!("axe says no list but {found}"));
    found.iter().map(|what| what.as_str().unwrap_or_default().to_owned()).collect()
}
