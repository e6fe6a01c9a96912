//! A server that throttles, breaks, lies and loses answers.

use crate::support::{compare, dump, filled, load};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use ddbkit_export::ExportState;
use ddbkit_flow::Control;
use ddbkit_local::{Fault, When};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, KeySchema, scan_all};
use ddbkit_transfer::{Dump, Load, WriteMode};
use std::num::NonZeroU32;
use std::time::Duration;

/// Every fault that a Scan can meet; `WrongChecksum` is the one that the SDK alone would not see.
const READ_FAULTS: [Fault; 5] = [
    Fault::Throttle,
    Fault::InternalServerError,
    Fault::TornBody,
    Fault::LostAnswer,
    Fault::WrongChecksum,
];

/// Embedded servers, and a client whose retries do not wait a second each.
async fn embedded() -> Backend {
    let mut backend = Backend::embedded_only().await;
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(5));
    let config = backend.dynamodb.config().to_builder().retry_config(retries).build();
    backend.dynamodb = aws_sdk_dynamodb::Client::from_conf(config);
    backend
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_through_faults_is_whole() {
    let backend = embedded().await;
    let (table, _) = filled(&backend, "torn", 2_000).await;
    for fault in READ_FAULTS {
        let rule = backend.faults().inject(fault, When::Every(3), "Scan");
        let store = Store::memory();
        let report = dump(&backend.dynamodb, &table, &store).await;
        backend.faults().clear();
        assert!(rule.injected() > 0, "{fault:?} was never injected");
        assert_eq!(report.items, 2_000, "{fault:?}");
        let compared = compare(&backend.dynamodb, &table, &store, false).await;
        assert!(compared.equal, "{fault:?}");
        if fault == Fault::Throttle {
            assert!(report.throttles > 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_through_faults_is_whole_in_both_modes() {
    let backend = embedded().await;
    let (table, items) = filled(&backend, "source", 120).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    for mode in [WriteMode::Overwrite, WriteMode::SkipExisting] {
        let operation = match mode {
            WriteMode::Overwrite => "BatchWriteItem",
            _ => "PutItem",
        };
        for fault in READ_FAULTS {
            let copy = backend.table("copy", KeySchema::default()).await;
            let rule = backend.faults().inject(fault, When::Every(3), operation);
            let report =
                load(&backend.dynamodb, &copy, &store, |load| load.mode(mode.clone())).await;
            backend.faults().clear();
            assert!(rule.injected() > 0, "{fault:?} was never injected");
            // A put whose answer was lost is found taken, by itself.
            assert_eq!(report.written + report.already_equal, 120, "{fault:?} {mode:?}");
            assert_eq!((report.skipped_different, report.rejected), (0, 0), "{fault:?} {mode:?}");
            assert_eq!(scan_all(&backend.dynamodb, &copy).await, items, "{fault:?} {mode:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unprocessed_items_are_sent_until_they_are_written() {
    let backend = embedded().await;
    let (table, items) = filled(&backend, "source", 500).await;
    let store = Store::memory();
    dump(&backend.dynamodb, &table, &store).await;
    let copy = backend.table("copy", KeySchema::default()).await;
    let half = backend.faults().inject(Fault::UnprocessedItems, When::Every(2), "BatchWriteItem");
    let all = backend.faults().inject(Fault::AllUnprocessed, When::Every(5), "BatchWriteItem");
    let report =
        load(&backend.dynamodb, &copy, &store, |load| load.mode(WriteMode::Overwrite)).await;
    assert!(half.injected() > 0 && all.injected() > 0);
    assert!(report.unprocessed > 0);
    assert_eq!((report.read, report.written, report.rejected), (500, 500, 0));
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, items);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_poison_item_does_not_end_a_load_even_through_faults() {
    let backend = embedded().await;
    let table = backend.table("poison", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for n in 0..100 {
        let value = if n == 42 { r#"{"NS":["1","1.0"]}"# } else { r#"{"NS":["1","2"]}"# };
        lines += &format!("{{\"pk\":{{\"S\":\"a\"}},\"sk\":{{\"N\":\"{n}\"}},\"v\":{value}}}\n");
    }
    backend.faults().inject(Fault::Throttle, When::Every(4), "BatchWriteItem");
    backend.faults().inject(Fault::UnprocessedItems, When::Every(3), "BatchWriteItem");
    let load = Load::builder(backend.dynamodb.clone(), &table).mode(WriteMode::Overwrite);
    let load = load.rejects(dir.path().join("rejects.json")).build();
    let report = load.from_reader(std::io::Cursor::new(lines), "-", &Control::new()).await.unwrap();
    assert_eq!((report.written, report.rejected), (99, 1));
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 99);
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_answers_are_never_written_to_a_dump() {
    let backend = embedded().await;
    let (table, _) = filled(&backend, "damaged", 50).await;
    // No answer is right: the dump must fail, and must not look whole.
    backend.faults().inject(Fault::WrongChecksum, When::Every(1), "Scan");
    let store = Store::memory();
    let dump = Dump::builder(backend.dynamodb.clone(), &table);
    let dump = dump.total_segments(NonZeroU32::MIN).build();
    let error = dump.to_store(store.clone(), &Control::new()).await.unwrap_err();
    assert_eq!(error.kind(), ddbkit_transfer::TransferErrorKind::Connection);
    assert!(error.to_string().contains("crc32"), "{error}");
    assert!(ddbkit_export::ExportReader::open(store.clone()).await.is_err());
    let entries = ddbkit_export::list_exports(&store).await.unwrap();
    assert!(
        matches!(&entries[..], [one] if matches!(one.state, ExportState::Failed { .. })),
        "{entries:?}"
    );
}
