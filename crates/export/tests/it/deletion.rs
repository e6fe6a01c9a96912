//! Deleting exports: what is proven goes, in the safe order; everything else stays.

use crate::support::{ROOT, small_export};
use ddbkit_export::{Compression, Deletion, ExportErrorKind, ExportReader};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_store::{PutOptions, Store};
use std::sync::Arc;

async fn keys(store: &Store) -> Vec<String> {
    store.list("").await.unwrap().into_iter().map(|object| object.key).collect()
}

async fn put(store: &Store, key: &str) {
    store.put(key, "x".into(), PutOptions::default()).await.unwrap();
}

/// Cancels the work when so many objects are gone.
struct CancelAt(Control, std::sync::atomic::AtomicU64);

impl Progress for CancelAt {
    fn on_event(&self, event: &ProgressEvent) {
        if matches!(event, ProgressEvent::Advanced { .. })
            && self.1.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 1
        {
            self.0.cancel();
        }
    }
}

fn cancelled_after(objects: u64) -> Control {
    let control = Control::new();
    let progress = Arc::new(CancelAt(control.clone(), objects.into()));
    control.with_progress(progress)
}

#[tokio::test]
async fn an_export_goes_and_what_lies_beside_it_stays() {
    let dir = tempfile::tempdir().unwrap();
    for store in [Store::memory(), Store::directory(dir.path())] {
        small_export(&store, Compression::Gzip).await;
        put(&store, "AWSDynamoDB/notes.txt").await;
        put(&store, &format!("{ROOT}/_ddbkit/digest.json")).await;
        let objects = keys(&store).await.len() as u64 - 1;
        let deletion = Deletion::of_export(&store).await.unwrap();
        let last = deletion.objects().last().unwrap().0;
        assert!(last.ends_with("manifest-summary.json"), "{last}");
        let deleted = deletion.run(&Control::new()).await.unwrap();
        assert_eq!(deleted.objects, objects);
        assert_eq!(keys(&store).await, ["AWSDynamoDB/notes.txt"]);
        let error = Deletion::of_export(&store).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::NotFound);
    }
    assert!(!dir.path().join(ROOT).exists(), "empty folders are left");
}

#[tokio::test]
async fn wherever_it_is_cancelled_the_same_deletion_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    for at in 1..8 {
        for store in [Store::memory(), Store::directory(dir.path().join(at.to_string()))] {
            small_export(&store, Compression::None).await;
            let deletion = Deletion::of_export(&store).await.unwrap();
            let all = deletion.objects().count();
            let error = deletion.run(&cancelled_after(at)).await.unwrap_err();
            assert_eq!(*error.kind(), ExportErrorKind::Cancelled, "{at}");
            let left = keys(&store).await;
            assert!(left.len() < all && !left.is_empty(), "{at}: {left:?}");
            // What proves it is there to the last.
            assert!(left.contains(&format!("{ROOT}/manifest-summary.json")), "{at}: {left:?}");
            let rest = Deletion::of_export(&store).await.unwrap();
            assert_eq!(rest.run(&Control::new()).await.unwrap().objects, left.len() as u64);
            assert!(keys(&store).await.is_empty());
        }
    }
}

#[tokio::test]
async fn a_folder_with_something_strange_is_left_alone() {
    for strange in ["data/holiday.jpg", "readme.md", "data/sub/x.json.gz"] {
        let store = Store::memory();
        small_export(&store, Compression::Gzip).await;
        put(&store, &format!("{ROOT}/{strange}")).await;
        let before = keys(&store).await;
        let error = Deletion::of_export(&store).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::NotDeletable);
        assert!(error.to_string().contains(strange), "{error}");
        assert_eq!(keys(&store).await, before);
    }
}

#[tokio::test]
async fn what_was_begun_can_be_deleted_and_a_folder_by_its_name_alone_cannot() {
    let store = Store::memory();
    put(&store, &format!("{ROOT}/_started")).await;
    put(&store, &format!("{ROOT}/data/3owez2hbem5wvn33ax4ux4voe4.json.gz")).await;
    let deleted = Deletion::of_export(&store).await.unwrap().run(&Control::new()).await.unwrap();
    assert_eq!(deleted.objects, 2);

    put(&store, &format!("{ROOT}/data/3owez2hbem5wvn33ax4ux4voe4.json.gz")).await;
    let error = Deletion::of_export(&store).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::NotDeletable);
    assert_eq!(keys(&store).await.len(), 1);
}

#[tokio::test]
async fn of_several_exports_one_has_to_be_named_and_only_that_one_goes() {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    let other = "AWSDynamoDB/01768385930999-00000000";
    put(&store, &format!("{other}/_started")).await;
    let error = Deletion::of_export(&store).await.unwrap_err();
    assert!(matches!(error.kind(), ExportErrorKind::SeveralExports(_)));
    let one = store.subtree(ROOT);
    Deletion::of_export(&one).await.unwrap().run(&Control::new()).await.unwrap();
    assert_eq!(keys(&store).await, [format!("{other}/_started")]);
    assert!(ExportReader::open(store).await.is_err());
}
