//! The size of values in bytes.

use crate::number::size_of_text;
use crate::{AttributeValue, Item, Number};

/// The largest size of an item in bytes, names included: 400 KB (Developer Guide, "Quotas in Amazon
/// DynamoDB").
pub const MAX_ITEM_SIZE: usize = 409_600;

/// Bytes of storage that are billed for each item beside its size (Developer Guide, "DynamoDB item
/// sizes and formats"). Neither the limit of 400 KB nor capacity counts them.
pub const STORAGE_OVERHEAD: usize = 100;

/// What a list or map costs beside what is inside.
const CONTAINER: usize = 3;
/// What each element of a list, or attribute of a map, costs beside its own size.
const CHILD: usize = 1;

impl Item {
    /// The size of the item in bytes, as DynamoDB counts it for its limit of 400 KB
    /// ([`MAX_ITEM_SIZE`]) and for capacity: names and values, without the overhead of storage.
    ///
    /// | type | bytes |
    /// |---|---|
    /// | name | its UTF-8 |
    /// | `S` | its UTF-8 |
    /// | `N` | see [`Number::size`] |
    /// | `B` | the bytes, not their Base64 |
    /// | `BOOL`, `NULL` | 1 |
    /// | `L` | 3, and for each element 1 and its size |
    /// | `M` | 3, and for each attribute 1, its name and its size |
    /// | `SS`, `NS`, `BS` | the members, nothing beside |
    ///
    /// From "DynamoDB item sizes and formats" in the Developer Guide; sets, where the guide is silent,
    /// as measured on DynamoDB Local 2.6.1.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    ///
    /// let item = Item::from_dynamodb_json(br#"{"pk":{"S":"a"},"prices":{"L":[{"N":"19.90"}]}}"#)?;
    /// assert_eq!(item.size(), ("pk".len() + 1) + ("prices".len() + 3 + 1 + 3));
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    ///
    /// The size from the text of an item, without building it: [`RawItem::size`].
    ///
    /// [`RawItem::size`]: crate::RawItem::size
    #[must_use]
    pub fn size(&self) -> usize {
        let mut containers = Vec::new();
        let own = attributes(self, &mut containers);
        own + with_insides(containers)
    }
}

impl AttributeValue {
    /// The size of the value in bytes, without the name of its attribute; see [`Item::size`].
    #[must_use]
    pub fn size(&self) -> usize {
        let mut containers = Vec::new();
        let own = shallow(self, &mut containers);
        own + with_insides(containers)
    }
}

impl Number {
    /// The size of the number in bytes, whatever its spelling: 1, and 1 for each two digits, in
    /// groups that are aligned at the decimal point, from the first group that is not zero to the
    /// last, and 1 for a minus sign; at most 21. Zero has 1.
    ///
    /// The Developer Guide says "approximately" only; measured on DynamoDB Local 2.6.1.
    ///
    /// ```
    /// use ddbkit_codec::Number;
    ///
    /// for (text, size) in [("0", 1), ("12", 2), ("123", 3), ("1200", 2), ("1.2", 3), ("-1e125", 3)] {
    ///     assert_eq!(text.parse::<Number>()?.size(), size, "{text}");
    /// }
    /// # Ok::<(), ddbkit_codec::ParseNumberError>(())
    /// ```
    #[must_use]
    pub fn size(&self) -> usize {
        size_of_text(self.as_bytes())
    }
}

/// The size of what is inside of lists and maps. A loop, because values that were built by hand may
/// be nested deeper than the stack reaches.
fn with_insides(mut containers: Vec<&AttributeValue>) -> usize {
    let mut size = 0;
    while let Some(container) = containers.pop() {
        size += match container {
            AttributeValue::L(list) => {
                list.iter().map(|element| CHILD + shallow(element, &mut containers)).sum::<usize>()
            }
            AttributeValue::M(map) => CHILD * map.len() + attributes(map, &mut containers),
            _ => 0,
        };
    }
    size
}

fn attributes<'a>(map: &'a Item, containers: &mut Vec<&'a AttributeValue>) -> usize {
    map.iter().map(|(name, value)| name.len() + shallow(value, containers)).sum()
}

/// The size of a value without what is inside of a list or map, which is left for later.
fn shallow<'a>(value: &'a AttributeValue, containers: &mut Vec<&'a AttributeValue>) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.size(),
        AttributeValue::B(bytes) => bytes.len(),
        AttributeValue::Bool(_) | AttributeValue::Null => 1,
        AttributeValue::L(_) | AttributeValue::M(_) => {
            containers.push(value);
            CONTAINER
        }
        AttributeValue::Ss(set) => set.iter().map(String::len).sum(),
        AttributeValue::Ns(set) => set.iter().map(Number::size).sum(),
        AttributeValue::Bs(set) => set.iter().map(Vec::len).sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(json: &str) -> usize {
        AttributeValue::from_dynamodb_json(json.as_bytes()).unwrap().size()
    }

    #[test]
    fn sizes_are_those_that_were_measured() {
        for (json, expected) in [
            (r#"{"S":""}"#, 0),
            (r#"{"S":"abc"}"#, 3),
            (r#"{"S":"é"}"#, 2),
            (r#"{"S":"\u00e9\n"}"#, 3),
            (r#"{"B":""}"#, 0),
            (r#"{"B":"YWI="}"#, 2),
            (r#"{"BOOL":true}"#, 1),
            (r#"{"NULL":true}"#, 1),
            (r#"{"L":[]}"#, 3),
            (r#"{"M":{}}"#, 3),
            (r#"{"L":[{"S":"abc"},{"S":"de"}]}"#, 10),
            (r#"{"L":[{"L":[]}]}"#, 7),
            (r#"{"M":{"key":{"S":"abc"}}}"#, 10),
            (r#"{"M":{"k":{"M":{}}}}"#, 8),
            (r#"{"M":{"a":{"S":"x"},"b":{"S":"y"}}}"#, 9),
            (r#"{"SS":["a","bc"]}"#, 3),
            (r#"{"SS":[""]}"#, 0),
            (r#"{"NS":["1","22","333"]}"#, 7),
            (r#"{"BS":["YQ==","YmM="]}"#, 3),
            (r#"{"L":[{"N":"1"},{"N":"22"}]}"#, 9),
            (r#"{"M":{"n":{"N":"1"}}}"#, 7),
        ] {
            assert_eq!(size(json), expected, "{json}");
        }
    }

    #[test]
    fn numbers_are_counted_in_pairs_of_digits() {
        let nines = "9".repeat(38);
        for (text, expected) in [
            ("0", 1),
            ("-0.00", 1),
            ("12", 2),
            ("123", 3),
            ("100", 2),
            ("120", 3),
            ("12000", 3),
            ("1.2", 3),
            ("0.01", 2),
            ("0.012", 3),
            ("0.099", 3),
            ("100.5", 4),
            ("3.14159", 5),
            ("+007.50", 3),
            ("1E125", 2),
            ("-1E-130", 3),
            (&nines, 20),
            (&format!("-{nines}"), 21),
            // Shifted by a digit it has a group more, but the largest size stays.
            (&format!("-{nines}e1"), 21),
        ] {
            assert_eq!(text.parse::<Number>().unwrap().size(), expected, "{text}");
        }
    }
}
