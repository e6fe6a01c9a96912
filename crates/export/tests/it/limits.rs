//! Data files made to fill a memory or a disk.

use crate::support::{export_id, fields, lines, read_all, write_file};
use ddbkit_codec::lines::LineOptions;
use ddbkit_export::{
    Compression, ExportErrorKind, ExportReader, ExportWriter, FaultKind, VerifyOptions,
    WriterOptions, verify,
};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use futures::TryStreamExt as _;
use std::num::NonZeroUsize;

async fn export(compression: Compression, text: Vec<u8>, items: u64) -> ExportReader {
    let store = Store::memory();
    let options = WriterOptions { compression, ..WriterOptions::default() };
    let writer = ExportWriter::create(store.clone(), export_id(), options).await.unwrap();
    let closed = write_file(&writer, text.into(), items).await;
    writer.finish(fields(), vec![closed.file]).await.unwrap();
    ExportReader::open(store).await.unwrap()
}

/// However it is read, it stops with the place.
async fn is_stopped(reader: &ExportReader, line: u64) {
    let error = read_all(reader, &reader.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::CorruptDataFile);
    assert_eq!(error.line(), Some(line));
    let batches = reader.batches(NonZeroUsize::MIN).unwrap();
    let error = batches.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!((error.kind(), error.line()), (&ExportErrorKind::CorruptDataFile, Some(line)));
    let report = verify(reader, &VerifyOptions::default(), &Control::new()).await.unwrap();
    let faults: Vec<_> = report.faults().iter().map(|fault| (fault.kind, fault.line)).collect();
    assert_eq!(faults, [(FaultKind::CorruptDataFile, Some(line))]);
}

#[tokio::test]
async fn a_line_has_an_end() {
    let long = format!("{{\"Item\":{{\"pk\":{{\"S\":\"{}\"}}}}}}\n", "x".repeat(5000));
    let text = [&lines(0, 9)[..], long.as_bytes(), &lines(9, 20)[..]].concat();
    let reader = export(Compression::Gzip, text.clone(), 21).await;
    assert_eq!(read_all(&reader, &reader.files()[0]).await.unwrap(), text);
    let limits = LineOptions { longest_line: 5000, ..LineOptions::default() };
    is_stopped(&reader.clone().with_limits(limits), 10).await;
    let limits = LineOptions { longest_line: long.len(), ..LineOptions::default() };
    let reader = reader.with_limits(limits);
    assert_eq!(read_all(&reader, &reader.files()[0]).await.unwrap(), text);

    // By default 16 MiB, which no item reaches.
    let text = [&b"\n"[..], &vec![b'x'; 17 << 20], b"\n"].concat();
    is_stopped(&export(Compression::Zstd, text, 1).await, 2).await;
}

#[tokio::test]
async fn a_file_expands_only_so_much() {
    let line = format!("{{\"Item\":{{\"pk\":{{\"S\":\"{}\"}}}}}}\n", "x".repeat(1 << 20));
    // 80 MiB in some KB: beyond the first 64 MiB the expansion counts.
    let reader = export(Compression::Zstd, line.repeat(80).into_bytes(), 80).await;
    let error = read_all(&reader, &reader.files()[0]).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::CorruptDataFile);
    let limits = LineOptions { most_expansion: u32::MAX, ..LineOptions::default() };
    let all = read_all(&reader.clone().with_limits(limits), &reader.files()[0]).await.unwrap();
    assert_eq!(all.len(), line.len() * 80);
    let limits = LineOptions { most_bytes: Some(10 << 20), ..limits };
    is_stopped(&reader.with_limits(limits), 10).await;
}
