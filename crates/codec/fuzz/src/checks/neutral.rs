//! Items in a form that is neither ours nor a peer's, so that readers can be compared: a tree of
//! JSON in which equal items are equal.
//!
//! It looks like DynamoDB JSON, but numbers are `-123e-2` with neither zeros at the ends nor a point,
//! binaries are in hexadecimal, and sets are sorted. It is made from what the public API shows of a
//! value, never by our writers.

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};
use ddbkit_codec::{AttributeValue, Item};
use serde_json::{Map, Value, json};

/// What our values are.
pub fn of_item(item: &Item) -> Value {
    item.iter()
        .map(|(name, value)| (name.to_owned(), of_value(value)))
        .collect::<Map<_, _>>()
        .into()
}

fn of_value(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": canonical(number.as_str()) }),
        AttributeValue::B(bytes) => json!({ "B": hex(bytes) }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null => json!({ "NULL": true }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(of_value).collect::<Vec<_>>() }),
        AttributeValue::M(map) => json!({ "M": of_item(map) }),
        AttributeValue::Ss(set) => json!({ "SS": sorted(set.iter().cloned()) }),
        AttributeValue::Ns(set) => {
            json!({ "NS": sorted(set.iter().map(|number| canonical(number.as_str()))) })
        }
        AttributeValue::Bs(set) => json!({ "BS": sorted(set.iter().map(|bytes| hex(bytes))) }),
    }
}

/// What `serde_json` sees in the DynamoDB JSON of an item; none if that is no item. It does not look
/// for what DynamoDB refuses.
pub fn of_json(bytes: &[u8]) -> Option<Value> {
    of_json_tree(&serde_json::from_slice(bytes).ok()?)
}

/// The same of JSON that was read already.
pub fn of_json_tree(item: &Value) -> Option<Value> {
    let attributes = item.as_object()?.iter();
    let attributes = attributes.map(|(name, value)| Some((name.clone(), json_value(value)?)));
    Some(attributes.collect::<Option<Map<_, _>>>()?.into())
}

fn json_value(value: &Value) -> Option<Value> {
    let (tag, inner) = value.as_object()?.iter().find(|(_, inner)| !inner.is_null())?;
    let number = |inner: &Value| inner.as_str().map(canonical);
    let binary = |inner: &Value| unbase64(inner.as_str()?);
    let set = |member: &dyn Fn(&Value) -> Option<String>| {
        let members = inner.as_array()?.iter().map(member).collect::<Option<Vec<_>>>()?;
        Some(Value::from(sorted(members)))
    };
    let described = match tag.as_str() {
        "S" => inner.as_str()?.into(),
        "N" => number(inner)?.into(),
        "B" => binary(inner)?.into(),
        "BOOL" | "NULL" => inner.as_bool()?.into(),
        "L" => inner.as_array()?.iter().map(json_value).collect::<Option<Vec<_>>>()?.into(),
        "M" => of_json_tree(inner)?,
        "SS" => set(&|inner| inner.as_str().map(str::to_owned))?,
        "NS" => set(&number)?,
        "BS" => set(&binary)?,
        _ => return None,
    };
    Some(json!({ tag: described }))
}

/// A number without zeros at the ends, as an integer and an exponent: `-123e-2`; zero is `0e0`.
///
/// # Panics
/// When the text is not that of a number.
pub fn canonical(text: &str) -> String {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let unsigned = mantissa.trim_start_matches(['+', '-']);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let zeros = digits.len() - significant.len();
    let exponent: i128 = exponent.parse().expect("an exponent");
    let exponent = exponent + small(zeros) - small(fraction.len());
    match significant.trim_start_matches('0') {
        "" => "0e0".to_owned(),
        significant => {
            let sign = if mantissa.starts_with('-') { "-" } else { "" };
            format!("{sign}{significant}e{exponent}")
        }
    }
}

fn small(length: usize) -> i128 {
    i128::try_from(length).expect("a length")
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sorted(members: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut members: Vec<_> = members.into_iter().collect();
    members.sort_unstable();
    members
}

fn unbase64(text: &str) -> Option<String> {
    // As the service: padded, and bits that are too many are let pass.
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let bytes = engine.decode(text).ok()?;
    debug_assert!(STANDARD.encode(&bytes).len() == text.len());
    Some(hex(&bytes))
}
