//! ion-rs: elements, lazy values, and items built from lazy values.

use super::owned::{Map, Value};
use crate::{Error, Result};
use ion_rs::{
    AnyEncoding, Decimal, Decoder, Element, LazyList, LazyStruct, LazyValue, Reader, ValueRef,
    Writer, v1_0,
};
use std::fs::File;
use std::hint::black_box;
use std::io::BufWriter;
use std::path::Path;

/// How many values share a segment of the binary stream.
pub const SEGMENT: usize = 1000;

pub fn transcode(from: &Path, to: &Path) -> Result {
    let text = std::fs::read(from)?;
    let mut writer = Writer::new(v1_0::Binary, BufWriter::new(File::create(to)?))?;
    let mut reader = Reader::new(AnyEncoding, text.as_slice())?;
    let mut count = 0;
    while let Some(value) = reader.next()? {
        writer.write(&Element::try_from(value)?)?;
        count += 1;
        if count % SEGMENT == 0 {
            writer.flush()?;
        }
    }
    writer.close()?;
    Ok(())
}

/// Calls it with every top-level value.
pub fn each_value(
    bytes: &[u8],
    mut one: impl FnMut(LazyValue<'_, AnyEncoding>) -> Result,
) -> Result<usize> {
    let mut reader = Reader::new(AnyEncoding, bytes)?;
    let mut count = 0;
    while let Some(value) = reader.next()? {
        one(value)?;
        count += 1;
    }
    Ok(count)
}

/// What is under `Item`.
pub fn item<'top, D: Decoder>(value: &LazyValue<'top, D>) -> Result<LazyStruct<'top, D>> {
    Ok(value.read()?.expect_struct()?.find_expected("Item")?.read()?.expect_struct()?)
}

/// Reads every scalar of a value, and the names if they are wanted, and keeps none.
pub fn read_scalars<D: Decoder>(value: &LazyValue<'_, D>, with_names: bool) -> Result {
    match value.read()? {
        ValueRef::List(list) => {
            list.iter().try_for_each(|element| read_scalars(&element?, with_names))
        }
        ValueRef::Struct(fields) => fields.iter().try_for_each(|field| {
            let field = field?;
            if with_names {
                black_box(field.name()?.text());
            }
            read_scalars(&field.value(), with_names)
        }),
        scalar => {
            black_box(scalar);
            Ok(())
        }
    }
}

pub fn to_map<D: Decoder>(fields: &LazyStruct<'_, D>) -> Result<Map> {
    let mut map = Map::new();
    for field in fields {
        let field = field?;
        let name = field.name()?.text().unwrap_or_default().to_owned();
        map.insert(name, to_value(&field.value())?);
    }
    Ok(map)
}

fn to_value<D: Decoder>(value: &LazyValue<'_, D>) -> Result<Value> {
    let set = if value.has_annotations() {
        let annotation = value.annotations().next().transpose()?;
        annotation.and_then(|symbol| symbol.text().map(ToOwned::to_owned))
    } else {
        None
    };
    Ok(match value.read()? {
        ValueRef::Null(_) => Value::Null(true),
        ValueRef::Bool(flag) => Value::Bool(flag),
        ValueRef::String(text) => Value::S(text.text().to_owned()),
        ValueRef::Decimal(decimal) => Value::N(plain_text(&decimal)),
        ValueRef::Int(int) => Value::N(int.to_string()),
        ValueRef::Blob(bytes) => Value::B(bytes.data().to_vec()),
        ValueRef::Struct(fields) => Value::M(to_map(&fields)?),
        ValueRef::List(list) => match set.as_deref() {
            Some("$dynamodb_SS") => {
                Value::Ss(members(list, |value| Ok(value.expect_string()?.text().to_owned()))?)
            }
            Some("$dynamodb_NS") => {
                Value::Ns(members(list, |value| Ok(plain_text(&value.expect_decimal()?)))?)
            }
            Some("$dynamodb_BS") => {
                Value::Bs(members(list, |value| Ok(value.expect_blob()?.data().to_vec()))?)
            }
            _ => Value::L(list.iter().map(|element| to_value(&element?)).collect::<Result<_>>()?),
        },
        other => return Err(format!("no value of DynamoDB: {other:?}").into()),
    })
}

fn members<'top, D: Decoder, T>(
    list: LazyList<'top, D>,
    member: impl Fn(ValueRef<'top, D>) -> Result<T>,
) -> Result<Vec<T>> {
    list.iter().map(|element| member(element?.read()?)).collect()
}

/// The number as DynamoDB JSON has it.
fn plain_text(decimal: &Decimal) -> String {
    let coefficient = decimal.coefficient();
    let mut text = coefficient.magnitude().to_string();
    match usize::try_from(decimal.exponent()) {
        Ok(zeros) if text != "0" => text.extend(std::iter::repeat_n('0', zeros)),
        Ok(_) => {}
        Err(_) => {
            let places = usize::try_from(decimal.exponent().unsigned_abs()).unwrap_or(usize::MAX);
            if places < text.len() {
                text.insert(text.len() - places, '.');
            } else {
                text = format!("0.{}{text}", "0".repeat(places - text.len()));
            }
        }
    }
    if coefficient.is_negative() {
        text.insert(0, '-');
    }
    text
}

/// The values of a stream, all in memory.
pub fn elements(bytes: &[u8]) -> Result<Vec<Element>> {
    Element::read_all(bytes).map(|all| all.into_iter().collect()).map_err(Error::from)
}
