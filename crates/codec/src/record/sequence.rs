//! Numbers of stream records.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The longest one that the service makes.
const LONGEST: usize = 40;

/// The sequence number of a stream record: up to 40 digits, more than any integer type of Rust
/// holds. (AWS docs, "`StreamRecord`".)
///
/// They have different lengths, so that the order of their texts is not their order; this type
/// orders by value, and by the text where that is equal.
///
/// ```
/// use ddbkit_codec::SequenceNumber;
///
/// let earlier: SequenceNumber = "95500000000007142917777".parse()?;
/// let later: SequenceNumber = "100000000003498069978".parse()?;
/// assert!(later < earlier && later.as_str() < earlier.as_str());
/// let longer: SequenceNumber = "100000000000000000000000".parse()?;
/// assert!(longer > earlier && longer.as_str() < earlier.as_str());
/// # Ok::<(), ddbkit_codec::ParseSequenceNumberError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SequenceNumber(String);

/// A text is no sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseSequenceNumberError(());

impl SequenceNumber {
    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SequenceNumber {
    type Err = ParseSequenceNumberError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_number =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Ok(Self(text.to_owned())) } else { Err(ParseSequenceNumberError(())) }
    }
}

impl Ord for SequenceNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        let [own, others] = [self, other].map(|number| number.0.trim_start_matches('0'));
        let by_value = own.len().cmp(&others.len()).then_with(|| own.cmp(others));
        by_value.then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for SequenceNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for ParseSequenceNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence number has 1 to 40 digits and nothing else")
    }
}

impl std::error::Error for ParseSequenceNumberError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_values() {
        let mut numbers: Vec<SequenceNumber> = [
            "10",
            "9",
            "0",
            "000000000000000000011",
            "11",
            "9999999999999999999999999999999999999999",
        ]
        .map(|text| text.parse().unwrap())
        .to_vec();
        numbers.sort();
        let texts: Vec<_> = numbers.iter().map(SequenceNumber::as_str).collect();
        assert_eq!(texts[..3], ["0", "9", "10"]);
        assert_eq!(texts[3..5], ["000000000000000000011", "11"]);
        for bad in ["", "-1", "1.0", " 1", "1e3", "１", &"1".repeat(41)] {
            assert!(bad.parse::<SequenceNumber>().is_err(), "{bad}");
        }
    }
}
