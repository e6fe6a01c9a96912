//! Rows of columns as DynamoDB JSON.

use super::scalar::scalar;
use super::shape::{Named, Shape};
use crate::schema::below;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use ddbkit_codec::AttributeValue;

/// Why a value is none that an item can have: the way to it, from its end, and what is wrong.
struct Fault {
    path: Vec<String>,
    why: String,
}

impl Fault {
    fn new(why: impl Into<String>) -> Self {
        Self { path: Vec::new(), why: why.into() }
    }

    fn below(mut self, name: &str) -> Self {
        self.path.push(name.to_owned());
        self
    }
}

/// Writes a row and tells why it is no item, where it is none.
///
/// It is written to its end all the same, for the rejects: what is wrong stands there in a form that
/// is refused again.
pub(super) fn write_row(
    out: &mut Vec<u8>,
    columns: &[Named],
    arrays: &[ArrayRef],
    row: usize,
) -> Option<String> {
    let fault = record(out, columns, arrays, row)?;
    let path = fault.path.iter().rev().fold("$".to_owned(), |path, name| {
        if name == "[]" { path + "[]" } else { below(&path, name) }
    });
    Some(format!("{path} {}", fault.why))
}

/// The attributes of a map. Null is an attribute that is not there.
fn record(out: &mut Vec<u8>, columns: &[Named], arrays: &[ArrayRef], row: usize) -> Option<Fault> {
    let mut fault = None;
    let mut is_first = true;
    out.push(b'{');
    for (column, array) in columns.iter().zip(arrays) {
        if is_null(&column.shape, array, row) {
            continue;
        }
        let found = member(out, &mut is_first, &column.name, &column.shape, array, row);
        fault = fault.or(found);
    }
    out.push(b'}');
    fault
}

fn member(
    out: &mut Vec<u8>,
    is_first: &mut bool,
    name: &str,
    shape: &Shape,
    array: &ArrayRef,
    row: usize,
) -> Option<Fault> {
    comma(out, is_first);
    text(out, name);
    out.push(b':');
    let fault = value(out, shape, array, row).map(|fault| fault.below(name));
    if name.is_empty() { Some(Fault::new("has no name").below(name)) } else { fault }
}

/// Columns of the type null have no bits that say so.
fn is_null(shape: &Shape, array: &ArrayRef, row: usize) -> bool {
    array.is_null(row) || matches!(shape, Shape::Null)
}

fn value(out: &mut Vec<u8>, shape: &Shape, array: &ArrayRef, row: usize) -> Option<Fault> {
    if is_null(shape, array, row) {
        out.extend_from_slice(br#"{"NULL":true}"#);
        return None;
    }
    match shape {
        Shape::Null => None,
        Shape::Bool => {
            let is_true = array.as_boolean_opt().is_some_and(|array| array.value(row));
            out.extend_from_slice(format!(r#"{{"BOOL":{is_true}}}"#).as_bytes());
            None
        }
        Shape::Json => json(out, array, row),
        Shape::List(of) => {
            out.extend_from_slice(br#"{"L":["#);
            let fault = elements(out, array, row, |out, list, n| value(out, of, list, n));
            out.extend_from_slice(b"]}");
            fault
        }
        Shape::Set(tag, of) => set(out, tag, of, array, row),
        Shape::Struct(columns) => {
            out.extend_from_slice(br#"{"M":"#);
            let arrays = array.as_struct_opt().map_or(&[][..], |array| array.columns());
            let fault = record(out, columns, arrays, row);
            out.push(b'}');
            fault
        }
        Shape::Map(of) => map(out, of, array, row),
        Shape::Unsupported => {
            let data_type = array.data_type().to_string();
            unsupported(out, &data_type);
            Some(Fault::new(format!("is of the type {data_type}, which items do not have")))
        }
        Shape::Number | Shape::NumberText => tagged(out, "N", shape, array, row),
        Shape::Binary => tagged(out, "B", shape, array, row),
        Shape::Text | Shape::Uuid | Shape::Time => tagged(out, "S", shape, array, row),
    }
}

fn tagged(
    out: &mut Vec<u8>,
    tag: &str,
    shape: &Shape,
    array: &ArrayRef,
    row: usize,
) -> Option<Fault> {
    out.extend_from_slice(format!(r#"{{"{tag}":"#).as_bytes());
    let fault = inside(out, shape, array, row);
    out.push(b'}');
    fault
}

/// The text behind a tag, which members of sets have without it.
fn inside(out: &mut Vec<u8>, shape: &Shape, array: &ArrayRef, row: usize) -> Option<Fault> {
    match scalar(shape, array, row) {
        Ok(found) => {
            text(out, &found);
            None
        }
        Err(refused) => {
            text(out, &refused.text);
            Some(Fault::new(refused.why))
        }
    }
}

/// A value that we wrote as text of its DynamoDB JSON.
fn json(out: &mut Vec<u8>, array: &ArrayRef, row: usize) -> Option<Fault> {
    let text = array.as_string_opt::<i32>().map_or("", |array| array.value(row));
    if let Ok(value) = AttributeValue::from_dynamodb_json(text.as_bytes()) {
        value.write_dynamodb_json(out);
        None
    } else {
        unsupported(out, text);
        Some(Fault::new("is no DynamoDB JSON, which the metadata of the file says it is"))
    }
}

/// The elements of a list, with commas.
fn elements(
    out: &mut Vec<u8>,
    array: &ArrayRef,
    row: usize,
    mut write: impl FnMut(&mut Vec<u8>, &ArrayRef, usize) -> Option<Fault>,
) -> Option<Fault> {
    let list = array.as_list_opt::<i32>()?.value(row);
    let mut fault = None;
    let mut is_first = true;
    for n in 0..list.len() {
        comma(out, &mut is_first);
        let found = write(out, &list, n).map(|fault| fault.below("[]"));
        fault = fault.or(found);
    }
    fault
}

fn set(out: &mut Vec<u8>, tag: &str, of: &Shape, array: &ArrayRef, row: usize) -> Option<Fault> {
    out.extend_from_slice(format!(r#"{{"{tag}":["#).as_bytes());
    let start = out.len();
    let fault = elements(out, array, row, |out, members, n| {
        if members.is_null(n) {
            out.extend_from_slice(b"null");
            return Some(Fault::new("is null, which sets do not have"));
        }
        inside(out, of, members, n)
    });
    let is_empty = out.len() == start;
    out.extend_from_slice(b"]}");
    if is_empty { Some(Fault::new("is a set without members")) } else { fault }
}

fn map(out: &mut Vec<u8>, of: &Shape, array: &ArrayRef, row: usize) -> Option<Fault> {
    out.extend_from_slice(br#"{"M":{"#);
    let entries = array.as_map_opt().map(|array| array.value(row));
    let columns = entries.as_ref().map_or(&[][..], |entries| entries.columns());
    let mut fault = None;
    if let [keys, values] = columns
        && let Some(names) = keys.as_string_opt::<i32>()
    {
        let mut is_first = true;
        for n in (0..names.len()).filter(|n| !is_null(of, values, *n)) {
            let found = member(out, &mut is_first, names.value(n), of, values, n);
            fault = fault.or(found);
        }
    }
    out.extend_from_slice(b"}}");
    fault
}

fn unsupported(out: &mut Vec<u8>, what: &str) {
    out.extend_from_slice(br#"{"unsupported":"#);
    text(out, what);
    out.push(b'}');
}

fn comma(out: &mut Vec<u8>, is_first: &mut bool) {
    if !std::mem::take(is_first) {
        out.push(b',');
    }
}

/// A text as JSON.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    // Texts always serialize, and memory takes them.
    out.extend_from_slice(&serde_json::to_vec(text).unwrap_or_default());
}
