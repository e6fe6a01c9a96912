//! Applies that go on where they were stopped.

use super::support::{Exports, apply, item, record, run, values, ways, windows};
use crate::support::stop_after;
use ddbkit_local::{Fault, When};
use ddbkit_store::{PutOptions, Store};
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{Backend, KeySchema, backend};
use ddbkit_transfer::{NewerBy, TransferErrorKind};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_goes_on_where_it_was_stopped() {
    let backend = backend().await;
    let exports = Exports::of(Year::generate(&backend, 31).await, View::NewAndOldImages).await;
    for way in ways() {
        let (copy, state) = (exports.copy_of_base(&backend).await, Store::memory());
        let stopped = |records| {
            let apply = apply(&backend, &copy, &way).state(state.clone()).build();
            let exports = &exports;
            async move {
                let exports = exports.open_all(0..12).await;
                let error = apply.run(exports, &stop_after(records)).await.unwrap_err();
                assert_eq!(error.kind(), TransferErrorKind::Interrupted);
            }
        };
        stopped(exports.records() / 3).await;
        let (_, early) = state.get("checkpoint.json").await.unwrap();
        stopped(exports.records() * 2 / 3).await;
        // As after a kill before the last checkpoints: records are applied twice.
        state.put("checkpoint.json", early, PutOptions::default()).await.unwrap();
        let last = apply(&backend, &copy, &way).state(state.clone());
        let report = run(last, exports.open_all(0..12).await).await.unwrap();
        assert!(report.resumed > exports.records() / 6, "{way:?}: {}", report.resumed);
        assert_eq!(report.resumed + report.read, exports.records(), "{way:?}");
        let replayed = report.already_applied;
        assert_eq!(replayed > 0, way != NewerBy::Order, "{way:?}: {replayed}");
        exports.assert_equal(&backend, &copy, &way).await;
        // Nothing is left of it: the same command is a new apply.
        assert!(state.list("").await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_interrupted_apply_set_aside_is_told_by_the_one_that_goes_on() {
    let backend = backend().await;
    let window = |micros| {
        let mut records: Vec<_> = (0..200).map(|n| record(n, micros, Some("a"))).collect();
        for bad in records.iter_mut().step_by(10) {
            bad.new_image = Some(item(999, "another key"));
        }
        records
    };
    let exports = windows(vec![window(1_000), window(2_000)]).await;
    let (copy, state) = (backend.table("aside", KeySchema::default()).await, Store::memory());
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let apply = || apply(&backend, &copy, &NewerBy::Order).state(state.clone()).rejects(&rejects);
    let given = exports.open_all(0..2).await;
    apply().build().run(given, &stop_after(300)).await.unwrap_err();
    let report = run(apply(), exports.open_all(0..2).await).await.unwrap();
    let earlier = &report.rejected_earlier;
    assert_eq!((report.resumed + report.read, earlier.lines + report.rejected), (400, 40));
    // The first window at the least.
    assert!(earlier.lines >= 20 && earlier.files == [rejects.clone()], "{earlier:?}");
    let lines = std::fs::read_to_string(&rejects).unwrap();
    let lines: std::collections::BTreeSet<_> = lines.lines().collect();
    assert_eq!(lines.len(), 40);
    // Of a new apply it is a file of something else, and nothing is begun.
    let [_, way, _] = ways();
    let NewerBy::Bookkeeping(notes) = &way else { unreachable!("the second way") };
    let apply = super::support::apply(&backend, &copy, &way).state(state.clone()).rejects(&rejects);
    let error = run(apply, exports.open_all(0..2).await).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
    assert!(error.to_string().contains("is there already"), "{error}");
    assert!(state.list("").await.unwrap().is_empty());
    backend.dynamodb.describe_table().table_name(notes).send().await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_apply_does_not_take_it_up() {
    let backend = backend().await;
    let first = (0..100).map(|n| record(n, 1_000 + u64::from(n), Some("a"))).collect::<Vec<_>>();
    let second = (0..100).map(|n| record(n, 5_000 + u64::from(n), None)).collect();
    let exports = windows(vec![first.clone(), second]).await;
    let copy = backend.table("other", KeySchema::default()).await;
    let state = Store::memory();
    let apply = |way: &NewerBy| apply(&backend, &copy, way).state(state.clone());
    let given = exports.open_all(0..2).await;
    apply(&NewerBy::Order).build().run(given, &stop_after(130)).await.unwrap_err();
    for (given, way, what) in [
        (0..1, NewerBy::Order, "list of exports"),
        (0..2, NewerBy::Attribute("at".to_owned()), "way to know what is newer"),
    ] {
        let error = run(apply(&way), exports.open_all(given).await).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(&format!("its {what} differs")), "{error}");
    }
    let report = run(apply(&NewerBy::Order), exports.open_all(0..2).await).await.unwrap();
    assert!(report.resumed >= 100, "{report:?}");
    assert!(values(&backend, &copy).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_made_anew_starts_from_nothing() {
    let backend = backend().await;
    let records = |micros| (0..200).map(|n| record(n, micros, Some("a"))).collect();
    let exports = windows(vec![records(1_000), records(2_000)]).await;
    let copy = backend.table("anew", KeySchema::default()).await;
    let [_, way, _] = ways();
    let state = Store::memory();
    let apply = || apply(&backend, &copy, &way).state(state.clone());
    let given = exports.open_all(0..2).await;
    apply().build().run(given, &stop_after(300)).await.unwrap_err();
    backend.dynamodb.delete_table().table_name(&copy).send().await.unwrap();
    // Creation times are told apart by seconds where there is no TableId.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    backend.create_table(&copy, KeySchema::default()).await;
    let report = run(apply(), exports.open_all(0..2).await).await.unwrap();
    // Nor does the bookkeeping take the new table for the old one.
    assert!(report.table_was_replaced);
    assert_eq!((report.resumed, report.puts, report.already_applied), (0, 400, 0));
    assert_eq!(values(&backend, &copy).await.len(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_on_one_state_one_stops() {
    let backend = Backend::embedded_only().await;
    let records = |micros| (0..300).map(|n| record(n, micros, Some("a"))).collect();
    let exports = windows(vec![records(1_000), records(2_000)]).await;
    let copy = backend.table("two", KeySchema::default()).await;
    let [_, way, _] = ways();
    let state = Store::memory();
    let calls = "TransactWriteItems";
    let _slow =
        backend.faults().inject(Fault::Delay(Duration::from_millis(100)), When::Every(1), calls);
    let apply = || apply(&backend, &copy, &way).state(state.clone());
    let (first, second) = tokio::join!(run(apply(), exports.open_all(0..2).await), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        run(apply(), exports.open_all(0..2).await).await
    });
    backend.faults().clear();
    let errors: Vec<_> = [first, second].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert!(errors[0].to_string().contains("another apply"), "{}", errors[0]);
    assert_eq!(values(&backend, &copy).await.len(), 300);
}
