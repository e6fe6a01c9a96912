//! What a record of an incremental export says has become of an item.

use ddbkit_codec::{IncrementalRecord, RawRecord};
use std::fmt;

/// Which images the records of an incremental export have (`outputView` of the summary).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutputView {
    /// `NEW_IMAGE`: the item at the end of the window only.
    NewImage,
    /// `NEW_AND_OLD_IMAGES`: also the item at its start. The default of the service.
    NewAndOldImages,
}

impl OutputView {
    /// The name in the summary and in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NewImage => "NEW_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }

    /// The view of that name; the documents of AWS also print `NEW_IMAGES`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "NEW_IMAGE" | "NEW_IMAGES" => Some(Self::NewImage),
            "NEW_AND_OLD_IMAGES" => Some(Self::NewAndOldImages),
            _ => None,
        }
    }
}

impl fmt::Display for OutputView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What became of an item within the window of an incremental export.
///
/// | images in the record | `NEW_AND_OLD_IMAGES` | `NEW_IMAGE` |
/// |---|---|---|
/// | new | `Insert` | `Put` |
/// | old and new | `Update` | `Update` |
/// | old, or none | `Delete` | `Delete` |
///
/// (AWS docs, "DynamoDB table export output format".) An item that came and went within the window
/// has no record at all. Where the view of an export is not known, take [`OutputView::NewImage`],
/// which claims least.
///
/// ```
/// use ddbkit_codec::RawRecord;
/// use ddbkit_export::{ChangeKind, OutputView};
///
/// let line = br#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"2"}},"NewImage":{"pk":{"S":"2"}}}"#;
/// let record = RawRecord::from_line(line)?;
/// assert_eq!(ChangeKind::of(&record, OutputView::NewAndOldImages), ChangeKind::Insert);
/// assert_eq!(ChangeKind::of(&record, OutputView::NewImage), ChangeKind::Put);
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// The item was not there when the window began.
    Insert,
    /// The item was there and is another now.
    Update,
    /// The item is gone.
    Delete,
    /// The item was inserted or updated: without its old image nobody can tell.
    Put,
}

impl ChangeKind {
    /// What a record says, in an export of this view.
    #[must_use]
    pub fn of(record: &RawRecord<'_>, view: OutputView) -> Self {
        Self::of_images(record.old_image.is_some(), record.new_image.is_some(), view)
    }

    /// As [`ChangeKind::of`], for a record that is decoded.
    ///
    /// ```
    /// use ddbkit_codec::IncrementalRecord;
    /// use ddbkit_export::{ChangeKind, OutputView};
    ///
    /// let line = br#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"a"}}}"#;
    /// let record = IncrementalRecord::from_dynamodb_json(line)?;
    /// assert_eq!(ChangeKind::of_decoded(&record, OutputView::NewImage), ChangeKind::Delete);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    #[must_use]
    pub fn of_decoded(record: &IncrementalRecord, view: OutputView) -> Self {
        Self::of_images(record.old_image.is_some(), record.new_image.is_some(), view)
    }

    fn of_images(has_old: bool, has_new: bool, view: OutputView) -> Self {
        match (has_old, has_new, view) {
            (_, false, _) => Self::Delete,
            (true, true, _) => Self::Update,
            (false, true, OutputView::NewAndOldImages) => Self::Insert,
            (false, true, OutputView::NewImage) => Self::Put,
        }
    }

    /// `insert`, `update`, `delete` or `put`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Put => "put",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const META: &str = r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"k":{"S":"a"}}"#;

    #[test]
    fn each_row_of_the_table() {
        let image = |name: &str| format!(r#","{name}":{{"k":{{"S":"a"}}}}"#);
        let (old, new) = (image("OldImage"), image("NewImage"));
        let rows = [
            (new.clone(), ChangeKind::Insert, ChangeKind::Put),
            (old.clone() + &new, ChangeKind::Update, ChangeKind::Update),
            (old, ChangeKind::Delete, ChangeKind::Delete),
            (String::new(), ChangeKind::Delete, ChangeKind::Delete),
        ];
        for (images, with_old, new_only) in rows {
            let line = format!("{META}{images}}}");
            let raw = RawRecord::from_line(line.as_bytes()).unwrap();
            let decoded = raw.decode().unwrap();
            for (view, kind) in
                [(OutputView::NewAndOldImages, with_old), (OutputView::NewImage, new_only)]
            {
                assert_eq!(ChangeKind::of(&raw, view), kind, "{line} {view}");
                assert_eq!(ChangeKind::of_decoded(&decoded, view), kind, "{line} {view}");
            }
        }
    }

    #[test]
    fn views_come_back_by_their_names() {
        for view in [OutputView::NewImage, OutputView::NewAndOldImages] {
            assert_eq!(OutputView::from_name(view.as_str()), Some(view));
        }
        assert_eq!(OutputView::from_name("NEW_IMAGES"), Some(OutputView::NewImage));
        assert_eq!(OutputView::from_name("OLD_IMAGE"), None);
    }
}
