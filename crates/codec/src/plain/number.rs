//! Numbers of DynamoDB as numbers of JSON.

use crate::Number;
use std::borrow::Cow;

/// The number in the grammar of JSON: as it was written, where that is JSON.
pub(super) fn literal(number: &Number) -> Cow<'_, str> {
    let text = number.as_str();
    if is_literal(text) { Cow::Borrowed(text) } else { Cow::Owned(number.to_normal_form()) }
}

/// Whether a text is a number of JSON: `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?`.
pub(super) fn is_literal(text: &str) -> bool {
    let text = text.as_bytes();
    let magnitude = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, rest) = digits(magnitude);
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => digits(rest),
        rest => (&b"0"[..], rest),
    };
    let (exponent, rest) = match rest {
        [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => digits(rest),
        rest => (&b"0"[..], rest),
    };
    let whole_is_well = matches!(whole, [b'0'] | [b'1'..=b'9', ..]);
    whole_is_well && !fraction.is_empty() && !exponent.is_empty() && rest.is_empty()
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// Whether a reader that keeps numbers in an `f64` writes the same number again.
pub(super) fn fits_f64(number: &Number) -> bool {
    /// So many digits always fit, wherever the point is.
    const ALWAYS: usize = 15;
    let text = number.as_str();
    let is_short = text.len() <= ALWAYS && !text.contains(['e', 'E']);
    is_short || number.as_f64().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategies;
    use proptest::prelude::*;

    #[test]
    fn spellings_that_are_no_json_are_written_anew() {
        for (text, expected) in [
            ("1.50", "1.50"),
            ("-0.5e-7", "-0.5e-7"),
            ("1E+3", "1E+3"),
            ("0", "0"),
            ("-0", "-0"),
            ("+5", "5"),
            (".5", "0.5"),
            ("5.", "5"),
            ("007", "7"),
            ("1.e3", "1000"),
            ("-.5", "-0.5"),
        ] {
            assert_eq!(literal(&text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn what_a_float_changes_does_not_fit() {
        for (text, fits) in [
            ("0.1", true),
            ("9007199254740992", true),
            ("9007199254740993", false),
            ("1e100", true),
            ("0.10000000000000001", false),
            ("12345678901234567890", false),
            ("12345678901234567000", true),
        ] {
            assert_eq!(fits_f64(&text.parse().unwrap()), fits, "{text}");
        }
    }

    proptest! {
        #[test]
        fn literals_are_what_json_takes(text in "-?[+]?[0-9]{0,3}\\.?[0-9]{0,3}([eE][+-]?[0-9]{0,2})?") {
            let is_json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            prop_assert_eq!(is_literal(&text), is_json, "{}", text);
        }

        #[test]
        fn literals_keep_the_value(number in strategies::number()) {
            let text = literal(&number);
            prop_assert!(is_literal(&text));
            prop_assert_eq!(text.parse::<Number>().unwrap(), number);
        }

        #[test]
        fn what_fits_comes_back(number in strategies::number()) {
            let float: f64 = number.as_str().parse().unwrap();
            let comes_back = format!("{float:e}").parse::<Number>().unwrap() == number;
            prop_assert_eq!(fits_f64(&number), comes_back);
        }
    }
}
