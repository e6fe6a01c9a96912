//! Incremental exports and exports in Ion, byte for byte.

use crate::support::{
    RECORDS, ROOT, export_id, fields, get_text, incremental, lines, put, read_all, start_time,
    verified, window, write_file,
};
use ddbkit_codec::RawRecord;
use ddbkit_export::{
    ChangeKind, Compression, ExportError, ExportErrorKind, ExportId, ExportKind, ExportReader,
    ExportWriter, IncrementalWindow, OutputFormat, OutputView, S3Location, WriterOptions,
};
use ddbkit_store::Store;
use std::time::Duration;

const INCREMENTAL: &str = r#"{"version":"2023-08-01","exportArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/T/export/01768385930622-efd1a093","startTime":"2026-01-14T10:18:50.622Z","endTime":"2026-01-14T10:18:52.000Z","tableArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/T","tableId":"5b5a4c5e-0000-4000-8000-000000000000","exportFromTime":"2026-01-14T10:35:00.000Z","exportToTime":"2026-01-14T10:50:00.000Z","s3Bucket":"b","s3Prefix":"p/q","s3SseAlgorithm":null,"s3SseKmsKeyId":null,"manifestFilesS3Key":"p/q/AWSDynamoDB/01768385930622-efd1a093/manifest-files.json","billedSizeBytes":0,"itemCount":3,"outputFormat":"DYNAMODB_JSON","outputView":"NEW_AND_OLD_IMAGES","exportType":"INCREMENTAL_EXPORT"}"#;

const ION: &str = r#"{"version":"2020-06-30","exportArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/T/export/01768385930622-efd1a093","startTime":"2026-01-14T10:18:50.622Z","endTime":"2026-01-14T10:18:52.000Z","tableArn":"arn:aws:dynamodb:eu-west-1:123456789012:table/T","tableId":"5b5a4c5e-0000-4000-8000-000000000000","exportTime":"2026-01-14T10:18:50.622Z","s3Bucket":null,"s3Prefix":null,"s3SseAlgorithm":null,"s3SseKmsKeyId":null,"manifestFilesS3Key":"AWSDynamoDB/01768385930622-efd1a093/manifest-files.json","billedSizeBytes":0,"itemCount":2,"outputFormat":"ION"}"#;

async fn create(store: &Store, options: WriterOptions) -> Result<ExportWriter, ExportError> {
    ExportWriter::create(store.clone(), export_id(), options).await
}

#[tokio::test]
async fn incremental_manifests_are_what_aws_would_write() {
    // AWS writes exportType for them, so strict_aws changes nothing.
    for strict_aws in [false, true] {
        let store = Store::memory();
        let options = WriterOptions {
            compression: Compression::None,
            s3_location: Some(S3Location { bucket: "b".to_owned(), prefix: "p/q".to_owned() }),
            window: Some(window(OutputView::NewAndOldImages)),
            strict_aws,
            ..WriterOptions::default()
        };
        let writer = create(&store, options).await.unwrap();
        let closed = write_file(&writer, RECORDS.into(), 3).await;
        let name = closed.key.strip_prefix("AWSDynamoDB/data/").unwrap();
        assert_eq!(name.len(), 26 + ".json".len(), "{name}");
        assert_eq!(get_text(&store, &closed.key).await, RECORDS);
        writer.finish(fields(), vec![closed.file]).await.unwrap();

        // The checksums were computed with md5sum.
        assert_eq!(
            get_text(&store, &format!("{ROOT}/manifest-files.json")).await,
            format!(
                "{{\"itemCount\":3,\"md5Checksum\":\"++oaejpp6CM8hbKZEqPfrA==\",\"etag\":\"5d937e5682c889c788b48ce533075a74-1\",\
                 \"dataFileS3Key\":\"p/q/AWSDynamoDB/data/{name}\"}}\n"
            )
        );
        assert_eq!(get_text(&store, &format!("{ROOT}/manifest-summary.json")).await, INCREMENTAL);
        assert_eq!(
            get_text(&store, &format!("{ROOT}/manifest-summary.md5")).await,
            "CK7lqew5y0g+GQ3qFiiicg=="
        );
        assert!(verified(&store).await.is_ok());
    }
}

#[tokio::test]
async fn ion_exports_are_what_the_documents_show() {
    let store = Store::memory();
    let options = WriterOptions {
        format: OutputFormat::Ion,
        compression: Compression::None,
        strict_aws: true,
        ..WriterOptions::default()
    };
    let writer = create(&store, options).await.unwrap();
    let json = concat!(
        r#"{"Item":{"ISBN":{"S":"333-3333333333"},"Id":{"N":"103"},"PageCount":{"N":"600"},"#,
        r#""InPublication":{"BOOL":false},"Authors":{"SS":["Author1","Author2"]}}}"#,
        "\n",
        r#"{"Item":{"b c":{"B":"aGVsbG8="},"n":{"NULL":true},"l":{"L":[{"N":"2.50"}]},"s":{"S":"\u2028"}}}"#,
        "\n",
    );
    let closed = write_file(&writer, json.into(), 2).await;
    assert_eq!(closed.uncompressed_bytes, json.len() as u64);
    assert_eq!(closed.key.rsplit_once('.').unwrap().1, "ion");
    assert_eq!(
        get_text(&store, &closed.key).await,
        concat!(
            r#"$ion_1_0 {Item:{ISBN:"333-3333333333",Id:103.,PageCount:6d2,InPublication:false,Authors:$dynamodb_SS::["Author1","Author2"]}}"#,
            "\n",
            r#"$ion_1_0 {Item:{'b c':{{aGVsbG8=}},n:null,l:[2.5],s:"\u2028"}}"#,
            "\n",
        )
    );
    writer.finish(fields(), vec![closed.file]).await.unwrap();
    assert_eq!(get_text(&store, &format!("{ROOT}/manifest-summary.json")).await, ION);
    assert!(verified(&store).await.is_ok());

    for (compression, extension) in
        [(Compression::Gzip, ".ion.gz"), (Compression::Zstd, ".ion.zst")]
    {
        let store = Store::memory();
        let options =
            WriterOptions { format: OutputFormat::Ion, compression, ..WriterOptions::default() };
        let writer = create(&store, options).await.unwrap();
        let closed = write_file(&writer, lines(0, 10_000), 10_000).await;
        assert!(closed.key.ends_with(extension), "{}", closed.key);
        writer.finish(fields(), vec![closed.file]).await.unwrap();
        assert!(verified(&store).await.is_ok());
    }
}

#[tokio::test]
async fn lines_that_are_no_items_cannot_become_ion() {
    let options = WriterOptions { format: OutputFormat::Ion, ..WriterOptions::default() };
    let store = Store::memory();
    let writer = create(&store, options).await.unwrap();
    let mut file = writer.data_file().await.unwrap();
    file.write_lines(lines(0, 3), 3).await.unwrap();
    file.write_lines("{\"Item\":7}\n".into(), 1).await.unwrap();
    let error = file.finish().await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidLines);
    assert_eq!(error.line(), Some(4), "{error}");
    assert_eq!(store.list(&writer.data_prefix()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn incremental_ion_and_windows_that_end_before_they_begin_are_refused() {
    let normal = window(OutputView::NewImage);
    let ion = WriterOptions {
        format: OutputFormat::Ion,
        window: Some(normal),
        ..WriterOptions::default()
    };
    let backwards = WriterOptions {
        window: Some(IncrementalWindow { from: normal.to, to: normal.from, ..normal }),
        ..WriterOptions::default()
    };
    for (options, reason) in [(ion, "no file of AWS"), (backwards, "ends before it begins")] {
        let store = Store::memory();
        let error = create(&store, options.clone()).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Unsupported);
        assert!(error.to_string().contains(reason), "{error}");
        let resumed = ExportWriter::resume(store.clone(), export_id(), options);
        let error = resumed.data_file().await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Unsupported);
        let error = resumed.finish(fields(), Vec::new()).await.unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::Unsupported);
        assert_eq!(store.list("").await.unwrap().len(), 0);
    }
}

#[tokio::test]
async fn incremental_exports_share_their_data_folder() {
    let store = Store::memory();
    let first = incremental(&store, export_id()).await;
    let later = ExportId::generate(start_time() + Duration::from_mins(15), 1);
    incremental(&store, later).await;
    put(&store, "AWSDynamoDB/data/of-somebody-else.json.gz", "").await;

    let reader = ExportReader::open_id(store.clone(), &later).await.unwrap();
    assert_eq!(reader.kind(), ExportKind::Incremental);
    assert_eq!(reader.summary().view(), Some(OutputView::NewAndOldImages));
    let text = read_all(&reader, &reader.files()[0]).await.unwrap();
    let kinds: Vec<ChangeKind> = text
        .split_inclusive(|&byte| byte == b'\n')
        .map(|line| RawRecord::from_line(line).unwrap())
        .map(|record| ChangeKind::of(&record, reader.summary().view().unwrap()))
        .collect();
    assert_eq!(kinds, [ChangeKind::Insert, ChangeKind::Update, ChangeKind::Delete]);

    // From its own folder alone the shared one cannot be reached; from above it can.
    let own = store.subtree(&format!("AWSDynamoDB/{later}"));
    let alone = ExportReader::open(own).await.unwrap();
    let error = read_all(&alone, &alone.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);
    assert!(error.to_string().contains("above"), "{error}");

    // A file that is gone cannot be listed.
    let third = ExportId::generate(start_time(), 2);
    let options =
        WriterOptions { window: Some(window(OutputView::NewImage)), ..WriterOptions::default() };
    let writer = ExportWriter::create(store.clone(), third, options).await.unwrap();
    store.delete(&first[0].key).await.unwrap();
    let error = writer.finish(fields(), vec![first[0].file.clone()]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::DataFilesDiffer);
    assert!(error.to_string().contains("is missing"), "{error}");
}
