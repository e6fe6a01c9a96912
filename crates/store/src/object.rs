//! What a store knows about an object, and how one is written.

use std::collections::BTreeMap;
use std::fmt;
use std::time::SystemTime;

/// What changes whenever an object is replaced. Compare it, nothing more: in S3 it is often the MD5
/// of the content, in a directory it is made from what the file system says.
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
    /// If the object of this key has this tag.
    IfMatch(ETag),
}

/// How an object is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PutOptions {
    /// On what condition.
    pub condition: Condition,
    /// `Content-Type`, where the store keeps one.
    pub content_type: Option<String>,
    /// User metadata: ASCII, keys in lower case.
    pub metadata: BTreeMap<String, String>,
}
