//! Records of incremental exports, not decoded.

use super::object::{Part, needed, put, whole_number};
use crate::{AttributeValue, DecodeError, IncrementalRecord, RawItem};

/// A line of an incremental export whose items are not decoded: what [`RawItem`] is to items.
///
/// Merging and applying exports moves images as the bytes that they came as.
///
/// ```
/// use ddbkit_codec::RawRecord;
///
/// let line = br#"{"Metadata":{"WriteTimestampMicros":{"N":"1768386096366933"}},"Keys":{"pk":{"S":"2"}},"NewImage":{"pk":{"S":"2"},"n":{"N":"1"}}}"#;
/// let record = RawRecord::from_line(line)?;
/// assert_eq!(record.keys.attribute("pk")?, Some(&br#"{"S":"2"}"#[..]));
/// let mut out = Vec::new();
/// record.write(&mut out);
/// assert_eq!(out, line);
/// # Ok::<(), ddbkit_codec::DecodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRecord<'a> {
    /// See [`IncrementalRecord::write_timestamp_micros`].
    pub write_timestamp_micros: u64,
    /// See [`IncrementalRecord::keys`].
    pub keys: RawItem<'a>,
    /// See [`IncrementalRecord::old_image`].
    pub old_image: Option<RawItem<'a>>,
    /// See [`IncrementalRecord::new_image`].
    pub new_image: Option<RawItem<'a>>,
}

impl<'a> RawRecord<'a> {
    /// Reads a line; see [`IncrementalRecord::from_dynamodb_json`] for what is taken.
    ///
    /// # Errors
    /// When the line is no record. The items are not looked at but for their brackets.
    pub fn from_line(line: &'a [u8]) -> Result<Self, DecodeError> {
        Self::read(line).map_err(|error| error.quoting(line))
    }

    fn read(line: &'a [u8]) -> Result<Self, DecodeError> {
        let record = Part::whole(line);
        let (mut written, mut keys, mut old, mut new) = (None, None, None, None);
        record.members(|name, part| match name {
            _ if part.is_null() => Ok(()),
            "Metadata" => put(&mut written, write_timestamp(part)?, part),
            "Keys" => put(&mut keys, part.raw_item()?, part),
            "OldImage" => put(&mut old, part.raw_item()?, part),
            "NewImage" => put(&mut new, part.raw_item()?, part),
            _ => Ok(()),
        })?;
        Ok(Self {
            write_timestamp_micros: needed(written, "Metadata", record)?,
            keys: needed(keys, "Keys", record)?,
            old_image: old,
            new_image: new,
        })
    }

    /// Decodes the items.
    ///
    /// # Errors
    /// As [`RawItem::decode`], with the name of the part in the path. The byte is counted from the
    /// start of that part.
    pub fn decode(&self) -> Result<IncrementalRecord, DecodeError> {
        let decode =
            |item: RawItem<'_>, name: &str| item.decode().map_err(|error| error.under_name(name));
        let image =
            |image: Option<RawItem<'_>>, name| image.map(|image| decode(image, name)).transpose();
        Ok(IncrementalRecord {
            write_timestamp_micros: self.write_timestamp_micros,
            keys: decode(self.keys, "Keys")?,
            old_image: image(self.old_image, "OldImage")?,
            new_image: image(self.new_image, "NewImage")?,
        })
    }

    /// Appends the record as it stands in an incremental export, without a line end. The items are
    /// the bytes that they are, with U+0085, U+2028 and U+2029 escaped.
    pub fn write(&self, out: &mut Vec<u8>) {
        write(
            out,
            self.write_timestamp_micros,
            |out| self.keys.write_escaped(out),
            self.old_image.map(|image| move |out: &mut Vec<u8>| image.write_escaped(out)),
            self.new_image.map(|image| move |out: &mut Vec<u8>| image.write_escaped(out)),
        );
    }
}

/// The layout of a record, around whatever writes its items.
pub(super) fn write(
    out: &mut Vec<u8>,
    write_timestamp_micros: u64,
    keys: impl FnOnce(&mut Vec<u8>),
    old_image: Option<impl FnOnce(&mut Vec<u8>)>,
    new_image: Option<impl FnOnce(&mut Vec<u8>)>,
) {
    out.extend_from_slice(br#"{"Metadata":{"WriteTimestampMicros":{"N":""#);
    out.extend_from_slice(write_timestamp_micros.to_string().as_bytes());
    out.extend_from_slice(br#""}},"Keys":"#);
    keys(out);
    if let Some(image) = old_image {
        out.extend_from_slice(br#","OldImage":"#);
        image(out);
    }
    if let Some(image) = new_image {
        out.extend_from_slice(br#","NewImage":"#);
        image(out);
    }
    out.push(b'}');
}

fn write_timestamp(metadata: Part<'_>) -> Result<u64, DecodeError> {
    const NAME: &str = "WriteTimestampMicros";
    let mut found = None;
    metadata.members(|name, part| {
        if name != NAME {
            return Ok(());
        }
        let value = part.value()?;
        let AttributeValue::N(number) = value else { return Err(part.wrong_form()) };
        let micros = whole_number(&number).ok_or_else(|| part.wrong_form())?;
        put(&mut found, micros, part)
    })?;
    needed(found, NAME, metadata)
}
