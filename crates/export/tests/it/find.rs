//! What lies at a location.

use crate::support::{ROOT, export_id, lines, put, small_export, start_time, write_file};
use ddbkit_export::{
    Compression, ExportErrorKind, ExportReader, ExportState, ExportWriter, RunState, WriterOptions,
    list_exports,
};
use ddbkit_store::Store;

#[tokio::test]
async fn nothing_is_an_error_for_the_reader_and_empty_for_the_list() {
    for store in [Store::memory(), Store::directory("/nonexistent/ddbkit")] {
        let error = ExportReader::open(store.clone()).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::NotFound);
        assert_eq!(list_exports(&store).await.unwrap(), []);
        let error = ExportReader::open_id(store, &export_id()).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::NotFound);
    }
}

#[tokio::test]
async fn several_exports_have_to_be_told_apart() {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    let other = "00000000000001-00000001".parse().unwrap();
    ExportWriter::create(store.clone(), other, WriterOptions::default()).await.unwrap();

    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::SeveralExports(vec![other, export_id()]));
    let text = error.to_string();
    assert!(text.contains("01768385930622-efd1a093 (2026-01-14T10:18:50.622Z)"), "{text}");
    assert!(text.contains("00000000000001-00000001 (1970-01-01T00:00:00.001Z)"), "{text}");

    let reader = ExportReader::open_id(store.clone(), &export_id()).await.unwrap();
    assert_eq!(reader.id(), Some(export_id()));
    let listed = list_exports(&store).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|entry| entry.id.unwrap()).collect();
    assert_eq!(ids, [other, export_id()]);
    assert_eq!(listed[0].state, ExportState::Unfinished { has_plan: false });
    assert!(
        matches!(&listed[1].state, ExportState::Completed(summary) if summary.item_count == 300)
    );
}

#[tokio::test]
async fn an_export_without_its_summary_is_not_taken_for_whole() {
    let store = Store::memory();
    let writer =
        ExportWriter::create(store.clone(), export_id(), WriterOptions::default()).await.unwrap();
    write_file(&writer, lines(0, 5), 5).await;

    let check = async |expected: ExportState| {
        for place in [store.clone(), store.subtree("AWSDynamoDB"), store.subtree(ROOT)] {
            let error = ExportReader::open(place.clone()).await.unwrap_err();
            let ExportErrorKind::Unfinished { id, state } = error.kind() else {
                panic!("{error}");
            };
            assert_eq!(*id, Some(export_id()));
            assert_eq!(**state, expected);
            let listed = list_exports(&place).await.unwrap();
            assert_eq!(listed.len(), 1);
            assert_eq!(listed[0].state, expected);
        }
    };
    check(ExportState::Unfinished { has_plan: false }).await;
    put(&store, &writer.sidecar_key("plan.json"), "{}").await;
    check(ExportState::Unfinished { has_plan: true }).await;
    let run = RunState::failed("the table was deleted", start_time());
    put(&store, &writer.sidecar_key("state.json"), run.to_json()).await;
    check(ExportState::Failed { has_plan: true, run }).await;
    put(&store, &writer.sidecar_key("state.json"), "{").await;
    check(ExportState::Unfinished { has_plan: true }).await;
}

#[tokio::test]
async fn manifests_of_the_files_alone_are_not_enough() {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    store.delete(&format!("{ROOT}/manifest-summary.json")).await.unwrap();
    store.delete(&format!("{ROOT}/_started")).await.unwrap();
    let error = ExportReader::open(store).await.unwrap_err();
    assert!(matches!(error.kind(), ExportErrorKind::Unfinished { .. }), "{error}");
}

#[tokio::test]
async fn a_summary_that_cannot_be_read_does_not_hide_the_others() {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    put(&store, "AWSDynamoDB/00000000000001-00000001/manifest-summary.json", "{").await;
    let listed = list_exports(&store).await.unwrap();
    assert!(matches!(listed[0].state, ExportState::Unreadable { .. }));
    assert!(matches!(listed[1].state, ExportState::Completed(_)));
}
