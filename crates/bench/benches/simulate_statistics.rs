//! `cargo bench -p bench --bench simulate_statistics`: the same pages under criterion, which tells how sure it is and compares
//! with the last time. It measures one after the other; for ratios take the other table.

use std::time::Duration;

use bench::pages::{GROWTH, MODELS, TASKS, predict};
use bench::paused_tokio;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engine::costs::Costs;

/// From so many pages on a run takes the better part of a second.
const MANY: u64 = 100_000;

fn beside_tokio(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(format!("{TASKS} pages"));
    group.sample_size(30).throughput(Throughput::Elements(TASKS));
    for (name, model) in MODELS {
        group.bench_function(format!("ours, {name}"), |bencher| {
            bencher.iter_custom(|times| total(times, || predict(TASKS, model, Costs::FREE)));
        });
    }
    group.bench_function("tokio, paused", |bencher| {
        bencher.iter_custom(|times| total(times, || paused_tokio::receive(TASKS)));
    });
}

fn growth(criterion: &mut Criterion) {
    for (name, model) in MODELS {
        let mut group = criterion.benchmark_group(format!("growth on the {name}"));
        for tasks in GROWTH {
            group.sample_size(if tasks < MANY { 30 } else { 10 }).throughput(Throughput::Elements(tasks));
            group.bench_with_input(BenchmarkId::from_parameter(tasks), &tasks, |bencher, &tasks| {
                bencher.iter_custom(|times| total(times, || predict(tasks, model, Costs::FREE)));
            });
        }
    }
}

/// What so many runs take, which time themselves: neither what comes before nor dropping the trace counts.
fn total(times: u64, run: impl Fn() -> Duration) -> Duration {
    (0..times).map(|_| run()).sum()
}

criterion_group!(groups, beside_tokio, growth);
criterion_main!(groups);
