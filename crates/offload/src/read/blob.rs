//! One value in S3.

use super::ATTEMPTS;
use crate::body::{BodyStream, download};
use crate::{BlobPointer, ItemKey, OffloadError, OffloadErrorKind, Offloader, value};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_s3::operation::get_object::GetObjectError;

/// A value that is in S3 and has not been read.
#[derive(Clone, Debug)]
pub struct LazyBlob {
    offloader: Offloader,
    key: ItemKey,
    attribute: String,
    pointer: BlobPointer,
}

impl LazyBlob {
    pub(crate) fn new(
        offloader: Offloader,
        key: ItemKey,
        attribute: String,
        pointer: BlobPointer,
    ) -> Self {
        Self { offloader, key, attribute, pointer }
    }

    /// Where it is, and how long.
    #[must_use]
    pub fn pointer(&self) -> &BlobPointer {
        &self.pointer
    }

    /// The item that it belongs to.
    #[must_use]
    pub fn key(&self) -> &ItemKey {
        &self.key
    }

    /// The attribute that it is the value of.
    #[must_use]
    pub fn attribute(&self) -> &str {
        &self.attribute
    }

    /// Reads the value and checks its length and its SHA-256.
    ///
    /// Where the object is gone because the attribute was written since, the new value is read. `None`
    /// when attribute or item are gone. Needs memory for the object and, if it is compressed, for the
    /// value beside it.
    ///
    /// # Errors
    /// | kind | when |
    /// |---|---|
    /// | `ForeignPointer` | the pointer is not of this item |
    /// | `Dangling` | the item points to an object that is gone |
    /// | `Corrupt` | length or hash are not as the pointer says |
    /// | `InvalidInput` | the value is larger than the offloader's `memory` |
    /// | `S3`, `DynamoDb` | a service failed |
    pub async fn read(&self) -> Result<Option<AttributeValue>, OffloadError> {
        let mut pointer = self.pointer.clone();
        for _ in 0..ATTEMPTS {
            if let Some(value) = self.offloader.fetch(&self.key, &self.attribute, &pointer).await? {
                return Ok(Some(value));
            }
            match self.now(&pointer).await? {
                Now::Nothing => return Ok(None),
                Now::InTheItem(value) => return Ok(Some(value)),
                Now::Elsewhere(moved) => pointer = moved,
            }
        }
        Err(restless(&self.key))
    }

    /// Reads the bytes of the value as a stream, however long it is, with length and SHA-256 proven at
    /// its end.
    ///
    /// Where the object is gone because the attribute was written since, the new value is read. `None`
    /// when the attribute has no object any more: read the item again.
    ///
    /// # Errors
    /// As [`read`](Self::read), but for the bound of memory; those of [`download`] come with the stream.
    pub async fn stream(&self) -> Result<Option<BodyStream>, OffloadError> {
        let mut pointer = self.pointer.clone();
        for _ in 0..ATTEMPTS {
            let owned = self.offloader.check_owner(&self.key, &pointer);
            owned.map_err(|error| error.of_attribute(&self.attribute))?;
            match download(&self.offloader.shared.s3, &pointer).await {
                Err(error) if error.kind() == OffloadErrorKind::Dangling => {}
                opened => return opened.map(Some),
            }
            match self.now(&pointer).await? {
                Now::Nothing | Now::InTheItem(_) => return Ok(None),
                Now::Elsewhere(moved) => pointer = moved,
            }
        }
        Err(restless(&self.key))
    }

    /// What the attribute is now that the object of this pointer is gone.
    async fn now(&self, gone: &BlobPointer) -> Result<Now, OffloadError> {
        let item = self.offloader.read_strongly(&self.key).await?;
        let Some(value) = item.and_then(|mut item| item.remove(&self.attribute)) else {
            return Ok(Now::Nothing);
        };
        let Some(moved) = BlobPointer::from_sdk(&value) else { return Ok(Now::InTheItem(value)) };
        let moved = moved.map_err(|error| error.of_attribute(&self.attribute))?;
        if moved.key == gone.key {
            return Err(dangling(&self.key, &self.attribute, gone));
        }
        Ok(Now::Elsewhere(moved))
    }
}

/// What became of an attribute whose object is gone.
enum Now {
    Nothing,
    InTheItem(AttributeValue),
    Elsewhere(BlobPointer),
}

pub(super) fn dangling(key: &ItemKey, attribute: &str, pointer: &BlobPointer) -> OffloadError {
    OffloadError::new(
        OffloadErrorKind::Dangling,
        format!(
            "attribute {attribute:?} of {key} points to s3://{}/{}, which is gone",
            pointer.bucket, pointer.key
        ),
    )
}

pub(super) fn restless(key: &ItemKey) -> OffloadError {
    OffloadError::new(
        OffloadErrorKind::ConditionFailed,
        format!(
            "{key} changes faster than it can be read, and its old objects are deleted at once"
        ),
    )
}

impl Offloader {
    /// Reads an object; `None` when it is gone.
    pub(super) async fn fetch(
        &self,
        key: &ItemKey,
        attribute: &str,
        pointer: &BlobPointer,
    ) -> Result<Option<AttributeValue>, OffloadError> {
        self.check_owner(key, pointer).map_err(|error| error.of_attribute(attribute))?;
        let (needs, memory) = (memory_of(pointer), self.shared.memory);
        if needs > memory {
            return Err(OffloadError::new(
                OffloadErrorKind::InvalidInput,
                format!(
                    "attribute {attribute:?} of {key} needs {needs} bytes of memory, {memory} are allowed: read it with `stream`"
                ),
            ));
        }
        let get = self.shared.s3.get_object().bucket(&pointer.bucket).key(&pointer.key);
        let failed = || format!("reading attribute {attribute:?} of {key}");
        let answer = match get.send().await {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().is_some_and(GetObjectError::is_no_such_key) => {
                return Ok(None);
            }
            Err(error) => return Err(OffloadError::s3(failed(), error)),
        };
        // Before a byte is read: an object of another length could be of any length.
        let len = answer.content_length.and_then(|len| u64::try_from(len).ok());
        if len != Some(pointer.stored_len) {
            return Err(OffloadError::new(
                OffloadErrorKind::Corrupt,
                format!(
                    "attribute {attribute:?} of {key}: the object s3://{}/{} has another length than its pointer says",
                    pointer.bucket, pointer.key
                ),
            ));
        }
        let body = answer.body.collect().await.map_err(|error| {
            OffloadError::caused(OffloadErrorKind::S3, format!("{} failed", failed()), error)
        })?;
        let value = value::decode(pointer, body.into_bytes()).await;
        value.map(|value| Some(value.into())).map_err(|error| error.of_attribute(attribute))
    }
}

/// What it takes to read a value, in bytes: the object, and what it expands to.
pub(super) fn memory_of(pointer: &BlobPointer) -> u64 {
    match pointer.encoding {
        crate::Encoding::Identity => pointer.len,
        crate::Encoding::Zstd => pointer.len.saturating_add(pointer.stored_len),
    }
}
