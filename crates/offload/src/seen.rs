//! What a writer knows of the item that it changes.

use crate::{BlobPointer, OffloadError, OffloadErrorKind};
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::{AttributeValue, Item};
use std::collections::{BTreeMap, HashMap};

/// What a read saw of an item: its `rev` and its pointers.
///
/// A write is carried out only if the item still has them. Every read gives one; keep it while a person
/// edits, and hand it to the write.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue::S;
/// # use ddbkit_offload::AttributeOptions;
/// use ddbkit_offload::{BlobPointer, ItemWrite, Offloader, Seen};
/// use std::collections::HashMap;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
/// # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
/// # let pages = Offloader::builder(dynamodb.clone(), s3.clone()).table(&table).bucket(&bucket);
/// # let pages = pages.prefix("pages").attribute("html", AttributeOptions::new()).build().await?;
/// let key = HashMap::from([("url".to_owned(), S("/".to_owned()))]);
/// let mut item = key.clone();
/// item.insert("html".to_owned(), S("<p>Hello</p>".repeat(1000)));
/// let created = pages.create(item).await?;
/// assert_eq!(created.seen().pointers().map(|(name, _)| name).collect::<Vec<_>>(), ["html"]);
///
/// let pointer = BlobPointer::from_sdk(&created.attributes()["html"]).ok_or("in S3")??;
/// assert_eq!(pointer.len, 12_000);
///
/// // Into the form that a person edits, and back with what was edited.
/// let hidden_field = created.seen().to_json();
/// let seen = Seen::from_json(&hidden_field)?;
/// let change = ItemWrite::update(key).set("html", S("<p>Bye</p>".repeat(1000)));
/// pages.update(change.seen(seen)).await?;
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub(crate) rev: Option<String>,
    pub(crate) pointers: BTreeMap<String, BlobPointer>,
}

impl Seen {
    /// The random text that every write of this library replaces; `None` for an item that it never
    /// wrote.
    #[must_use]
    pub fn rev(&self) -> Option<&str> {
        self.rev.as_deref()
    }

    /// The pointers, by attribute.
    pub fn pointers(&self) -> impl Iterator<Item = (&str, &BlobPointer)> {
        self.pointers.iter().map(|(name, pointer)| (name.as_str(), pointer))
    }

    /// As a text, for a form or a cookie that comes back later.
    #[must_use]
    pub fn to_json(&self) -> String {
        let pointers: Item =
            self.pointers.iter().map(|(name, pointer)| (name, pointer.to_attribute())).collect();
        let mut item = Item::with_capacity(2);
        if let Some(rev) = &self.rev {
            item.insert("rev", rev.clone());
        }
        item.insert("pointers", AttributeValue::M(pointers));
        item.to_dynamodb_json()
    }

    /// What [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when it did not write it.
    pub fn from_json(text: &str) -> Result<Self, OffloadError> {
        let wrong = || {
            let message = "the text does not tell what was seen of an item";
            OffloadError::new(OffloadErrorKind::InvalidInput, message)
        };
        let mut item = Item::from_dynamodb_json(text.as_bytes()).map_err(|_| wrong())?;
        let rev = match item.remove("rev") {
            None => None,
            Some(AttributeValue::S(rev)) => Some(rev),
            Some(_) => return Err(wrong()),
        };
        let Some(AttributeValue::M(pointers)) = item.remove("pointers") else {
            return Err(wrong());
        };
        let pointers = pointers.into_iter().map(|(name, value)| {
            let pointer = BlobPointer::from_attribute(&value).ok_or_else(wrong)?;
            Ok((name, pointer.map_err(|_| wrong())?))
        });
        Ok(Self { rev, pointers: pointers.collect::<Result<_, OffloadError>>()? })
    }

    /// What is to be seen in an item. A map that is no valid pointer is an error: to write over it would
    /// hide the damage.
    pub(crate) fn in_item(
        item: &HashMap<String, SdkValue>,
        rev_attribute: &str,
    ) -> Result<Self, OffloadError> {
        let rev = item.get(rev_attribute).and_then(|rev| rev.as_s().ok()).cloned();
        let mut pointers = BTreeMap::new();
        for (name, value) in item {
            if let Some(pointer) = BlobPointer::from_sdk(value) {
                pointers.insert(name.clone(), pointer.map_err(|error| error.of_attribute(name))?);
            }
        }
        Ok(Self { rev, pointers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlobKind, Encoding};

    #[test]
    fn what_was_seen_goes_through_a_text() {
        let pointer = BlobPointer {
            bucket: "b".to_owned(),
            key: "k".to_owned(),
            stored_len: 1,
            len: 2,
            sha256: [1; 32],
            encoding: Encoding::Zstd,
            kind: BlobKind::String,
            content_type: None,
        };
        let rev = Some("r".to_owned());
        let whole = Seen { rev, pointers: [("body".to_owned(), pointer)].into() };
        for seen in [whole, Seen::default()] {
            assert_eq!(Seen::from_json(&seen.to_json()).unwrap(), seen);
        }
        for wrong in [
            "",
            "{}",
            r#"{"rev":{"N":"1"},"pointers":{"M":{}}}"#,
            r#"{"pointers":{"M":{"a":{"S":"b"}}}}"#,
        ] {
            let error = Seen::from_json(wrong).unwrap_err();
            assert_eq!(error.kind(), OffloadErrorKind::InvalidInput, "{wrong}");
        }
    }
}
