//! DynamoDB JSON to values of the SDK through `serde_json::Value`.

use super::json::Item;
use crate::{Error, Result};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// The item of an export line.
pub fn from_value(line: &Value) -> Result<Item> {
    item(line.get("Item").ok_or_else(wrong)?)
}

fn item(value: &Value) -> Result<Item> {
    let pairs = value.as_object().ok_or_else(wrong)?.iter();
    pairs.map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
}

fn attribute(value: &Value) -> Result<AttributeValue> {
    let (tag, value) = value.as_object().and_then(|map| map.iter().next()).ok_or_else(wrong)?;
    Ok(match tag.as_str() {
        "S" => AttributeValue::S(text(value)?),
        "N" => AttributeValue::N(text(value)?),
        "B" => AttributeValue::B(blob(value)?),
        "BOOL" => AttributeValue::Bool(value.as_bool().ok_or_else(wrong)?),
        "NULL" => AttributeValue::Null(value.as_bool().ok_or_else(wrong)?),
        "SS" => AttributeValue::Ss(list(value, text)?),
        "NS" => AttributeValue::Ns(list(value, text)?),
        "BS" => AttributeValue::Bs(list(value, blob)?),
        "L" => AttributeValue::L(list(value, attribute)?),
        "M" => AttributeValue::M(item(value)?),
        _ => return Err(wrong()),
    })
}

fn list<T>(value: &Value, element: impl Fn(&Value) -> Result<T>) -> Result<Vec<T>> {
    value.as_array().ok_or_else(wrong)?.iter().map(element).collect()
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().ok_or_else(wrong)?.to_owned())
}

fn blob(value: &Value) -> Result<Blob> {
    Ok(Blob::new(BASE64_STANDARD.decode(value.as_str().ok_or_else(wrong)?)?))
}

fn wrong() -> Error {
    "a line that is no DynamoDB JSON".into()
}
