//! A year of changes, applied to a copy of how it began.

use super::support::{Exports, apply, run, ways};
use crate::support::{load, open};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{KeySchema, backend};
use ddbkit_transfer::NewerBy;

#[tokio::test(flavor = "multi_thread")]
async fn twelve_windows_end_equal_to_the_table() {
    let backend = backend().await;
    let mut year = Year::generate(&backend, 21).await;
    for view in [View::NewAndOldImages, View::NewImage] {
        let exports = Exports::of(year, view).await;
        // Which of the views it is matters to the readers only: one way shows the second.
        let ways = ways().into_iter().take(if view == View::NewImage { 1 } else { 3 });
        for way in ways {
            let copy = exports.copy_of_base(&backend).await;
            // Their order is that of their windows, not that in which they are given.
            let given = exports.open_all((0..12).rev()).await;
            let estimate = apply(&backend, &copy, &way).build();
            let estimate = estimate.estimate(given.clone(), &Control::new()).await.unwrap();
            let report = run(apply(&backend, &copy, &way), given).await.unwrap();
            exports.assert_equal(&backend, &copy, &way).await;

            let deletes = exports.year.windows.iter().flat_map(|window| &window.records);
            let deletes = deletes.filter(|record| record.is_delete()).count() as u64;
            assert_eq!((report.windows, report.files), (12, 48));
            assert_eq!((report.read, report.deletes), (exports.records(), deletes));
            assert_eq!((report.already_applied, report.newer, report.rejected), (0, 0, 0));
            assert_eq!(report.puts, report.read - report.deletes);
            assert_eq!(report.from, exports.year.windows[0].from);
            assert_eq!(report.to, exports.year.windows[11].to);

            // What was said before comes to what was done.
            assert_eq!((estimate.read, estimate.puts), (report.read, report.puts));
            assert_eq!((estimate.deletes, estimate.newer), (report.deletes, 0));
            // A write counts as the larger of the items before and after it; one view has no old one.
            let has_both = view == View::NewAndOldImages;
            let ratio = report.consumed.get() / estimate.units.get();
            let (is_told, notes) = match (&way, &report.bookkeeping) {
                (NewerBy::Bookkeeping(_), Some(notes)) => {
                    assert_eq!(estimate.creates_bookkeeping, notes.created);
                    let notes = notes.consumed.get() / estimate.bookkeeping_units.get();
                    // DynamoDB Local 2.6.1 counts four times for a transaction where the service
                    // counts twice.
                    (ratio <= 1.0 || notes > 1.0 && ratio <= 2.0, notes)
                }
                (_, None) => (ratio <= 1.0, 1.0),
                (_, Some(notes)) => panic!("{way:?}: {notes:?}"),
            };
            assert!(!has_both || is_told, "{estimate:?} {report:?}");
            assert!([1.0, 2.0].contains(&notes), "{estimate:?} {report:?}");
        }
        year = exports.year;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_in_s3_go_onto_a_loaded_full_export() {
    let backend = backend().await;
    let s3 = Store::s3(backend.s3.clone(), backend.bucket().await, "exports");
    let year = Year::generate(&backend, 22).await;
    let exports = Exports::in_store(year, View::NewImage, s3.clone()).await;
    let (base, state) = (Store::memory(), s3.subtree("state"));
    exports.year.write_base(&base).await;
    let copy = backend.table("loaded", KeySchema::default()).await;
    load(&backend.dynamodb, &copy, &base, |load| load).await;
    assert_eq!(open(&base).await.summary().item_count, exports.year.base.len() as u64);
    // In two halves, as they would come.
    for half in [0..6, 6..12] {
        let half = exports.open_all(half).await;
        let apply = apply(&backend, &copy, &NewerBy::Order).state(state.clone());
        run(apply, half).await.unwrap();
    }
    exports.assert_equal(&backend, &copy, &NewerBy::Order).await;
}
