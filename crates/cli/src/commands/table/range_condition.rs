//! The condition of a sort key, as `>= 17` or `between a and b`.

use super::key::value;
use crate::error::Failure;
use ddbkit::codec::rules::{Key, KeyType};
use ddbkit::table::Range;

/// The sort keys of a table or index that a condition is true of.
pub(super) fn range(text: &str, of: &str, key: &Key) -> Result<Range, Failure> {
    let attribute = key
        .sort_key()
        .ok_or_else(|| Failure::usage(format!("--range-key-condition: {of} has no sort key")))?;
    parse(text.trim(), attribute)?.ok_or_else(|| {
        Failure::usage(format!("--range-key-condition: {text:?} is no condition")).with_hint(
            "write it like '= 5', '< 5', '<= 5', '> 5', '>= 5', 'between 1 and 5' or 'begins_with a'",
        )
    })
}

fn parse(text: &str, attribute: (&str, KeyType)) -> Result<Option<Range>, Failure> {
    let value = |text: &str| value("--range-key-condition", text.trim(), attribute);
    if let Some(text) = text.strip_prefix("begins_with ") {
        return Ok(Some(Range::begins_with(value(text)?)));
    }
    if let Some(text) = text.strip_prefix("between ") {
        let Some((low, high)) = text.split_once(" and ") else { return Ok(None) };
        return Ok(Some(Range::between(value(low)?, value(high)?)));
    }
    // The longer before the shorter, which they begin with.
    if let Some(text) = text.strip_prefix("<=") {
        return Ok(Some(Range::le(value(text)?)));
    }
    if let Some(text) = text.strip_prefix(">=") {
        return Ok(Some(Range::ge(value(text)?)));
    }
    if let Some(text) = text.strip_prefix('<') {
        return Ok(Some(Range::lt(value(text)?)));
    }
    if let Some(text) = text.strip_prefix('>') {
        return Ok(Some(Range::gt(value(text)?)));
    }
    if let Some(text) = text.strip_prefix('=') {
        return Ok(Some(Range::eq(value(text)?)));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit::codec::AttributeValue;

    #[test]
    fn conditions_have_an_operator_and_values_of_the_type() {
        let key = Key::partition("pk", KeyType::S).sort("at", KeyType::N);
        let of = |text| range(text, "table T", &key);
        let number = |text: &str| AttributeValue::N(text.parse().unwrap());
        assert_eq!(of("= 5").unwrap(), Range::eq(number("5")));
        assert_eq!(of("<=5.50").unwrap(), Range::le(number("5.50")));
        assert_eq!(of(" > 5 ").unwrap(), Range::gt(number("5")));
        assert_eq!(of("between 1 and 5").unwrap(), Range::between(number("1"), number("5")));
        for wrong in ["", "5", "like 5", "between 1", "= five", "<"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        let text = Key::partition("pk", KeyType::S).sort("at", KeyType::S);
        let begins = range("begins_with 2026-03", "table T", &text).unwrap();
        assert_eq!(begins, Range::begins_with("2026-03"));
        let error = range("= 5", "table T", &Key::partition("pk", KeyType::S)).unwrap_err();
        assert!(error.to_string().contains("table T has no sort key"), "{error}");
    }
}
