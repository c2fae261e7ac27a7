//! `cargo bench -p bench --bench executor_statistics`: the same work under criterion, which tells how sure it is and
//! compares with the last time. It measures one executor after the other; for ratios take the other table.

use bench::{CONTENDERS, Work};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn executors(criterion: &mut Criterion) {
    for work in Work::ALL {
        let mut group = criterion.benchmark_group(work.to_string());
        group.sample_size(10);
        for (name, run) in CONTENDERS {
            group.bench_with_input(BenchmarkId::from_parameter(name), &work, |bencher, &work| {
                bencher.iter(|| run(work));
            });
        }
    }
}

criterion_group!(groups, executors);
criterion_main!(groups);
