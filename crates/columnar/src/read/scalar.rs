//! Values that are one text in DynamoDB JSON.

use super::shape::Shape;
use super::time;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddbkit_codec::Number;

/// A value that an item cannot have: why, and what stands in its place among the rejects.
pub(super) struct Refused {
    pub(super) why: String,
    pub(super) text: String,
}

/// The text of a value that is not null.
pub(super) fn scalar(shape: &Shape, array: &ArrayRef, row: usize) -> Result<String, Refused> {
    let found = match shape {
        Shape::Number | Shape::NumberText => return number(array, row),
        Shape::Text => array.as_string_opt::<i32>().map(|array| array.value(row).to_owned()),
        Shape::Binary => bytes(array, row).map(|bytes| STANDARD.encode(bytes)),
        Shape::Uuid => bytes(array, row).map(uuid),
        Shape::Time => return when(array, row),
        _ => None,
    };
    found.ok_or_else(|| other(array))
}

fn other(array: &ArrayRef) -> Refused {
    let text = array.data_type().to_string();
    Refused { why: format!("is of the type {text}, which its column is not"), text }
}

fn bytes(array: &ArrayRef, row: usize) -> Option<&[u8]> {
    let fixed = || array.as_fixed_size_binary_opt().map(|array| array.value(row));
    array.as_binary_opt::<i32>().map(|array| array.value(row)).or_else(fixed)
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (n, byte) in bytes.iter().enumerate() {
        if [4, 6, 8, 10].contains(&n) {
            text.push('-');
        }
        text += &format!("{byte:02x}");
    }
    text
}

fn primitive<T: ArrowPrimitiveType>(array: &ArrayRef, row: usize) -> Option<T::Native> {
    array.as_primitive_opt::<T>().map(|array| array.value(row))
}

fn number(array: &ArrayRef, row: usize) -> Result<String, Refused> {
    let integer = |value: Option<i128>| value.map(|value| value.to_string());
    let text = match array.data_type() {
        DataType::Int8 => integer(primitive::<Int8Type>(array, row).map(i128::from)),
        DataType::Int16 => integer(primitive::<Int16Type>(array, row).map(i128::from)),
        DataType::Int32 => integer(primitive::<Int32Type>(array, row).map(i128::from)),
        DataType::Int64 => integer(primitive::<Int64Type>(array, row).map(i128::from)),
        DataType::UInt8 => integer(primitive::<UInt8Type>(array, row).map(i128::from)),
        DataType::UInt16 => integer(primitive::<UInt16Type>(array, row).map(i128::from)),
        DataType::UInt32 => integer(primitive::<UInt32Type>(array, row).map(i128::from)),
        DataType::UInt64 => integer(primitive::<UInt64Type>(array, row).map(i128::from)),
        DataType::Float16 => {
            primitive::<Float16Type>(array, row).map(|value| float(f64::from(value), value))
        }
        DataType::Float32 => {
            primitive::<Float32Type>(array, row).map(|value| float(f64::from(value), value))
        }
        DataType::Float64 => primitive::<Float64Type>(array, row).map(|value| float(value, value)),
        DataType::Decimal128(..) => {
            array.as_primitive_opt::<Decimal128Type>().map(|array| array.value_as_string(row))
        }
        DataType::Decimal256(..) => {
            array.as_primitive_opt::<Decimal256Type>().map(|array| array.value_as_string(row))
        }
        _ => array.as_string_opt::<i32>().map(|array| array.value(row).to_owned()),
    };
    let mut text = text.ok_or_else(|| other(array))?;
    if text.contains('.') && !matches!(array.data_type(), DataType::Utf8) {
        // The zeros of a decimal are those of its column and would count among the 38 digits.
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    match text.parse::<Number>() {
        Ok(_) => Ok(text),
        Err(error) => Err(Refused { why: format!("is no number of DynamoDB: {error}"), text }),
    }
}

/// The shortest text that is read as the same float; with an exponent where it would be long.
fn float(size: f64, value: impl std::fmt::Display + std::fmt::LowerExp) -> String {
    let is_plain = size == 0.0 || (1e-7..1e21).contains(&size.abs());
    if is_plain { value.to_string() } else { format!("{value:e}") }
}

fn when(array: &ArrayRef, row: usize) -> Result<String, Refused> {
    use TimeUnit::{Microsecond, Millisecond, Nanosecond};
    let moment = |count: Option<i64>, parts, zone: &Option<_>| {
        count.map(|count| (count, time::timestamp(count, parts, zone.is_some())))
    };
    let clock = |count: Option<i64>, nanoseconds: i64| {
        count.map(|count| (count, count.checked_mul(nanoseconds).and_then(time::time)))
    };
    let found = match array.data_type() {
        DataType::Date32 => {
            primitive::<Date32Type>(array, row).map(|days| (i64::from(days), time::date(days)))
        }
        DataType::Time32(Millisecond) => {
            let count = primitive::<Time32MillisecondType>(array, row);
            clock(count.map(i64::from), 1_000_000)
        }
        DataType::Time64(Microsecond) => {
            clock(primitive::<Time64MicrosecondType>(array, row), 1000)
        }
        DataType::Time64(Nanosecond) => clock(primitive::<Time64NanosecondType>(array, row), 1),
        DataType::Timestamp(Millisecond, zone) => {
            moment(primitive::<TimestampMillisecondType>(array, row), 1000, zone)
        }
        DataType::Timestamp(Microsecond, zone) => {
            moment(primitive::<TimestampMicrosecondType>(array, row), 1_000_000, zone)
        }
        DataType::Timestamp(Nanosecond, zone) => {
            moment(primitive::<TimestampNanosecondType>(array, row), 1_000_000_000, zone)
        }
        _ => None,
    };
    let (count, text) = found.ok_or_else(|| other(array))?;
    text.ok_or_else(|| Refused {
        why: "is no date or time of the years -9999 to 9999".to_owned(),
        text: count.to_string(),
    })
}
