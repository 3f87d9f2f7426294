//! Full stake operations on one core: from the owner's signed external message to the Lock, mempool check and blocks
//! included, signing not.
#![allow(missing_docs, reason = "macros of criterion make public functions")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ddvs_bench::Crowd;

/// Stakes that one measurement makes.
const BATCH: usize = 1_000;
const STAKE_NANO: u128 = 2_000_000_000;

fn stake(c: &mut Criterion) {
    let mut group = c.benchmark_group("stake");
    group.throughput(Throughput::Elements(BATCH as u64));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    for wallets in [1_000, 100_000] {
        let crowd = Crowd::new(wallets, 200_000_000).expect("the network starts");
        let externals = crowd
            .stakes(0..BATCH, 0, STAKE_NANO)
            .expect("messages are built");
        group.bench_function(format!("{wallets} wallets"), |b| {
            b.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for _ in 0..iterations {
                    let (mut crowd, externals) = (crowd.clone(), externals.clone());
                    let start = Instant::now();
                    black_box(crowd.run(externals).expect("all messages are handled"));
                    spent += start.elapsed();
                    let staked = crowd.staked_nano().expect("the Root is there");
                    assert_eq!(staked, BATCH as u128 * STAKE_NANO, "every stake is locked");
                }
                spent
            });
        });
    }
    group.finish();
}

/// Users on each of four workchains; messages are in the mempool already, since a node admits them in threads of its own.
fn parallel(c: &mut Criterion) {
    let mut group = c.benchmark_group("stake on four workchains");
    group.throughput(Throughput::Elements(BATCH as u64));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10));
    let mut crowd = Crowd::on_workchains(4, BATCH as u32, 200_000_000).expect("the network starts");
    let externals = crowd
        .stakes(0..BATCH, 0, STAKE_NANO)
        .expect("messages are built");
    crowd.admit(externals).expect("messages are admitted");
    for workers in [1, 2] {
        crowd
            .network
            .set_workers(NonZeroUsize::new(workers).expect("is not zero"));
        group.bench_function(format!("{workers} threads"), |b| {
            b.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for _ in 0..iterations {
                    let mut crowd = crowd.clone();
                    let start = Instant::now();
                    black_box(crowd.run_until_idle().expect("all messages are handled"));
                    spent += start.elapsed();
                    let staked = crowd.staked_nano().expect("the Roots are there");
                    assert_eq!(staked, BATCH as u128 * STAKE_NANO, "every stake is locked");
                }
                spent
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stake, parallel);
criterion_main!(benches);
