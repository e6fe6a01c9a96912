//! Lives of archives on the fake stream: workers are killed at random calls, before or after the
//! call has its effect; they stand still for hours and go on; calls fail, or succeed without an
//! answer; the stream splits, trims and throttles. Whatever happens, what is archived are the TTL
//! deletes minus the recorded gaps, none twice, those of a key in their order.
//!
//! `DDBKIT_TEST_RUNS` says how many lives are lived, `DDBKIT_TEST_SEED` with which it begins.

mod connection;
mod horizon;
mod lasting;
mod leases;
mod life;
mod oracle;
mod store;
mod streams;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use life::{Lived, live};

fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |number| number.parse().unwrap())
}

#[test]
fn archived_are_the_ttl_deletes_minus_the_recorded_gaps() {
    let first = number("DDBKIT_TEST_SEED", 1);
    let end = first + number("DDBKIT_TEST_RUNS", 200);
    let (next, all) = (AtomicU64::new(first), Mutex::new(Lived::default()));
    let threads = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let lived = one(seed);
                    all.lock().unwrap().add(&lived);
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    let lives = usize::try_from(end - first).unwrap();
    // What was meant to happen did.
    if lives >= 100 {
        assert!(all.archived > 10 * lives && all.files > 2 * lives, "{all:?}");
        assert!(all.kills as usize > lives && all.gaps > lives / 20 && all.lost > 0, "{all:?}");
    }
}

/// In a thread by the name of the seed, so that a panic says which one it was.
fn one(seed: u64) -> Lived {
    let run = move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().start_paused(true).build().unwrap().block_on(live(seed))
    };
    let thread = thread::Builder::new().name(format!("seed {seed}")).spawn(run).unwrap();
    thread.join().unwrap_or_else(|_| panic!("seed {seed}"))
}
