//! Objects that are written piece by piece.

use super::check::{Outcome, exists, holds, holds_content, keys, pattern, put, same, write};
use crate::{PutOptions, Store};
use bytes::Bytes;

/// More than two parts of the store in S3, and no round number.
const LARGE: usize = (17 << 20) + 12_345;

/// More than one part.
pub(super) const PARTS: usize = (8 << 20) + 12_345;

pub(super) async fn large(store: Store) -> Outcome {
    let content = pattern(LARGE);
    let etag = write(&store, "large", &content, PutOptions::default()).await?;
    let meta = exists(&store, "large").await?;
    same("the size", meta.size, LARGE as u64)?;
    same("the tag that the writer gave", &meta.etag, &etag)?;
    let mut reader = store.read("large").await?;
    let mut at = 0;
    while let Some(chunk) = reader.next_chunk().await? {
        let expected = content.get(at..at + chunk.len());
        holds(expected == Some(&chunk[..]), format!("the bytes from {at} on are as written"))?;
        at += chunk.len();
    }
    same("the bytes that were read", at, LARGE)?;
    let part = 8 << 20;
    for range in [part - 5..part + 5, 0..part, LARGE - 3..LARGE + 3] {
        let read = store.read_range("large", range.start as u64..range.end as u64).await?;
        let expected = content.get(range.start..range.end.min(LARGE)).unwrap_or_default();
        holds(read == expected, format!("the part {range:?} is as written"))?;
    }
    // A whole part, and the next byte.
    for size in [part, part + 1] {
        write(&store, "part", &pattern(size), PutOptions::default()).await?;
        holds_content(&store, "part", &pattern(size)).await?;
    }
    Ok(())
}

pub(super) async fn small(store: Store) -> Outcome {
    for content in [&b""[..], b"x", b"some more"] {
        let etag = write(&store, "small", content, PutOptions::default()).await?;
        holds_content(&store, "small", content).await?;
        same("the tag that the writer gave", exists(&store, "small").await?.etag, etag)?;
    }
    let mut writer = store.writer("pieces", PutOptions::default()).await?;
    for piece in ["", "one", "", " two", ""] {
        writer.write(Bytes::from_static(piece.as_bytes())).await?;
    }
    writer.finish().await?;
    holds_content(&store, "pieces", b"one two").await
}

pub(super) async fn invisible(store: Store) -> Outcome {
    put(&store, "old", "old").await?;
    let mut new = store.writer("new", PutOptions::default()).await?;
    let mut old = store.writer("old", PutOptions::default()).await?;
    for _ in 0..9 {
        new.write(pattern(1 << 20).into()).await?;
        old.write("new".into()).await?;
        same("the keys", keys(&store, "").await?, vec!["old".to_owned()])?;
        same("the head of what is written", store.head("new").await?, None)?;
        holds_content(&store, "old", b"old").await?;
    }
    new.finish().await?;
    old.finish().await?;
    same("the size", exists(&store, "new").await?.size, 9 << 20)?;
    holds_content(&store, "old", &b"new".repeat(9)).await
}

pub(super) async fn given_up(store: Store) -> Outcome {
    put(&store, "old", "old").await?;
    for size in [0, 10, PARTS] {
        for key in ["new", "old"] {
            for is_dropped in [false, true] {
                let mut writer = store.writer(key, PutOptions::default()).await?;
                for piece in pattern(size).chunks(3 << 20) {
                    writer.write(Bytes::copy_from_slice(piece)).await?;
                }
                if is_dropped {
                    drop(writer);
                } else {
                    writer.abort().await?;
                }
                same("the keys", keys(&store, "").await?, vec!["old".to_owned()])?;
                holds_content(&store, "old", b"old").await?;
            }
        }
    }
    Ok(())
}
