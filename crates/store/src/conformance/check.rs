//! How the rules look at a store.

use crate::{Condition, ETag, ObjectMeta, PutOptions, Store, StoreError, StoreErrorKind};
use bytes::Bytes;
use std::error::Error;
use std::fmt::Debug;

/// What was seen instead of what is expected.
#[derive(Debug)]
pub(super) struct Broken(pub(super) String);

pub(super) type Outcome<T = ()> = Result<T, Broken>;

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        let kind = error.kind();
        let chain = std::iter::successors(Some(&error as &dyn Error), |error| (*error).source());
        let chain: Vec<_> = chain.map(ToString::to_string).collect();
        Self(format!("{kind:?}: {}", chain.join(": ")))
    }
}

impl From<tokio::task::JoinError> for Broken {
    fn from(error: tokio::task::JoinError) -> Self {
        Self(error.to_string())
    }
}

pub(super) fn holds(is_so: bool, what: impl Into<String>) -> Outcome {
    if is_so { Ok(()) } else { Err(Broken(format!("not so: {}", what.into()))) }
}

#[expect(clippy::needless_pass_by_value, reason = "rules compare what they have just made")]
pub(super) fn same<T: PartialEq + Debug>(what: &str, seen: T, expected: T) -> Outcome {
    if seen == expected {
        return Ok(());
    }
    // Contents are long.
    let short = |value: &T| format!("{value:?}").chars().take(200).collect::<String>();
    Err(Broken(format!("{what}: seen {}, expected {}", short(&seen), short(&expected))))
}

pub(super) fn fails<T>(
    what: &str,
    result: Result<T, StoreError>,
    expected: StoreErrorKind,
) -> Outcome {
    match result {
        Ok(_) => Err(Broken(format!("{what}: worked, expected {expected:?}"))),
        Err(error) if error.kind() == expected => Ok(()),
        Err(error) => {
            let Broken(seen) = error.into();
            Err(Broken(format!("{what}: expected {expected:?}, seen {seen}")))
        }
    }
}

/// Options with a condition and nothing else.
pub(super) fn when(condition: Condition) -> PutOptions {
    PutOptions { condition, ..PutOptions::default() }
}

pub(super) async fn put(store: &Store, key: &str, content: &str) -> Outcome<ETag> {
    Ok(store.put(key, Bytes::copy_from_slice(content.as_bytes()), PutOptions::default()).await?)
}

/// Writes in pieces.
pub(super) async fn write(
    store: &Store,
    key: &str,
    content: &[u8],
    options: PutOptions,
) -> Result<ETag, StoreError> {
    let mut writer = store.writer(key, options).await?;
    for piece in content.chunks(1_000_003) {
        writer.write(Bytes::copy_from_slice(piece)).await?;
    }
    writer.finish().await
}

pub(super) async fn read(store: &Store, key: &str) -> Outcome<Bytes> {
    Ok(store.get(key).await?.1)
}

pub(super) async fn holds_content(store: &Store, key: &str, expected: &[u8]) -> Outcome {
    let (meta, content) = store.get(key).await?;
    same("the size", meta.size, expected.len() as u64)?;
    holds(content == expected, format!("{key:?} has the expected content"))
}

pub(super) async fn exists(store: &Store, key: &str) -> Outcome<ObjectMeta> {
    let meta = store.head(key).await?;
    meta.ok_or_else(|| Broken(format!("{key:?} is not there")))
}

pub(super) async fn keys(store: &Store, prefix: &str) -> Outcome<Vec<String>> {
    Ok(store.list(prefix).await?.into_iter().map(|meta| meta.key).collect())
}

pub(super) async fn delete_all(store: &Store) -> Outcome {
    for key in keys(store, "").await? {
        store.delete(&key).await?;
    }
    Ok(())
}

/// Bytes that repeat at no round distance.
pub(super) fn pattern(length: usize) -> Vec<u8> {
    let period: Vec<u8> = (0..=250).collect();
    let mut all = period.repeat(length / period.len() + 1);
    all.truncate(length);
    all
}
