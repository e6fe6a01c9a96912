//! Each fault once, at each request of each operation.

use super::chaos::{Chaos, LATE, Trouble};
use super::world::{World, content};
use crate::support::key;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_offload::{ItemWrite, OffloadError, Offloader, Timing};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Meets trouble at the request with this number, counted from when it is set.
#[derive(Default)]
struct At {
    requests: AtomicU64,
    number: AtomicU64,
    trouble: AtomicUsize,
}

impl At {
    fn set(&self, number: u64, trouble: usize) {
        self.trouble.store(trouble, Ordering::SeqCst);
        self.number.store(number, Ordering::SeqCst);
        self.requests.store(0, Ordering::SeqCst);
    }

    fn decide(&self) -> Option<Trouble> {
        let request = self.requests.fetch_add(1, Ordering::SeqCst);
        let trouble = Trouble::ALL.get(self.trouble.load(Ordering::SeqCst)).copied();
        trouble.filter(|_| request == self.number.load(Ordering::SeqCst))
    }
}

/// The operations; each begins with items 1 and 2, whose body says 0.
async fn operate(offloader: &Offloader, operation: usize, n: u64) -> Result<(), OffloadError> {
    let set = |n| ItemWrite::update(key(n)).set("body", content(n, 1));
    match operation {
        0 => {
            let mut item = key(n + 2);
            item.insert("body".to_owned(), content(n + 2, 1));
            offloader.create(item).await.map(drop)
        }
        1 => offloader.update(set(n)).await.map(drop),
        // The same content again: no upload.
        2 => offloader.update(ItemWrite::update(key(n)).set("body", content(n, 0))).await.map(drop),
        3 => offloader.transact(vec![set(n), set(n + 1)], vec![]).await,
        _ => offloader.delete(key(n)).await,
    }
}

const NOBODY: u64 = u64::MAX;
/// More than any operation makes, without its repetitions.
const REQUESTS: u64 = 3;

/// All faults at all requests of one operation; gives how many there were.
async fn all_faults(world: &World, calm: &Offloader, operation: usize) -> u64 {
    let at = Arc::new(At::default());
    at.set(NOBODY, 0);
    let decide = at.clone();
    let chaos = Chaos::new(move |_| decide.decide());
    let troubled = world.offloader(world.clients(&chaos)).await;
    let mut n = operation as u64 * 10_000;
    for (number, trouble) in Trouble::ALL.into_iter().enumerate() {
        for request in 0..REQUESTS {
            n += 10;
            for own in [n, n + 1] {
                let mut item = key(own);
                item.insert("body".to_owned(), content(own, 0));
                calm.create(item).await.unwrap();
            }
            at.set(request, number);
            let result = operate(&troubled, operation, n).await;
            at.set(NOBODY, 0);
            if trouble == Trouble::Late {
                tokio::time::sleep(LATE * 2).await;
            }
            let what = format!("{operation} {trouble:?} {request}");
            // One fault is healed by the retries.
            result.unwrap_or_else(|error| panic!("{what}: {error}"));
            let expected = match operation {
                0 => [(n + 2, Some(1)), (n, Some(0))],
                1 => [(n, Some(1)), (n + 1, Some(0))],
                2 => [(n, Some(0)), (n + 1, Some(0))],
                3 => [(n, Some(1)), (n + 1, Some(1))],
                _ => [(n, None), (n + 1, Some(0))],
            };
            for (n, content_of) in expected {
                let expected = content_of.map(|of| content(n, of));
                assert_eq!(body(calm, n).await, expected, "{what}");
            }
        }
    }
    chaos.troubles()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leaves_the_old_value_or_the_new_one_and_tells_which() {
    let world = World::new(Timing::default()).await;
    let calm = world.calm().await;
    let operations = (0..5).map(|operation| all_faults(&world, &calm, operation));
    let troubles: u64 = futures::future::join_all(operations).await.into_iter().sum();
    assert!(troubles > 60, "{troubles}");
    assert!(world.resolve().await > 0);
}

async fn body(offloader: &Offloader, n: u64) -> Option<AttributeValue> {
    offloader.get(key(n)).await.unwrap()?.value("body").await.unwrap()
}
