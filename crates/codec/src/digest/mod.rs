//! A digest of many items that does not depend on their order.

mod borrowed;
mod canonical;

use crate::{Item, ItemRef};
use std::fmt;

/// The digest of an item: BLAKE3-256 of its canonical form.
///
/// The canonical form of a value is a byte for its type, then what follows; lengths and counts are
/// 8 bytes, big-endian:
///
/// | type | byte | then |
/// |---|---|---|
/// | S, N, B | `S`, `N`, `B` | length and bytes; numbers in normal form, binaries as they are |
/// | BOOL | `T` or `F` | nothing |
/// | NULL | `0` | nothing |
/// | L | `L` | count, then each value |
/// | M | `M` | count, then by the bytes of the names: length and bytes of the name, the value |
/// | SS, NS, BS | `s`, `n`, `b` | count, then in ascending order: length and bytes of each member |
///
/// Strings are ordered by their bytes, numbers by value. An item is digested as the map that it is.
#[must_use]
pub fn item_digest(item: &Item) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(1024);
    canonical::map(item, &mut bytes);
    *blake3::hash(&bytes).as_bytes()
}

impl ItemRef<'_> {
    /// The digest of the item, as by [`item_digest`], without building its values.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(1024);
        borrowed::map(*self, &mut bytes);
        *blake3::hash(&bytes).as_bytes()
    }
}

/// The digest of a set of items: the sum of their digests modulo 2^256, and their count.
///
/// Equal sets have equal digests whatever the order and however they were split, so both sides of
/// a copy can be digested in parallel and compared.
///
/// ```
/// use ddbkit_codec::{ContentDigest, Item};
///
/// let (one, two): (Item, Item) = ([("pk", "1")].into_iter().collect(), [("pk", "2")].into_iter().collect());
/// let mut there = ContentDigest::default();
/// there.add(&one);
/// there.add(&two);
/// let (mut back, mut part) = (ContentDigest::default(), ContentDigest::default());
/// back.add(&two);
/// part.add(&one);
/// back.merge(&part);
/// assert_eq!(there, back);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentDigest {
    /// Big-endian.
    sum: [u8; 32],
    count: u64,
}

impl ContentDigest {
    /// The name of the algorithm.
    pub const ALGORITHM: &str = "blake3-256-sum";
    /// The version of the canonical form.
    pub const VERSION: u32 = 1;

    /// Adds an item.
    pub fn add(&mut self, item: &Item) {
        self.merge(&Self { sum: item_digest(item), count: 1 });
    }

    /// Adds an item that was read to a tape.
    pub fn add_ref(&mut self, item: ItemRef<'_>) {
        self.merge(&Self { sum: item.digest(), count: 1 });
    }

    /// Adds what another digest has.
    pub fn merge(&mut self, other: &Self) {
        let mut carry = 0_u16;
        for (own, other) in self.sum.iter_mut().zip(&other.sum).rev() {
            let sum = u16::from(*own) + u16::from(*other) + carry;
            *own = sum.to_be_bytes()[1];
            carry = sum >> 8;
        }
        self.count += other.count;
    }

    /// How many items were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The digest of `count` items whose sum was written by [`ContentDigest::to_hex`]; `None` for any
    /// other text.
    ///
    /// ```
    /// use ddbkit_codec::{ContentDigest, Item, Tape, item_digest};
    ///
    /// let text = br#"{"pk":{"S":"a"},"n":{"N":"1.0"}}"#;
    /// let mut tape = Tape::new();
    /// let mut digest = ContentDigest::default();
    /// digest.add_ref(tape.read_dynamodb_json(text)?);
    ///
    /// // Equal numbers have equal digests, however they are written.
    /// let same = Item::from_dynamodb_json(br#"{"n":{"N":"1"},"pk":{"S":"a"}}"#)?;
    /// assert_eq!(item_digest(&same), item_digest(&Item::from_dynamodb_json(text)?));
    ///
    /// let kept = (digest.to_hex(), digest.count());
    /// assert_eq!(ContentDigest::from_hex(&kept.0, kept.1), Some(digest));
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    #[must_use]
    pub fn from_hex(hex: &str, count: u64) -> Option<Self> {
        let (mut sum, mut digits) = ([0; 32], hex.bytes());
        for byte in &mut sum {
            let digit = |digit: u8| char::from(digit).to_digit(16);
            let (high, low) = (digit(digits.next()?)?, digit(digits.next()?)?);
            *byte = u8::try_from(high << 4 | low).ok()?;
        }
        digits.next().is_none().then_some(Self { sum, count })
    }

    /// The sum as 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.sum.map(|byte| format!("{byte:02x}")).concat()
    }
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} items)", self.to_hex(), self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(json: &str) -> Item {
        Item::from_dynamodb_json(json.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_equal_has_one_digest() {
        let left = item(
            r#"{"a":{"N":"1.0"},"s":{"NS":["3","20"]},"m":{"M":{"x":{"S":"1"},"y":{"S":"2"}}}}"#,
        );
        let right = item(
            r#"{"m":{"M":{"y":{"S":"2"},"x":{"S":"1"}}},"s":{"NS":["20","3"]},"a":{"N":"1"}}"#,
        );
        assert_eq!(item_digest(&left), item_digest(&right));
    }

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let mut digest = ContentDigest::default();
        digest.add(&item(r#"{"a":{"N":"1.0"}}"#));
        let hex = digest.to_hex();
        assert_eq!(ContentDigest::from_hex(&hex, 1), Some(digest));
        for wrong in ["", "00", &hex[1..], &format!("{hex}0"), &hex.replace('0', "g")] {
            assert_eq!(ContentDigest::from_hex(wrong, 1), None, "{wrong}");
        }
    }

    #[test]
    fn what_differs_has_another() {
        let texts = [
            "{}",
            r#"{"a":{"S":"1"}}"#,
            r#"{"a":{"N":"1"}}"#,
            r#"{"a":{"B":"MQ=="}}"#,
            r#"{"a":{"SS":["1"]}}"#,
            r#"{"a":{"NS":["1"]}}"#,
            r#"{"a":{"L":[{"S":"1"}]}}"#,
            r#"{"a":{"BOOL":true}}"#,
            r#"{"a":{"BOOL":false}}"#,
            r#"{"a":{"NULL":true}}"#,
            r#"{"a":{"L":[]}}"#,
            r#"{"a":{"M":{}}}"#,
            r#"{"a":{"S":""}}"#,
            r#"{"ab":{"S":"1"}}"#,
            r#"{"a":{"L":[{"L":[]},{"L":[]}]}}"#,
            r#"{"a":{"L":[{"L":[{"L":[]}]}]}}"#,
        ];
        let mut digests: Vec<_> = texts.iter().map(|text| item_digest(&item(text))).collect();
        digests.sort_unstable();
        digests.dedup();
        assert_eq!(digests.len(), texts.len());
    }

    #[test]
    fn sums_carry_and_wrap() {
        let mut all = ContentDigest { sum: [0xff; 32], count: 1 };
        let mut one = ContentDigest { sum: [0; 32], count: 1 };
        one.sum[31] = 1;
        all.merge(&one);
        assert_eq!(all, ContentDigest { sum: [0; 32], count: 2 });
    }
}
