//! The key of the item that an object belongs to, from the object's metadata.

use super::pointers::SdkItem;
use crate::{KeyAttribute, KeyAttributeType, KeySchema};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// The key attributes; `None` where the metadata has none, or only the hash of a long one.
pub(super) fn key_in_metadata(
    metadata: &HashMap<String, String>,
    schema: &KeySchema,
) -> Option<SdkItem> {
    let mut item = SdkItem::new();
    for (attribute, name) in schema.attributes().zip(["ddbkit-pk", "ddbkit-sk"]) {
        item.insert(attribute.name.clone(), value(metadata.get(name)?, attribute)?);
    }
    Some(item)
}

fn value(text: &str, attribute: &KeyAttribute) -> Option<AttributeValue> {
    let (letter, value) = text.split_once(':')?;
    // A colon in a value is percent-encoded, so this is the mark of a hash.
    if value.contains(':') {
        return None;
    }
    let bytes = percent_decoded(value)?;
    let text = |bytes| String::from_utf8(bytes).ok();
    match (letter, attribute.attribute_type) {
        ("S", KeyAttributeType::S) => text(bytes).map(AttributeValue::S),
        ("N", KeyAttributeType::N) => text(bytes).map(AttributeValue::N),
        ("B", KeyAttributeType::B) => Some(AttributeValue::B(Blob::new(bytes))),
        _ => None,
    }
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push(if byte == b'%' { u8::try_from(digit()? * 16 + digit()?).ok()? } else { byte });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str, attribute_type: KeyAttributeType) -> Option<AttributeValue> {
        let attribute = KeyAttribute { name: "id".into(), attribute_type };
        let schema = KeySchema { hash: attribute, range: None };
        let metadata = HashMap::from([("ddbkit-pk".to_owned(), text.to_owned())]);
        key_in_metadata(&metadata, &schema)?.remove("id")
    }

    #[test]
    fn keys_are_read_back() {
        let text = |text: &str| Some(AttributeValue::S(text.to_owned()));
        assert_eq!(key("S:a%2Fb%3Dc%C3%BC", KeyAttributeType::S), text("a/b=cü"));
        assert_eq!(key("N:-1.5", KeyAttributeType::N), Some(AttributeValue::N("-1.5".into())));
        let binary = Some(AttributeValue::B(Blob::new([0, 255])));
        assert_eq!(key("B:%00%FF", KeyAttributeType::B), binary);
    }

    #[test]
    fn what_is_no_key_is_none() {
        for wrong in ["S:blake3:00ff", "N:1", "S:%G0", "S:%0", "S:%FF", "", "S"] {
            assert_eq!(key(wrong, KeyAttributeType::S), None, "{wrong}");
        }
    }
}
