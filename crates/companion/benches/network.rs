//! `cargo bench -p interleave --bench network`: pages per second and CPU time per page, beside those of Python's `requests` in a
//! thread pool, of aiohttp, and of tokio with reqwest.
//!
//! All ask the same server, a process of its own, for the same pages with the same limit, decode them, and take turns within
//! one run. Ours is the lesson `paged-api` as `interleave run` measures it, with its trace recorded; the others record nothing.
//!
//! Python's clients are run by the interpreter that `CLIENTS_PYTHON` names, one that has `requests` and `aiohttp`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engine::costs::{Costs, Preset};
use engine::measure::native::OsThreads;
use engine::measure::{NoProcesses, Plan, Recorder, run};
use engine::model::{Model, Speed};
use engine::trace::{Clock, Trace};
use nix::sys::resource::{UsageWho, getrusage};
use sockets::{Sessions, Sockets};

const ROUNDS: usize = 7;

/// What is asked for: how many pages, how many at once, and with which latency.
struct Load {
    pages: u64,
    limit: u64,
    latency: &'static str,
}

const LOADS: [Load; 2] = [
    Load { pages: 6_000, limit: 50, latency: "constant 0" },
    Load { pages: 6_000, limit: 50, latency: "uniform 0.02 0.04" },
];

/// How long all pages took, and how much CPU time.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

type Contender = (&'static str, Box<dyn Fn(&Server, &Load) -> Option<Took>>);

fn main() {
    let contenders: [Contender; 5] = [
        ("ours, event loop", Box::new(|server, load| Some(ours(server, load, Model::EventLoop)))),
        ("ours, threads", Box::new(|server, load| Some(ours(server, load, Model::ThreadPool)))),
        ("tokio and reqwest", Box::new(|server, load| Some(reqwest_on_tokio(server, load)))),
        ("Python, requests", Box::new(|server, load| python("requests", server, load))),
        ("Python, aiohttp", Box::new(|server, load| python("aiohttp", server, load))),
    ];
    if std::env::var_os("CLIENTS_PYTHON").is_none() {
        println!("Python's clients are left out. To have them:");
        println!("  python3 -m venv clients && clients/bin/pip install requests aiohttp");
        println!("  CLIENTS_PYTHON=$PWD/clients/bin/python cargo bench -p interleave --bench network");
    }
    for load in &LOADS {
        let server = Server::start(load);
        println!(
            "\n{} pages, {} at once, latency {}; medians of {ROUNDS} interleaved rounds",
            load.pages, load.limit, load.latency
        );
        println!("{:<20}{:>12}{:>14}{:>20}{:>20}", "", "pages/s", "CPU a page", "× our pages/s", "× our CPU a page");
        let mut rounds: Vec<Vec<Took>> = vec![Vec::new(); contenders.len()];
        for round in 0..ROUNDS {
            for place in 0..contenders.len() {
                let index = (round + place) % contenders.len();
                rounds[index].extend(contenders[index].1(&server, load));
            }
        }
        let medians: Vec<Option<(f64, f64)>> = rounds.iter().map(|rounds| median(rounds, load)).collect();
        let Some((our_rate, our_cpu)) = medians[0] else { continue };
        for ((name, _), median) in contenders.iter().zip(&medians) {
            let Some((rate, cpu)) = median else { continue };
            println!(
                "{name:<20}{rate:>12.0}{:>11.1} µs{:>18.2} ×{:>18.2} ×",
                cpu * 1e6,
                rate / our_rate,
                cpu / our_cpu
            );
        }
    }
}

/// The medians of pages per second and of CPU seconds per page.
fn median(rounds: &[Took], load: &Load) -> Option<(f64, f64)> {
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    let pages = load.pages as f64;
    let rate = middle(rounds.iter().map(|took| pages / took.wall.as_secs_f64()).collect())?;
    let cpu = middle(rounds.iter().map(|took| took.cpu.as_secs_f64() / pages).collect())?;
    Some((rate, cpu))
}

fn ours(server: &Server, load: &Load, model: Model) -> Took {
    let lesson = lessons::find("paged-api").expect("the catalogue has it");
    let (pages, limit) = (load.pages.to_string(), load.limit.to_string());
    let given = [("pages", pages.as_str()), ("limit", &limit), ("failure-rate", "0")];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let values = lessons::Values::read(lesson.parameters, &given).expect("they are within their bounds");
    // As natively there is no GIL.
    let prepared = lesson.prepare_on(&values, Costs { gil: None, ..Preset::Native.costs() });
    took(|| {
        let trace = Arc::new(Mutex::new(Trace::new(model, Clock::Machine, Speed::REAL)));
        let recorder = {
            let trace = Arc::clone(&trace);
            Recorder::new(move |event| trace.lock().expect("nobody panics with it").apply(event))
        };
        let (_, outcome) = run(Plan {
            program: prepared.program.clone(),
            settings: prepared.settings(model, 0),
            speed: Speed::REAL,
            recorder: Arc::new(recorder),
            threads: Arc::new(OsThreads),
            transport: Some(Arc::new(Sockets::new(server.address, Sessions::Own))),
            processes: Arc::new(NoProcesses),
        });
        assert_eq!(outcome.map(|outcome| outcome["ok"]), Ok(load.pages as i64));
    })
}

fn reqwest_on_tokio(server: &Server, load: &Load) -> Took {
    let url = format!("http://{}/employees", server.address);
    took(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let client = reqwest::Client::builder().no_proxy().build().expect("a client");
            let permits = Arc::new(tokio::sync::Semaphore::new(load.limit as usize));
            let fetch = |number: u64| {
                let (client, permits, url) = (client.clone(), Arc::clone(&permits), url.clone());
                tokio::spawn(async move {
                    let _permit = permits.acquire().await.expect("it is never closed");
                    let response = client.get(format!("{url}?page={number}")).send().await.expect("an answer");
                    assert_eq!(response.status(), 200);
                    let body = response.bytes().await.expect("a body");
                    let page: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
                    assert_eq!(page["page"], number);
                })
            };
            let pages: Vec<_> = (1..=load.pages).map(fetch).collect();
            for page in pages {
                page.await.expect("no task panics");
            }
        });
    })
}

fn python(which: &str, server: &Server, load: &Load) -> Option<Took> {
    let python = std::env::var_os("CLIENTS_PYTHON")?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/network.py");
    let url = format!("http://{}/employees", server.address);
    let output = Command::new(python)
        .arg(script)
        .args([which, &url, &load.pages.to_string(), &load.limit.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (wall, cpu) = text.trim().split_once(' ')?;
    let seconds = |text: &str| text.parse().ok().map(Duration::from_secs_f64);
    Some(Took { wall: seconds(wall)?, cpu: seconds(cpu)? })
}

fn took(act: impl FnOnce()) -> Took {
    let (start, before) = (Instant::now(), cpu());
    act();
    Took { wall: start.elapsed(), cpu: cpu() - before }
}

/// The CPU time of this process so far.
fn cpu() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("every process may ask for its own");
    let time = |it: nix::sys::time::TimeVal| Duration::new(it.tv_sec() as u64, it.tv_usec() as u32 * 1_000);
    time(usage.user_time()) + time(usage.system_time())
}

struct Server {
    child: Child,
    address: std::net::SocketAddr,
}

impl Server {
    fn start(load: &Load) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_interleave"))
            .args(["api", "--json", "--port", "0", "--failures", "0", "--latency", load.latency])
            .args(["--pages", &load.pages.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server can be started");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it tells its address");
        let told: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        let url =
            told["address"].as_str().expect("with an address").trim_start_matches("http://").trim_end_matches('/');
        Server { child, address: url.parse().expect("an address") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
