//! The API server as a process: it says where it is and what it served, and ends with whoever started it.
#![cfg(unix)]

mod companion;

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use companion::{built, interleave};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;

/// How long something that must happen may take before the test gives up. It is never waited out where all is well.
const DEADLINE: Duration = Duration::from_secs(60);

/// A server that a person started.
struct Server {
    process: Child,
    stdout: BufReader<ChildStdout>,
}

impl Server {
    fn start(words: &str) -> Server {
        let mut command = interleave(words);
        let mut process = command.args(["--latency", "constant 0", "--failures", "0"]);
        process = process.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = process.spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        Server { process, stdout }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line
    }

    /// Asks it to end: its exit code, and what it says in the end on standard output and has said on standard error.
    fn end(mut self) -> (Option<i32>, String, String) {
        // Not SIGINT: whoever runs the tests in the background has it ignored, here too.
        kill(Pid::from_raw(self.process.id() as i32), Signal::SIGTERM).unwrap();
        let mut said = String::new();
        self.stdout.read_to_string(&mut said).unwrap();
        let output = self.process.wait_with_output().unwrap();
        (output.status.code(), said, String::from_utf8(output.stderr).unwrap())
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listening {
    version: u32,
    address: String,
}

/// The status line of the answer.
fn ask(address: &str, target: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_server_takes_the_next_port_and_says_in_the_end_what_it_served() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut server = Server::start(&format!("api --pages 2 --port {port}"));
    let line = server.line();
    let address = line.strip_prefix("Pages of employees are at http://").unwrap();
    let address = address.strip_suffix("/employees?page=1\n").unwrap();
    let served: u16 = address.strip_prefix("127.0.0.1:").unwrap().parse().unwrap();
    assert_eq!(ask(address, "/employees?page=2"), "HTTP/1.1 200 OK");
    assert_eq!(ask(address, "/employees?page=3"), "HTTP/1.1 404 Not Found");
    let (code, said, beside) = server.end();
    let counted = "Answers: 2 (1 with status 200, 1 with status 404). The most at once: requests 1, connections 1. Refused: \
                   requests 0, connections 0.\n";
    assert_eq!((code, said.as_str()), (Some(0), counted));
    assert!(beside.contains(&format!("note: port {port} is taken, so this is port {served}.\n")), "{beside}");
}

#[test]
fn json_is_one_object_when_it_serves_and_one_when_it_ends() {
    let mut server = Server::start("api --port 0 --json");
    let listening: Listening = serde_json::from_str(&server.line()).unwrap();
    assert_eq!(listening.version, 1);
    assert_eq!(ask(listening.address.strip_prefix("http://").unwrap(), "/employees?page=1"), "HTTP/1.1 200 OK");
    let (code, said, _) = server.end();
    let expected = serde_json::json!({
        "version": 1,
        "served": { "200": 1 },
        "requests": { "now": 0, "most": 1 },
        "connections": { "now": 0, "most": 1 },
        "refused": { "requests": 0, "connections": 0 },
    });
    assert_eq!((code, serde_json::from_str::<serde_json::Value>(&said).unwrap()), (Some(0), expected));
}

/// What a command tells a server that it starts: every answer takes longer than the deadline.
const SLOW: &str = r#"{"port":0,"pages":600,"network":{"latency":{"constant":120000000000},"failure_rate":0.0,"handling":0},
"limit":null,"connections":null,"keep_alive":true,"speed":1.0,"seed":0}"#;

#[test]
fn a_server_ends_with_a_parent_that_is_killed_in_the_middle_of_a_request() {
    let folder = tempfile::tempdir().unwrap();
    // The shell holds the one end of the pipe that the server reads.
    let script = r#"mkfifo "$0"; "$1" api-worker < "$0" & exec 3> "$0"; echo "$2" >&3; wait"#;
    let mut parent = Command::new("sh");
    parent.args(["-c", script]).arg(folder.path().join("pipe")).args([built("INTERLEAVE_BIN"), SLOW.replace('\n', "")]);
    let mut parent = parent.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(parent.stdout.take().unwrap());
    let mut address = String::new();
    stdout.read_line(&mut address).unwrap();
    let mut asker = TcpStream::connect(address.trim_end()).unwrap();
    asker.set_read_timeout(Some(DEADLINE)).unwrap();
    write!(asker, "GET /employees?page=1 HTTP/1.1\r\nhost: test\r\n\r\n").unwrap();
    parent.kill().unwrap();
    // The system closes the connection when the server is gone, and not before: the answer is two minutes away.
    match asker.read(&mut [0]) {
        Ok(read) => assert_eq!(read, 0, "the request was answered"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
    // It closes the port in the same breath, in whichever order: whoever comes in between may still be taken, or be cut off.
    let start = Instant::now();
    let is_refused =
        || TcpStream::connect(address.trim_end()).is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused);
    while !is_refused() {
        assert!(start.elapsed() < DEADLINE, "somebody still listens");
    }
    parent.wait().unwrap();
}

#[test]
fn a_person_who_calls_the_worker_is_told_whom_it_is_for() {
    let output = interleave("api-worker").stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.starts_with("error: `interleave api-worker` is for other commands to call, with a line of JSON ("),
        "{said}"
    );
}
