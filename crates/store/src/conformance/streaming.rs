//! Objects that are written and read piece by piece.

use super::Suite;
use crate::{Condition, PutOptions};
use bytes::Bytes;

/// Of no size that a part has, and more than two parts of S3.
const LARGE: usize = 20 * 1024 * 1024 + 12_345;
const PIECE: usize = 700_001;

pub(super) async fn run(suite: &mut Suite) {
    // No two pieces are alike, so that one in the wrong place is seen.
    let content: Bytes = (0..LARGE).map(|n| ((n / 251) ^ n).to_le_bytes()[0]).collect();
    write(suite, "stream/large", content.clone()).await;
    write(suite, "stream/small", content.slice(..1000)).await;
    write(suite, "stream/empty", Bytes::new()).await;
    unfinished(suite, &content).await;
    conditional(suite, &content).await;
    replaced_while_read(suite, content).await;
}

async fn write(suite: &mut Suite, key: &str, content: Bytes) {
    let store = suite.store.clone();
    let rule = "an object can be written piece by piece";
    let Some(mut writer) = suite.value(rule, store.writer(key, PutOptions::default()).await) else {
        return;
    };
    for piece in content.chunks(PIECE) {
        suite.value(rule, writer.write(content.slice_ref(piece)).await);
    }
    let head = suite.value(rule, store.head(key).await);
    suite.check("an unfinished object is not seen", matches!(head, Some(None)), head);
    let etag = suite.value(rule, writer.finish().await);
    let rule = "an object can be read piece by piece";
    let Some(mut reader) = suite.value(rule, store.read(key).await) else { return };
    suite.equal("the tag is that of the write", Some(reader.meta().etag.clone()), etag);
    let mut read = Vec::with_capacity(content.len());
    while let Some(Some(chunk)) = suite.value(rule, reader.next_chunk().await) {
        read.extend_from_slice(&chunk);
    }
    suite.check("the pieces come back in order", read == content, (key, read.len(), content.len()));
}

async fn unfinished(suite: &mut Suite, content: &Bytes) {
    let store = suite.store.clone();
    let rule = "a writer can be given up";
    for (key, abort) in [("stream/aborted", true), ("stream/dropped", false)] {
        let writer = suite.value(rule, store.writer(key, PutOptions::default()).await);
        let Some(mut writer) = writer else { continue };
        suite.value(rule, writer.write(content.clone()).await);
        if abort {
            suite.value(rule, writer.abort().await);
        } else {
            drop(writer);
        }
        let head = suite.value(rule, store.head(key).await);
        suite.check("an object that was given up is not there", matches!(head, Some(None)), head);
        let listed = suite.value(rule, store.list(key).await).map(|found| found.len());
        suite.equal("an object that was given up is not listed", listed, Some(0));
    }
}

async fn conditional(suite: &mut Suite, content: &Bytes) {
    let store = suite.store.clone();
    let rule = "a large object can have a condition";
    for expected in [true, false] {
        let once = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
        let writer = suite.value(rule, store.writer("stream/once", once).await);
        let Some(mut writer) = writer else { return };
        suite.value(rule, writer.write(content.clone()).await);
        let finished = writer.finish().await.map_err(|error| error.kind());
        let rule = "the condition of a large object holds when it is finished";
        suite.check(rule, finished.is_ok() == expected, finished);
    }
}

async fn replaced_while_read(suite: &mut Suite, content: Bytes) {
    let store = suite.store.clone();
    let rule = "an object can be replaced while it is read";
    suite.value(rule, store.put("stream/read", content.clone(), PutOptions::default()).await);
    let Some(mut reader) = suite.value(rule, store.read("stream/read").await) else { return };
    let mut read = Vec::new();
    // The first piece, then a replacement, then the rest: all of one version, or an error.
    if let Some(Some(chunk)) = suite.value(rule, reader.next_chunk().await) {
        read.extend_from_slice(&chunk);
    }
    let other = Bytes::from(vec![0; LARGE]);
    suite.value(rule, store.put("stream/read", other, PutOptions::default()).await);
    loop {
        match reader.next_chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => {
                break suite.check("a reader sees one version", read == content, read.len());
            }
            Err(_) => break,
        }
    }
}
