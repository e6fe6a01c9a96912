//! What a store knows about an object, and how one is written.

use crate::{StoreError, StoreErrorKind};
use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

/// What changes whenever an object is replaced by another. Compare it, nothing more.
///
/// In S3 and in memory it is made from the content (in S3 often its MD5), so an object that is
/// replaced by an equal one keeps its tag. In a directory it is made from the number, the time in
/// nanoseconds and the size of the file, so it changes with every write, and also when the file is
/// copied elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ETag(String);

impl ETag {
    /// A tag, without quotes.
    #[must_use]
    pub fn new(tag: impl Into<String>) -> Self {
        Self(tag.into())
    }

    /// The tag, without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a store knows about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Its key, relative to the store.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its tag.
    pub etag: ETag,
    /// User metadata, keys in lower case; a listing does not have it.
    pub metadata: BTreeMap<String, String>,
    /// When it was written.
    pub modified: Option<SystemTime>,
}

/// On what condition an object is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// In any case.
    #[default]
    Always,
    /// If there is no object of this key.
    IfAbsent,
    /// If the object of this key has this tag; an object that is gone does not.
    IfMatch(ETag),
}

impl Condition {
    /// Whether an object may be written over what is there; `describe` names it.
    pub(crate) fn check(
        &self,
        existing: Option<&ETag>,
        describe: impl Fn() -> String,
    ) -> Result<(), StoreError> {
        let why = match (self, existing) {
            (Self::IfAbsent, Some(_)) => "is there already",
            (Self::IfMatch(expected), Some(existing)) if expected != existing => {
                "was changed by another"
            }
            (Self::IfMatch(_), None) => "is gone",
            _ => return Ok(()),
        };
        let message = format!("{} {why}", describe());
        Err(StoreError::new(StoreErrorKind::PreconditionFailed, message))
    }
}

/// How an object is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutOptions {
    /// On what condition.
    pub condition: Condition,
    /// `Content-Type`, where the store keeps one.
    pub content_type: Option<String>,
    /// User metadata, as all places can keep it: names of lower-case letters, digits, hyphens and
    /// underscores, values of printable ASCII without spaces at their ends, at most 1,900 bytes
    /// together. The name `ddbkit-nonce` is the store's own.
    pub metadata: BTreeMap<String, String>,
}

/// The metadata by which a store in S3 knows its own writes.
pub(crate) const NONCE: &str = "ddbkit-nonce";

/// What S3 takes is 2,000 bytes and some; the rest is for the store's own.
const MOST_METADATA: usize = 1900;

impl PutOptions {
    /// Checks the metadata; the message names the object and the name, never a value.
    pub(crate) fn check(&self, describe: impl Fn() -> String) -> Result<(), StoreError> {
        let refuse = |why: String| {
            let message = format!("cannot write {}: {why}", describe());
            Err(StoreError::new(StoreErrorKind::InvalidMetadata, message))
        };
        let mut size = 0;
        for (name, value) in &self.metadata {
            let in_name =
                |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
            if name.is_empty() || name == NONCE || !name.bytes().all(in_name) {
                return refuse(format!("{name:?} is no name of metadata"));
            }
            let in_value = |b: u8| b.is_ascii_graphic() || b == b' ';
            if value.trim_ascii() != value || !value.bytes().all(in_value) {
                return refuse(format!("the metadata {name:?} is not plain ASCII"));
            }
            size += name.len() + value.len();
        }
        if size > MOST_METADATA {
            return refuse(format!("its metadata has {size} bytes, at most {MOST_METADATA} go"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str) -> Result<(), StoreError> {
        let metadata = [(name.to_owned(), value.to_owned())].into();
        PutOptions { metadata, ..PutOptions::default() }.check(|| "a/b".to_owned())
    }

    #[test]
    fn metadata_is_what_every_place_keeps() {
        check("total-segments_2", "16 of 16").unwrap();
        check("empty", "").unwrap();
        for (name, value) in [
            ("", "x"),
            ("Upper", "x"),
            ("sp ace", "x"),
            (NONCE, "x"),
            ("a", "ü"),
            ("a", "line\n"),
            ("a", " x"),
            ("a", &"x".repeat(MOST_METADATA)),
        ] {
            let error = check(name, value).unwrap_err();
            assert_eq!(error.kind(), StoreErrorKind::InvalidMetadata, "{name} {value}");
        }
    }

    #[test]
    fn an_error_does_not_show_a_value() {
        let error = check("token", "sëcret").unwrap_err();
        assert_eq!(
            error.to_string(),
            "cannot write a/b: the metadata \"token\" is not plain ASCII"
        );
    }
}
