//! Which archived items come back, and with what.

use crate::ArchiveError;
use ddbkit_codec::{AttributeValue, Item, Number};
use std::collections::{BTreeSet, HashSet};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which archived items come back: those that everything given here holds for.
#[derive(Clone, Debug, Default)]
pub struct RestoreChoice {
    from: Option<u64>,
    until: Option<u64>,
    keys: Option<Keys>,
}

/// Keys that are looked for, by the names of their attributes.
#[derive(Clone, Debug)]
struct Keys {
    names: BTreeSet<String>,
    values: HashSet<Vec<KeyValue>>,
}

/// What an attribute of a key can be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum KeyValue {
    S(String),
    N(Number),
    B(Vec<u8>),
}

impl RestoreChoice {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Items that were deleted at this time or later, as the stream tells it: in whole seconds.
    #[must_use]
    pub fn deleted_from(mut self, time: SystemTime) -> Self {
        self.from = Some(seconds(time));
        self
    }

    /// Items that were deleted before this time.
    #[must_use]
    pub fn deleted_until(mut self, time: SystemTime) -> Self {
        self.until = Some(seconds(time));
        self
    }

    /// Items of these keys: each has the key attributes and nothing else, the same ones. Numbers
    /// count by their value.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ArchiveErrorKind::InvalidInput) when a key has no attributes, others
    /// than the first, or one that no key can have.
    pub fn keys(mut self, keys: impl IntoIterator<Item = Item>) -> Result<Self, ArchiveError> {
        let mut chosen: Option<Keys> = None;
        for key in keys {
            let names: BTreeSet<String> = key.iter().map(|(name, _)| name.to_owned()).collect();
            if names.is_empty() {
                return Err(ArchiveError::invalid("a key has at least one attribute"));
            }
            let keys =
                chosen.get_or_insert_with(|| Keys { names: names.clone(), values: HashSet::new() });
            if keys.names != names {
                return Err(ArchiveError::invalid("all keys must have the same attributes"));
            }
            let Some(value) = keys.value_in(&key) else {
                let message = "an attribute of a key is a string, a number or a binary";
                return Err(ArchiveError::invalid(message));
            };
            keys.values.insert(value);
        }
        self.keys = chosen;
        Ok(self)
    }

    pub(super) fn takes_time(&self, created: Option<u64>) -> bool {
        let Some(created) = created else { return !self.has_times() };
        self.from.is_none_or(|from| from <= created)
            && self.until.is_none_or(|until| created < until)
    }

    pub(super) fn takes_key_of(&self, item: &Item) -> bool {
        let Some(keys) = &self.keys else { return true };
        keys.value_in(item).is_some_and(|value| keys.values.contains(&value))
    }

    /// Whether the times of records count.
    pub(super) fn has_times(&self) -> bool {
        self.from.is_some() || self.until.is_some()
    }

    /// Whether a file whose last record is of this time may have records that are chosen.
    pub(super) fn reaches(&self, last_created: u64) -> bool {
        self.from.is_none_or(|from| from <= last_created)
    }

    /// Whether a file whose records are of this time or later may have records that are chosen.
    pub(super) fn begins_before(&self, first: u64) -> bool {
        self.until.is_none_or(|until| first < until)
    }
}

impl Keys {
    /// The values of the key attributes of an item, in the order of their names.
    fn value_in(&self, item: &Item) -> Option<Vec<KeyValue>> {
        let value = |name: &String| match item.get(name)? {
            AttributeValue::S(text) => Some(KeyValue::S(text.clone())),
            AttributeValue::N(number) => Some(KeyValue::N(number.clone())),
            AttributeValue::B(bytes) => Some(KeyValue::B(bytes.clone())),
            _ => None,
        };
        self.names.iter().map(value).collect()
    }
}

/// Rounded up: a record of the second in which `time` lies was told without its fraction.
fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    since.as_secs() + u64::from(since.subsec_nanos() > 0)
}

/// What becomes of the TTL attribute of restored items. As it was it would delete them again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoredTtl {
    /// The attribute; `None` leaves the items as they were.
    pub(super) attribute: Option<String>,
    /// Its new value, in seconds since 1970; `None` for an item without it.
    pub(super) value: Option<u64>,
}

impl RestoredTtl {
    /// Items come back without the attribute, and so for good.
    #[must_use]
    pub fn dropped(attribute: impl Into<String>) -> Self {
        Self { attribute: Some(attribute.into()), value: None }
    }

    /// Items come back with the attribute at this time, and expire again then.
    #[must_use]
    pub fn set(attribute: impl Into<String>, expiry: SystemTime) -> Self {
        Self { attribute: Some(attribute.into()), value: Some(seconds(expiry)) }
    }

    /// Items come back as they were. In a table with TTL they are deleted again.
    #[must_use]
    pub fn kept() -> Self {
        Self { attribute: None, value: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn key(pk: &str, n: &str) -> Item {
        let mut item = Item::new();
        item.insert("pk", pk);
        item.insert("n", n.parse::<Number>().unwrap());
        item
    }

    #[test]
    fn the_range_has_its_beginning_and_not_its_end() {
        let choice = RestoreChoice::all().deleted_from(at(10)).deleted_until(at(20));
        let taken = [9, 10, 19, 20].map(|created| choice.takes_time(Some(created)));
        assert_eq!(taken, [false, true, true, false]);
        assert!(!choice.takes_time(None) && RestoreChoice::all().takes_time(None));
        let half = RestoreChoice::all().deleted_from(at(10) + Duration::from_millis(1));
        assert!(!half.takes_time(Some(10)));
    }

    #[test]
    fn keys_count_by_their_value() {
        let choice = RestoreChoice::all().keys([key("a", "1.50"), key("b", "2")]).unwrap();
        let mut item = key("a", "1.5");
        item.insert("more", "x");
        assert!(choice.takes_key_of(&item));
        assert!(!choice.takes_key_of(&key("a", "2")));
        assert!(!choice.takes_key_of(&Item::from_iter([("pk", "a")])));
        assert!(RestoreChoice::all().takes_key_of(&Item::new()));
    }

    #[test]
    fn keys_of_different_tables_are_refused() {
        let error = RestoreChoice::all().keys([key("a", "1"), Item::from_iter([("pk", "a")])]);
        assert!(error.unwrap_err().to_string().contains("same attributes"));
        assert!(RestoreChoice::all().keys([Item::new()]).is_err());
    }
}
