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

/// The text of a number if it is as short as most are, and how long it is. All of it is one word, which is
/// put together by shifts: loops over few digits are ended at a place that is guessed wrong often.
#[cfg(feature = "ion")]
#[inline]
pub(super) fn short<const ROOM: usize>(parts: Parts) -> Option<([u8; ROOM], u8)> {
    const ZEROS: u128 = u128::from_le_bytes([b'0'; 16]);
    let coefficient = u64::try_from(parts.coefficient).ok()?;
    let digits = coefficient.checked_ilog10().map_or(1, |log| log + 1);
    let magnitude = parts.exponent.unsigned_abs();
    let (zeros, places) = if parts.exponent < 0 { (0, magnitude) } else { (magnitude, 0) };
    // With the zeros in front that a fraction has.
    let shown = digits.max(places + 1);
    let point = u32::from(places > 0);
    let len = u32::from(parts.negative) + shown + point + zeros;
    if len > 16 {
        return None;
    }
    // Byte by byte from the first digit on; the zeros behind the last are more than there need to be.
    let mut text = sixteen_digits(coefficient) >> (8 * (16 - shown));
    text |= ZEROS.checked_shl(8 * shown).unwrap_or(0);
    if point > 0 {
        let (whole, behind) = (8 * (shown - places), 8 * (shown - places + 1));
        let before = (1 << whole) - 1;
        text = text & before | u128::from(b'.') << whole | text >> whole << behind;
    }
    if parts.negative {
        text = text << 8 | u128::from(b'-');
    }
    let mut bytes = [b'0'; ROOM];
    *bytes.first_chunk_mut()? = text.to_le_bytes();
    Some((bytes, u8::try_from(len).ok()?))
}

/// The last 16 digits of a number, the first of them in the lowest byte.
#[cfg(feature = "ion")]
#[inline]
fn sixteen_digits(number: u64) -> u128 {
    const HALF: u64 = 100_000_000;
    let (high, low) = (number / HALF % HALF, number % HALF);
    u128::from(eight_digits(low)) << 64 | u128::from(eight_digits(high))
}

/// The digits of a number below 10^8. It is cut into two numbers of four digits, these into four of two,
/// and these into eight of one, those of each kind at once.
#[cfg(feature = "ion")]
#[inline]
fn eight_digits(number: u64) -> u64 {
    let fours = (number / 10_000) | ((number % 10_000) << 32);
    // A division by 100 that is right up to 9,999, and one by 10 that is right up to 99.
    let hundreds = ((fours * 10_486) >> 20) & 0x7f_0000_007f;
    let twos = hundreds | (fours - 100 * hundreds) << 16;
    let tens = ((twos * 103) >> 10) & 0x000f_000f_000f_000f;
    let ones = tens | (twos - 10 * tens) << 8;
    ones | u64::from_le_bytes([b'0'; 8])
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

    #[cfg(feature = "ion")]
    #[test]
    fn eight_digits_are_those_of_the_number() {
        // All of them, as two halves of four digits, which do not meet.
        for half in 0..10_000 {
            for number in [half, half * 10_000, half * 10_000 + 9_999 - half] {
                let text = eight_digits(number).to_le_bytes();
                assert_eq!(std::str::from_utf8(&text).unwrap(), format!("{number:08}"));
            }
        }
    }

    #[cfg(feature = "ion")]
    #[test]
    fn what_is_short_is_as_it_is_otherwise() {
        for coefficient in [0, 1, 7, 10, 99, 123_456_789, 10_u128.pow(15), 9_999_999_999_999_999] {
            for exponent in (-18..18).filter(|exponent| coefficient > 0 || *exponent == 0) {
                for negative in [false, coefficient > 0] {
                    let parts = Parts { negative, coefficient, exponent };
                    let plain = PlainText::of(parts);
                    let found = short::<22>(parts);
                    assert_eq!(found.is_some(), plain.as_str().len() <= 16, "{}", plain.as_str());
                    if let Some((bytes, len)) = found {
                        assert_eq!(&bytes[..usize::from(len)], plain.as_str().as_bytes());
                    }
                }
            }
        }
    }

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
            assert_eq!(short::<22>(parts).is_some(), expected.len() <= 16);
        }
        let smallest = Parts { negative: true, coefficient: 10_u128.pow(38) - 1, exponent: -167 };
        let text = PlainText::of(smallest);
        assert_eq!(text.as_str(), format!("-0.{}{}", "0".repeat(129), "9".repeat(38)));
        let largest = Parts { negative: false, coefficient: 1, exponent: 125 };
        assert_eq!(PlainText::of(largest).as_str(), format!("1{}", "0".repeat(125)));
    }
}
