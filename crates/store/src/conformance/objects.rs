//! Writing, reading and deleting whole objects.

use super::Suite;
use crate::{PutOptions, StoreErrorKind};
use bytes::Bytes;

/// Keys that a careless store or client gets wrong.
const KEYS: [&str; 6] = [
    "plain.json.gz",
    "deep/er/and/deeper/object",
    "sp ace/ü€\u{1f600}",
    "+%25&=?#;,:@!$'()*.txt",
    "_started",
    "UPPER/lower",
];

pub(super) async fn run(suite: &mut Suite) {
    let store = suite.store.clone();
    for key in KEYS {
        let content = Bytes::from(format!("content of {key}"));
        let put = store.put(key, content.clone(), PutOptions::default()).await;
        let etag = suite.value("an object of any key can be written", put);
        let got = suite.value("what was written can be read", store.get(key).await);
        if let (Some(etag), Some((meta, bytes))) = (etag, got) {
            suite.equal("the content comes back", bytes, content.clone());
            suite.equal("the key comes back", meta.key, key.to_owned());
            suite.equal("the size is that of the content", meta.size, content.len() as u64);
            suite.equal("the tag is that of the write", meta.etag, etag);
        }
        suite.value("an object can be deleted", store.delete(key).await);
        let head = suite.value("a deleted object can be asked for", store.head(key).await);
        suite.check("a deleted object is gone", matches!(head, Some(None)), head);
    }
    replace(suite).await;
    missing(suite).await;
    ranges(suite).await;
    metadata(suite).await;
    subtree(suite).await;
    for key in ["", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a\0b"] {
        let refused = store.put(key, Bytes::new(), PutOptions::default()).await;
        let kind = refused.as_ref().err().map(crate::StoreError::kind);
        suite.check(
            "a key that leads elsewhere is refused",
            kind == Some(StoreErrorKind::InvalidKey),
            key,
        );
    }
}

async fn replace(suite: &mut Suite) {
    let store = suite.store.clone();
    let put = |content: &'static str| store.put("replaced", content.into(), PutOptions::default());
    let rule = "an object can be replaced";
    let tags = [suite.value(rule, put("one").await), suite.value(rule, put("two").await)];
    suite.check("the tag changes with the content", tags[0] != tags[1], &tags);
    let got = suite.value(rule, store.get("replaced").await).map(|(_, bytes)| bytes);
    suite.equal("the later content is read", got, Some(Bytes::from_static(b"two")));
}

async fn missing(suite: &mut Suite) {
    let store = suite.store.clone();
    let head = suite.value("what is not there can be asked for", store.head("missing").await);
    suite.check("what is not there has no metadata", matches!(head, Some(None)), head);
    let kind = store.get("missing").await.err().map(|error| error.kind());
    suite.equal("what is not there is not found", kind, Some(StoreErrorKind::NotFound));
    suite.value("deleting what is not there is no error", store.delete("missing").await);
}

async fn ranges(suite: &mut Suite) {
    let store = suite.store.clone();
    let content: Bytes = (0..=255).collect();
    let rule = "a part can be read";
    suite.value(rule, store.put("range", content.clone(), PutOptions::default()).await);
    suite.value(rule, store.put("empty", Bytes::new(), PutOptions::default()).await);
    for (range, expected) in
        [(0..1, 0..1), (10..20, 10..20), (250..300, 250..256), (0..u64::MAX / 4, 0..256)]
    {
        let part = suite.value(rule, store.read_range("range", range).await);
        suite.equal("a part is what lies there", part, Some(content.slice(expected)));
    }
    for (key, range) in
        [("range", 256..300), ("range", 1000..2000), ("empty", 0..10), ("range", 5..5)]
    {
        let part = suite.value(rule, store.read_range(key, range).await);
        suite.equal("a part behind the end is empty", part, Some(Bytes::new()));
    }
    let empty = suite.value(rule, store.get("empty").await).map(|(meta, bytes)| (meta.size, bytes));
    suite.equal("an object may be empty", empty, Some((0, Bytes::new())));
}

async fn metadata(suite: &mut Suite) {
    let store = suite.store.clone();
    let pairs = [("owner", "ddbkit"), ("note", "a = b; c"), ("empty-ish", "x")];
    let metadata: std::collections::BTreeMap<_, _> =
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let rule = "an object can have metadata";
    for condition in [crate::Condition::IfAbsent, crate::Condition::Always] {
        let options = PutOptions { condition, metadata: metadata.clone(), ..PutOptions::default() };
        suite.value(rule, store.put("described", "x".into(), options).await);
        let head = suite.value(rule, store.head("described").await).flatten();
        suite.equal(
            "metadata comes back, nothing beside it",
            head.map(|meta| meta.metadata),
            Some(metadata.clone()),
        );
    }
    suite.value(rule, store.put("described", "y".into(), PutOptions::default()).await);
    let head = suite.value(rule, store.head("described").await).flatten();
    let left = head.map(|meta| meta.metadata.len());
    suite.equal("metadata goes with the object that had it", left, Some(0));
}

async fn subtree(suite: &mut Suite) {
    let store = suite.store.clone();
    let below = store.subtree("sub/tree");
    let rule = "a store can be taken from a prefix on";
    suite.value(rule, below.put("a", "x".into(), PutOptions::default()).await);
    let above = suite.value(rule, store.get("sub/tree/a").await).map(|(_, bytes)| bytes);
    suite.equal("both see the same object", above, Some(Bytes::from_static(b"x")));
    let keys = suite.value(rule, below.list("").await).unwrap_or_default();
    let keys: Vec<_> = keys.into_iter().map(|meta| meta.key).collect();
    suite.equal("keys are relative to where one is", keys, vec!["a".to_owned()]);
}
