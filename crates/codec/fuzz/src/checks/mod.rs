//! What must hold whatever the bytes: a check for each decoder, that panics where it does not.

mod ion;
mod json;
mod lines;
pub mod neutral;
mod plain;
mod raw;
mod records;

use ddbkit_codec::DecodeError;

/// A check of some bytes.
pub type Check = fn(&[u8]);

/// The fuzz targets, each with the folder of its corpus.
pub const TARGETS: [(&str, Check); 8] = [
    ("dynamodb_json", json::dynamodb_json),
    ("ion_binary", ion::binary),
    ("ion_text", ion::text),
    ("lines", lines::lines),
    ("plain_json", plain::plain_json),
    ("raw_item", raw::raw_item),
    ("records", records::records),
    ("v1", json::v1),
];

/// An error stands within what was read, and can be shown on one line.
fn assert_placed(error: &DecodeError, bytes: &[u8]) {
    assert!(error.offset() <= bytes.len(), "{error}");
    assert!(error.path().starts_with('$'), "{error}");
    let shown = format!("{error:#}");
    assert!(!shown.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']), "{shown:?}");
}

/// Whether a stream that begins so would be inflated. A stream that ends within what it would be known
/// by is taken for one that was cut off.
fn is_compressed(bytes: &[u8]) -> bool {
    let magics: [&[u8]; 2] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd]];
    let skippable = (0x50..=0x5f).map(|first| [first, 0x2a, 0x4d, 0x18]);
    let begins = |magic: &[u8]| bytes.starts_with(magic) || magic.starts_with(bytes);
    magics.into_iter().any(begins) || skippable.into_iter().any(|magic| begins(&magic))
}
