//! Exports that something happened to: each fault is found, named and never read over.

use crate::support::{
    ROOT, copy, faults, get, get_text, lines, put, read_all, small_export, verified,
};
use ddbkit_export::{
    ClosedFile, Compression, ExportErrorKind, ExportReader, FaultKind, VerifyOptions, verify,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use std::num::NonZeroUsize;

async fn export(compression: Compression) -> (Store, Vec<ClosedFile>) {
    let store = Store::memory();
    let files = small_export(&store, compression).await;
    (store, files)
}

/// The error that reading the first file ends with.
async fn read_error(store: &Store) -> ddbkit_export::ExportError {
    let reader = ExportReader::open(store.clone()).await.unwrap();
    read_all(&reader, &reader.files()[0]).await.unwrap_err()
}

/// Replaces a file and writes the manifest anew so that only the content is wrong.
async fn replace_with_new_checksums(store: &Store, key: &str, lines: &[u8]) {
    let temporary = Store::memory();
    let id = "00000000000001-00000001".parse().unwrap();
    let options = ddbkit_export::WriterOptions {
        compression: Compression::None,
        ..ddbkit_export::WriterOptions::default()
    };
    let writer = ddbkit_export::ExportWriter::create(temporary.clone(), id, options).await.unwrap();
    let written = crate::support::write_file(&writer, lines.to_vec().into(), 0).await.file;

    let manifest_key = format!("{ROOT}/manifest-files.json");
    let manifest = get_text(store, &manifest_key).await;
    let replaced: String = manifest
        .lines()
        .map(|line| {
            let mut file: ddbkit_export::DataFile = serde_json::from_str(line).unwrap();
            if file.data_file_s3_key == key {
                file.md5_checksum.clone_from(&written.md5_checksum);
                file.etag.clone_from(&written.etag);
            }
            serde_json::to_string(&file).unwrap() + "\n"
        })
        .collect();
    put(store, key, lines.to_vec()).await;
    put(store, &manifest_key, replaced).await;
    store.delete(&format!("{ROOT}/manifest-files.md5")).await.unwrap();
}

#[tokio::test]
async fn truncated_files_are_found() {
    for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
        let (store, files) = export(compression).await;
        let whole = get(&store, &files[0].key).await;
        for keep in [whole.len() - 1, whole.len() - 8, whole.len() / 2, 12, 3, 0] {
            put(&store, &files[0].key, whole.slice(..keep)).await;
            let error = read_error(&store).await;
            let text = error.to_string();
            assert!(text.contains(&store.describe(&files[0].key)), "{text}");
            let found = faults(&store).await;
            assert!(
                found.contains(&(FaultKind::DataFileChecksum, None)),
                "{compression:?} {keep}: {found:?}"
            );
            if compression != Compression::None && keep > 3 {
                assert_eq!(*error.kind(), ExportErrorKind::CorruptDataFile, "{text}");
                assert!(found.iter().any(|fault| fault.0 == FaultKind::CorruptDataFile));
            }
        }
    }
}

#[tokio::test]
async fn every_flipped_bit_is_found() {
    for compression in [Compression::Gzip, Compression::Zstd, Compression::None] {
        let (store, files) = export(compression).await;
        let whole = get(&store, &files[0].key).await;
        let reader = ExportReader::open(store.clone()).await.unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 40) {
            let mut damaged = whole.to_vec();
            damaged[at] ^= 0x10;
            put(&store, &files[0].key, damaged).await;
            let error = read_all(&reader, &reader.files()[0]).await.unwrap_err();
            assert_eq!(error.object(), store.describe(&files[0].key), "{compression:?} {at}");
        }
        assert!(verified(&store).await.fault_count() >= 2);
    }
}

#[tokio::test]
async fn a_wrong_checksum_or_tag_in_the_manifest_is_found() {
    for (field, kind, fault) in [
        ("md5Checksum", ExportErrorKind::ChecksumMismatch, FaultKind::DataFileChecksum),
        ("etag", ExportErrorKind::EtagMismatch, FaultKind::DataFileEtag),
    ] {
        let (store, _) = export(Compression::Gzip).await;
        let key = format!("{ROOT}/manifest-files.json");
        let manifest = get_text(&store, &key).await;
        let (before, after) = manifest.split_once(&format!("\"{field}\":\"")).unwrap();
        let old = after.as_bytes()[0] as char;
        let new = if old == '0' { '1' } else { '0' };
        put(&store, &key, format!("{before}\"{field}\":\"{new}{}", &after[1..])).await;
        let error = read_error(&store).await;
        assert_eq!(*error.kind(), kind);
        assert_eq!(faults(&store).await, [(fault, None), (FaultKind::FilesChecksum, None)]);
    }
}

#[tokio::test]
async fn an_opaque_tag_is_not_compared() {
    let (store, _) = export(Compression::Gzip).await;
    let key = format!("{ROOT}/manifest-files.json");
    let manifest = get_text(&store, &key).await.replace("-1\"", "-2\"");
    put(&store, &key, manifest).await;
    assert_eq!(faults(&store).await, [(FaultKind::FilesChecksum, None)]);
}

#[tokio::test]
async fn a_wrong_count_is_found_per_file_and_in_total() {
    let (store, files) = export(Compression::Gzip).await;
    let key = format!("{ROOT}/manifest-files.json");
    let manifest = get_text(&store, &key).await;
    put(&store, &key, manifest.replacen("\"itemCount\":100", "\"itemCount\":99", 1)).await;
    let error = read_error(&store).await;
    assert_eq!(*error.kind(), ExportErrorKind::ItemCountMismatch);
    assert_eq!(error.object(), store.describe(&files[0].key));
    assert_eq!(
        faults(&store).await,
        [
            (FaultKind::ItemCount, None),
            (FaultKind::FilesChecksum, None),
            (FaultKind::TotalItemCount, None)
        ]
    );
}

#[tokio::test]
async fn lines_that_are_no_items_are_named() {
    for (bad, reason) in [
        (&b"not json"[..], "no JSON"),
        (b"{\"pk\":{\"S\":\"bare\"}}", "an item without its wrapper"),
        (b"{\"Item\":{\"pk\":{\"S\":1}}}", "a value of the wrong type"),
        (b"{\"Item\":{\"pk\":{\"N\":\"1e999\"}}}", "a number out of range"),
        (b"{\"Item\":{\"pk\":{\"N\":\"99999999999999999999999999999999999999999\"}}}", "digits"),
        (b"{\"Item\":{\"pk\":{\"S\":\"\xff\"}}}", "not UTF-8"),
        (b"{\"Item\":{\"pk\":{\"S\":\"a\"}}}{\"Item\":{}}", "two objects"),
        (b"{\"Item\":[]}", "an array"),
        (b"[]", "an array alone"),
        (b"{\"Item\":{\"pk\":{\"S\":\"a\"}}", "not closed"),
    ] {
        let (store, files) = export(Compression::None).await;
        let good = lines(0, 98);
        let text = [&good[..], bad, b"\n", &lines(98, 99)[..]].concat();
        replace_with_new_checksums(&store, &files[0].key, &text).await;
        assert_eq!(faults(&store).await, [(FaultKind::InvalidLine, Some(99))], "{reason}");
        let report = verified(&store).await;
        assert_eq!(report.faults()[0].file, store.describe(&files[0].key));
        assert_eq!(report.digest().count(), 299);
    }
}

#[tokio::test]
async fn blank_lines_are_no_items() {
    let (store, files) = export(Compression::None).await;
    let text = [b"\n \r\n", &lines(0, 100)[..], b"\n"].concat();
    replace_with_new_checksums(&store, &files[0].key, &text).await;
    assert_eq!(faults(&store).await, []);
}

#[tokio::test]
async fn missing_and_extra_files_are_named() {
    let (store, files) = export(Compression::Gzip).await;
    store.delete(&files[2].key).await.unwrap();
    let extra = format!("{ROOT}/data/extra.json.gz");
    put(&store, &extra, "").await;
    let report = verified(&store).await;
    let mut found: Vec<_> =
        report.faults().iter().map(|fault| (fault.kind, fault.file.clone())).collect();
    found.sort();
    let expected = [
        (FaultKind::MissingDataFile, store.describe(&files[2].key)),
        (FaultKind::ExtraDataFile, store.describe(&extra)),
    ];
    assert_eq!(found, expected);
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let error = read_all(&reader, &reader.files()[2]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::MissingDataFile);
}

#[tokio::test]
async fn a_file_named_twice_is_read_once_and_reported() {
    let (store, files) = export(Compression::Gzip).await;
    let key = format!("{ROOT}/manifest-files.json");
    let manifest = get_text(&store, &key).await;
    let first = manifest.lines().next().unwrap();
    put(&store, &key, format!("{manifest}{first}\n")).await;
    let report = verified(&store).await;
    assert_eq!(report.items(), 300);
    let kinds: Vec<_> = report.faults().iter().map(|fault| fault.kind).collect();
    assert_eq!(
        kinds,
        [FaultKind::DuplicateDataFile, FaultKind::FilesChecksum, FaultKind::TotalItemCount]
    );
    assert_eq!(report.faults()[0].file, store.describe(&files[0].key));
}

#[tokio::test]
async fn faults_are_capped_and_counted() {
    let (store, files) = export(Compression::None).await;
    replace_with_new_checksums(&store, &files[0].key, "x\n".repeat(100).as_bytes()).await;
    let reader = ExportReader::open(store).await.unwrap();
    let options = VerifyOptions { workers: NonZeroUsize::MIN, max_faults: 7 };
    let report = verify(&reader, &options, &Control::new()).await.unwrap();
    assert_eq!((report.faults().len(), report.fault_count()), (7, 100));
    assert!(!report.is_ok());
}

#[tokio::test]
async fn a_cancelled_verification_is_an_error() {
    let (store, _) = export(Compression::Gzip).await;
    let reader = ExportReader::open(store).await.unwrap();
    let control = Control::new();
    control.cancel();
    let error = verify(&reader, &VerifyOptions::default(), &control).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Cancelled);
}

#[tokio::test]
async fn damaged_manifests_are_errors_with_their_line() {
    let (store, _) = export(Compression::Gzip).await;
    let key = format!("{ROOT}/manifest-files.json");
    let manifest = get_text(&store, &key).await;
    put(&store, &key, manifest.replace("\"itemCount\":200", "\"itemCount\":\"200\"")).await;
    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);
    assert_eq!(error.line(), Some(3));
    assert_eq!(error.object(), store.describe(&key));

    store.delete(&key).await.unwrap();
    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);

    let summary = format!("{ROOT}/manifest-summary.json");
    put(&store, &summary, &b"{\n\"itemCount\":\xff}"[..]).await;
    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);
    assert_eq!(error.line(), Some(2));
}

#[tokio::test]
async fn keys_that_lead_out_of_the_export_are_not_followed() {
    let (store, files) = export(Compression::Gzip).await;
    let outside = Store::memory();
    copy(&store, "AWSDynamoDB/", &outside, "AWSDynamoDB/").await;
    let key = format!("{ROOT}/manifest-files.json");
    let name = files[0].file.file_name();
    let manifest = get_text(&store, &key).await;
    let manifest = manifest.replace(&format!("data/{name}"), &format!("data/../data/{name}"));
    put(&outside, &key, manifest).await;
    let reader = ExportReader::open(outside.clone()).await.unwrap();
    let error = read_all(&reader, &reader.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);
    let kinds: Vec<_> = faults(&outside).await.into_iter().map(|fault| fault.0).collect();
    assert!(kinds.contains(&FaultKind::MissingDataFile), "{kinds:?}");
}
