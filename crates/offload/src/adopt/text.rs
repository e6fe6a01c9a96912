//! The text that `pynamodb_mate` puts into an item in the place of a large value.

use crate::ItemKey;
use ddbkit_codec::AttributeValue;

/// What `pynamodb_mate` writes for a large attribute:
/// `s3://{bucket}/{prefix}/pk={pk}/sk={sk}/attr={attribute}/md5={md5 of the value}`, without `sk=` for
/// a table that has no sort key, and without the prefix where it is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignText {
    /// The bucket.
    pub bucket: String,
    /// The key of the object, as it is: nothing in it is escaped.
    pub key: String,
    /// The MD5 of the value.
    pub md5: [u8; 16],
}

impl ForeignText {
    /// Reads the text; `None` when the attribute is something else, or belongs to another attribute.
    ///
    /// ```
    /// use ddbkit_offload::adopt::ForeignText;
    ///
    /// let text = "s3://b/p/pk=1/attr=html/md5=d41d8cd98f00b204e9800998ecf8427e";
    /// assert_eq!(ForeignText::parse(text, "html").unwrap().key, &text[7..]);
    /// assert!(ForeignText::parse(text, "image").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str, attribute: &str) -> Option<Self> {
        let (bucket, key) = text.strip_prefix("s3://")?.split_once('/')?;
        let (before, md5) = key.rsplit_once("/md5=")?;
        let before = before.strip_suffix(attribute)?.strip_suffix("/attr=")?;
        let has_key = before.starts_with("pk=") || before.contains("/pk=");
        if bucket.is_empty() || !has_key {
            return None;
        }
        Some(Self { bucket: bucket.to_owned(), key: key.to_owned(), md5: from_hex(md5)? })
    }

    /// Whether the text was written for this item: its key stands in the text. Keys of binary have
    /// no text there.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ddbkit_offload::adopt::ForeignText;
    /// use ddbkit_offload::{ItemKey, KeyAttribute, KeyAttributeType, KeySchema};
    ///
    /// let hash = KeyAttribute { name: "id".to_owned(), attribute_type: KeyAttributeType::S };
    /// let schema = KeySchema { hash, range: None };
    /// let key = |id: &str| ItemKey::of_codec_item("T", &schema, &Item::from_iter([("id", id)]));
    ///
    /// let text = "s3://b/p/pk=1/attr=html/md5=d41d8cd98f00b204e9800998ecf8427e";
    /// let text = ForeignText::parse(text, "html").unwrap();
    /// assert!(text.is_of(&key("1")?, "html") && !text.is_of(&key("2")?, "html"));
    /// # Ok::<(), ddbkit_offload::OffloadError>(())
    /// ```
    #[must_use]
    pub fn is_of(&self, item: &ItemKey, attribute: &str) -> bool {
        let Some(mut own) = shown(item.hash().1).map(|pk| format!("pk={pk}")) else { return false };
        if let Some((_, range)) = item.range() {
            let Some(sk) = shown(range) else { return false };
            own.push_str(&format!("/sk={sk}"));
        }
        own.push_str(&format!("/attr={attribute}/md5="));
        let Some((before, _)) = self.key.rsplit_once("/md5=") else { return false };
        let before = format!("{before}/md5=");
        before.strip_suffix(&own).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with('/'))
    }
}

/// A key attribute as Python formats it.
fn shown(value: &AttributeValue) -> Option<String> {
    match value {
        AttributeValue::S(text) => Some(text.clone()),
        AttributeValue::N(number) => Some(number.to_string()),
        _ => None,
    }
}

fn from_hex(text: &str) -> Option<[u8; 16]> {
    if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(text, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyAttribute, KeyAttributeType, KeySchema};
    use ddbkit_codec::Item;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn key(pk: &str, sk: Option<u64>) -> ItemKey {
        let attribute =
            |name: &str, attribute_type| KeyAttribute { name: name.to_owned(), attribute_type };
        let schema = KeySchema {
            hash: attribute("pk", KeyAttributeType::S),
            range: sk.map(|_| attribute("sk", KeyAttributeType::N)),
        };
        let mut item = Item::default();
        item.insert("pk", pk.to_owned());
        if let Some(sk) = sk {
            item.insert("sk", ddbkit_codec::Number::from(sk));
        }
        ItemKey::of_codec_item("t", &schema, &item).unwrap()
    }

    #[test]
    fn texts_of_the_library_are_read_with_keys_of_all_kinds() {
        for pk in ["a", "a/b", "x/pk=y/sk=3", "é\n", ""] {
            for prefix in ["", "p/", "p/q/"] {
                let text = format!("s3://b/{prefix}pk={pk}/sk=7/attr=html/md5={MD5}");
                let read = ForeignText::parse(&text, "html").expect(&text);
                assert_eq!(read.bucket, "b");
                assert_eq!(read.key, text["s3://b/".len()..]);
                assert_eq!(read.md5[0], 0xd4);
                if !pk.is_empty() {
                    assert!(read.is_of(&key(pk, Some(7)), "html"), "{text}");
                    assert!(!read.is_of(&key(pk, Some(8)), "html"));
                    assert!(!read.is_of(&key(&format!("{pk}x"), Some(7)), "html"));
                    assert!(!read.is_of(&key(pk, None), "html"));
                }
            }
        }
        let text = format!("s3://b/p/pk=a/attr=html/md5={MD5}");
        assert!(ForeignText::parse(&text, "html").unwrap().is_of(&key("a", None), "html"));
    }

    #[test]
    fn other_texts_are_values() {
        for text in [
            String::new(),
            "s3://b/k".to_owned(),
            format!("https://b/pk=a/attr=html/md5={MD5}"),
            format!("s3://b/pk=a/attr=html/md5={MD5}0"),
            format!("s3://b/pk=a/attr=html/md5={}", MD5.replace('d', "+")),
            format!("s3://b/attr=html/md5={MD5}"),
            format!("s3:///pk=a/attr=html/md5={MD5}"),
            format!("s3://b/pk=a/attr=image/md5={MD5}"),
        ] {
            assert_eq!(ForeignText::parse(&text, "html"), None, "{text}");
        }
    }
}
