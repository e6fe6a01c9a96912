//! Numbers from and to the numbers of Rust.

use super::{Number, ParseNumberError};
use crate::DecodeErrorKind;
use std::fmt::{self, Display, Write};

/// Room for every integer and for the shortest form of every float, so that none is allocated.
struct Digits {
    bytes: [u8; 48],
    len: usize,
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// Calls `then` with the digits of a number of Rust.
fn with_digits<T>(value: impl Display, then: impl FnOnce(&str) -> T) -> T {
    let mut digits = Digits { bytes: [0; 48], len: 0 };
    // The longest is that of an `i128`, 40 bytes.
    let _ = write!(digits, "{value}");
    let text = digits.bytes.get(..digits.len).unwrap_or_default();
    then(std::str::from_utf8(text).unwrap_or_default())
}

/// An integer that is known to have at most 38 digits.
pub(super) fn exact(value: impl Display) -> Number {
    with_digits(value, Number::keep)
}

impl Number {
    /// The number as `u64`, if it is an integer in that range: `1.0` and `1e3` are.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        let text = self.as_str();
        text.parse().ok().or_else(|| self.as_u128()?.try_into().ok())
    }

    /// The number as `i64`, if it is an integer in that range.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        let text = self.as_str();
        text.parse().ok().or_else(|| self.as_i128()?.try_into().ok())
    }

    /// The number as `u128`, if it is an integer in that range.
    #[must_use]
    pub fn as_u128(&self) -> Option<u128> {
        let (is_negative, magnitude) = self.integer()?;
        (!is_negative).then_some(magnitude)
    }

    /// The number as `i128`, if it is an integer in that range.
    #[must_use]
    pub fn as_i128(&self) -> Option<i128> {
        match self.integer()? {
            (false, magnitude) => magnitude.try_into().ok(),
            (true, magnitude) => 0_i128.checked_sub_unsigned(magnitude),
        }
    }

    /// The `f64` that is nearest to the number. Beyond about 16 digits that is another number; all
    /// that DynamoDB holds is in the range of `f64`.
    ///
    /// ```
    /// use ddbkit_codec::Number;
    ///
    /// let exact: Number = "0.1000000000000000000000001".parse()?;
    /// assert_eq!(exact.to_f64(), 0.1);
    /// # Ok::<(), ddbkit_codec::ParseNumberError>(())
    /// ```
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.as_str().parse().unwrap_or_default()
    }

    /// Whether the number is an integer, of whatever size.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        self.parts().exponent >= 0
    }

    /// Whether the number is negative, and its magnitude, if that is an integer that fits.
    fn integer(&self) -> Option<(bool, u128)> {
        // The coefficient has no trailing zeros, so a negative exponent is a fraction.
        let parts = self.parts();
        let power = 10_u128.checked_pow(u32::try_from(parts.exponent).ok()?)?;
        Some((parts.negative, parts.coefficient.checked_mul(power)?))
    }

    /// The `f64` whose shortest decimal form is this number by value, if there is one: it can be
    /// read as a float and written again without a change.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        let float = self.to_f64();
        let back = Self::try_from(float).ok()?;
        (back == *self).then_some(float)
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        exact(value)
    }
}

impl From<isize> for Number {
    fn from(value: isize) -> Self {
        exact(value)
    }
}

/// Fails beyond 38 digits: `u128` has up to 39.
impl TryFrom<u128> for Number {
    type Error = ParseNumberError;
    fn try_from(value: u128) -> Result<Self, ParseNumberError> {
        with_digits(value, Self::parse)
    }
}

/// Fails beyond 38 digits: `i128` has up to 39.
impl TryFrom<i128> for Number {
    type Error = ParseNumberError;
    fn try_from(value: i128) -> Result<Self, ParseNumberError> {
        with_digits(value, Self::parse)
    }
}

/// The shortest decimal number that is nearer to this float than to any other. Fails for NaN,
/// infinity, and beyond the range of DynamoDB.
///
/// ```
/// use ddbkit_codec::Number;
///
/// assert_eq!(Number::try_from(0.1)?.as_str(), "0.1");
/// assert_eq!(Number::try_from(1e100)?.as_str(), "1e100");
/// assert!(Number::try_from(f64::NAN).is_err());
/// assert!(Number::try_from(1e300).is_err());
/// # Ok::<(), ddbkit_codec::ParseNumberError>(())
/// ```
impl TryFrom<f64> for Number {
    type Error = ParseNumberError;
    fn try_from(value: f64) -> Result<Self, ParseNumberError> {
        float(value, value.abs())
    }
}

/// As for `f64`: `0.1_f32` is 0.1.
impl TryFrom<f32> for Number {
    type Error = ParseNumberError;
    fn try_from(value: f32) -> Result<Self, ParseNumberError> {
        float(value, f64::from(value.abs()))
    }
}

fn float(value: impl Display + fmt::LowerExp, magnitude: f64) -> Result<Number, ParseNumberError> {
    if !magnitude.is_finite() {
        return Err(ParseNumberError(DecodeErrorKind::InvalidNumber));
    }
    // Without an exponent as long as that is short.
    if magnitude == 0.0 || (1e-5..1e16).contains(&magnitude) {
        with_digits(value, Number::parse)
    } else {
        with_digits(format_args!("{value:e}"), Number::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::parts;
    use proptest::prelude::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn integers_are_integers_however_they_are_written() {
        for (text, expected) in [
            ("1.0", Some(1)),
            ("1e3", Some(1_000)),
            ("-0", Some(0)),
            ("+7.00", Some(7)),
            ("-1200e-2", Some(-12)),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1.5", None),
            ("1e-1", None),
            ("1e100", None),
        ] {
            assert_eq!(number(text).as_i64(), expected, "{text}");
        }
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("18446744073709551616").as_u64(), None);
        assert_eq!(number("-1").as_u64(), None);
        assert_eq!(number("1e38").as_u128(), Some(10_u128.pow(38)));
        assert_eq!(number("1e39").as_u128(), None);
        assert_eq!(number("-1e38").as_i128(), Some(-(10_i128.pow(38))));
        assert_eq!(number("2e38").as_i128(), None);
    }

    #[test]
    fn integers_of_more_than_38_digits_are_refused() {
        assert!(Number::try_from(u128::MAX).is_err());
        assert!(Number::try_from(i128::MIN).is_err());
        assert_eq!(Number::try_from(10_u128.pow(38)).unwrap(), number("1e38"));
    }

    #[test]
    fn floats_that_do_not_come_back_are_none() {
        assert_eq!(number("0.1").as_f64(), Some(0.1));
        assert_eq!(number("1e60").as_f64(), Some(1e60));
        assert_eq!(number("0.1000000000000000055").as_f64(), None);
        assert_eq!(number("12345678901234567890").as_f64(), None);
    }

    proptest! {
        #[test]
        fn floats_go_there_and_back(value in any::<f64>()) {
            match Number::try_from(value) {
                Ok(number) => {
                                        prop_assert_eq!(number.as_f64(), Some(value));
                    prop_assert!(parts(number.as_str()).is_ok());
                }
                Err(_) => prop_assert!(!value.is_finite() || !(1e-130..1e126).contains(&value.abs())),
            }
        }

        #[test]
        fn integers_go_there_and_back(small: i64, large: i128) {
            prop_assert_eq!(Number::from(small).as_i64(), Some(small));
            if let Ok(number) = Number::try_from(large) {
                prop_assert_eq!(number.as_i128(), Some(large));
            }
        }
    }
}
