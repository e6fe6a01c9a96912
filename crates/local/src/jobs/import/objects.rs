//! The items of one object, up to what cannot be converted.

use ddbkit_codec::Item;
use ddbkit_codec::lines::{LineBatch, LineReader};
use ddbkit_export::Compression;
use serde::Deserialize;
use serde_json::value::RawValue;

/// What an object holds.
#[derive(Default)]
pub(super) struct Contents {
    /// The JSON text of each item.
    pub(super) items: Vec<String>,
    /// Bytes, decompressed.
    pub(super) bytes: u64,
    /// Why the rest of the object was given up, if it was.
    pub(super) fault: Option<&'static str>,
}

/// The frame of an item.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, rename = "Item")]
    item: &'a RawValue,
}

/// Reads an object. A line that cannot be converted ends it, since what follows may be anything.
pub(super) fn read(object: &[u8], compression: Compression) -> Contents {
    let mut contents = Contents::default();
    if object.is_empty() {
        return contents;
    }
    if !is_compressed(object, compression) {
        contents.fault = Some("The object is not compressed as InputCompressionType says");
        return contents;
    }
    let mut reader = LineReader::new(object);
    let mut batch = LineBatch::default();
    loop {
        match reader.next_batch(&mut batch) {
            Ok(true) => {}
            Ok(false) => return contents,
            Err(_) => {
                contents.fault = Some("The object cannot be read");
                return contents;
            }
        }
        for line in batch.iter() {
            contents.bytes += line.bytes.len() as u64 + 1;
            if line.bytes.trim_ascii().is_empty() {
                continue;
            }
            let Some(item) = convert(line.bytes) else {
                contents.fault = Some("The line cannot be converted to an item");
                return contents;
            };
            contents.items.push(item);
        }
    }
}

fn convert(line: &[u8]) -> Option<String> {
    let line: Line<'_> = serde_json::from_slice(line).ok()?;
    Item::from_dynamodb_json(line.item.get().as_bytes()).ok()?;
    Some(line.item.get().to_owned())
}

/// Whether the first bytes are those of the compression.
fn is_compressed(object: &[u8], compression: Compression) -> bool {
    let (gzip, zstd) = (object.starts_with(&[0x1f, 0x8b]), object.starts_with(&[0x28, 0xb5]));
    match compression {
        Compression::Gzip => gzip,
        Compression::Zstd => zstd,
        _ => !gzip && !zstd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n";

    #[test]
    fn blank_lines_are_ignored_and_the_first_bad_line_ends_the_object() {
        let text = format!("\n{GOOD}  \n{GOOD}not json\n{GOOD}");
        let contents = read(text.as_bytes(), Compression::None);
        assert_eq!((contents.items.len(), contents.fault.is_some()), (2, true));
        let bare = format!("{GOOD}{{\"pk\":{{\"S\":\"a\"}}}}\n{GOOD}");
        let contents = read(bare.as_bytes(), Compression::None);
        assert_eq!((contents.items.len(), contents.fault.is_some()), (1, true));
    }

    #[test]
    fn objects_are_compressed_as_they_say() {
        for compression in [Compression::Gzip, Compression::Zstd] {
            assert!(read(GOOD.as_bytes(), compression).fault.is_some());
        }
        let contents = read(GOOD.as_bytes(), Compression::None);
        assert_eq!((contents.items.len(), contents.bytes), (1, GOOD.len() as u64));
        assert!(read(b"", Compression::Gzip).fault.is_none());
    }
}
