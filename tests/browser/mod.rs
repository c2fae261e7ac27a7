//! One Chromium, driven through ChromeDriver.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

use crate::companion::built;

/// A command that only Chromium knows.
#[derive(Debug)]
struct ForChromium(Value);

impl WebDriverCompatibleCommand for ForChromium {
    fn endpoint(&self, driver: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        driver.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.0.to_string()))
    }
}

/// A page in a browser of its own.
pub struct Browser {
    client: Client,
    driver: Driver,
}

impl Browser {
    /// Opens `address` in a new browser.
    pub async fn open(address: &str) -> Browser {
        let driver = Driver::start();
        let flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--window-size=1440,900",
        ];
        let capabilities = json!({
            "goog:chromeOptions": { "binary": built("CHROME"), "args": flags },
            "timeouts": { "script": 60_000 },
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("it was written as an object") };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("ChromeDriver starts a browser");
        client.goto(address).await.expect("the page opens");
        Browser { client, driver }
    }

    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("the page has an address").to_string()
    }

    /// Presses something. What comes to the page just then may move it from under the pointer: a person presses once more.
    pub async fn click(&self, test_id: &str) {
        const MOST_FRAMES: usize = 300;
        let mut clicked = self.find(test_id).await.click().await;
        for _ in 0..MOST_FRAMES {
            match &clicked {
                Err(CmdError::Standard(error)) if error.error == ErrorStatus::ElementClickIntercepted => {}
                _ => break,
            }
            self.ask("requestAnimationFrame(() => done(null))").await;
            clicked = self.find(test_id).await.click().await;
        }
        clicked.unwrap_or_else(|error| panic!("{test_id} cannot be clicked: {error}"));
    }

    /// Replaces what stands in a field, key by key as a person would.
    pub async fn type_into(&self, test_id: &str, text: &str) {
        let field = self.find(test_id).await;
        field.clear().await.unwrap_or_else(|error| panic!("{test_id} cannot be emptied: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{test_id} takes no text: {error}"));
    }

    /// Chooses a file.
    pub async fn type_path(&self, test_id: &str, file: &std::path::Path) {
        let path = file.to_str().expect("the path is text");
        let chosen = self.find(test_id).await.send_keys(path).await;
        chosen.unwrap_or_else(|error| panic!("{test_id} takes no file: {error}"));
    }

    /// Replaces what stands in a field at once, as by pasting: nothing on the way can be taken for what was meant.
    pub async fn fill(&self, test_id: &str, text: &str) {
        self.put(test_id, text, &["input"]).await;
    }

    /// Moves a slider and lets it go.
    pub async fn slide(&self, test_id: &str, value: &str) {
        self.put(test_id, value, &["input", "change"]).await;
    }

    /// Opens the log of a model.
    pub async fn show_log(&self, model: &str) {
        self.click("tab-log").await;
        self.put("studied", model, &["change"]).await;
        self.find(&format!("log-{model}")).await;
    }

    /// The text of an element, as it can be seen.
    pub async fn text(&self, test_id: &str) -> String {
        self.find(test_id).await.text().await.expect("an element has a text")
    }

    /// What stands in a field.
    pub async fn value(&self, test_id: &str) -> String {
        let value = self.find(test_id).await.prop("value").await.expect("a field has a value");
        value.unwrap_or_default()
    }

    /// Runs a script in the page and returns what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script that calls `done` when it knows an answer, and returns the answer.
    pub async fn ask(&self, script: &str) -> Value {
        let script = format!("const done = arguments[0]; {script}");
        let answer = self.client.execute_async(&script, Vec::new()).await;
        answer.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script in the page's only frame, once something stands in it, and returns what it returns.
    pub async fn in_frame(&self, script: &str) -> Value {
        let frame = self.client.wait().for_element(Locator::Css("iframe")).await.expect("the page has a frame");
        frame.enter_frame().await.expect("the frame can be looked into");
        let shown = "const done = arguments[0]; const look = () => { \
                     if (document.querySelector('main') || !location.protocol.startsWith('http')) { done(true); return; } \
                     setTimeout(look, 50); }; look();";
        // A frame that was refused holds the browser's own page.
        let _ = self.client.execute_async(shown, Vec::new()).await;
        let answer = self.run(script).await;
        self.client.enter_parent_frame().await.expect("a frame is in a page");
        answer
    }

    /// Waits until a JavaScript expression holds. It is looked at whenever the document changes.
    pub async fn until(&self, expression: &str) {
        let script = format!(
            "const done = arguments[0]; \
             const observer = new MutationObserver(look); \
             function look() {{ if ({expression}) {{ observer.disconnect(); done(true); }} }} \
             observer.observe(document, {{ subtree: true, childList: true, characterData: true, attributes: true }}); \
             addEventListener('popstate', look); look();"
        );
        if let Err(error) = self.client.execute_async(&script, Vec::new()).await {
            let page = self.run("return document.body.innerText").await;
            panic!("never came true: {expression}\n{error}\nThe page says:\n{}", page.as_str().unwrap_or_default());
        }
    }

    pub async fn until_text(&self, test_id: &str, text: &str) {
        self.until(&format!("document.querySelector('[data-testid=\"{test_id}\"]')?.innerText.trim() === '{text}'"))
            .await;
    }

    pub async fn until_matches(&self, test_id: &str, pattern: &str) {
        self.until(&format!(
            "/{pattern}/.test(document.querySelector('[data-testid=\"{test_id}\"]')?.innerText ?? '')"
        ))
        .await;
    }

    /// Waits until a button can be pressed, however often the page is loaded anew meanwhile.
    pub async fn until_enabled(&self, test_id: &str) {
        let selector = format!("[data-testid=\"{test_id}\"]:enabled");
        let found = self.client.wait().for_element(Locator::Css(&selector)).await;
        found.unwrap_or_else(|error| panic!("{test_id} never can be pressed: {error}"));
    }

    /// Opens another address, or the same one anew.
    pub async fn go(&self, address: &str) {
        self.client.goto(address).await.expect("the page opens");
    }

    /// Has the page run so many times slower, as on another machine.
    pub async fn slow_down(&self, times: u32) {
        let parameters = json!({ "cmd": "Emulation.setCPUThrottlingRate", "params": { "rate": times } });
        self.client.issue_cmd(ForChromium(parameters)).await.expect("Chromium can be slowed down");
    }

    /// Gives the window another size, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("a window has a size");
    }

    /// What can be seen, as a PNG.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a page can be seen")
    }

    /// Closes a page that is still sound.
    pub async fn close(self) {
        let crash = self.run("return document.querySelector('.crash')?.innerText").await;
        assert_eq!(crash, Value::Null, "the page itself broke down");
        self.client.close().await.expect("the browser closes");
        drop(self.driver);
    }

    async fn put(&self, test_id: &str, value: &str, events: &[&str]) {
        self.find(test_id).await;
        let script = "const [test_id, value, events] = arguments; \
                      const field = document.querySelector(`[data-testid=\"${test_id}\"]`); \
                      field.value = value; \
                      for (const event of events) field.dispatchEvent(new Event(event, { bubbles: true }));";
        let given = vec![json!(test_id), json!(value), json!(events)];
        self.client.execute(script, given).await.unwrap_or_else(|error| panic!("{test_id} cannot be set: {error}"));
    }

    async fn find(&self, test_id: &str) -> fantoccini::elements::Element {
        let selector = format!("[data-testid=\"{test_id}\"]");
        let found = self.client.wait().for_element(Locator::Css(&selector)).await;
        found.unwrap_or_else(|error| panic!("the page has no {test_id}: {error}"))
    }
}

/// A ChromeDriver that ends with the test, and its browser with it.
struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts one. It takes the same port twice, for either kind of address, and ends at once where somebody else was quicker at the
    /// second one: then it is started anew, on another port.
    fn start() -> Driver {
        const MOST_STARTS: usize = 5;
        let mut said = String::new();
        for _ in 0..MOST_STARTS {
            match Driver::start_once() {
                Ok(driver) => return driver,
                Err(instead) => said = instead,
            }
        }
        panic!("ChromeDriver says on no port that it listens, but: {said}");
    }

    /// # Errors
    /// What it said where it ended instead.
    fn start_once() -> Result<Driver, String> {
        let mut process = Command::new(built("CHROMEDRIVER"))
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("ChromeDriver starts");
        let output = BufReader::new(process.stdout.take().expect("its output is piped"));
        let mut said = String::new();
        for line in output.lines().map_while(Result::ok) {
            // It first repeats the port that it was asked for.
            let port = line.split("on port ").nth(1).and_then(|port| port.trim_end_matches('.').parse().ok());
            if let Some(port) = port.filter(|port: &u16| *port != 0) {
                return Ok(Driver { process, port });
            }
            said += &line;
        }
        process.wait().expect("what ends can be waited for");
        Err(said)
    }

    /// Asks for its end. Only so does it end its browser too, which a test that fails has not closed.
    fn shut_down(&self) -> std::io::Result<()> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(Duration::from_secs(10)))?;
        connection.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")?;
        connection.read_to_end(&mut Vec::new()).map(drop)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // One that does not answer is ended all the same.
        let _ = self.shut_down();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
