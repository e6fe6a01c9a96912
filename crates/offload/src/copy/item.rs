//! An item whose values are copied to objects that it owns.

use super::CopySource;
use crate::body::{ObjectPlace, UploadOptions, of_read_error, upload};
use crate::offloader::REV_ATTRIBUTE;
use crate::pointer::refuse_within;
use crate::{
    AttributeOptions, BlobKind, BlobPointer, Clock, DefaultLayout, ItemKey, KeyLayout, KeySchema,
    OffloadError, OffloadErrorKind, Ownership, SystemClock, Timing, UniqueId, metadata,
};
use aws_sdk_dynamodb::types::TableDescription;
use aws_sdk_s3::Client;
use ddbkit_codec::Item;
use ddbkit_flow::Control;
use futures::TryStreamExt;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;
use uuid::Uuid;

/// Gives items with pointers objects of their own: new ones, of the table that the items are to be
/// written to, whosever the pointers were.
///
/// It is the first step of a write, *upload*. The second, the write itself, is the caller's, and has to
/// be made before [`CopiedItem::deadline`]; objects of items that are not written are left to the
/// collector.
#[derive(Clone, Debug)]
pub struct ItemCopier {
    s3: Client,
    bucket: String,
    layout: DefaultLayout,
    table: String,
    schema: KeySchema,
    timing: Timing,
}

/// An item with pointers to objects of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CopiedItem {
    /// The item, with a new rev where it had one.
    pub item: Item,
    /// The last moment at which it may be written.
    pub deadline: SystemTime,
    /// Objects that were written.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

impl ItemCopier {
    /// A copier for the items of a table, which claims the prefix for it as
    /// [`OffloaderBuilder::build`](crate::OffloaderBuilder::build) does. The times of a prefix that is
    /// claimed stay as they are.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the prefix cannot be one or the description
    /// is no table's, and those of [`Ownership::claim`].
    pub async fn claim(
        s3: Client,
        bucket: impl Into<String>,
        prefix: &str,
        table: &TableDescription,
    ) -> Result<Self, OffloadError> {
        let (bucket, layout) = (bucket.into(), DefaultLayout::new(prefix)?);
        let (Some(name), Some(schema)) = (table.table_name(), KeySchema::of_table(table)) else {
            let message = "DynamoDB describes the table without its name or key";
            return Err(OffloadError::new(OffloadErrorKind::InvalidInput, message));
        };
        let timing = match Ownership::read(&s3, &bucket, layout.prefix()).await {
            Ok(there) => there.timing,
            Err(error) if error.kind() == OffloadErrorKind::ForeignPrefix => Timing::default(),
            Err(error) => return Err(error),
        };
        let arn = table.table_arn().unwrap_or_default();
        let own = Ownership::new(arn, name, schema.clone(), timing, SystemClock.now());
        let timing = own.claim(&s3, &bucket, layout.prefix()).await?.timing;
        Ok(Self { s3, bucket, layout, table: name.to_owned(), schema, timing })
    }

    /// Copies the values of an item's pointers, each to a new object that the item owns. They are
    /// stored as they were, compressed or not; metadata and type are told anew, what the bucket says of
    /// encryption holds. Memory is that of [`upload`], for one value at a time.
    ///
    /// # Errors
    /// [`InvalidPointer`](OffloadErrorKind::InvalidPointer) and
    /// [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) for a pointer that cannot be read,
    /// or stands within another attribute; [`Dangling`](OffloadErrorKind::Dangling) and
    /// [`Corrupt`](OffloadErrorKind::Corrupt) when a value is missing or damaged at its source;
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the item has no key; else as [`upload`].
    pub async fn copy(
        &self,
        mut item: Item,
        from: &CopySource,
        control: &Control,
    ) -> Result<CopiedItem, OffloadError> {
        refuse_within(&item)?;
        let key = ItemKey::of_codec_item(&self.table, &self.schema, &item)?;
        let deadline = SystemClock.now() + self.timing.write_deadline;
        let (mut objects, mut bytes) = (0, 0);
        for (name, pointer) in BlobPointer::in_item(&item)? {
            let copied = self.copy_value(&key, &name, &pointer, from, control).await;
            let copied = copied.map_err(|error| error.of_attribute(&name))?;
            objects += 1;
            bytes += copied.stored_len;
            item.insert(name, copied.to_attribute());
        }
        // Who saw the item before does not take this one for it.
        if item.contains(REV_ATTRIBUTE) {
            item.insert(REV_ATTRIBUTE, Uuid::new_v4().simple().to_string());
        }
        Ok(CopiedItem { item, deadline, objects, bytes })
    }

    async fn copy_value(
        &self,
        key: &ItemKey,
        attribute: &str,
        pointer: &BlobPointer,
        from: &CopySource,
        control: &Control,
    ) -> Result<BlobPointer, OffloadError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut object = AttributeOptions::new();
        object.content_type.clone_from(&pointer.content_type);
        let metadata = metadata::of_object(key, attribute, clock.now(), &object)?;
        object.metadata = metadata.into_iter().collect();
        let options = UploadOptions {
            // To the upload these are bytes, whatever they are to the item.
            kind: BlobKind::Binary,
            object,
            len: Some(pointer.stored_len),
            write_deadline: self.timing.write_deadline,
            clock,
            ..UploadOptions::default()
        };
        let new = self.layout.object_key(&key.owner(), attribute, &UniqueId::generate());
        let place = ObjectPlace::new(&self.bucket, new);
        let body = from.read(pointer).await?.map_err(io::Error::other);
        let uploaded = upload(&self.s3, &place, body, &options, control).await;
        let uploaded = uploaded.map_err(of_read_error)?;
        Ok(BlobPointer {
            bucket: place.bucket,
            key: place.key,
            stored_len: uploaded.pointer.stored_len,
            ..pointer.clone()
        })
    }
}
