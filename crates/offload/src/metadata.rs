//! What an object says about itself, for people and for tools that see the bucket alone.

use crate::{AttributeOptions, ItemKey, OffloadError, OffloadErrorKind};
use ddbkit_codec::AttributeValue;
use std::collections::HashMap;
use std::time::SystemTime;

/// All metadata of an object in bytes, names and values (S3 User Guide, "Working with object
/// metadata").
const MAX_METADATA: usize = 2048;
/// The longest value that we write.
const MAX_VALUE: usize = 400;

/// The metadata of an object: what the options say, and table, key, attribute and time.
///
/// Values are percent-encoded, since headers take ASCII only. A value that would be longer than 400
/// bytes is `blake3:` and the hash of its bytes.
pub(crate) fn of_object(
    key: &ItemKey,
    attribute: &str,
    now: SystemTime,
    options: &AttributeOptions,
) -> Result<HashMap<String, String>, OffloadError> {
    let mut metadata: HashMap<String, String> = options.metadata.clone().into_iter().collect();
    let mut add = |name: &str, value: String| metadata.insert(format!("ddbkit-{name}"), value);
    add("table", capped(key.table().as_bytes(), ""));
    add("pk", key_value(key.hash().1));
    if let Some((_, range)) = key.range() {
        add("sk", key_value(range));
    }
    add("attribute", capped(attribute.as_bytes(), ""));
    let time = jiff::Timestamp::try_from(now).unwrap_or_default();
    add("time", format!("{time:.3}"));

    let size: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MAX_METADATA {
        return Err(OffloadError::new(
            OffloadErrorKind::InvalidInput,
            format!(
                "the metadata of attribute {attribute:?} has {size} bytes, S3 takes {MAX_METADATA}"
            ),
        ));
    }
    Ok(metadata)
}

fn key_value(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => capped(text.as_bytes(), "S:"),
        AttributeValue::N(number) => capped(number.to_normal_form().as_bytes(), "N:"),
        AttributeValue::B(bytes) => capped(bytes, "B:"),
        // No other type is a key.
        _ => String::new(),
    }
}

fn capped(bytes: &[u8], before: &str) -> String {
    let encoded = percent_encoded(bytes);
    if before.len() + encoded.len() <= MAX_VALUE {
        return format!("{before}{encoded}");
    }
    format!("{before}blake3:{}", blake3::hash(bytes).to_hex())
}

/// All but letters, digits, `-`, `_`, `.` and `~` as `%XX` (RFC 3986).
pub(crate) fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyAttribute, KeyAttributeType, KeySchema};
    use aws_sdk_dynamodb::types::AttributeValue as SdkValue;

    fn key(text: &str) -> ItemKey {
        let hash = KeyAttribute { name: "pk".into(), attribute_type: KeyAttributeType::S };
        let item = HashMap::from([("pk".to_owned(), SdkValue::S(text.to_owned()))]);
        ItemKey::of_item("t", &KeySchema { hash, range: None }, &item).unwrap()
    }

    #[test]
    fn every_key_becomes_short_ascii() {
        let options = AttributeOptions::new().metadata("Own", "x y");
        for text in ["a/b=c", "ü\n\r\t", &"x".repeat(2048), &"\u{1f600}".repeat(512)] {
            let metadata = of_object(&key(text), "a=ü", SystemTime::UNIX_EPOCH, &options).unwrap();
            assert!(metadata.values().all(|value| value.is_ascii() && value.len() <= 420));
            assert_eq!(metadata["ddbkit-attribute"], "a%3D%C3%BC");
            assert_eq!(metadata["ddbkit-time"], "1970-01-01T00:00:00.000Z");
            assert_eq!(metadata["own"], "x y");
        }
        let metadata = of_object(&key("a/b=c"), "a", SystemTime::UNIX_EPOCH, &options).unwrap();
        assert_eq!(metadata["ddbkit-pk"], "S:a%2Fb%3Dc");
    }

    #[test]
    fn too_much_metadata_is_refused() {
        let options = AttributeOptions::new().metadata("own", "x".repeat(2000));
        let error = of_object(&key("a"), "a", SystemTime::UNIX_EPOCH, &options).unwrap_err();
        assert_eq!(error.kind(), OffloadErrorKind::InvalidInput);
    }
}
