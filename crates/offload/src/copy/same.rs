//! Whether items are the same but for where their values lie.

use crate::BlobPointer;
use crate::offloader::REV_ATTRIBUTE;
use ddbkit_codec::{AttributeValue, Item};

/// Whether two items are the same but for where their large values lie, and for their `ddbkit_rev`: so
/// are an item and a copy of it. Values are compared by their SHA-256, of which nothing is read.
#[must_use]
pub fn have_same_values(one: &Item, other: &Item) -> bool {
    let count = |item: &Item| item.iter().filter(|(name, _)| *name != REV_ATTRIBUTE).count();
    count(one) == count(other)
        && one.iter().filter(|(name, _)| *name != REV_ATTRIBUTE).all(|(name, value)| {
            other.get(name).is_some_and(|other| value == other || is_same_blob(value, other))
        })
}

fn is_same_blob(one: &AttributeValue, other: &AttributeValue) -> bool {
    let pointer = |value| BlobPointer::from_attribute(value).and_then(Result::ok);
    let (Some(one), Some(other)) = (pointer(one), pointer(other)) else { return false };
    (one.sha256, one.len, one.kind) == (other.sha256, other.len, other.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlobKind, Encoding};

    fn item(key: &str, sha256: u8, rev: Option<&str>) -> Item {
        let mut item = Item::from_iter([("pk", "a")]);
        let pointer = BlobPointer {
            bucket: "b".to_owned(),
            key: key.to_owned(),
            stored_len: 1,
            len: 1,
            sha256: [sha256; 32],
            encoding: Encoding::Identity,
            kind: BlobKind::Binary,
            content_type: None,
        };
        item.insert("body", pointer.to_attribute());
        if let Some(rev) = rev {
            item.insert(REV_ATTRIBUTE, rev.to_owned());
        }
        item
    }

    #[test]
    fn places_and_revs_do_not_count_and_all_else_does() {
        assert!(have_same_values(&item("k", 1, Some("r")), &item("l", 1, Some("s"))));
        assert!(have_same_values(&item("k", 1, None), &item("l", 1, Some("s"))));
        assert!(!have_same_values(&item("k", 1, None), &item("k", 2, None)));
        let mut more = item("k", 1, None);
        more.insert("other", "x".to_owned());
        assert!(!have_same_values(&item("k", 1, None), &more));
        assert!(!have_same_values(&more, &item("k", 1, None)));
        assert!(!have_same_values(&Item::from_iter([("body", "x")]), &more));
    }
}
