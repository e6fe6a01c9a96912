//! The join on listings that no server made: large, unsorted, implausible.
//!
//! `DDBKIT_TEST_ITEMS` says how many items and objects; `cargo xtask soak` sets it. From a million on,
//! the memory of the process is held to 200 MB, so run that test alone.

use crate::support::peak_memory;
use ddbkit_flow::Control;
use ddbkit_offload::{
    DefaultLayout, KeyLayout, ListedObject, ObjectPages, ObjectSource, OffloadErrorKind, OwnerHash,
    PlanOptions, PlanPin, PlanReport, PlanSources, PointerPage, PointerPages, PointerSource,
    plan_from,
};
use ddbkit_store::Store;
use futures::{StreamExt, stream};
use std::time::{Duration, SystemTime};

/// The objects of `count` items; that of item `n` has the key that `key` says.
struct Generated {
    count: u64,
    /// Whether an item is listed, and whether its object is referenced.
    is_garbage: fn(u64) -> bool,
    is_young: fn(u64) -> bool,
}

const NOW: Duration = Duration::from_secs(2_000_000_000);
const GRACE: Duration = Duration::from_hours(7 * 24);

/// Keys in ascending order: the number stands for the hash.
fn key(n: u64, count: u64) -> String {
    let hash = (((u128::from(n) << 64) / u128::from(count)) << 64) | u128::from(n);
    let owner = OwnerHash::from_bytes(hash.to_be_bytes());
    let [first, ..] = owner.as_bytes();
    format!("p/{first:02x}/{owner}/body/0192aaaa-bbbb-7ccc-8ddd-{n:012x}")
}

impl ObjectSource for Generated {
    fn shards(&self) -> Vec<String> {
        DefaultLayout::new("p").unwrap().shards()
    }

    fn list(&self, shard: &str) -> ObjectPages {
        let shard = u64::from_str_radix(&shard[2..4], 16).unwrap();
        let (count, is_young) = (self.count, self.is_young);
        let first = |shard: u64| (shard * count).div_ceil(256);
        let pages = stream::iter((first(shard)..first(shard + 1)).step_by(1000));
        let end = first(shard + 1);
        pages
            .map(move |begin| {
                let page = (begin..end.min(begin + 1000)).map(|n| ListedObject {
                    key: key(n, count),
                    size: 1,
                    modified: SystemTime::UNIX_EPOCH + if is_young(n) { NOW } else { NOW / 2 },
                });
                Ok(page.collect())
            })
            .boxed()
    }
}

impl PointerSource for Generated {
    fn pointers(&self) -> PointerPages {
        let (count, is_garbage) = (self.count, self.is_garbage);
        // In an order that has nothing to do with that of the keys; 7,919 is prime.
        let step = 7919;
        let pages = stream::iter((0..count).step_by(500));
        pages
            .map(move |begin| {
                let items = begin..count.min(begin + 500);
                let keys = items.clone().map(|n| n * step % count).filter(|n| !is_garbage(*n));
                let keys = keys.map(|n| key(n, count)).collect();
                let mut page = PointerPage::default();
                (page.items, page.keys) = (items.end - items.start, keys);
                Ok(page)
            })
            .boxed()
    }
}

async fn plan(
    generated: &Generated,
    objects: &dyn ObjectSource,
    options: &PlanOptions,
    store: &Store,
) -> Result<PlanReport, ddbkit_offload::OffloadError> {
    let pin = PlanPin {
        table_arn: "arn".to_owned(),
        bucket: "b".to_owned(),
        prefix: "p".to_owned(),
        mark_time: SystemTime::UNIX_EPOCH + NOW,
        grace: GRACE,
        writers_stopped: false,
    };
    let layout = DefaultLayout::new("p").unwrap();
    let control = Control::new();
    let sources = PlanSources { layout: &layout, objects, pointers: generated };
    plan_from(pin, sources, options, store, "plan", &control).await
}

#[tokio::test]
async fn many_objects_and_items_are_joined_in_little_memory() {
    let count = std::env::var("DDBKIT_TEST_ITEMS").map_or(20_000, |items| items.parse().unwrap());
    let is_garbage = |n| n % 10 == 3;
    let is_young = |n| n % 100 == 3;
    let generated = Generated { count, is_garbage, is_young };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::directory(folder.path());
    let begun = std::time::Instant::now();
    let report = plan(&generated, &generated, &PlanOptions::default(), &store).await.unwrap();
    let elapsed = begun.elapsed();
    let young = (0..count).filter(|n| is_young(*n)).count() as u64;
    let garbage = (0..count).filter(|n| is_garbage(*n)).count() as u64 - young;
    assert_eq!((report.objects, report.items), (count, count));
    assert_eq!((report.garbage, report.young), (garbage, young));
    assert_eq!(report.referenced, count - garbage - young);
    assert_eq!(report.pointers_without_object, 0);
    let (_, text) = store.get("plan").await.unwrap();
    assert_eq!(std::str::from_utf8(&text).unwrap().lines().count() as u64, garbage + 2);
    let peak = peak_memory();
    println!("{count} objects and items: {elapsed:?}, peak of the process {peak:?} MB");
    if count >= 1_000_000 {
        assert!(peak.is_none_or(|peak| peak < 200), "{peak:?} MB");
    }
}

#[tokio::test]
async fn a_share_of_garbage_that_is_implausible_ends_the_plan() {
    let generated = Generated { count: 3000, is_garbage: |n| n % 3 != 0, is_young: |_| false };
    let store = Store::memory();
    let mut options = PlanOptions::default();
    let error = plan(&generated, &generated, &options, &store).await.unwrap_err();
    assert_eq!(error.kind(), OffloadErrorKind::ImplausibleGarbage);
    assert!(error.to_string().contains("2000 of 3000"), "{error}");
    assert!(store.list("").await.unwrap().is_empty(), "there is no plan then");
    options.max_garbage_share = 0.7;
    assert_eq!(plan(&generated, &generated, &options, &store).await.unwrap().garbage, 2000);
}

/// The listing of another, each page turned round.
struct Unsorted(Generated);

impl ObjectSource for Unsorted {
    fn shards(&self) -> Vec<String> {
        self.0.shards()
    }

    fn list(&self, shard: &str) -> ObjectPages {
        let pages = self.0.list(shard);
        pages.map(|page| page.map(|page| page.into_iter().rev().collect())).boxed()
    }
}

#[tokio::test]
async fn a_listing_out_of_order_is_refused() {
    let generated = || Generated { count: 3000, is_garbage: |_| false, is_young: |_| false };
    let store = Store::memory();
    let options = PlanOptions::default();
    let error = plan(&generated(), &Unsorted(generated()), &options, &store).await.unwrap_err();
    assert!(error.to_string().contains("ascending order"), "{error}");
    assert!(store.list("").await.unwrap().is_empty());
}

#[test]
fn generated_keys_are_keys_of_the_layout_in_order() {
    let layout = DefaultLayout::new("p").unwrap();
    let keys: Vec<_> = (0..1000).map(|n| key(n, 1000)).collect();
    assert!(keys.is_sorted() && keys.iter().all(|key| layout.owner(key).is_some()));
}
