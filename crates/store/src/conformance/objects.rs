//! One object, written and read.

use super::check::{Outcome, exists, fails, holds, holds_content, put, same, write};
use crate::{Condition, ObjectMeta, PutOptions, Store, StoreErrorKind};
use bytes::Bytes;
use std::time::{Duration, SystemTime};

pub(super) async fn round_trip(store: Store) -> Outcome {
    let binary: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for (key, content) in [("small", &b"small"[..]), ("empty", b""), ("a/b/binary", &binary)] {
        let before = SystemTime::now();
        let put = store.put(key, Bytes::copy_from_slice(content), PutOptions::default()).await?;
        holds_content(&store, key, content).await?;
        let (got, _) = store.get(key).await?;
        let head = exists(&store, key).await?;
        same("the key", head.key.as_str(), key)?;
        same("the tag that the write gave", &head.etag, &put)?;
        same("what the head of the object says", &head, &got)?;
        // A listing may tell the time more exactly.
        let modified = head.modified;
        let listed = store.list(key).await?.into_iter();
        let listed: Vec<_> = listed.map(|meta| ObjectMeta { modified, ..meta }).collect();
        same("the listing", listed, vec![head.clone()])?;
        if let Some(modified) = head.modified {
            // S3 counts in seconds, and clocks differ.
            let distance = before.duration_since(modified).unwrap_or_default();
            holds(distance < Duration::from_mins(15), "it was written just now")?;
        }

        let mut reader = store.read(key).await?;
        same("the key of the reader", reader.meta().key.as_str(), key)?;
        same("the size of the reader", reader.meta().size, content.len() as u64)?;
        let mut read = Vec::new();
        while let Some(chunk) = reader.next_chunk().await? {
            read.extend_from_slice(&chunk);
        }
        holds(read == content, "reading by pieces gives the content")?;
    }
    Ok(())
}

pub(super) async fn missing(store: Store) -> Outcome {
    put(&store, "there/too", "x").await?;
    for key in ["not-there", "not/there", "there"] {
        same("the head of nothing", store.head(key).await?, None)?;
        fails("get", store.get(key).await, StoreErrorKind::NotFound)?;
        fails("read", store.read(key).await, StoreErrorKind::NotFound)?;
        fails("read_range", store.read_range(key, 0..1).await, StoreErrorKind::NotFound)?;
        store.delete(key).await?;
    }
    holds_content(&store, "there/too", b"x").await?;
    store.delete("there/too").await?;
    same("the head of what was deleted", store.head("there/too").await?, None)?;
    Ok(store.delete("there/too").await?)
}

pub(super) async fn replacing(store: Store) -> Outcome {
    let metadata = [("version".to_owned(), "1".to_owned())].into();
    let options = PutOptions { metadata, ..PutOptions::default() };
    let first = store.put("key", "a longer first content".into(), options).await?;
    let second = put(&store, "key", "second").await?;
    holds(first != second, "the tag changes")?;
    holds_content(&store, "key", b"second").await?;
    same("the metadata", exists(&store, "key").await?.metadata, [].into())?;
    let third = write(&store, "key", b"third", PutOptions::default()).await?;
    holds(third != first && third != second, "the tag changes")?;
    holds_content(&store, "key", b"third").await
}

pub(super) async fn metadata(store: Store) -> Outcome {
    let expected: std::collections::BTreeMap<_, _> = [
        ("content-digest", "blake3=00ff"),
        ("sp4ces", "two  words; and=signs"),
        ("with_underscore", "%2B+\"quoted\""),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for condition in [Condition::Always, Condition::IfAbsent] {
        let options = PutOptions {
            condition,
            content_type: Some("application/json".to_owned()),
            metadata: expected.clone(),
        };
        store.put("put", "x".into(), options.clone()).await?;
        write(&store, "written", b"x", options).await?;
        for key in ["put", "written"] {
            same("the metadata", &exists(&store, key).await?.metadata, &expected)?;
            same("the metadata of get", &store.get(key).await?.0.metadata, &expected)?;
            same("that of read", &store.read(key).await?.meta().metadata, &expected)?;
            store.delete(key).await?;
        }
    }
    // An object of the same key and content that is made anew has none of the old.
    put(&store, "put", "x").await?;
    same("the metadata", exists(&store, "put").await?.metadata, [].into())?;
    let etag = exists(&store, "put").await?.etag;
    let options = PutOptions {
        condition: Condition::IfMatch(etag),
        metadata: expected.clone(),
        ..PutOptions::default()
    };
    store.put("put", "y".into(), options).await?;
    same("the metadata", &exists(&store, "put").await?.metadata, &expected)
}

pub(super) async fn bad_metadata(store: Store) -> Outcome {
    for (name, value) in [("Upper", "x"), ("ddbkit-nonce", "x"), ("a", "line\nline"), ("a", "ü")] {
        let metadata = [(name.to_owned(), value.to_owned())].into();
        let options = PutOptions { metadata, ..PutOptions::default() };
        let refused = store.put("key", "x".into(), options.clone()).await;
        fails(name, refused, StoreErrorKind::InvalidMetadata)?;
        let refused = store.writer("key", options).await;
        fails(name, refused, StoreErrorKind::InvalidMetadata)?;
    }
    Ok(())
}

pub(super) async fn ranges(store: Store) -> Outcome {
    put(&store, "ten", "0123456789").await?;
    put(&store, "empty", "").await?;
    for (range, expected) in [
        (0..10, "0123456789"),
        (0..1, "0"),
        (3..7, "3456"),
        (9..10, "9"),
        (8..1000, "89"),
        (10..11, ""),
        (10_000..20_000, ""),
        (5..5, ""),
    ] {
        let read = store.read_range("ten", range.clone()).await?;
        same(&format!("bytes {range:?} of ten"), &read[..], expected.as_bytes())?;
    }
    for range in [0..1, 5..6] {
        same("a part of nothing", &store.read_range("empty", range).await?[..], b"")?;
    }
    Ok(())
}

/// A reader gets one object whole, or an error; never the beginning of one and the end of another.
pub(super) async fn replaced_while_read(store: Store) -> Outcome {
    let (old, new) = (vec![b'1'; 4 << 20], vec![b'2'; 4 << 20]);
    store.put("key", Bytes::from(old.clone()), PutOptions::default()).await?;
    let mut reader = store.read("key").await?;
    let mut read = reader.next_chunk().await?.unwrap_or_default().to_vec();
    store.put("key", Bytes::from(new.clone()), PutOptions::default()).await?;
    loop {
        match reader.next_chunk().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => break holds(read == old, "the reader gets the old object to its end")?,
            Err(_) => break,
        }
    }
    holds_content(&store, "key", &new).await
}
