//! A merge that does not come to its end.

use super::exports::{base, content, full, item, merge_of, pairs, puts, window};
use ddbkit_export::{ExportErrorKind, ExportReader, Merge};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_store::Store;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Cancels at the n-th event.
struct CancelAt(Control, AtomicU64);

impl Progress for CancelAt {
    fn on_event(&self, _: &ProgressEvent) {
        if self.1.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.cancel();
        }
    }
}

/// A merge of 2 MB into files of half a MB.
async fn merge() -> Merge {
    let value = "x".repeat(100_000);
    let items: Vec<_> = (0..20).map(|n| item(&n.to_string(), &value)).collect();
    let windows = vec![window(0, 15, &puts(&[("0", "1")])).await];
    merge_of(full(0, &items).await, windows).file_size(NonZeroU64::new(500_000).unwrap())
}

#[tokio::test]
async fn nothing_stays_of_a_merge_that_is_cancelled() {
    let mut cancelled = 0;
    for event in 1.. {
        let own = Control::new();
        let watcher = CancelAt(own.clone(), AtomicU64::new(event));
        let control = own.with_progress(Arc::new(watcher));
        let store = Store::memory();
        match merge().await.run(store.clone(), &control).await {
            Ok(_) => break,
            Err(error) => {
                assert_eq!(*error.kind(), ExportErrorKind::Cancelled, "{error}");
                assert_eq!(store.list("").await.unwrap(), [], "after event {event}");
                cancelled += 1;
            }
        }
    }
    // One at least while it read each file, and one for each file that it wrote.
    assert!(cancelled > 25, "{cancelled}");
}

/// A kill in the middle: what is there then is not taken for an export, and the next merge works.
#[tokio::test]
async fn what_a_dropped_merge_leaves_is_no_export() {
    struct Stop(tokio::sync::Notify);
    impl Progress for Stop {
        fn on_event(&self, event: &ProgressEvent) {
            if matches!(event, ProgressEvent::FileClosed { .. }) {
                self.0.notify_one();
            }
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let store = Store::directory(dir.path());
    let stop = Arc::new(Stop(tokio::sync::Notify::new()));
    let control = Control::new().with_progress(stop.clone());
    let job = merge().await;
    tokio::select! {
        biased;
        () = stop.0.notified() => {}
        done = job.run(store.clone(), &control) => panic!("{done:?}"),
    }
    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert!(matches!(error.kind(), ExportErrorKind::Unfinished { .. }), "{error}");
    ddbkit_export::Deletion::of_export(&store).await.unwrap().run(&Control::new()).await.unwrap();

    let windows = vec![window(0, 15, &puts(&[("a", "1")])).await];
    let again = merge_of(base(0, &[]).await, windows);
    again.run(store.clone(), &Control::new()).await.unwrap();
    assert_eq!(content(&store).await, pairs(&[("a", "1")]));
}
