//! Where an object is.

use std::fmt;

/// The bucket and key of an object that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectPlace {
    /// The bucket.
    pub bucket: String,
    /// The key. It must be new and belong to the item that will point to it: take it from the
    /// key layout, with a fresh UUID.
    pub key: String,
}

impl ObjectPlace {
    /// A place in a bucket.
    #[must_use]
    pub fn new(bucket: impl Into<String>, key: impl Into<String>) -> Self {
        Self { bucket: bucket.into(), key: key.into() }
    }
}

impl fmt::Display for ObjectPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys may hold the user's bytes: nothing of them may break the line.
        write!(f, "s3://{}/{}", self.bucket, self.key.escape_debug())
    }
}
