//! What stands in an item in the place of a value that is in S3.

use crate::{OffloadError, OffloadErrorKind};
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::{AttributeValue, Item, Number};
use memchr::memmem;
use std::fmt;

/// The member by which a map is known to be a pointer; its value is the version, a number.
pub const POINTER_MARKER: &str = "$ddbkit:blob";

/// The version of pointers that this code writes, and the newest that it reads.
pub const POINTER_VERSION: u64 = 1;

/// How the bytes of a value are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// As they are.
    Identity,
    /// Compressed with Zstandard.
    Zstd,
}

/// What the bytes of a value are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BlobKind {
    /// The UTF-8 of a string.
    String,
    /// A binary.
    Binary,
    /// A value of another type as `DynamoDB` JSON: `{"L":[{"N":"1"}]}`.
    Document,
}

impl BlobKind {
    fn letter(self) -> &'static str {
        match self {
            Self::String => "S",
            Self::Binary => "B",
            Self::Document => "J",
        }
    }
}

/// Where a value is in S3, and what its bytes must be.
///
/// In an item it is a map of these members:
///
/// | member | type | is |
/// |---|---|---|
/// | `$ddbkit:blob` | `N` | the version, 1 |
/// | `b`, `k` | `S` | bucket and key |
/// | `h` | `B` | SHA-256 of the value's bytes, before compression |
/// | `n`, `s` | `N` | length of the value's bytes, and of the object, in bytes |
/// | `t` | `S` | what the bytes are: `S` string, `B` binary, `J` `DynamoDB` JSON |
/// | `e` | `S` | `zstd` when the object is compressed, else not there |
/// | `ct` | `S` | content type, where one was given |
///
/// Other members are ignored, so that later versions may add some.
///
/// ```
/// use ddbkit_offload::{BlobKind, BlobPointer, Encoding};
///
/// let pointer = BlobPointer {
///     bucket: "attributes".to_owned(),
///     key: "orders/3f/3f00/body/0192".to_owned(),
///     stored_len: 120,
///     len: 2_000_000,
///     sha256: [7; 32],
///     encoding: Encoding::Zstd,
///     kind: BlobKind::String,
///     content_type: None,
/// };
/// let attribute = pointer.to_attribute();
/// assert_eq!(BlobPointer::from_attribute(&attribute).unwrap()?, pointer);
/// assert!(BlobPointer::from_attribute(&"a text".to_owned().into()).is_none());
/// # Ok::<(), ddbkit_offload::OffloadError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BlobPointer {
    /// The bucket.
    pub bucket: String,
    /// The key of the object.
    pub key: String,
    /// The length of the object, in bytes.
    pub stored_len: u64,
    /// The length of the value, in bytes.
    pub len: u64,
    /// SHA-256 of the value's bytes, before compression.
    pub sha256: [u8; 32],
    /// How the bytes are stored.
    pub encoding: Encoding,
    /// What the bytes are.
    pub kind: BlobKind,
    /// The content type, where one was given.
    pub content_type: Option<String>,
}

impl fmt::Debug for BlobPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, key, len, .. } = self;
        write!(f, "BlobPointer(s3://{bucket}/{key}, {len} bytes)")
    }
}

impl BlobPointer {
    /// The pointer as the attribute of an item.
    #[must_use]
    pub fn to_attribute(&self) -> AttributeValue {
        let mut map = Item::with_capacity(9);
        map.insert(POINTER_MARKER, Number::from(POINTER_VERSION));
        map.insert("b", self.bucket.clone());
        map.insert("k", self.key.clone());
        map.insert("h", AttributeValue::B(self.sha256.to_vec()));
        map.insert("n", Number::from(self.len));
        map.insert("s", Number::from(self.stored_len));
        map.insert("t", self.kind.letter().to_owned());
        if self.encoding == Encoding::Zstd {
            map.insert("e", "zstd".to_owned());
        }
        if let Some(content_type) = &self.content_type {
            map.insert("ct", content_type.clone());
        }
        AttributeValue::M(map)
    }

    /// The pointer that an attribute is; `None` when it is a value of the user's.
    ///
    /// # Errors
    /// [`InvalidPointer`](OffloadErrorKind::InvalidPointer) when a map has the marker and is no
    /// pointer, [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion) when it is of a newer
    /// version.
    #[must_use]
    pub fn from_attribute(attribute: &AttributeValue) -> Option<Result<Self, OffloadError>> {
        let AttributeValue::M(map) = attribute else { return None };
        let version = map.get(POINTER_MARKER)?;
        Some(read(version, map))
    }

    /// The pointers of an item, by their attributes; those that stand within others are none.
    ///
    /// # Errors
    /// As [`from_attribute`](Self::from_attribute), with the attribute named.
    pub fn in_item(item: &Item) -> Result<Vec<(String, Self)>, OffloadError> {
        let pointers = item.iter().filter_map(|(name, value)| {
            let pointer = Self::from_attribute(value)?.map_err(|error| error.of_attribute(name));
            Some(pointer.map(|pointer| (name.to_owned(), pointer)))
        });
        pointers.collect()
    }

    /// [`to_attribute`](Self::to_attribute) for the SDK.
    #[must_use]
    pub fn to_sdk(&self) -> SdkValue {
        self.to_attribute().into()
    }

    /// [`from_attribute`](Self::from_attribute) for the SDK.
    ///
    /// # Errors
    /// As [`from_attribute`](Self::from_attribute).
    #[must_use]
    pub fn from_sdk(attribute: &SdkValue) -> Option<Result<Self, OffloadError>> {
        let SdkValue::M(map) = attribute else { return None };
        map.get(POINTER_MARKER)?;
        let Ok(attribute) = AttributeValue::try_from(attribute.clone()) else {
            return Some(Err(invalid("holds a value that DynamoDB would not take")));
        };
        Self::from_attribute(&attribute)
    }
}

/// Whether the text of an item in `DynamoDB` JSON may hold a pointer, found without decoding it.
///
/// `true` may be wrong: the marker may stand in a text of the user's. `false` is right for what
/// `DynamoDB` and this toolkit write; other programs could write the marker with JSON escapes.
///
/// ```
/// use ddbkit_offload::is_pointer_text;
///
/// assert!(is_pointer_text(br#"{"a":{"M":{"$ddbkit:blob":{"N":"1"}}}}"#));
/// assert!(!is_pointer_text(br#"{"a":{"S":"b"}}"#));
/// ```
#[must_use]
pub fn is_pointer_text(line: &[u8]) -> bool {
    memmem::find(line, POINTER_MARKER.as_bytes()).is_some()
}

/// Whether a pointer is in a value or anywhere within. Values are at most 32 levels deep here.
pub(crate) fn holds_pointer(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::M(map) => {
            map.contains(POINTER_MARKER) || map.iter().any(|(_, value)| holds_pointer(value))
        }
        AttributeValue::L(list) => list.iter().any(holds_pointer),
        _ => false,
    }
}

/// Refuses an item with a pointer that stands within an attribute, where the collector would not see
/// it.
pub(crate) fn refuse_within(item: &Item) -> Result<(), OffloadError> {
    let is_within = |value: &AttributeValue| {
        BlobPointer::from_attribute(value).is_none() && holds_pointer(value)
    };
    match item.iter().find(|(_, value)| is_within(value)) {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("attribute {name:?} has a pointer within");
            Err(OffloadError::new(OffloadErrorKind::InvalidPointer, message))
        }
    }
}

fn invalid(what: &str) -> OffloadError {
    OffloadError::new(OffloadErrorKind::InvalidPointer, format!("a pointer {what}"))
}

fn read(version: &AttributeValue, map: &Item) -> Result<BlobPointer, OffloadError> {
    match version {
        AttributeValue::N(number) if number.as_u64() == Some(POINTER_VERSION) => {}
        AttributeValue::N(number) if number.as_u64() > Some(POINTER_VERSION) => {
            return Err(OffloadError::new(
                OffloadErrorKind::UnsupportedVersion,
                format!("a pointer of version {number} is newer than this program: update it"),
            ));
        }
        _ => return Err(invalid("has no version that is a number from 1 on")),
    }
    let text = |name: &str| match map.get(name) {
        Some(AttributeValue::S(text)) if !text.is_empty() => Ok(Some(text.clone())),
        None => Ok(None),
        Some(_) => Err(invalid(&format!("has a member {name:?} that is no text"))),
    };
    let required =
        |name: &str| text(name)?.ok_or_else(|| invalid(&format!("lacks its member {name:?}")));
    let length = |name: &str| match map.get(name) {
        Some(AttributeValue::N(number)) => number.as_u64(),
        _ => None,
    };
    let Some(AttributeValue::B(hash)) = map.get("h") else {
        return Err(invalid("lacks its hash"));
    };
    let pointer = BlobPointer {
        bucket: required("b")?,
        key: required("k")?,
        stored_len: length("s").ok_or_else(|| invalid("lacks the length of its object"))?,
        len: length("n").ok_or_else(|| invalid("lacks the length of its value"))?,
        sha256: hash
            .as_slice()
            .try_into()
            .map_err(|_| invalid("has a hash of other than 32 bytes"))?,
        encoding: match text("e")?.as_deref() {
            None => Encoding::Identity,
            Some("zstd") => Encoding::Zstd,
            Some(_) => return Err(invalid("has an encoding that is not known")),
        },
        kind: match required("t")?.as_str() {
            "S" => BlobKind::String,
            "B" => BlobKind::Binary,
            "J" => BlobKind::Document,
            _ => return Err(invalid("has a type that is not known")),
        },
        content_type: text("ct")?,
    };
    if pointer.encoding == Encoding::Identity && pointer.len != pointer.stored_len {
        return Err(invalid("has two lengths for one object that is not compressed"));
    }
    Ok(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::strategies;
    use proptest::prelude::*;

    fn pointer() -> BlobPointer {
        BlobPointer {
            bucket: "b".to_owned(),
            key: "p/é".to_owned(),
            stored_len: 9,
            len: 1 << 43,
            sha256: std::array::from_fn(|n| u8::try_from(n).unwrap()),
            encoding: Encoding::Zstd,
            kind: BlobKind::Document,
            content_type: Some("text/html".to_owned()),
        }
    }

    fn changed(name: &str, value: Option<AttributeValue>) -> AttributeValue {
        let AttributeValue::M(mut map) = pointer().to_attribute() else { unreachable!() };
        match value {
            Some(value) => map.insert(name, value),
            None => map.remove(name),
        };
        AttributeValue::M(map)
    }

    #[test]
    fn both_forms_are_read_back() {
        for encoding in [Encoding::Identity, Encoding::Zstd] {
            for kind in [BlobKind::String, BlobKind::Binary, BlobKind::Document] {
                let pointer = BlobPointer { encoding, kind, stored_len: 1 << 43, ..pointer() };
                let back = BlobPointer::from_attribute(&pointer.to_attribute()).unwrap().unwrap();
                assert_eq!(back, pointer);
                assert_eq!(BlobPointer::from_sdk(&pointer.to_sdk()).unwrap().unwrap(), pointer);
            }
        }
    }

    #[test]
    fn form_is_the_documented_one() {
        // Items in tables depend on it: members may be added, never changed.
        let mut text = Vec::new();
        let pointer = BlobPointer { sha256: [0; 32], key: "k".to_owned(), ..pointer() };
        pointer.to_attribute().write_dynamodb_json(&mut text);
        let hash = format!("{}=", "A".repeat(43));
        let expected = format!(
            r#"{{"M":{{"$ddbkit:blob":{{"N":"1"}},"b":{{"S":"b"}},"k":{{"S":"k"}},"h":{{"B":"{hash}"}},"n":{{"N":"8796093022208"}},"s":{{"N":"9"}},"t":{{"S":"J"}},"e":{{"S":"zstd"}},"ct":{{"S":"text/html"}}}}}}"#
        );
        assert_eq!(String::from_utf8(text.clone()).unwrap(), expected);
        assert!(is_pointer_text(&text));
    }

    #[test]
    fn members_of_later_versions_do_not_harm() {
        let later = changed("later", Some("x".to_owned().into()));
        assert_eq!(BlobPointer::from_attribute(&later).unwrap().unwrap(), pointer());
    }

    #[test]
    fn newer_version_is_told_apart_from_nonsense() {
        let kind = |value: &str| {
            let version = AttributeValue::N(value.parse().unwrap());
            let read = BlobPointer::from_attribute(&changed(POINTER_MARKER, Some(version)));
            read.unwrap().unwrap_err().kind()
        };
        assert_eq!(kind("2"), OffloadErrorKind::UnsupportedVersion);
        assert_eq!(kind("0"), OffloadErrorKind::InvalidPointer);
        assert_eq!(kind("-1"), OffloadErrorKind::InvalidPointer);
        assert_eq!(kind("1.5"), OffloadErrorKind::InvalidPointer);
    }

    #[test]
    fn damaged_pointers_are_refused() {
        let text = |text: &str| Some(AttributeValue::S(text.to_owned()));
        for (name, value) in [
            ("b", None),
            ("k", text("")),
            ("k", Some(AttributeValue::Null)),
            ("h", None),
            ("h", Some(AttributeValue::B(vec![0; 31]))),
            ("n", text("5")),
            ("s", Some(AttributeValue::N("-5".parse().unwrap()))),
            ("e", text("lz4")),
            ("t", text("X")),
            ("e", None),
        ] {
            let read = BlobPointer::from_attribute(&changed(name, value.clone())).unwrap();
            let error = read.expect_err(name);
            assert_eq!(error.kind(), OffloadErrorKind::InvalidPointer, "{name} {value:?}");
        }
    }

    #[test]
    fn map_without_the_marker_is_a_value() {
        assert!(BlobPointer::from_attribute(&changed(POINTER_MARKER, None)).is_none());
        assert!(BlobPointer::from_sdk(&SdkValue::Null(true)).is_none());
    }
    proptest! {
        #[test]
        fn whatever_a_map_has_it_is_read_or_refused(
            extra in strategies::item(),
            member in prop::sample::select(vec!["$ddbkit:blob", "b", "k", "h", "n", "s", "t", "e", "ct"]),
            value in strategies::attribute_value(1),
        ) {
            let AttributeValue::M(mut map) = pointer().to_attribute() else { unreachable!() };
            map.extend(extra.iter().map(|(name, value)| (format!("x{name}"), value.clone())));
            map.insert(member, value);
            if let Some(Ok(read)) = BlobPointer::from_attribute(&AttributeValue::M(map)) {
                let again = BlobPointer::from_attribute(&read.to_attribute());
                prop_assert_eq!(again.unwrap().unwrap(), read);
            }
        }
    }
}
