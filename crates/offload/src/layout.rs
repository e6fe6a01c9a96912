//! The keys of objects.

use crate::{OffloadError, OffloadErrorKind, OwnerHash};
use std::fmt;
use uuid::Uuid;

/// What makes the key of an object unlike every other: a UUID of version 7, so that the objects of an
/// attribute are listed in the order in which they were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueId(Uuid);

impl UniqueId {
    /// A new one: a time in milliseconds and 74 random bits.
    #[must_use]
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for UniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

/// How the keys of objects are made.
///
/// The collector deletes an object that its owner does not point to. So every key must hold the item
/// that it belongs to: `owner(object_key(o, ..))` is `o`, for all attributes. And it must hold the
/// unique part, because a key that was written once is never written again. Both are checked by
/// [`check_layout`] with samples when an offloader is built.
///
/// ```
/// use ddbkit_offload::{DefaultLayout, KeyLayout, OwnerHash, UniqueId, check_layout};
///
/// let layout = DefaultLayout::new("large/orders")?;
/// check_layout(&layout)?;
/// let owner: OwnerHash = "3f00000000000000000000000000000a".parse()?;
/// let key = layout.object_key(&owner, "body", &UniqueId::generate());
/// assert!(key.starts_with("large/orders/3f/3f00000000000000000000000000000a/body/"));
/// assert_eq!(layout.owner(&key), Some(owner));
/// # Ok::<(), ddbkit_offload::OffloadError>(())
/// ```
pub trait KeyLayout: fmt::Debug + Send + Sync {
    /// What all keys start with, without a slash at either end; empty for a whole bucket. The
    /// manifest of ownership lies under it.
    fn prefix(&self) -> &str;

    /// The key of an object of this owner, at most 1,024 bytes long.
    fn object_key(&self, owner: &OwnerHash, attribute: &str, unique: &UniqueId) -> String;

    /// The owner of an object; `None` for a key that [`object_key`](Self::object_key) does not make.
    fn owner(&self, key: &str) -> Option<OwnerHash>;

    /// Starts of keys that divide all objects into shards, which the collector lists side by side: in
    /// ascending order, none the start of another. One shard, unless said otherwise.
    fn shards(&self) -> Vec<String> {
        vec![match self.prefix() {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        }]
    }
}

/// The longest key of S3, in bytes (S3 User Guide, "Naming Amazon S3 objects").
const MAX_KEY: usize = 1024;
/// The longest prefix, in bytes: it leaves room for all the rest.
const MAX_PREFIX: usize = 700;
/// The longest part of a key that is made of an attribute's name, in bytes.
const MAX_ATTRIBUTE: usize = 200;

/// `{prefix}/{2 hex of owner}/{owner}/{attribute}/{unique}`.
///
/// The two digits spread the load over S3's partitions and let the collector work in 256 shards. The
/// name of the attribute is percent-encoded, and one that gets longer than 200 bytes is cut and ends
/// in `~` and a hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultLayout {
    prefix: String,
}

impl DefaultLayout {
    /// The layout under a prefix; slashes at its ends do not matter.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the prefix is longer than 700 bytes, or has
    /// empty parts, `.`, `..` or control characters, which not all servers keep apart.
    pub fn new(prefix: &str) -> Result<Self, OffloadError> {
        let prefix = prefix.trim_matches('/');
        let wrong = if prefix.len() > MAX_PREFIX {
            Some("is longer than 700 bytes")
        } else if prefix.chars().any(char::is_control) {
            Some("has control characters")
        } else if !prefix.is_empty()
            && prefix.split('/').any(|part| matches!(part, "" | "." | ".."))
        {
            Some("has a part that is empty, \".\" or \"..\"")
        } else {
            None
        };
        match wrong {
            Some(wrong) => Err(OffloadError::new(
                OffloadErrorKind::InvalidInput,
                format!("the prefix {prefix:?} {wrong}"),
            )),
            None => Ok(Self { prefix: prefix.to_owned() }),
        }
    }
}

impl KeyLayout for DefaultLayout {
    fn prefix(&self) -> &str {
        &self.prefix
    }

    fn object_key(&self, owner: &OwnerHash, attribute: &str, unique: &UniqueId) -> String {
        let [first, ..] = owner.as_bytes();
        let attribute = encoded(attribute);
        let rest = format!("{first:02x}/{owner}/{attribute}/{unique}");
        if self.prefix.is_empty() { rest } else { format!("{}/{rest}", self.prefix) }
    }

    fn owner(&self, key: &str) -> Option<OwnerHash> {
        let rest = match self.prefix.as_str() {
            "" => key,
            prefix => key.strip_prefix(prefix)?.strip_prefix('/')?,
        };
        let mut parts = rest.split('/');
        let (shard, owner) = (parts.next()?, parts.next()?);
        let (attribute, unique) = (parts.next()?, parts.next()?);
        let unique_is_ours = Uuid::try_parse(unique)
            .is_ok_and(|parsed| parsed.as_hyphenated().to_string() == unique);
        let fits = owner.starts_with(shard)
            && shard.len() == 2
            && !attribute.is_empty()
            && unique_is_ours
            && parts.next().is_none();
        fits.then(|| owner.parse().ok()).flatten()
    }

    fn shards(&self) -> Vec<String> {
        let under =
            if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) };
        (0..=u8::MAX).map(|first| format!("{under}{first:02x}/")).collect()
    }
}

/// A name in letters that every S3 and every URL keeps as they are, and not too long.
fn encoded(attribute: &str) -> String {
    let mut text = String::with_capacity(attribute.len());
    for byte in attribute.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    if text.len() > MAX_ATTRIBUTE {
        let hash = blake3::hash(attribute.as_bytes()).to_hex();
        let hash = hash.get(..16).unwrap_or_default();
        text.truncate(MAX_ATTRIBUTE - 17);
        text = format!("{text}~{hash}");
    }
    text
}

/// Checks a layout of one's own with samples: keys lie under the prefix, hold their owner and the unique
/// part, and are not too long; the manifest belongs to no owner.
///
/// # Errors
/// [`InvalidInput`](OffloadErrorKind::InvalidInput) says which rule is broken.
pub fn check_layout(layout: &dyn KeyLayout) -> Result<(), OffloadError> {
    let broken = |rule: &str| {
        let message = format!("the key layout breaks a rule: {rule}");
        Err(OffloadError::new(OffloadErrorKind::InvalidInput, message))
    };
    let prefix = layout.prefix();
    if prefix.starts_with('/') || prefix.ends_with('/') {
        return broken("the prefix starts or ends with a slash");
    }
    let under = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    let long = "x".repeat(255);
    let shards = layout.shards();
    if shards
        .windows(2)
        .any(|two| matches!(two, [one, next] if next <= one || next.starts_with(one)))
    {
        return broken("the shards are not in ascending order, or overlap");
    }
    let mut seen = std::collections::HashSet::new();
    for owner in [[0; 16], [0xff; 16], *b"0123456789abcdef"].map(OwnerHash::from_bytes) {
        for attribute in ["body", "a/b=c", "é\n%~", &long] {
            for unique in [UniqueId::generate(), UniqueId::generate()] {
                let key = layout.object_key(&owner, attribute, &unique);
                if !key.starts_with(&under) {
                    return broken("a key does not start with the prefix");
                }
                if !shards.iter().any(|shard| key.starts_with(shard)) {
                    return broken("a key is in no shard");
                }
                if key.len() > MAX_KEY {
                    return broken("a key is longer than 1,024 bytes");
                }
                if layout.owner(&key) != Some(owner) {
                    return broken("the owner of an object is not found in its key");
                }
                if !seen.insert(key) {
                    return broken("two objects have one key");
                }
            }
        }
    }
    if layout.owner(&format!("{under}{}", crate::MANIFEST_NAME)).is_some() {
        return broken("the manifest of ownership is taken for an object");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: OwnerHash = OwnerHash::from_bytes([0xab; 16]);

    fn layout(prefix: &str) -> DefaultLayout {
        DefaultLayout::new(prefix).unwrap()
    }

    #[test]
    fn slashes_at_the_ends_of_a_prefix_do_not_matter() {
        assert_eq!(layout("/a/b/"), layout("a/b"));
        assert_eq!(layout("/").prefix(), "");
        for prefix in ["", "a", "a/b"] {
            check_layout(&layout(prefix)).unwrap();
        }
    }

    #[test]
    fn prefixes_that_servers_confuse_are_refused() {
        let long = "x".repeat(701);
        for wrong in ["a//b", "a/./b", "../a", "a\nb", &long] {
            let error = DefaultLayout::new(wrong).unwrap_err();
            assert_eq!(error.kind(), OffloadErrorKind::InvalidInput, "{wrong}");
        }
    }

    #[test]
    fn longest_key_fits() {
        let layout = layout(&"x".repeat(700));
        let key = layout.object_key(&OWNER, &"é".repeat(30_000), &UniqueId::generate());
        assert!(key.len() <= MAX_KEY, "{}", key.len());
        assert_eq!(layout.owner(&key), Some(OWNER));
    }

    #[test]
    fn long_names_that_start_alike_stay_apart() {
        let long = "x".repeat(300);
        assert_ne!(encoded(&format!("{long}a")), encoded(&format!("{long}b")));
        assert_eq!(encoded(&long).len(), MAX_ATTRIBUTE);
        assert_eq!(encoded("a/b=ü.~"), "a%2Fb%3D%C3%BC%2E%7E");
    }

    #[test]
    fn keys_of_others_have_no_owner() {
        let layout = layout("p");
        let key = layout.object_key(&OWNER, "a", &UniqueId::generate());
        assert_eq!(layout.owner(&key), Some(OWNER));
        for wrong in [
            key.replacen("p/", "q/", 1),
            key.replacen("p/ab", "p/ac", 1),
            key.replacen("/a/", "//", 1),
            format!("{key}/more"),
            key.to_uppercase(),
            key[..key.len() - 1].to_owned(),
            "p/_owner.json".to_owned(),
            "p".to_owned(),
            String::new(),
        ] {
            assert_eq!(layout.owner(&wrong), None, "{wrong}");
        }
    }

    #[derive(Debug)]
    struct Broken(fn(&OwnerHash, &str, &UniqueId) -> String);

    impl KeyLayout for Broken {
        fn prefix(&self) -> &'static str {
            "p"
        }
        fn object_key(&self, owner: &OwnerHash, attribute: &str, unique: &UniqueId) -> String {
            (self.0)(owner, attribute, unique)
        }
        fn owner(&self, key: &str) -> Option<OwnerHash> {
            key.strip_prefix("p/")?.split('/').next()?.parse().ok()
        }
    }

    #[test]
    fn layouts_that_break_the_rule_of_ownership_are_refused() {
        let refused = |broken| check_layout(&Broken(broken)).unwrap_err().to_string();
        check_layout(&Broken(|owner, _, unique| format!("p/{owner}/{unique}"))).unwrap();
        let outside = refused(|owner, _, unique| format!("{owner}/{unique}"));
        assert!(outside.contains("start with the prefix"), "{outside}");
        let same = refused(|owner, attribute, _| format!("p/{owner}/{}", encoded(attribute)));
        assert!(same.contains("one key"), "{same}");
        let nobody = refused(|_, _, unique| format!("p/{unique}"));
        assert!(nobody.contains("owner of an object is not found"), "{nobody}");
        let long = refused(|owner, _, unique| format!("p/{owner}/{unique}/{:1000}", ""));
        assert!(long.contains("1,024"), "{long}");
    }
}
