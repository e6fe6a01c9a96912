//! The names of the key attributes, and what tells keys apart.

use super::windows::{MergeRefusal, Window, refused};
use crate::{ExportError, ExportErrorKind, ExportReader, ReadOptions};
use ddbkit_codec::{AttributeValue, Item, RawItem, RawRecord, item_digest};

/// Half of a BLAKE3-256: keys of two items are not found equal by chance.
pub(super) type KeyDigest = [u8; 16];

/// The names of the one or two key attributes, in no order that means anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyNames {
    first: String,
    second: Option<String>,
}

impl KeyNames {
    pub(super) fn new(first: String, second: Option<String>) -> Self {
        Self { first, second }
    }

    pub(super) fn into_names(self) -> Vec<String> {
        std::iter::once(self.first).chain(self.second).collect()
    }

    fn count(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }

    /// The digest of the key of an item: equal for keys that `DynamoDB` holds equal, whatever their
    /// text. Nothing else of the item is decoded.
    pub(super) fn digest(&self, item: RawItem<'_>) -> Result<KeyDigest, String> {
        let text = |error: ddbkit_codec::DecodeError| error.to_string();
        let mut key = Item::new();
        if let Some(second) = &self.second {
            let [one, two] = item.attributes([&*self.first, second]).map_err(text)?;
            key.insert(self.first.clone(), value(&self.first, one)?);
            key.insert(second.clone(), value(second, two)?);
        } else {
            let one = item.attribute(&self.first).map_err(text)?;
            key.insert(self.first.clone(), value(&self.first, one)?);
        }
        Ok(half(&item_digest(&key)))
    }

    /// The digest of the `Keys` of a record, which have to be these names and no others.
    pub(super) fn digest_of_keys(&self, keys: RawItem<'_>) -> Result<KeyDigest, String> {
        let digest = self.digest(keys)?;
        let found = keys.decode().map_err(|error| error.to_string())?.len();
        if found == self.count() {
            return Ok(digest);
        }
        Err(format!("its Keys have {found} attributes, the key of the table has {}", self.count()))
    }
}

fn value(name: &str, json: Option<&[u8]>) -> Result<AttributeValue, String> {
    let json = json.ok_or_else(|| format!("the key attribute {name} is missing"))?;
    let value = AttributeValue::from_dynamodb_json(json)
        .map_err(|error| format!("the key attribute {name} cannot be read: {error}"))?;
    match value {
        AttributeValue::S(_) | AttributeValue::N(_) | AttributeValue::B(_) => Ok(value),
        _ => Err(format!("the key attribute {name} is no string, number or binary")),
    }
}

fn half(digest: &[u8; 32]) -> KeyDigest {
    let mut half = KeyDigest::default();
    half.iter_mut().zip(digest).for_each(|(half, byte)| *half = *byte);
    half
}

/// The names: those given, or of the base's descriptor, or of the first record.
pub(super) async fn find(
    given: Option<KeyNames>,
    base: &ExportReader,
    windows: &[Window],
) -> Result<KeyNames, ExportError> {
    if let Some(names) = given {
        return Ok(names);
    }
    if let Some(descriptor) = base.descriptor().await? {
        let key = descriptor.key_schema()?;
        return Ok(KeyNames::new(key.hash.name, key.range.map(|range| range.name)));
    }
    for window in windows {
        let reader = &window.reader;
        for file in reader.files().iter().filter(|file| file.item_count > 0) {
            let mut lines = reader.read_file(file, ReadOptions::default()).await?;
            while let Some(batch) = lines.next().await? {
                let mut items = batch.iter().filter(|(_, line)| !line.trim_ascii().is_empty());
                if let Some((number, line)) = items.next() {
                    return of_record(line).map_err(|why| {
                        let object = reader.describe_file(file);
                        ExportError::new(ExportErrorKind::InvalidLine, object)
                            .at_line(number)
                            .detail(why)
                    });
                }
            }
        }
    }
    let why = "it has no table descriptor, and the incremental exports have no records; name the \
               key attributes";
    Err(refused(MergeRefusal::UnknownKeys, base.describe(), why))
}

fn of_record(line: &[u8]) -> Result<KeyNames, String> {
    let record = RawRecord::from_line(line).map_err(|error| error.to_string())?;
    let keys = record.keys.decode().map_err(|error| error.to_string())?;
    let mut names = keys.iter().map(|(name, _)| name.to_string());
    match (names.next(), names.next(), names.next()) {
        (Some(first), second, None) => Ok(KeyNames::new(first, second)),
        _ => Err("its Keys have neither one nor two attributes".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(item: &str) -> Result<KeyDigest, String> {
        let names = KeyNames::new("pk".to_owned(), Some("sk".to_owned()));
        names.digest(RawItem::from_line(item.as_bytes()).unwrap())
    }

    #[test]
    fn keys_are_equal_by_value_and_in_any_order() {
        let one = digest(r#"{"pk":{"S":"a"},"sk":{"N":"1"},"x":{"S":"y"}}"#).unwrap();
        assert_eq!(digest(r#"{"sk":{"N":"1.0"},"pk":{"S":"\u0061"}}"#).unwrap(), one);
        assert_ne!(digest(r#"{"pk":{"S":"a"},"sk":{"S":"1"}}"#).unwrap(), one);
        assert_ne!(digest(r#"{"pk":{"S":"1"},"sk":{"S":"a"}}"#).unwrap(), one);
    }

    #[test]
    fn what_is_no_key_is_named() {
        assert_eq!(digest(r#"{"pk":{"S":"a"}}"#).unwrap_err(), "the key attribute sk is missing");
        let flag = digest(r#"{"pk":{"S":"a"},"sk":{"BOOL":true}}"#).unwrap_err();
        assert!(flag.contains("sk") && flag.contains("no string"), "{flag}");
    }

    #[test]
    fn names_are_found_in_a_record() {
        let line = |keys: &str| {
            format!(r#"{{"Metadata":{{"WriteTimestampMicros":{{"N":"1"}}}},"Keys":{keys}}}"#)
        };
        let names = of_record(line(r#"{"a":{"S":"1"},"b":{"S":"1"}}"#).as_bytes()).unwrap();
        let mut names = names.into_names();
        names.sort();
        assert_eq!(names, ["a", "b"]);
        assert!(of_record(line("{}").as_bytes()).is_err());
        assert!(of_record(br#"{"Item":{"pk":{"S":"a"}}}"#).is_err());
    }
}
