//! Pointers in items that come from outside a table: from a dump, an export, a file.

use crate::body::ObjectPlace;
use crate::pointer::refuse_within;
use crate::{
    BlobPointer, ItemKey, KeyLayout, KeySchema, OffloadError, OffloadErrorKind, OwnerHash,
};
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectError;
use ddbkit_codec::Item;
use std::sync::Arc;

/// Says whether an item may be written to a table as far as its pointers go.
///
/// A pointer under another table or another key would lead to an object that the collector of its own
/// table may delete at any time; one whose object is gone has lost its value already.
///
/// Whose an object is stands in its key. Without a [layout](Self::layout) the [owner](crate::OwnerHash) has
/// to be a part of its path, as in the default layout. A layout of one's own may hide the owner in another
/// way; then nothing but the layout can tell, and without it such pointers are refused: a pointer that is
/// refused can be looked at, one that is let in wrongly loses a value later.
#[derive(Clone, Debug)]
pub struct PointerCheck {
    s3: Client,
    table: String,
    schema: KeySchema,
    layout: Option<Arc<dyn KeyLayout>>,
}

impl PointerCheck {
    /// A check for items that are to be written to this table. The client needs `s3:GetObject`.
    #[must_use]
    pub fn new(s3: Client, table: impl Into<String>, schema: KeySchema) -> Self {
        Self { s3, table: table.into(), schema, layout: None }
    }

    /// The layout that the table's objects have, to be asked for their owners.
    #[must_use]
    pub fn layout(mut self, layout: Arc<dyn KeyLayout>) -> Self {
        self.layout = Some(layout);
        self
    }

    /// Checks all pointers of an item: one `HeadObject` for each.
    ///
    /// # Errors
    /// [`ForeignPointer`](OffloadErrorKind::ForeignPointer) for one of another table or item,
    /// [`Dangling`](OffloadErrorKind::Dangling) when its object is gone,
    /// [`Corrupt`](OffloadErrorKind::Corrupt) when that has another length,
    /// [`InvalidPointer`](OffloadErrorKind::InvalidPointer) and
    /// [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) for one that cannot be read, or that
    /// stands within another attribute, where the collector would not see it;
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the item has no key, and
    /// [`S3`](OffloadErrorKind::S3) when S3 does not tell.
    pub async fn check(&self, item: &Item) -> Result<(), OffloadError> {
        refuse_within(item)?;
        for (name, pointer) in BlobPointer::in_item(item)? {
            let owner = ItemKey::of_codec_item(&self.table, &self.schema, item)?.owner();
            if !self.is_of(&pointer.key, owner) {
                let layout = match self.layout {
                    Some(_) => "",
                    None => " (or of a key layout without the owner in its path)",
                };
                let message = format!(
                    "attribute {name:?} points to an object of another table or item{layout}, which may be deleted at any time"
                );
                return Err(OffloadError::new(OffloadErrorKind::ForeignPointer, message));
            }
            check_object(&self.s3, &pointer).await.map_err(|error| error.of_attribute(&name))?;
        }
        Ok(())
    }

    fn is_of(&self, key: &str, owner: OwnerHash) -> bool {
        match &self.layout {
            Some(layout) => layout.owner(key) == Some(owner),
            None => owner.is_in_path(key),
        }
    }
}

/// Looks whether the object of a pointer is there with its length.
pub(crate) async fn check_object(s3: &Client, pointer: &BlobPointer) -> Result<(), OffloadError> {
    let place = ObjectPlace::new(&pointer.bucket, &pointer.key);
    let head = s3.head_object().bucket(&pointer.bucket).key(&pointer.key).send().await;
    let head = head.map_err(|error| {
        if error.as_service_error().is_some_and(HeadObjectError::is_not_found) {
            let message = format!("{place} is gone");
            return OffloadError::caused(OffloadErrorKind::Dangling, message, error);
        }
        OffloadError::s3(format!("looking for {place}"), error)
    })?;
    if head.content_length.and_then(|len| u64::try_from(len).ok()) == Some(pointer.stored_len) {
        return Ok(());
    }
    let message = format!("{place} has another length than its pointer says");
    Err(OffloadError::new(OffloadErrorKind::Corrupt, message))
}
