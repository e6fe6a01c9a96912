//! Items, keys and values as JSON of the form that was asked for.

use crate::args::table::ItemFormat;
use crate::error::Failure;
use ddbkit::codec::{AttributeValue, DecodeError, Item, PlainOptions};

/// Marked, so that what is read again is the same item.
const PLAIN: PlainOptions = PlainOptions::LOSSLESS;

impl ItemFormat {
    /// What the form is called in messages.
    fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::DynamodbJson => "DynamoDB JSON",
        }
    }

    pub(super) fn decode_item(self, text: &[u8]) -> Result<Item, DecodeError> {
        match self {
            Self::Json => Item::from_plain_json(text, &PLAIN),
            Self::DynamodbJson => Item::from_dynamodb_json(text),
        }
    }

    pub(super) fn decode_value(self, text: &[u8]) -> Result<AttributeValue, DecodeError> {
        match self {
            Self::Json => AttributeValue::from_plain_json(text, &PLAIN),
            Self::DynamodbJson => AttributeValue::from_dynamodb_json(text),
        }
    }

    /// The item of an option, which errors name.
    pub(super) fn item(self, option: &str, text: &[u8]) -> Result<Item, Failure> {
        self.decode_item(text).map_err(|error| self.refused(option, &error))
    }

    pub(super) fn refused(self, option: &str, error: &DecodeError) -> Failure {
        let hint = match self {
            Self::Json => {
                "write it like '{\"pk\":\"a\",\"n\":1}'; --format dynamodb-json takes the other form"
            }
            Self::DynamodbJson => "write it like '{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}'",
        };
        Failure::usage(format!("{option} is no {}: {error}", self.name())).with_hint(hint)
    }

    /// The item on a line, with its attributes in the order of their names: the service has none.
    pub(super) fn write_line(self, item: Item, lines: &mut Vec<u8>) {
        let item = ordered(item);
        match self {
            Self::Json => item.write_plain_json(&PLAIN, lines),
            Self::DynamodbJson => item.write_dynamodb_json(lines),
        }
        lines.push(b'\n');
    }

    /// One line alone.
    pub(super) fn line(self, item: Item) -> Vec<u8> {
        let mut line = Vec::new();
        self.write_line(item, &mut line);
        line
    }
}

fn ordered(item: Item) -> Item {
    let mut attributes: Vec<_> = item.into_iter().collect();
    attributes.sort_by(|(left, _), (right, _)| left.cmp(right));
    attributes.into_iter().map(|(name, value)| (name, ordered_within(value))).collect()
}

// Recursion ends: values have no more than 32 levels.
fn ordered_within(value: AttributeValue) -> AttributeValue {
    match value {
        AttributeValue::M(map) => AttributeValue::M(ordered(map)),
        AttributeValue::L(list) => {
            AttributeValue::L(list.into_iter().map(ordered_within).collect())
        }
        value => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_in_order_and_exact() {
        let text = br#"{"b":{"y":[{"d":1,"c":0.10}],"x":{"$stringSet":["s"]}},"a":1e2}"#;
        let item = ItemFormat::Json.decode_item(text).unwrap();
        let line = |format: ItemFormat| String::from_utf8(format.line(item.clone())).unwrap();
        let plain = line(ItemFormat::Json);
        assert!(
            plain.ends_with(
                "\"b\":{\"x\":{\"$stringSet\":[\"s\"]},\"y\":[{\"c\":0.10,\"d\":1}]}}\n"
            ),
            "{plain}"
        );
        assert_eq!(ItemFormat::Json.decode_item(plain.as_bytes()).unwrap(), item);
        let tagged = line(ItemFormat::DynamodbJson);
        assert_eq!(ItemFormat::DynamodbJson.decode_item(tagged.as_bytes()).unwrap(), item);
    }
}
