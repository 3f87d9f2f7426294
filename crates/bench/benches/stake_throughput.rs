//! Full stake operations on one core: from the owner's signed external message to the Lock, mempool check and blocks
//! included, signing not.
#![allow(missing_docs, reason = "macros of criterion make public functions")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{Bencher, BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use ddvs_bench::Crowd;

/// Stakes that one measurement makes.
const BATCH: usize = 1_000;
const STAKE_NANO: u128 = 2_000_000_000;

/// Sets up a group in which each measurement makes [`BATCH`] stakes.
fn group<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, WallTime> {
    let mut group = c.benchmark_group(name);
    group
        .throughput(Throughput::Elements(BATCH as u64))
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    group
}

/// Measures `run` on clones of a crowd, and checks that every stake is locked.
fn measure(b: &mut Bencher<'_>, crowd: &Crowd, run: impl Fn(&mut Crowd)) {
    b.iter_custom(|iterations| {
        let mut spent = Duration::ZERO;
        for _ in 0..iterations {
            let mut crowd = crowd.clone();
            let start = Instant::now();
            run(&mut crowd);
            spent += start.elapsed();
            let staked = crowd.staked_nano().expect("the Roots are there");
            assert_eq!(staked, BATCH as u128 * STAKE_NANO, "every stake is locked");
        }
        spent
    });
}

fn stake(c: &mut Criterion) {
    let mut group = group(c, "stake");
    for wallets in [1_000, 100_000] {
        let crowd = Crowd::new(wallets, 200_000_000).expect("the network starts");
        let externals = crowd
            .stakes(0..BATCH, 0, STAKE_NANO)
            .expect("messages are built");
        group.bench_function(format!("{wallets} wallets"), |b| {
            measure(b, &crowd, |crowd| {
                let blocks = crowd.run(externals.clone());
                black_box(blocks.expect("all messages are handled"));
            });
        });
    }
    group.finish();
}

/// Users on each of four workchains. Messages are in the mempools already: what is compared is the making of blocks.
fn parallel(c: &mut Criterion) {
    let mut group = group(c, "stake on four workchains");
    let mut crowd = Crowd::on_workchains(4, BATCH as u32, 200_000_000).expect("the network starts");
    let externals = crowd
        .stakes(0..BATCH, 0, STAKE_NANO)
        .expect("messages are built");
    crowd.admit(externals).expect("messages are admitted");
    for workers in [1, 2] {
        let workers = NonZeroUsize::new(workers).expect("is not zero");
        crowd.network.set_workers(workers);
        group.bench_function(format!("{workers} threads"), |b| {
            measure(b, &crowd, |crowd| {
                black_box(crowd.run_until_idle().expect("all messages are handled"));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stake, parallel);
criterion_main!(benches);
