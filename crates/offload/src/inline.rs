//! Values in the place of their pointers, for items that leave their table.

use crate::body::stored;
use crate::{BlobPointer, OffloadError, OffloadErrorKind, value};
use aws_sdk_s3::Client;
use ddbkit_codec::Item;

/// Puts the values of an item's pointers in their place, each proven by its SHA-256.
///
/// Memory: the values, and of each that is compressed its object. One that is longer than `longest`
/// bytes is refused before it is read. Whose the pointers are is not asked: the values are copied.
///
/// # Errors
/// [`InvalidInput`](OffloadErrorKind::InvalidInput) when a value is too long,
/// [`InvalidPointer`](OffloadErrorKind::InvalidPointer) and
/// [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) for a pointer that cannot be read,
/// [`Dangling`](OffloadErrorKind::Dangling), [`Corrupt`](OffloadErrorKind::Corrupt) and
/// [`S3`](OffloadErrorKind::S3).
pub async fn inline_pointers(
    s3: &Client,
    mut item: Item,
    longest: u64,
) -> Result<Item, OffloadError> {
    for (name, pointer) in BlobPointer::in_item(&item)? {
        if pointer.len.max(pointer.stored_len) > longest {
            let message = format!(
                "attribute {name:?} has a value of {} bytes, and {longest} is the most",
                pointer.len
            );
            return Err(OffloadError::new(OffloadErrorKind::InvalidInput, message));
        }
        let bytes = stored(s3, &pointer).await.map_err(|error| error.of_attribute(&name))?;
        let value = value::decode(&pointer, bytes).await;
        item.insert(name.clone(), value.map_err(|error| error.of_attribute(&name))?);
    }
    Ok(item)
}
