//! Which of a record and what is there is newer.

use ddbkit_codec::{AttributeValue, Item, Number, RawItem};
use std::cmp::Ordering;

/// How a record stands to what was kept of its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The record is newer.
    Newer,
    /// It is the very record that was applied before.
    Same,
    /// What is there is newer.
    Older,
    /// What is there has no number to compare by.
    Unknown,
}

impl Standing {
    /// Of a record of this time to an item with a time in that attribute.
    pub(super) fn of(micros: u64, there: &Item, attribute: &str) -> Self {
        match there.get(attribute) {
            None => Self::Newer,
            Some(AttributeValue::N(kept)) => match Number::from(micros).cmp(kept) {
                Ordering::Greater => Self::Newer,
                Ordering::Equal => Self::Same,
                Ordering::Less => Self::Older,
            },
            Some(_) => Self::Unknown,
        }
    }
}

/// The item with its time in the attribute; why it cannot have it otherwise.
pub(super) fn stamped(item: &[u8], attribute: &str, micros: u64) -> Result<Vec<u8>, String> {
    let (raw, _) = RawItem::from_prefix(item).map_err(|error| error.to_string())?;
    if raw.attribute(attribute).map_err(|error| error.to_string())?.is_some() {
        return Err(format!(
            "the item has an attribute {attribute} already, in which its time was to be kept"
        ));
    }
    let attribute = serde_json::Value::from(attribute);
    let stamp = format!(",{attribute}:{{\"N\":\"{micros}\"}}}}");
    // An item has its key at least, so a comma goes before one more attribute.
    let open = raw.as_bytes().strip_suffix(b"}").unwrap_or_default();
    Ok([open, stamp.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_by_value() {
        let item = |json: &str| Item::from_dynamodb_json(json.as_bytes()).unwrap();
        for (json, standing) in [
            (r#"{"pk":{"S":"a"}}"#, Standing::Newer),
            (r#"{"at":{"N":"9"}}"#, Standing::Newer),
            (r#"{"at":{"N":"1e1"}}"#, Standing::Same),
            (r#"{"at":{"N":"10.5"}}"#, Standing::Older),
            (r#"{"at":{"S":"10"}}"#, Standing::Unknown),
        ] {
            assert_eq!(Standing::of(10, &item(json), "at"), standing, "{json}");
        }
    }

    #[test]
    fn a_stamp_is_one_more_attribute() {
        let item = br#"{"pk":{"S":"}"},"m":{"M":{"at":{"S":"inner"}}}}"#;
        let with = stamped(item, "at", 7).unwrap();
        let with = Item::from_dynamodb_json(&with).unwrap();
        assert_eq!(with.get("at"), Some(&AttributeValue::N(Number::from(7_u64))));
        assert_eq!(with.iter().count(), 3);
        let why = stamped(item, "m", 7).unwrap_err();
        assert!(why.contains("attribute m already"), "{why}");
    }
}
