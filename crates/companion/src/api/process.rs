//! A server for a command of ours, in a process of its own.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::api::config::ApiConfig;
use crate::api::counts::Stats;
use crate::interrupt;

/// A server listens within milliseconds, on a very busy machine within seconds.
const MOST_TIME: Duration = Duration::from_secs(30);

/// A server that is up. It ends when this is dropped, and with this process, whichever way that ends.
#[derive(Debug)]
pub struct ApiProcess {
    address: SocketAddr,
    client: ureq::Agent,
    child: Running,
}

impl ApiProcess {
    /// Starts a server of `config`, and waits until it listens.
    ///
    /// # Errors
    /// A sentence, where it cannot be started.
    pub fn start(config: &ApiConfig) -> Result<ApiProcess, String> {
        let program = env::current_exe().map_err(|error| format!("This program cannot find itself: {error}."))?;
        ApiProcess::start_as(Command::new(program).arg("api-worker"), config, MOST_TIME)
    }

    fn start_as(command: &mut Command, config: &ApiConfig, most_time: Duration) -> Result<ApiProcess, String> {
        let cannot = |reason: String| format!("The API server cannot be started: {reason}.");
        let config = serde_json::to_string(config).map_err(|error| cannot(error.to_string()))?;
        interrupt::keep_from(command.stdin(Stdio::piped()).stdout(Stdio::piped()));
        let mut child = Running(command.spawn().map_err(|error| cannot(error.to_string()))?);
        if let Some(orders) = &mut child.0.stdin {
            // Whoever cannot be told has died, and tells no address. The pipe stays open: its end is the child's.
            let _ = writeln!(orders, "{config}");
        }
        let line = match child.0.stdout.take() {
            Some(answers) => first_line(answers, most_time).map_err(cannot)?,
            None => String::new(),
        };
        match line.trim_end().parse() {
            Ok(address) => Ok(ApiProcess { address, client: client(), child }),
            Err(_) if line.is_empty() => Err(cannot(format!("it {}", child.how_it_ended()))),
            Err(_) => Err(cannot(format!("“{}” is no address that it could be at", line.trim_end()))),
        }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number by which the system knows it.
    pub fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// What it served since it began or was reset.
    ///
    /// # Errors
    /// A sentence, where it cannot be asked.
    pub fn stats(&self) -> Result<Stats, String> {
        let answer = self.client.get(format!("http://{}/stats", self.address)).call();
        let body =
            answer.and_then(|mut answer| answer.body_mut().read_to_string()).map_err(|error| self.lost(&error))?;
        serde_json::from_str(&body)
            .map_err(|error| format!("What the API server at {} answers are no counts: {error}.", self.address))
    }

    /// Has it count from nothing, and draw as if no page had been tried yet.
    ///
    /// # Errors
    /// A sentence, where it cannot be asked.
    pub fn reset(&self) -> Result<(), String> {
        let answer = self.client.post(format!("http://{}/reset", self.address)).send_empty();
        answer.map(drop).map_err(|error| self.lost(&error))
    }

    fn lost(&self, error: &ureq::Error) -> String {
        match error {
            ureq::Error::StatusCode(503) => format!(
                "The API server at {} has no connection left: `ulimit -Hn` says how many files it may open, and is to be \
                 raised.",
                self.address
            ),
            error => format!("The API server at {} does not answer: {error}.", self.address),
        }
    }
}

/// What a process says first; nothing where it ends without a word.
///
/// # Errors
/// A clause, where it says nothing for so long.
fn first_line(answers: ChildStdout, most_time: Duration) -> Result<String, String> {
    let (sender, line) = channel();
    // Nobody waits for this thread: it ends with the process, which whoever gives up ends.
    let read = move || {
        let mut line = String::new();
        let _ = BufReader::new(answers).read_line(&mut line);
        let _ = sender.send(line);
    };
    let thread = thread::Builder::new().name("address".to_owned()).spawn(read);
    thread.map_err(|error| format!("the system gives no thread that could listen to it ({error})"))?;
    let too_long = |_| format!("it has not told where it is after {} s, so it was ended", most_time.as_secs_f64());
    line.recv_timeout(most_time).map_err(too_long)
}

/// A process that is ended when this is dropped.
#[derive(Debug)]
struct Running(Child);

impl Running {
    /// What became of a process that has closed its output, such as "ended (exit status: 1)".
    fn how_it_ended(&mut self) -> String {
        match self.0.wait() {
            Ok(status) => format!("ended ({status})"),
            Err(error) => format!("was lost ({error})"),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Errors say that it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A client for questions about the counts: it keeps no connection, and asks no proxy for what is on this machine.
fn client() -> ureq::Agent {
    ureq::Agent::config_builder().proxy(None).max_idle_connections(0).build().new_agent()
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::api::answer::Api;
    use crate::api::server;
    use crate::listen;

    fn shell(script: &str) -> Result<ApiProcess, String> {
        ApiProcess::start_as(Command::new("sh").args(["-c", script]), &ApiConfig::immediate(), MOST_TIME)
    }

    #[test]
    fn a_process_that_is_no_server_is_told_from_one() {
        let ended = "The API server cannot be started: it ended (exit status: 3).";
        assert_eq!(shell("exit 3").unwrap_err(), ended);
        let no_address = "The API server cannot be started: “hello” is no address that it could be at.";
        assert_eq!(shell("echo hello; cat > /dev/null").unwrap_err(), no_address);
        let mut silent = Command::new("sh");
        silent.args(["-c", "printf half; exec sleep 300"]);
        let hangs = ApiProcess::start_as(&mut silent, &ApiConfig::immediate(), Duration::from_millis(100));
        let too_long = "The API server cannot be started: it has not told where it is after 0.1 s, so it was ended.";
        assert_eq!(hangs.unwrap_err(), too_long);
    }

    #[test]
    fn a_server_is_asked_at_the_address_that_its_process_tells() {
        let (sender, address) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = listen::bind(0).unwrap();
                sender.send(listener.local_addr().unwrap()).unwrap();
                server::serve(listener, Arc::new(Api::new(ApiConfig::immediate())), 10).await
            })
        });
        let address = address.recv().unwrap();
        let process = shell(&format!("read config; echo {address}; cat > /dev/null")).unwrap();
        assert_eq!(process.address(), address);
        let page = client().get(format!("http://{address}/employees?page=1")).call().unwrap();
        assert_eq!(page.status(), 200);
        assert_eq!(process.stats().unwrap().served, [(200, 1)].into());
        process.reset().unwrap();
        let stats = process.stats().unwrap();
        // The page's connection is as open as its body is unread.
        assert_eq!((stats.served.len(), stats.connections.now, stats.connections.most), (0, 1, 1));
        drop(page);
    }
}
