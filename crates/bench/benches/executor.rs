//! `cargo bench -p bench --bench executor`: a table of medians, and how many times as long as ours the others take.
//!
//! The rounds are interleaved, everyone once in each and in changing order: on a machine that does other things too, only
//! what ran side by side compares fairly.

use std::time::{Duration, Instant};

use bench::{CONTENDERS, Work, proof};

const ROUNDS: usize = 15;

fn main() {
    println!("medians of {ROUNDS} interleaved rounds; × as long as ours");
    for work in Work::ALL {
        let mut times = CONTENDERS.map(|_| Vec::new());
        for round in 0..ROUNDS {
            for place in 0..CONTENDERS.len() {
                let index = (round + place) % CONTENDERS.len();
                times[index].push(time(CONTENDERS[index].1, work));
            }
        }
        let medians = times.map(median);
        println!("\n{work}");
        for ((name, _), median) in CONTENDERS.iter().zip(medians) {
            let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
            println!("  {name:<14}{:>9.2} ms{ratio:>8.2} ×", median.as_secs_f64() * 1e3);
        }
    }
}

fn time(run: fn(Work) -> u64, work: Work) -> Duration {
    let start = Instant::now();
    assert_eq!(run(work), proof(work));
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
