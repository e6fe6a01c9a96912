//! Numbers in plain notation.

use super::Parts;

/// The longest: a sign, `0.`, 129 zeros and 38 digits.
const LONGEST: usize = 176;

/// The text of a number in plain notation, without an allocation.
pub(crate) struct PlainText {
    bytes: [u8; LONGEST],
    len: usize,
}

impl PlainText {
    /// Writes `coefficient * 10^exponent`, of a number that DynamoDB holds.
    pub(crate) fn of(parts: Parts) -> Self {
        let Parts { negative, coefficient, exponent } = parts;
        let mut text = Self { bytes: [b'0'; LONGEST], len: usize::from(negative) };
        if negative && let Some(sign) = text.bytes.first_mut() {
            *sign = b'-';
        }
        let mut buffer = [0; 40];
        let digits = digits(coefficient, &mut buffer);
        let places = exponent.unsigned_abs() as usize;
        if exponent >= 0 {
            text.put(digits);
            text.len += places;
        } else if let Some(whole) = digits.len().checked_sub(places).filter(|whole| *whole > 0) {
            let (whole, fraction) = digits.split_at(whole);
            text.put(whole);
            text.put(b".");
            text.put(fraction);
        } else {
            text.put(b"0.");
            text.len += places - digits.len();
            text.put(digits);
        }
        text
    }

    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes.get(..self.len).unwrap_or_default()).unwrap_or_default()
    }

    fn put(&mut self, text: &[u8]) {
        if let Some(into) = self.bytes.get_mut(self.len..self.len + text.len()) {
            into.copy_from_slice(text);
        }
        self.len += text.len();
    }
}

/// The text of a number if it is as short as most are, and how long it is: its digits are written
/// where they stay, from the last to the first.
#[cfg(feature = "ion")]
#[inline]
pub(super) fn short<const ROOM: usize>(parts: Parts) -> Option<([u8; ROOM], u8)> {
    let mut rest = u64::try_from(parts.coefficient).ok()?;
    let digits = rest.checked_ilog10().map_or(1, |log| log as usize + 1);
    let magnitude = parts.exponent.unsigned_abs() as usize;
    let (zeros, places) = if parts.exponent < 0 { (0, magnitude) } else { (magnitude, 0) };
    let sign = usize::from(parts.negative);
    let whole = digits.saturating_sub(places).max(1);
    let point = usize::from(places > 0);
    let len = sign + whole + zeros + point + places;
    let mut bytes = [b'0'; ROOM];
    let text = bytes.get_mut(..len)?;
    let mut put = |at: std::ops::Range<usize>| {
        for digit in text.get_mut(at).unwrap_or_default().iter_mut().rev() {
            *digit = b'0' + (rest % 10).to_le_bytes()[0];
            rest /= 10;
        }
    };
    put(len - places..len);
    put(sign..sign + whole);
    if let (Some(byte), 1) = (text.get_mut(sign + whole), point) {
        *byte = b'.';
    }
    if let (Some(byte), true) = (text.first_mut(), parts.negative) {
        *byte = b'-';
    }
    Some((bytes, u8::try_from(len).ok()?))
}

/// The decimal digits of a coefficient.
fn digits(coefficient: u128, buffer: &mut [u8; 40]) -> &[u8] {
    /// The most digits that fit into 64 bits, whose division is faster.
    const CHUNK: u128 = 10_000_000_000_000_000_000;
    let mut at = buffer.len();
    let mut rest = coefficient;
    loop {
        let (chunk, more) = if rest < CHUNK { (rest, 0) } else { (rest % CHUNK, rest / CHUNK) };
        let mut chunk = u64::try_from(chunk).unwrap_or_default();
        // A chunk with others before it has all its digits.
        let full = if more > 0 { at - 19 } else { at };
        while chunk > 0 || at > full {
            at -= 1;
            if let Some(digit) = buffer.get_mut(at) {
                *digit = b'0' + (chunk % 10).to_le_bytes()[0];
            }
            chunk /= 10;
        }
        if more == 0 {
            break;
        }
        rest = more;
    }
    if at == buffer.len() {
        return b"0";
    }
    buffer.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_plain() {
        for (negative, coefficient, exponent, expected) in [
            (false, 0, 0, "0"),
            (false, 15, -1, "1.5"),
            (true, 15, -1, "-1.5"),
            (true, 15, 2, "-1500"),
            (false, 15, -2, "0.15"),
            (false, 15, -4, "0.0015"),
            (false, 10_000_000_000_000_000_001, 0, "10000000000000000001"),
            (
                false,
                20_000_000_000_000_000_000_000_000_000_000_000_001,
                -1,
                "2000000000000000000000000000000000000.1",
            ),
        ] {
            let parts = Parts { negative, coefficient, exponent };
            assert_eq!(PlainText::of(parts).as_str(), expected);
            #[cfg(feature = "ion")]
            if let Some((bytes, len)) = short::<22>(parts) {
                assert_eq!(bytes.get(..usize::from(len)), Some(expected.as_bytes()));
            }
            #[cfg(feature = "ion")]
            assert_eq!(short::<22>(parts).is_some(), expected.len() <= 22);
        }
        let smallest = Parts { negative: true, coefficient: 10_u128.pow(38) - 1, exponent: -167 };
        let text = PlainText::of(smallest);
        assert_eq!(text.as_str(), format!("-0.{}{}", "0".repeat(129), "9".repeat(38)));
        let largest = Parts { negative: false, coefficient: 1, exponent: 125 };
        assert_eq!(PlainText::of(largest).as_str(), format!("1{}", "0".repeat(125)));
    }
}
