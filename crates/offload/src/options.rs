//! How the objects of one attribute are written.

use crate::{OffloadError, OffloadErrorKind};
use aws_sdk_s3::types::{ChecksumAlgorithm, ServerSideEncryption, StorageClass};
use std::collections::BTreeMap;

/// How the objects of one attribute are written. What is not set is left to the bucket.
///
/// ```
/// use aws_sdk_s3::types::StorageClass;
/// use ddbkit_offload::AttributeOptions;
///
/// let html = AttributeOptions::new()
///     .content_type("text/html; charset=utf-8")
///     .metadata("origin", "crawler")
///     .storage_class(StorageClass::IntelligentTiering)
///     .tag("team", "search")
///     .zstd(3);
/// # let _ = html;
/// ```
#[derive(Clone, Debug, Default)]
pub struct AttributeOptions {
    pub(crate) content_type: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) encryption: Option<ServerSideEncryption>,
    pub(crate) kms_key_id: Option<String>,
    pub(crate) bucket_key: Option<bool>,
    pub(crate) storage_class: Option<StorageClass>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) checksum: Option<ChecksumAlgorithm>,
    pub(crate) zstd_level: Option<i32>,
}

impl AttributeOptions {
    /// Nothing set: stored as it is, with a SHA-256 that S3 checks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `Content-Type` of the objects, also kept in the pointer.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// One entry of user-defined metadata, in ASCII; names that start with `ddbkit-` are taken.
    #[must_use]
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into().to_ascii_lowercase(), value.into());
        self
    }

    /// Encryption with a key of KMS; without one, with the key of the account.
    #[must_use]
    pub fn sse_kms(mut self, key_id: Option<String>) -> Self {
        self.encryption = Some(ServerSideEncryption::AwsKms);
        self.kms_key_id = key_id;
        self
    }

    /// Another server-side encryption.
    #[must_use]
    pub fn server_side_encryption(mut self, encryption: ServerSideEncryption) -> Self {
        self.encryption = Some(encryption);
        self
    }

    /// Whether a bucket key saves calls to KMS.
    #[must_use]
    pub fn bucket_key(mut self, enabled: bool) -> Self {
        self.bucket_key = Some(enabled);
        self
    }

    /// The storage class.
    #[must_use]
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// One tag, at most ten.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }

    /// The checksum that S3 checks and keeps; SHA-256 unless set.
    #[must_use]
    pub fn checksum(mut self, algorithm: ChecksumAlgorithm) -> Self {
        self.checksum = Some(algorithm);
        self
    }

    /// Compresses with Zstandard at this level, 1 to 22, where that makes the value smaller.
    #[must_use]
    pub fn zstd(mut self, level: i32) -> Self {
        self.zstd_level = Some(level);
        self
    }

    /// Checks what can be checked before the first request.
    pub(crate) fn validate(&self, attribute: &str) -> Result<(), OffloadError> {
        let is_ascii = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let wrong = if self.zstd_level.is_some_and(|level| !(1..=22).contains(&level)) {
            "have a zstd level that is not from 1 to 22"
        } else if self.metadata.iter().any(|(name, value)| !is_ascii(name) || !is_ascii(value)) {
            "have metadata that is not ASCII: percent-encode it"
        } else if self.metadata.keys().any(|name| name.starts_with("ddbkit-")) {
            "have metadata whose name starts with ddbkit-"
        } else if self.tags.len() > 10 {
            "have more than ten tags"
        } else {
            return Ok(());
        };
        Err(OffloadError::new(
            OffloadErrorKind::InvalidInput,
            format!("the options of attribute {attribute:?} {wrong}"),
        ))
    }
}
