//! Writes that depend on what is there.

use super::check::{Outcome, exists, fails, holds_content, keys, pattern, put, same, when, write};
use super::writers::PARTS;
use crate::{Condition, ETag, Store, StoreErrorKind};

const LOST: StoreErrorKind = StoreErrorKind::PreconditionFailed;

pub(super) async fn if_absent(store: Store) -> Outcome {
    let once = when(Condition::IfAbsent);
    let etag = store.put("a/put", "first".into(), once.clone()).await?;
    same("the tag", exists(&store, "a/put").await?.etag, etag)?;
    same("the metadata", exists(&store, "a/put").await?.metadata, [].into())?;
    fails("a second put", store.put("a/put", "second".into(), once.clone()).await, LOST)?;
    let second = write(&store, "a/put", b"second", once.clone()).await;
    fails("a writer over a put", second, LOST)?;
    holds_content(&store, "a/put", b"first").await?;

    write(&store, "written", b"first", once.clone()).await?;
    fails("a put over it", store.put("written", "second".into(), once.clone()).await, LOST)?;
    // The very same content is no excuse.
    fails("the same again", write(&store, "written", b"first", once.clone()).await, LOST)?;
    holds_content(&store, "written", b"first").await?;

    // The condition is looked at when the writer finishes.
    let mut writer = store.writer("late", once.clone()).await?;
    writer.write("mine".into()).await?;
    put(&store, "late", "theirs").await?;
    fails("a writer that is late", writer.finish().await, LOST)?;
    holds_content(&store, "late", b"theirs").await?;

    store.delete("a/put").await?;
    store.put("a/put", "third".into(), once).await?;
    holds_content(&store, "a/put", b"third").await
}

pub(super) async fn if_match(store: Store) -> Outcome {
    let first = put(&store, "key", "first").await?;
    let second = store.put("key", "second".into(), when(Condition::IfMatch(first.clone()))).await?;
    holds_content(&store, "key", b"second").await?;
    same("the tag", &exists(&store, "key").await?.etag, &second)?;
    let stale = when(Condition::IfMatch(first));
    fails("a stale tag", store.put("key", "stale".into(), stale.clone()).await, LOST)?;
    fails("a writer with it", write(&store, "key", b"stale", stale).await, LOST)?;
    let unknown = when(Condition::IfMatch(ETag::new("00000000000000000000000000000000")));
    fails("a tag that never was", store.put("key", "x".into(), unknown.clone()).await, LOST)?;
    holds_content(&store, "key", b"second").await?;

    let matching = when(Condition::IfMatch(second.clone()));
    let third = write(&store, "key", b"third", matching.clone()).await?;
    holds_content(&store, "key", b"third").await?;
    let (meta, _) = store.get("key").await?;
    same("the tag of get", &meta.etag, &third)?;

    store.delete("key").await?;
    fails("what is gone", store.put("key", "x".into(), matching.clone()).await, LOST)?;
    fails("a writer of it", write(&store, "key", b"x", matching).await, LOST)?;
    fails("what never was", store.put("other", "x".into(), unknown).await, LOST)?;
    same("the keys", keys(&store, "").await?, Vec::new())
}

pub(super) async fn large(store: Store) -> Outcome {
    let (content, once) = (pattern(PARTS), when(Condition::IfAbsent));
    let first = write(&store, "key", &content, once.clone()).await?;
    fails("a second one", write(&store, "key", &pattern(PARTS + 1), once.clone()).await, LOST)?;
    fails("a small one", write(&store, "key", b"small", once).await, LOST)?;
    same("the metadata", exists(&store, "key").await?.metadata, [].into())?;
    let matching = when(Condition::IfMatch(first));
    let second = write(&store, "key", &pattern(PARTS + 2), matching.clone()).await?;
    fails("a stale tag", write(&store, "key", &content, matching).await, LOST)?;
    let meta = exists(&store, "key").await?;
    same("the object", (meta.size, meta.etag), (PARTS as u64 + 2, second.clone()))?;
    let small = when(Condition::IfMatch(second.clone()));
    store.put("key", "small".into(), small).await?;
    store.delete("key").await?;
    let gone = when(Condition::IfMatch(second));
    fails("what is gone", write(&store, "key", &content, gone).await, LOST)?;
    same("the keys", keys(&store, "").await?, Vec::new())
}
