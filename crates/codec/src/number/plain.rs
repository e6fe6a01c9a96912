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
        }
        let smallest = Parts { negative: true, coefficient: 10_u128.pow(38) - 1, exponent: -167 };
        let text = PlainText::of(smallest);
        assert_eq!(text.as_str(), format!("-0.{}{}", "0".repeat(129), "9".repeat(38)));
        let largest = Parts { negative: false, coefficient: 1, exponent: 125 };
        assert_eq!(PlainText::of(largest).as_str(), format!("1{}", "0".repeat(125)));
    }
}
