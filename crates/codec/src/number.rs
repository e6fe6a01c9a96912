//! Numbers as DynamoDB has them: exact, up to 38 significant digits.

mod convert;
mod plain;

pub(crate) use plain::PlainText;

use crate::DecodeErrorKind;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// Texts up to this length need no allocation.
const INLINE: usize = 22;
const MOST_DIGITS: u32 = 38;
/// Powers of ten of the leading digit that DynamoDB holds.
const LARGEST: i64 = 125;
const SMALLEST: i64 = -130;

/// A number of up to 38 significant digits between 1E-130 and 9.99E+125, positive or negative, or
/// zero.
///
/// The text is kept as it was written; equality, order and hash go by value, as in DynamoDB.
///
/// ```
/// use ddbkit_codec::Number;
///
/// let written: Number = "1.50e2".parse()?;
/// assert_eq!(written.as_str(), "1.50e2");
/// assert_eq!(written.to_normal_form(), "150");
/// assert_eq!(written, Number::from(150_u64));
/// assert!(written > "-1E-130".parse()?);
/// # Ok::<(), ddbkit_codec::ParseNumberError>(())
/// ```
#[derive(Clone)]
pub struct Number(Text);

#[derive(Clone)]
enum Text {
    Short { len: u8, bytes: [u8; INLINE] },
    Long(Box<str>),
}

/// Why a text is no number that DynamoDB takes.
///
/// ```
/// use ddbkit_codec::{DecodeErrorKind, Number, ParseNumberError};
///
/// let kind = |text: &str| text.parse::<Number>().map_err(|error: ParseNumberError| error.kind());
/// assert_eq!(kind("1e200"), Err(DecodeErrorKind::NumberRange));
/// assert_eq!(kind("one"), Err(DecodeErrorKind::InvalidNumber));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseNumberError(DecodeErrorKind);

impl ParseNumberError {
    /// What is wrong: the form, the precision, or the range.
    #[must_use]
    pub fn kind(&self) -> DecodeErrorKind {
        self.0
    }
}

impl fmt::Display for ParseNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            DecodeErrorKind::NumberPrecision => "a number has more than 38 significant digits",
            DecodeErrorKind::NumberRange => "a number is outside of the range of DynamoDB",
            _ => "not a number",
        })
    }
}

impl std::error::Error for ParseNumberError {}

/// A number taken apart: `coefficient * 10^exponent`, the coefficient without trailing zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Parts {
    pub(crate) negative: bool,
    pub(crate) coefficient: u128,
    pub(crate) exponent: i32,
}

impl Number {
    pub(crate) fn parse(text: &str) -> Result<Self, ParseNumberError> {
        parts(text)?;
        Ok(Self::keep(text))
    }

    /// A text that is known to be a number.
    pub(crate) fn keep(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(room), Ok(len)) => {
                room.copy_from_slice(text.as_bytes());
                Self(Text::Short { len, bytes })
            }
            _ => Self(Text::Long(text.into())),
        }
    }

    /// The number in its normal form.
    #[cfg(feature = "ion")]
    pub(crate) fn of_parts(parts: Parts) -> Self {
        match plain::short(parts) {
            Some((bytes, len)) => Self(Text::Short { len, bytes }),
            None => Self::keep(PlainText::of(parts).as_str()),
        }
    }

    /// The number as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Short { len, bytes } => {
                let text = bytes.get(..usize::from(*len)).unwrap_or_default();
                // Only text of a number is ever kept, and that is ASCII.
                std::str::from_utf8(text).unwrap_or_default()
            }
            Text::Long(text) => text,
        }
    }

    /// The bytes of the text.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Short { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Text::Long(text) => text.as_bytes(),
        }
    }

    /// The number as DynamoDB returns it: without exponent, without zeros that say nothing.
    #[must_use]
    pub fn to_normal_form(&self) -> String {
        self.normal_form().into_owned()
    }

    /// The same number in its normal form.
    #[cfg(feature = "ion")]
    pub(crate) fn in_normal_form(self) -> Self {
        let normal = match self.normal_form() {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(Self::keep(&text)),
        };
        normal.unwrap_or(self)
    }

    /// The same without a copy where it is written so already.
    pub(crate) fn normal_form(&self) -> Cow<'_, str> {
        normal_form(self.as_str())
    }

    pub(crate) fn parts(&self) -> Parts {
        // What is kept was parsed before.
        parts(self.as_str()).unwrap_or(Parts { negative: false, coefficient: 0, exponent: 0 })
    }
}

/// The normal form of a text that is known to be a number.
pub(crate) fn normal_form(text: &str) -> Cow<'_, str> {
    if is_normal(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let nothing = Parts { negative: false, coefficient: 0, exponent: 0 };
    Cow::Owned(PlainText::of(parts(text).unwrap_or(nothing)).as_str().to_owned())
}

/// Whether a text that is known to be a number is written in the only way that DynamoDB writes it.
#[inline]
pub(crate) fn is_normal(text: &[u8]) -> bool {
    let magnitude = text.strip_prefix(b"-").unwrap_or(text);
    let starts_well = match magnitude {
        [b'0'] => text.len() == 1,
        [b'0', next, ..] => *next == b'.',
        [first, ..] => first.is_ascii_digit(),
        [] => false,
    };
    let has_fraction = magnitude.contains(&b'.');
    let ends_well = !has_fraction || !matches!(magnitude.last(), Some(b'0' | b'.'));
    starts_well && ends_well && !magnitude.iter().any(|byte| matches!(byte, b'e' | b'E'))
}

/// How many bytes DynamoDB counts for a text that is known to be a number.
///
/// One byte, and one more for each two digits, in groups that are aligned at the decimal point, from
/// the first group that is not zero to the last; one more for a sign. Zero has one byte, and nothing
/// has more than 21. Measured on DynamoDB Local 2.6.1.
#[inline]
pub(crate) fn size_of_text(text: &[u8]) -> usize {
    /// What the longest numbers count.
    const MOST: i64 = 21;
    let negative = text.first() == Some(&b'-');
    // How many digits there are before the point, and where the first and the last are that are
    // not zero.
    let (mut digits, mut point, mut exponent) = (0_i64, None, 0_i64);
    let (mut first, mut last) = (None, 0);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if *byte != b'0' {
                    first = first.or(Some(digits));
                    last = digits;
                }
                digits += 1;
            }
            b'.' => point = Some(digits),
            b'e' | b'E' => {
                let text = std::str::from_utf8(text.get(at + 1..).unwrap_or_default());
                exponent = text.ok().and_then(|text| text.parse().ok()).unwrap_or(0);
                break;
            }
            _ => {}
        }
    }
    let Some(first) = first else { return 1 };
    // The power of ten of the digit before the point is zero.
    let units = point.unwrap_or(digits) - 1 + exponent;
    let groups = (units - first).div_euclid(2) - (units - last).div_euclid(2) + 1;
    usize::try_from((1 + groups + i64::from(negative)).min(MOST)).unwrap_or(0)
}

/// Takes a text apart by DynamoDB's grammar,
/// `[+-]? (digits [. digits?] | . digits) ([eE] [+-]? digits)?`, and checks its limits: precision
/// before range, as the service does.
fn parts(text: &str) -> Result<Parts, ParseNumberError> {
    /// So many digits fit into 64 bits, which are faster.
    const SMALL: usize = 19;
    const SYNTAX: ParseNumberError = ParseNumberError(DecodeErrorKind::InvalidNumber);
    let negative = text.starts_with('-');
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (whole, rest) = rest.split_at(digits(rest));
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => rest.split_at(digits(rest)),
        rest => (&[][..], rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(SYNTAX);
    }
    let written: i64 = match rest {
        [] => 0,
        [b'e' | b'E', exponent @ ..] => {
            let exponent = std::str::from_utf8(exponent).map_err(|_| SYNTAX)?;
            i64::from(exponent.parse::<i32>().map_err(|_| SYNTAX)?)
        }
        _ => return Err(SYNTAX),
    };
    let significant = whole.iter().chain(fraction);
    let leading = significant.clone().take_while(|digit| **digit == b'0').count();
    let all = whole.len() + fraction.len();
    let trailing = significant.clone().rev().take_while(|digit| **digit == b'0').count();
    if leading == all {
        return Ok(Parts { negative: false, coefficient: 0, exponent: 0 });
    }
    let count = all - leading - trailing;
    if count > MOST_DIGITS as usize {
        return Err(ParseNumberError(DecodeErrorKind::NumberPrecision));
    }
    let digits = significant.skip(leading).take(count);
    let coefficient = if count <= SMALL {
        digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')).into()
    } else {
        digits.fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'))
    };
    let places = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let exponent = written + places(trailing) - places(fraction.len());
    let leading_power = exponent + places(count) - 1;
    if !(SMALLEST..=LARGEST).contains(&leading_power) {
        return Err(ParseNumberError(DecodeErrorKind::NumberRange));
    }
    let exponent = i32::try_from(exponent).map_err(|_| SYNTAX)?;
    Ok(Parts { negative, coefficient, exponent })
}

impl Parts {
    /// Without the zeros that say nothing.
    #[cfg(feature = "ion")]
    #[inline]
    pub(crate) fn trimmed(mut self) -> Option<Self> {
        if self.coefficient == 0 {
            return Some(Self { negative: false, coefficient: 0, exponent: 0 });
        }
        // What is odd is no multiple of ten, and what fits into 64 bits is divided faster.
        if let Ok(mut small) = u64::try_from(self.coefficient) {
            while small.is_multiple_of(10) {
                small /= 10;
                self.exponent = self.exponent.checked_add(1)?;
            }
            self.coefficient = small.into();
        } else {
            while self.coefficient & 1 == 0 && self.coefficient.is_multiple_of(10) {
                self.coefficient /= 10;
                self.exponent = self.exponent.checked_add(1)?;
            }
        }
        Some(self)
    }

    /// Without the zeros that say nothing, if that is a number that DynamoDB holds.
    #[cfg(feature = "ion")]
    pub(crate) fn normal(self) -> Option<Self> {
        let this = self.trimmed()?;
        if this.coefficient == 0 {
            return Some(this);
        }
        let digits = match u64::try_from(this.coefficient) {
            Ok(small) => small.ilog10() + 1,
            Err(_) => this.coefficient.ilog10() + 1,
        };
        let leading = i64::from(this.exponent) + i64::from(digits) - 1;
        let fits = digits <= MOST_DIGITS && (SMALLEST..=LARGEST).contains(&leading);
        fits.then_some(this)
    }

    /// The coefficient brought to 38 digits, and the power of ten of its leading digit.
    fn magnitude(&self) -> (i32, u128) {
        let digits = self.coefficient.checked_ilog10().map_or(0, |log| log + 1);
        let missing = MOST_DIGITS.saturating_sub(digits);
        let leading = self.exponent + i32::try_from(digits).unwrap_or(0);
        (leading, self.coefficient * 10_u128.pow(missing))
    }
}

impl Ord for Parts {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |parts: &Self| match (parts.coefficient, parts.negative) {
            (0, _) => 0,
            (_, false) => 1,
            (_, true) => -1,
        };
        sign(self).cmp(&sign(other)).then_with(|| match sign(self) {
            0 => Ordering::Equal,
            1 => self.magnitude().cmp(&other.magnitude()),
            _ => other.magnitude().cmp(&self.magnitude()),
        })
    }
}

impl PartialOrd for Parts {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Number {
    type Err = ParseNumberError;
    fn from_str(text: &str) -> Result<Self, ParseNumberError> {
        Self::parse(text)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str() || self.parts() == other.parts()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Number({})", self.as_str())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! from_integers {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                convert::exact(value)
            }
        }
    )*};
}

from_integers!(i8, i16, i32, i64, u8, u16, u32, u64);

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    fn refused(text: &str) -> DecodeErrorKind {
        text.parse::<Number>().unwrap_err().kind()
    }

    #[test]
    fn a_number_is_small() {
        assert!(size_of::<Number>() <= 24, "{}", size_of::<Number>());
    }

    #[test]
    fn what_dynamodb_takes_is_taken() {
        for (text, normal) in [
            ("+5", "5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
            ("1E+3", "1000"),
            ("0E200", "0"),
            ("-0", "0"),
            ("1.50", "1.5"),
            ("-1.5e-3", "-0.0015"),
            ("100.25", "100.25"),
        ] {
            assert_eq!(number(text).to_normal_form(), normal, "{text}");
            assert_eq!(number(text).as_str(), text);
        }
        assert_eq!(number("1E-130").to_normal_form(), format!("0.{}1", "0".repeat(129)));
        let nines = format!("9.{}E+125", "9".repeat(37));
        let normal = format!("{}{}", "9".repeat(38), "0".repeat(88));
        assert_eq!(number(&nines).to_normal_form(), normal);
        assert_eq!(number(&normal), number(&nines));
    }

    #[test]
    fn what_dynamodb_refuses_is_refused() {
        for text in [
            "",
            " 5",
            "5 ",
            "1_000",
            "0x10",
            "1e",
            "--1",
            "1,5",
            "NaN",
            "Infinity",
            ".",
            "+",
            "e5",
            "1e5.",
            "１",
            "1e99999999999",
        ] {
            assert_eq!(refused(text), DecodeErrorKind::InvalidNumber, "{text}");
        }
        assert_eq!(refused(&"1".repeat(39)), DecodeErrorKind::NumberPrecision);
        assert_eq!(refused(&format!("{}E130", "1".repeat(39))), DecodeErrorKind::NumberPrecision);
        for text in ["1E126", "1E-131", "-1E126", "1e2147483647", "1e-2147483648"] {
            assert_eq!(refused(text), DecodeErrorKind::NumberRange, "{text}");
        }
    }

    #[test]
    fn sizes_are_those_that_were_measured() {
        for (text, size) in [
            ("0", 1),
            ("-0", 1),
            ("0e5", 1),
            ("1", 2),
            ("12", 2),
            ("123", 3),
            ("100", 2),
            ("120", 3),
            ("1.2", 3),
            ("0.01", 2),
            ("0.012", 3),
            ("100.5", 4),
            ("3.14159", 5),
            ("-1", 3),
            ("+1", 2),
            ("1e2", 2),
            ("1.2e1", 2),
            ("99999999999999999999999999999999999999", 20),
            ("-99999999999999999999999999999999999999", 21),
            ("-9.9999999999999999999999999999999999999", 21),
            ("1E-130", 2),
        ] {
            assert_eq!(size_of_text(text.as_bytes()), size, "{text}");
        }
    }

    #[test]
    fn order_goes_by_value() {
        let ordered = [
            "-1E125",
            "-10",
            "-9.5",
            "-1E-130",
            "0",
            "1E-130",
            "0.5",
            "1",
            "9",
            "10",
            "12345678901234567890123456789012345678",
            "1E125",
        ];
        for (i, left) in ordered.iter().enumerate() {
            for (j, right) in ordered.iter().enumerate() {
                assert_eq!(number(left).cmp(&number(right)), i.cmp(&j), "{left} {right}");
            }
        }
        assert_eq!(number("1.0"), number("10e-1"));
    }
}
