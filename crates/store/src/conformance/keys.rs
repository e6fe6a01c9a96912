//! Which keys there are.

use super::check::{Outcome, exists, fails, holds_content, keys, put, same, write};
use crate::{PutOptions, Store, StoreErrorKind};

pub(super) async fn unusual(store: Store) -> Outcome {
    let mut all = vec![
        "sp ace/and more.txt",
        " leading and trailing ",
        "ünïcode/日本語/😀",
        "percent%20/%2F%00",
        "plus+and&amp;=?#;,:@!$'()*~[]{}<>|^`\"",
        "dots/..a/b../...",
        "AWSDynamoDB/01768385930622-efd1a093/data/zqp435kgma323mmasy7jmciuje.json.gz",
        "dt=2026-11-20/hh=05/file",
        "_started",
        ".hidden",
        "back\\slash",
    ];
    for key in &all {
        put(&store, key, key).await?;
    }
    let from_writer = "fröm a writer+%";
    write(&store, from_writer, from_writer.as_bytes(), PutOptions::default()).await?;
    all.push(from_writer);
    all.sort_unstable();
    same("the keys", keys(&store, "").await?, all.iter().map(ToString::to_string).collect())?;
    for key in all {
        same("the key", exists(&store, key).await?.key.as_str(), key)?;
        holds_content(&store, key, key.as_bytes()).await?;
        same("what is listed for it", keys(&store, key).await?, vec![key.to_owned()])?;
        store.delete(key).await?;
        same("the head of what was deleted", store.head(key).await?, None)?;
    }
    Ok(())
}

pub(super) async fn refused(store: Store) -> Outcome {
    let too_long = "k".repeat(1025);
    for key in [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "../a",
        "a/../../b",
        "a/./b",
        "a\0b",
        "a\nb",
        &too_long,
    ] {
        let refused = StoreErrorKind::InvalidKey;
        fails(key, store.head(key).await, refused)?;
        fails(key, store.get(key).await, refused)?;
        fails(key, store.read(key).await, refused)?;
        fails(key, store.read_range(key, 0..1).await, refused)?;
        fails(key, store.put(key, "x".into(), PutOptions::default()).await, refused)?;
        fails(key, store.writer(key, PutOptions::default()).await, refused)?;
        fails(key, store.delete(key).await, refused)?;
    }
    for prefix in ["../", "../a", "a/../b", "/", "a\0"] {
        fails(prefix, store.list(prefix).await, StoreErrorKind::InvalidKey)?;
    }
    fails("..", store.subtree("..").list("").await, StoreErrorKind::InvalidKey)
}

pub(super) async fn subtree(store: Store) -> Outcome {
    let below = store.subtree("/a/b/");
    put(&below, "c/d", "x").await?;
    put(&store, "a/bc", "beside").await?;
    same("the keys", keys(&store, "").await?, vec!["a/b/c/d".to_owned(), "a/bc".to_owned()])?;
    same("the keys below", keys(&below, "").await?, vec!["c/d".to_owned()])?;
    same("the key", below.get("c/d").await?.0.key.as_str(), "c/d")?;
    same("the key of the reader", below.read("c/d").await?.meta().key.as_str(), "c/d")?;
    same("further below", keys(&below.subtree("c"), "").await?, vec!["d".to_owned()])?;
    same("the name", below.describe("c/d"), store.describe("a/b/c/d"))
}
