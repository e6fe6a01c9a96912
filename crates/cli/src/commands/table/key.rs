//! The key of an item, from the command line.

use crate::args::table::{FormatArgs, KeyArgs};
use crate::error::Failure;
use ddbkit::codec::rules::{Key as Schema, KeyType};
use ddbkit::codec::{AttributeValue, Item};
use ddbkit::table::Key;

/// The key that the arguments say, of the types that the table has.
pub(super) fn key(args: &KeyArgs, format: FormatArgs, schema: &Schema) -> Result<Key, Failure> {
    let table = &args.table;
    if let Some(text) = &args.key {
        return of_item(format.format.item("--key", text.as_bytes())?, table, schema);
    }
    let hash = value("HASH", args.hash.as_deref().unwrap_or_default(), schema.partition_key())?;
    match (&args.range, schema.sort_key()) {
        (Some(range), Some(attribute)) => {
            Ok(Key::with_range(hash, value("RANGE", range, attribute)?))
        }
        (None, None) => Ok(Key::new(hash)),
        (None, Some((name, key_type))) => Err(Failure::usage(format!(
            "table {table} has the sort key {name} ({key_type}), and none is given"
        ))
        .with_hint("give it behind the partition key")),
        (Some(_), None) => {
            Err(Failure::usage(format!("table {table} has no sort key, and one is given")))
        }
    }
}

/// The key of an item that has nothing else.
fn of_item(mut item: Item, table: &str, schema: &Schema) -> Result<Key, Failure> {
    let mut take = |(name, key_type): (&str, KeyType)| match item.remove(name) {
        None => {
            Err(Failure::usage(format!("--key lacks {name:?}, a key attribute of table {table}")))
        }
        Some(value) if has_type(&value, key_type) => Ok(value),
        Some(_) => Err(Failure::usage(format!(
            "--key: {name:?} has another type than in table {table}, where it is {key_type}"
        ))),
    };
    let hash = take(schema.partition_key())?;
    let range = schema.sort_key().map(take).transpose()?;
    if let Some((name, _)) = item.iter().next() {
        return Err(Failure::usage(format!(
            "--key: {name:?} is no key attribute of table {table}"
        )));
    }
    Ok(match range {
        Some(range) => Key::with_range(hash, range),
        None => Key::new(hash),
    })
}

fn has_type(value: &AttributeValue, key_type: KeyType) -> bool {
    matches!(
        (value, key_type),
        (AttributeValue::S(_), KeyType::S)
            | (AttributeValue::N(_), KeyType::N)
            | (AttributeValue::B(_), KeyType::B)
    )
}

/// A text as a value of this type.
pub(super) fn value(
    what: &str,
    text: &str,
    (name, key_type): (&str, KeyType),
) -> Result<AttributeValue, Failure> {
    let wrong =
        |detail: &str| Failure::usage(format!("{what} is {detail}, and {name} is {key_type}"));
    match key_type {
        KeyType::S if text.is_empty() => Err(wrong("empty")),
        KeyType::S => Ok(AttributeValue::S(text.to_owned())),
        KeyType::N => {
            let number = text.parse().map_err(|_| wrong(&format!("{text:?}, no number")))?;
            Ok(AttributeValue::N(number))
        }
        KeyType::B => {
            // The one who reads it as DynamoDB JSON knows Base64.
            let json = format!("{{\"B\":{}}}", serde_json::Value::from(text));
            AttributeValue::from_dynamodb_json(json.as_bytes())
                .map_err(|_| wrong(&format!("{text:?}, no Base64")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_values_of_the_type_of_the_key() {
        let of = |text, key_type| value("HASH", text, ("pk", key_type));
        assert_eq!(of("17", KeyType::S).unwrap(), AttributeValue::S("17".to_owned()));
        assert_eq!(of("1.70", KeyType::N).unwrap(), AttributeValue::N("1.70".parse().unwrap()));
        assert_eq!(of("AQI=", KeyType::B).unwrap(), AttributeValue::B(vec![1, 2]));
        for (text, key_type, expected) in [
            ("", KeyType::S, "HASH is empty, and pk is S"),
            ("one", KeyType::N, "HASH is \"one\", no number, and pk is N"),
            ("\"!", KeyType::B, "HASH is \"\\\"!\", no Base64, and pk is B"),
        ] {
            assert_eq!(of(text, key_type).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn a_key_in_json_is_the_key_and_nothing_else() {
        let schema = Schema::partition("pk", KeyType::S).sort("sk", KeyType::N);
        let of =
            |text: &str| of_item(Item::from_dynamodb_json(text.as_bytes()).unwrap(), "T", &schema);
        let right = of(r#"{"sk":{"N":"1"},"pk":{"S":"a"}}"#).unwrap();
        let one = AttributeValue::N("1".parse().unwrap());
        assert_eq!(right, Key::with_range("a", one));
        for (text, expected) in [
            (r#"{"pk":{"S":"a"}}"#, "lacks \"sk\""),
            (r#"{"pk":{"S":"a"},"sk":{"S":"1"}}"#, "another type"),
            (r#"{"pk":{"S":"a"},"sk":{"N":"1"},"x":{"N":"1"}}"#, "\"x\" is no key attribute"),
        ] {
            let error = of(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
