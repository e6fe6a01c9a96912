//! Data files without manifests.

use crate::support::{ROOT, copy, export_id, incremental, lines, put, small_export};
use ddbkit_export::{
    Check, Compression, ExportError, ExportErrorKind, ExportKind, ExportReader, FaultKind,
    OutputFormat, VerifyOptions, verify,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use futures::TryStreamExt as _;
use std::num::NonZeroUsize;

async fn open(store: &Store) -> Result<ExportReader, ExportError> {
    ExportReader::open_listing(store.clone()).await
}

/// All lines, in the order of the names of the files.
async fn all(reader: &ExportReader) -> Vec<u8> {
    let batches = reader.batches(NonZeroUsize::MIN).unwrap();
    let batches: Vec<_> = batches.try_collect().await.unwrap();
    batches.iter().flat_map(|batch| batch.lines.bytes.iter().copied()).collect()
}

#[tokio::test]
async fn data_files_alone_are_read_and_their_counts_are_not_proven() {
    let store = Store::memory();
    put(&store, "_SUCCESS", "").await;
    put(&store, "day/.part-0.json.gz.crc", "x").await;
    put(&store, "day/data/part-0.json", lines(0, 10)).await;
    put(&store, "day/data/part-1", zstd::encode_all(&lines(10, 30)[..], 1).unwrap()).await;
    let reader = open(&store).await.unwrap();
    assert!(reader.is_listing());
    assert_eq!(reader.kind(), ExportKind::Full);
    assert_eq!(reader.summary().output_format, OutputFormat::DynamodbJson);
    assert_eq!(reader.files().len(), 2);
    assert_eq!(all(&reader).await, lines(0, 30));

    let report = verify(&reader, &VerifyOptions::default(), &Control::new()).await.unwrap();
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!((report.files(), report.items()), (2, 30));
    for check in [
        Check::SummaryChecksum,
        Check::FilesChecksum,
        Check::TotalItemCount,
        Check::DataListing,
        Check::DataFileChecksum,
        Check::ItemCount,
    ] {
        assert!(report.unchecked()[&check] > 0, "{check:?}");
    }
    assert_eq!(report.checks().keys().copied().collect::<Vec<_>>(), [Check::Lines]);

    // What can be known is still told: places of bad lines, and files that are cut off.
    put(&store, "day/data/part-0.json", "{\"Item\":{}}\nnonsense\n").await;
    let cut = zstd::encode_all(&lines(10, 30)[..], 1).unwrap();
    put(&store, "day/data/part-1", cut[..cut.len() - 4].to_vec()).await;
    let reader = open(&store).await.unwrap();
    let report = verify(&reader, &VerifyOptions::default(), &Control::new()).await.unwrap();
    let found: Vec<_> =
        report.faults().iter().map(|fault| (fault.kind, fault.line.is_some())).collect();
    assert_eq!(found, [(FaultKind::InvalidLine, true), (FaultKind::CorruptDataFile, true)]);
}

#[tokio::test]
async fn the_first_line_tells_what_they_are() {
    let store = Store::memory();
    incremental(&store, export_id()).await;
    let reader = open(&store.subtree("AWSDynamoDB/data")).await.unwrap();
    assert_eq!(reader.kind(), ExportKind::Incremental);
    let report = verify(&reader, &VerifyOptions::default(), &Control::new()).await.unwrap();
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!(report.items(), 3);

    let ion = Store::memory();
    put(&ion, "a.gz", "").await;
    put(&ion, "b.gz", "\n $ion_1_0 {Item:{pk:\"a\"}}\n").await;
    assert_eq!(open(&ion).await.unwrap().summary().output_format, OutputFormat::Ion);
}

#[tokio::test]
async fn an_export_is_never_taken_for_a_listing() {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    for place in [store.clone(), store.subtree(ROOT)] {
        let error = open(&place).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Unsupported);
    }
    let data = store.subtree(&format!("{ROOT}/data"));
    let reader = open(&data).await.unwrap();
    assert_eq!(all(&reader).await.len(), lines(0, 300).len());

    // One that was begun, or lost one of its manifests, is none either.
    for mark in ["_started", "manifest-files.json", "_ddbkit/plan.json"] {
        let begun = Store::memory();
        copy(&data, "", &begun, "data/").await;
        put(&begun, mark, "").await;
        let error = open(&begun).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Unsupported, "{mark}");
        assert!(error.to_string().contains(mark), "{error}");
    }
    assert_eq!(*open(&Store::memory()).await.unwrap_err().kind(), ExportErrorKind::NotFound);
    // Nor is a listing taken for an export.
    let error = ExportReader::open(data).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::NotFound);
}
