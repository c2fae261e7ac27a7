//! `cargo bench -p bench --bench executor`: a table of medians and shortest times, and how many times as long as ours the
//! others take. The shortest is what the machine would take if it did nothing else.
//!
//! The rounds are interleaved, everyone once in each and in changing order: on a machine that does other things too, only
//! what ran side by side compares fairly.

use std::time::{Duration, Instant};

use bench::{CONTENDERS, Work, proof};

const ROUNDS: usize = 15;

fn main() {
    println!("{ROUNDS} interleaved rounds: median and shortest; × as long as ours");
    for work in Work::ALL {
        let mut times = CONTENDERS.map(|_| Vec::new());
        for round in 0..ROUNDS {
            for place in 0..CONTENDERS.len() {
                let index = (round + place) % CONTENDERS.len();
                times[index].push(time(CONTENDERS[index].1, work));
            }
        }
        times.iter_mut().for_each(|times| times.sort_unstable());
        println!("\n{work}");
        for ((name, _), times_of) in CONTENDERS.iter().zip(&times) {
            let column = |place: usize| {
                let (time, ours) = (times_of[place].as_secs_f64(), times[0][place].as_secs_f64());
                format!("{:>9.2} ms{:>6.2} ×", time * 1e3, time / ours)
            };
            println!("  {name:<14}{}{}", column(ROUNDS / 2), column(0));
        }
    }
}

fn time(run: fn(Work) -> u64, work: Work) -> Duration {
    let start = Instant::now();
    assert_eq!(run(work), proof(work));
    start.elapsed()
}
