//! Records of incremental exports.

use super::object::Part;
use super::raw::write;
use crate::{DecodeError, Item, RawItem, RawRecord};

/// A line of an incremental export: what became of one item within the window of the export.
///
/// | change | `NEW_AND_OLD_IMAGES` | `NEW_IMAGE` |
/// |---|---|---|
/// | the item is new | new image | new image |
/// | the item was changed | both images | new image |
/// | the item was deleted | old image | no image |
/// | it came and went within the window | no line | no line |
///
/// So where the view of the export is `NEW_IMAGE`, a new item cannot be told from a changed one.
/// Without a new image the item was deleted, whatever the view is. (AWS docs, "DynamoDB table
/// export output format".)
///
/// There is at most one line for an item. Its old image is the item as it was when the window
/// began, not before the last write.
///
/// ```
/// use ddbkit_codec::IncrementalRecord;
///
/// let line = br#"{"Metadata":{"WriteTimestampMicros":{"N":"1768387654353205"}},"Keys":{"pk":{"S":"2"}},"OldImage":{"pk":{"S":"2"},"test":{"S":"x"}}}"#;
/// let record = IncrementalRecord::from_dynamodb_json(line)?;
/// assert_eq!(record.write_timestamp_micros, 1_768_387_654_353_205);
/// assert!(record.is_delete());
/// assert_eq!(record.to_dynamodb_json().as_bytes(), line);
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncrementalRecord {
    /// When the item was last written, in microseconds since 1970, by the clock of DynamoDB.
    pub write_timestamp_micros: u64,
    /// The attributes of the key.
    pub keys: Item,
    /// The item at the start of the window.
    pub old_image: Option<Item>,
    /// The item at the end of the window.
    pub new_image: Option<Item>,
}

impl IncrementalRecord {
    /// Reads a line of an incremental export in DynamoDB JSON.
    ///
    /// Images that are null count as absent. Members of other names are ignored, here and beside
    /// the timestamp, so that what AWS may add later does not stop anybody. A member twice is
    /// refused: one of the two would be lost.
    ///
    /// # Errors
    /// [`DecodeErrorKind::MissingPart`](crate::DecodeErrorKind::MissingPart) where the timestamp or
    /// the key are missing, and as [`Item::from_dynamodb_json`]. `$` in the path is the record:
    /// `$.NewImage.price`.
    pub fn from_dynamodb_json(line: &[u8]) -> Result<Self, DecodeError> {
        let raw = RawRecord::from_line(line)?;
        let decode = |item: RawItem<'_>, name: &str| {
            let item = Part::within(line, item);
            item.item().map_err(|error| error.under_name(name).quoting(line))
        };
        let image =
            |image: Option<RawItem<'_>>, name| image.map(|image| decode(image, name)).transpose();
        Ok(Self {
            write_timestamp_micros: raw.write_timestamp_micros,
            keys: decode(raw.keys, "Keys")?,
            old_image: image(raw.old_image, "OldImage")?,
            new_image: image(raw.new_image, "NewImage")?,
        })
    }

    /// Whether the item was deleted.
    #[must_use]
    pub fn is_delete(&self) -> bool {
        self.new_image.is_none()
    }

    /// The record as AWS writes it.
    #[must_use]
    pub fn to_dynamodb_json(&self) -> String {
        let mut out = Vec::with_capacity(1024);
        self.write_dynamodb_json(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends the record as AWS writes it, without a line end.
    pub fn write_dynamodb_json(&self, out: &mut Vec<u8>) {
        fn image(image: &Item) -> impl FnOnce(&mut Vec<u8>) {
            move |out| image.write_dynamodb_json(out)
        }
        write(
            out,
            self.write_timestamp_micros,
            image(&self.keys),
            self.old_image.as_ref().map(image),
            self.new_image.as_ref().map(image),
        );
    }
}
