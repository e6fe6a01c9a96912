//! What is written, byte for byte, and read back.

use crate::support::{
    ROOT, export_id, fields, get, get_text, lines, put, read_all, small_export, verified,
    write_file,
};
use ddbkit_codec::ContentDigest;
use ddbkit_export::{
    Check, Compression, DigestFile, ExportErrorKind, ExportReader, ExportWriter, OutputFormat,
    ReadOptions, S3Location, WriterOptions,
};
use ddbkit_store::Store;

const COMPRESSIONS: [Compression; 3] = [Compression::Gzip, Compression::Zstd, Compression::None];

#[tokio::test]
async fn manifests_are_what_aws_would_write() {
    let store = Store::memory();
    let options = WriterOptions { compression: Compression::None, ..WriterOptions::default() };
    let writer = ExportWriter::create(store.clone(), export_id(), options).await.unwrap();
    assert_eq!(get(&store, &format!("{ROOT}/_started")).await, "");
    let line = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n";
    let closed = write_file(&writer, line.into(), 1).await;
    assert_eq!(closed.uncompressed_bytes, line.len() as u64);
    assert_eq!(closed.compressed_bytes, line.len() as u64);
    let name = closed.key.strip_prefix(&format!("{ROOT}/data/")).unwrap();
    let (stem, extension) = name.split_at(26);
    assert!(stem.bytes().all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b)), "{name}");
    assert_eq!(extension, ".json");
    writer.finish(fields(), vec![closed.file]).await.unwrap();

    // The checksums were computed with another program (MD5 of the 26 bytes of the line).
    assert_eq!(
        get_text(&store, &format!("{ROOT}/manifest-files.json")).await,
        format!(
            "{{\"itemCount\":1,\"md5Checksum\":\"KjTWkBAQv1rdVcCG/cfdKA==\",\"etag\":\"8ae847fdd0fbf724b32c74e0ada7bcf1-1\",\
             \"dataFileS3Key\":\"{ROOT}/data/{name}\"}}\n"
        )
    );
    assert_eq!(get_text(&store, &format!("{ROOT}/manifest-summary.json")).await, SUMMARY);
    assert_eq!(
        get_text(&store, &format!("{ROOT}/manifest-summary.md5")).await,
        "Q7P4vnS4UhTePIjHPeb7CA=="
    );
    assert_eq!(get(&store, &format!("{ROOT}/manifest-files.md5")).await.len(), 24);
}

const SUMMARY: &str = r#"{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/T/export/01768385930622-efd1a093","startTime":"2026-01-14T10:18:50.622Z","endTime":"2026-01-14T10:18:52.000Z","tableArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/T","tableId":"5b5a4c5e-0000-4000-8000-000000000000","exportTime":"2026-01-14T10:18:50.622Z","s3Bucket":null,"s3Prefix":null,"s3SseAlgorithm":null,"s3SseKmsKeyId":null,"manifestFilesS3Key":"AWSDynamoDB/01768385930622-efd1a093/manifest-files.json","billedSizeBytes":0,"itemCount":1,"outputFormat":"DYNAMODB_JSON","exportType":"FULL_EXPORT"}"#;

#[tokio::test]
async fn a_place_in_s3_and_strict_aws_change_the_manifests() {
    let store = Store::memory();
    let options = WriterOptions {
        compression: Compression::Gzip,
        s3_location: Some(S3Location { bucket: "b".to_owned(), prefix: "p/q/".to_owned() }),
        strict_aws: true,
        ..WriterOptions::default()
    };
    let writer = ExportWriter::create(store.clone(), export_id(), options).await.unwrap();
    let closed = write_file(&writer, lines(0, 1), 1).await;
    assert!(closed.file.data_file_s3_key.starts_with(&format!("p/q/{ROOT}/data/")));
    assert!(closed.key.starts_with(&format!("{ROOT}/data/")));
    let summary = writer.finish(fields(), vec![closed.file]).await.unwrap();
    assert_eq!(summary.s3_bucket.as_deref(), Some("b"));
    assert_eq!(summary.s3_prefix.as_deref(), Some("p/q"));
    assert_eq!(summary.export_type, None);
    let expected = format!("p/q/{ROOT}/manifest-files.json");
    assert_eq!(summary.manifest_files_s3_key.as_ref(), Some(&expected));
    assert!(verified(&store).await.is_ok());
}

#[tokio::test]
async fn what_is_written_is_read_and_verified() {
    for compression in COMPRESSIONS {
        let dir = tempfile::tempdir().unwrap();
        for store in [Store::memory(), Store::directory(dir.path())] {
            let files = small_export(&store, compression).await;
            let extension = compression.extension(OutputFormat::DynamodbJson);
            assert!(files.iter().all(|closed| closed.key.ends_with(&extension)));
            let reader = ExportReader::open(store.clone()).await.unwrap();
            assert_eq!(reader.summary().item_count, 300);
            let mut all = Vec::new();
            for file in reader.files() {
                all.extend(read_all(&reader, file).await.unwrap());
            }
            assert_eq!(all, lines(0, 300));
            let report = verified(&store).await;
            assert!(report.is_ok(), "{:?}", report.faults());
            assert_eq!((report.files(), report.items()), (3, 300));
            assert_eq!(report.bytes(), lines(0, 300).len() as u64);
            let stored: u64 = files.iter().map(|closed| closed.compressed_bytes).sum();
            assert_eq!(report.compressed_bytes(), stored);
        }
    }
}

#[tokio::test]
async fn large_files_come_back_in_batches_and_from_the_middle() {
    for compression in COMPRESSIONS {
        let store = Store::memory();
        let options = WriterOptions { compression, ..WriterOptions::default() };
        let writer = ExportWriter::create(store.clone(), export_id(), options).await.unwrap();
        let mut file = writer.data_file().await.unwrap();
        for page in 0..60 {
            file.write_lines(lines(page * 1000, (page + 1) * 1000), 1000).await.unwrap();
        }
        assert_eq!(file.items(), 60_000);
        assert_eq!(file.uncompressed_bytes(), lines(0, 60_000).len() as u64);
        let closed = file.finish().await.unwrap();
        writer.finish(fields(), vec![closed.file]).await.unwrap();

        let reader = ExportReader::open(store).await.unwrap();
        let file = &reader.files()[0];
        assert_eq!(read_all(&reader, file).await.unwrap(), lines(0, 60_000));
        for skip_lines in [0, 1, 17_123, 59_999, 60_000, 99_999] {
            let mut stream = reader.read_file(file, ReadOptions { skip_lines }).await.unwrap();
            let (mut next, mut batches) = (skip_lines + 1, 0);
            while let Some(batch) = stream.next().await.unwrap() {
                assert_eq!(batch.first_line, next);
                let numbers: Vec<u64> = batch.iter().map(|(number, _)| number).collect();
                assert_eq!(numbers.len() as u64, batch.lines);
                assert_eq!(numbers.last(), Some(&(next + batch.lines - 1)));
                let (first, text) = batch.iter().next().unwrap();
                assert_eq!([text, b"\n"].concat(), lines(first - 1, first));
                next += batch.lines;
                batches += 1;
            }
            assert_eq!(next, 60_001.max(skip_lines + 1));
            assert!(skip_lines > 0 || batches > 1);
            assert_eq!(stream.next().await.unwrap(), None);
        }
    }
}

/// Writing, reading and verifying go on in tasks of a runtime with many threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_work_can_be_spawned() {
    let store = Store::memory();
    let for_writing = store.clone();
    let written = tokio::spawn(async move { small_export(&for_writing, Compression::Zstd).await });
    assert_eq!(written.await.unwrap().len(), 3);
    let report = tokio::spawn(async move { verified(&store).await }).await.unwrap();
    assert!(report.is_ok(), "{:?}", report.faults());
}

#[tokio::test]
async fn a_stream_that_is_dropped_early_stops() {
    let store = Store::memory();
    small_export(&store, Compression::Gzip).await;
    let reader = ExportReader::open(store).await.unwrap();
    for _ in 0..50 {
        let mut stream =
            reader.read_file(&reader.files()[0], ReadOptions::default()).await.unwrap();
        let _ = stream.next().await.unwrap();
    }
}

#[tokio::test]
async fn the_digest_of_the_items_is_compared() {
    let store = Store::memory();
    small_export(&store, Compression::Zstd).await;
    let report = verified(&store).await;
    let key = format!("{ROOT}/_ddbkit/digest.json");
    put(&store, &key, DigestFile::new(report.digest()).to_json()).await;
    let report = verified(&store).await;
    assert!(report.is_ok(), "{:?}", report.faults());
    assert_eq!(report.checks()[&Check::ContentDigest], 1);
    assert!(report.unchecked().is_empty());

    put(&store, &key, DigestFile::new(&ContentDigest::default()).to_json()).await;
    let report = verified(&store).await;
    assert_eq!(report.fault_count(), 1);
    assert_eq!(report.faults()[0].kind, ddbkit_export::FaultKind::ContentDigest);
}

#[tokio::test]
async fn an_export_is_started_once() {
    let store = Store::memory();
    let create = || ExportWriter::create(store.clone(), export_id(), WriterOptions::default());
    create().await.unwrap();
    let error = create().await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::AlreadyStarted);
}

#[tokio::test]
async fn finishing_compares_with_what_is_stored() {
    let store = Store::memory();
    let options = WriterOptions::default();
    let writer = ExportWriter::create(store.clone(), export_id(), options).await.unwrap();
    let first = write_file(&writer, lines(0, 1), 1).await;
    let second = write_file(&writer, lines(1, 2), 1).await;

    let one = vec![first.file.clone()];
    let error = writer.finish(fields(), one.clone()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::DataFilesDiffer);
    assert!(error.to_string().contains(&second.key), "{error}");

    let twice = vec![first.file.clone(), second.file.clone(), first.file.clone()];
    let error = writer.finish(fields(), twice).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::DataFilesDiffer);

    store.delete(&first.key).await.unwrap();
    let both = vec![first.file.clone(), second.file.clone()];
    let error = writer.finish(fields(), both).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::DataFilesDiffer);
    assert!(error.to_string().contains(&first.key), "{error}");
    let error = ExportReader::open(store.clone()).await.unwrap_err();
    assert!(matches!(error.kind(), ExportErrorKind::Unfinished { .. }));

    let left = vec![second.file];
    let summary = writer.finish(fields(), left.clone()).await.unwrap();
    assert_eq!(summary.item_count, 1);

    // Again with the same files is no change, with others an error.
    let mut later = fields();
    later.end_time += std::time::Duration::from_secs(61);
    let resumed = ExportWriter::resume(store.clone(), export_id(), WriterOptions::default());
    assert_eq!(resumed.finish(later, left).await.unwrap(), summary);
    assert!(verified(&store).await.is_ok());
    store.delete(&second.key).await.unwrap();
    let error = writer.finish(fields(), Vec::new()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::AlreadyFinished);
}

#[tokio::test]
async fn files_that_are_given_up_leave_nothing() {
    let store = Store::memory();
    let options = WriterOptions::default();
    let writer = ExportWriter::create(store.clone(), export_id(), options).await.unwrap();
    let mut aborted = writer.data_file().await.unwrap();
    aborted.write_lines(lines(0, 10_000), 10_000).await.unwrap();
    aborted.abort().await.unwrap();
    let mut dropped = writer.data_file().await.unwrap();
    dropped.write_lines(lines(0, 10_000), 10_000).await.unwrap();
    drop(dropped);
    assert_eq!(store.list(&writer.data_prefix()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn lines_without_their_newline_are_refused() {
    let writer =
        ExportWriter::create(Store::memory(), export_id(), WriterOptions::default()).await.unwrap();
    let mut file = writer.data_file().await.unwrap();
    let error = file.write_lines("{\"Item\":{}}".into(), 1).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidLines);
}
