//! All data files at once, several at a time.

use crate::support::{
    ROOT, export_id, fields, get_text, incremental, lines, put, small_export, write_file,
};
use ddbkit_export::{
    Compression, ExportErrorKind, ExportReader, ExportWriter, FileBatch, WriterOptions,
};
use ddbkit_store::Store;
use futures::TryStreamExt as _;
use std::num::NonZeroUsize;

async fn batches(reader: &ExportReader, at_once: usize) -> Vec<FileBatch> {
    let at_once = NonZeroUsize::new(at_once).unwrap();
    reader.batches(at_once).unwrap().try_collect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_every_file_comes_once_with_its_place() {
    let store = Store::memory();
    let writer =
        ExportWriter::create(store.clone(), export_id(), WriterOptions::default()).await.unwrap();
    let mut manifest = Vec::new();
    // The first is as large as all others together.
    let ends = [0, 60_000, 60_000, 60_001, 80_000, 100_000, 120_000];
    for ends in ends.windows(2) {
        let written = write_file(&writer, lines(ends[0], ends[1]), ends[1] - ends[0]).await;
        manifest.push(written.file);
    }
    writer.finish(fields(), manifest).await.unwrap();
    let reader = ExportReader::open(store).await.unwrap();
    for at_once in [1, 2, 3, 100] {
        let mut found = vec![Vec::new(); reader.files().len()];
        let mut next = vec![1; reader.files().len()];
        for FileBatch { file, lines, .. } in batches(&reader, at_once).await {
            assert_eq!(lines.first_line, next[file]);
            next[file] += lines.lines;
            found[file].extend_from_slice(&lines.bytes);
        }
        for (file, ends) in ends.windows(2).enumerate() {
            assert!(found[file] == lines(ends[0], ends[1]), "{at_once} at once, file {file}");
        }
    }
}

#[tokio::test]
async fn files_are_opened_as_others_end() {
    let store = Store::memory();
    let files = small_export(&store, Compression::Gzip).await;
    // Whoever stops early has not asked for the last file, which is not there.
    store.delete(&files[2].key).await.unwrap();
    let reader = ExportReader::open(store).await.unwrap();
    let mut one = reader.batches(NonZeroUsize::MIN).unwrap();
    assert_eq!(one.try_next().await.unwrap().unwrap().lines.bytes, lines(0, 100));
    let error = one.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::MissingDataFile);
}

#[tokio::test]
async fn records_come_from_the_shared_folder() {
    let store = Store::memory();
    incremental(&store, export_id()).await;
    let reader = ExportReader::open(store.clone()).await.unwrap();
    let batches = batches(&reader, 2).await;
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0].lines.lines, 3);
}

#[tokio::test]
async fn manifests_that_contradict_each_other_are_not_read() {
    let key = format!("{ROOT}/manifest-files.json");
    let sum = format!("{ROOT}/manifest-files.md5");
    let twice = |text: String| {
        // One file under two forms of its key, and the counts still add up.
        let first = text.lines().next().unwrap();
        let relative = first.replace(&format!("{ROOT}/"), "").replace(":100,", ":0,");
        format!("{text}{relative}\n")
    };
    let changes: [(&dyn Fn(String) -> String, &str); 4] = [
        (&|text| text + "\n", "MD5"),
        (&|text| text.replace("\"itemCount\":100", "\"itemCount\":99"), "sum to 299"),
        (&twice, "more than once"),
        (
            &|text| text.replace("01768385930622-efd1a093", "01768385930622-00000000"),
            "of the export",
        ),
    ];
    for (change, reason) in changes {
        let store = Store::memory();
        small_export(&store, Compression::Gzip).await;
        let text = change(get_text(&store, &key).await);
        put(&store, &key, text).await;
        if reason != "MD5" {
            store.delete(&sum).await.unwrap();
        }
        let reader = ExportReader::open(store.clone()).await.unwrap();
        let error = reader.check_manifests().unwrap_err();
        assert_eq!(*error.kind(), ExportErrorKind::InvalidManifest);
        assert!(error.to_string().contains(reason), "{reason}: {error}");
        assert!(reader.batches(NonZeroUsize::MIN).is_err());
    }
}
