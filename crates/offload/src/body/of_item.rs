//! Bodies of the attributes of an offloader's items.

use super::{BodyStream, ObjectPlace, UnfinishedUpload, UploadOptions, UploadedBody, upload};
use crate::{
    BlobKind, BlobPointer, ItemKey, OffloadError, OffloadErrorKind, OffloadPolicy, Offloader,
    UniqueId, metadata,
};
use bytes::Bytes;
use ddbkit_flow::Control;
use futures::Stream;
use std::io;
use std::sync::Arc;

/// What the caller knows of a body; how it is stored is told by the options of its attribute.
#[derive(Clone, Debug)]
pub struct BodyOptions {
    /// What the bytes are to the item: binary, unless something else is said.
    pub kind: BlobKind,
    /// The length where it is known, in bytes.
    pub len: Option<u64>,
    /// The key and the unfinished upload to go on with; see [`UploadOptions::resume`].
    pub resume: Option<(String, UnfinishedUpload)>,
    /// Whether the parts of an upload that fails stay.
    pub keep_unfinished: bool,
}

impl Default for BodyOptions {
    fn default() -> Self {
        Self { kind: BlobKind::Binary, len: None, resume: None, keep_unfinished: false }
    }
}

impl Offloader {
    /// Uploads a body of any length for an attribute of an item, to a new key that the item owns.
    /// Give what comes back to [`ItemWrite::uploaded`](crate::ItemWrite::uploaded) before its deadline.
    ///
    /// Memory and errors are those of [`upload`].
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the attribute was not given to the offloader,
    /// or the key to go on with is not the item's; else as [`upload`].
    pub async fn upload_body<S>(
        &self,
        key: &ItemKey,
        attribute: &str,
        body: S,
        options: &BodyOptions,
        control: &Control,
    ) -> Result<UploadedBody, OffloadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Send,
    {
        let shared = &self.shared;
        let invalid = |message: String| OffloadError::new(OffloadErrorKind::InvalidInput, message);
        let mut object = shared.attributes.get(attribute).cloned().ok_or_else(|| {
            invalid(format!("attribute {attribute:?} is not one that the offloader was given"))
        })?;
        let metadata = metadata::of_object(key, attribute, shared.clock.now(), &object)?;
        object.metadata = metadata.into_iter().collect();
        let (place, resume) = match &options.resume {
            None => {
                let unique = UniqueId::generate();
                (shared.layout.object_key(&key.owner(), attribute, &unique), None)
            }
            Some((place, unfinished)) => (place.clone(), Some(unfinished.clone())),
        };
        if shared.layout.owner(&place) != Some(key.owner()) {
            return Err(invalid(format!("the key to go on with is not of {key}")));
        }
        let upload_options = UploadOptions {
            kind: options.kind,
            object,
            len: options.len,
            write_deadline: shared.ownership.timing.write_deadline,
            resume,
            keep_unfinished: options.keep_unfinished,
            clock: shared.clock.clone(),
            ..UploadOptions::default()
        };
        let place = ObjectPlace::new(&shared.bucket, place);
        upload(&shared.s3, &place, body, &upload_options, control).await
    }

    /// The value that a pointer of an item leads to, as a stream; see [`download`](super::download).
    ///
    /// # Errors
    /// [`ForeignPointer`](OffloadErrorKind::ForeignPointer) when the pointer is not of the item; else as
    /// [`download`](super::download).
    pub async fn download_body(
        &self,
        key: &ItemKey,
        pointer: &BlobPointer,
    ) -> Result<BodyStream, OffloadError> {
        self.check_owner(key, pointer)?;
        super::download(&self.shared.s3, pointer).await
    }

    /// The same offloader with another policy.
    #[must_use]
    pub fn with_policy(&self, policy: OffloadPolicy) -> Self {
        let shared = crate::offloader::Shared { policy, ..(*self.shared).clone() };
        Self { shared: Arc::new(shared) }
    }
}
