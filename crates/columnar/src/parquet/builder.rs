//! Columns as they fill.

use super::arrow::{element, fields};
use super::number::{MAX_128, unscaled};
use crate::schema::below;
use crate::{Column, ColumnType, ColumnarError, ColumnarErrorKind};
use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Decimal128Builder, Decimal256Builder, StringBuilder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, i256};
use arrow_schema::{ArrowError, FieldRef, Fields};
use ddbkit_codec::{ItemRef, NumberRef, ValueRef};
use std::collections::HashMap;
use std::sync::Arc;

/// What comes of the values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Bytes of the values that wait.
    pub(super) bytes: usize,
    /// Values that have no column.
    pub(super) left_out: u64,
    /// NULL values.
    pub(super) nulls: u64,
}

/// A value that is not of the type of its column: where, and what it is.
struct OtherType {
    path: Vec<String>,
    found: &'static str,
}

/// The columns of all rows that wait.
pub(super) struct Rows {
    columns: Record,
    rows: usize,
}

impl Rows {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self { columns: Record::new(columns), rows: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.rows
    }

    /// How many columns there are, those within others counted: one at least.
    pub(super) fn leaves(&self) -> usize {
        self.columns.leaves().max(1)
    }

    pub(super) fn append(
        &mut self,
        item: ItemRef<'_>,
        counts: &mut Counts,
    ) -> Result<(), ColumnarError> {
        self.rows += 1;
        self.columns.append(Some(item), counts).map_err(|other| {
            let path = other.path.iter().rev().fold("$".to_owned(), |path, name| {
                if name == "[]" { path + "[]" } else { below(&path, name) }
            });
            let message = format!("{path} is {}, which does not fit its column", other.found);
            ColumnarError::new(ColumnarErrorKind::OtherType, message)
        })
    }

    /// The columns of the rows, which wait no more.
    pub(super) fn finish(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.rows = 0;
        self.columns.finish()
    }
}

/// The columns of maps.
struct Record {
    names: HashMap<String, usize>,
    columns: Vec<Builder>,
    /// In which row each column got a value last.
    filled: Vec<u64>,
    row: u64,
}

impl Record {
    fn new(columns: &[Column]) -> Self {
        let names = columns.iter().enumerate();
        Self {
            names: names.map(|(n, column)| (column.name.clone(), n)).collect(),
            columns: columns.iter().map(|column| Builder::new(&column.column_type)).collect(),
            filled: vec![0; columns.len()],
            row: 0,
        }
    }

    fn leaves(&self) -> usize {
        self.columns.iter().map(Builder::leaves).sum()
    }

    /// Appends one row: nulls where there is no map, or no attribute.
    fn append(&mut self, map: Option<ItemRef<'_>>, counts: &mut Counts) -> Result<(), OtherType> {
        self.row += 1;
        for (name, value) in map.iter().flat_map(ItemRef::iter) {
            let name = name.get();
            let Some(&n) = self.names.get(&*name) else {
                counts.left_out += 1;
                continue;
            };
            let (Some(column), Some(filled)) = (self.columns.get_mut(n), self.filled.get_mut(n))
            else {
                continue;
            };
            *filled = self.row;
            column.append(Some(value), counts).map_err(|mut other| {
                other.path.push(name.into_owned());
                other
            })?;
        }
        for (column, filled) in self.columns.iter_mut().zip(&self.filled) {
            if *filled != self.row {
                column.append(None, counts)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        self.columns.iter_mut().map(Builder::finish).collect()
    }
}

/// One column.
enum Builder {
    String(StringBuilder),
    NumberText(StringBuilder),
    Json(StringBuilder),
    Decimal128 {
        builder: Decimal128Builder,
        precision: u8,
        scale: i8,
    },
    Decimal256 {
        builder: Decimal256Builder,
        precision: u8,
        scale: i8,
    },
    Binary(BinaryBuilder),
    Bool(BooleanBuilder),
    List {
        is: Elements,
        offsets: Vec<i32>,
        nulls: NullBufferBuilder,
        of: Box<Self>,
        field: FieldRef,
    },
    Struct {
        record: Record,
        fields: Fields,
        nulls: NullBufferBuilder,
    },
}

/// What the elements of a list were.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Elements {
    List,
    Strings,
    Numbers,
    Binaries,
}

impl Builder {
    fn new(column_type: &ColumnType) -> Self {
        match column_type {
            ColumnType::String => Self::String(StringBuilder::new()),
            ColumnType::NumberText => Self::NumberText(StringBuilder::new()),
            ColumnType::Json => Self::Json(StringBuilder::new()),
            ColumnType::Decimal { .. } => Self::decimal(column_type),
            ColumnType::Binary => Self::Binary(BinaryBuilder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::List(of) => Self::list(Elements::List, of),
            ColumnType::StringSet => Self::list(Elements::Strings, &ColumnType::String),
            ColumnType::NumberSet(of) => Self::list(Elements::Numbers, of),
            ColumnType::BinarySet => Self::list(Elements::Binaries, &ColumnType::Binary),
            ColumnType::Struct(columns) => Self::Struct {
                record: Record::new(columns),
                fields: fields(columns),
                nulls: NullBufferBuilder::new(0),
            },
        }
    }

    fn decimal(column_type: &ColumnType) -> Self {
        let arrow_type = element(column_type).data_type().clone();
        match *column_type {
            ColumnType::Decimal { precision, scale } if precision <= MAX_128 => {
                let builder = Decimal128Builder::new().with_data_type(arrow_type);
                Self::Decimal128 { builder, precision, scale }
            }
            ColumnType::Decimal { precision, scale } => {
                let builder = Decimal256Builder::new().with_data_type(arrow_type);
                Self::Decimal256 { builder, precision, scale }
            }
            _ => Self::NumberText(StringBuilder::new()),
        }
    }

    fn list(is: Elements, of: &ColumnType) -> Self {
        Self::List {
            is,
            offsets: vec![0],
            nulls: NullBufferBuilder::new(0),
            of: Box::new(Self::new(of)),
            field: element(of),
        }
    }

    fn leaves(&self) -> usize {
        match self {
            Self::List { of, .. } => 1 + of.leaves(),
            Self::Struct { record, .. } => 1 + record.leaves(),
            _ => 1,
        }
    }

    fn append(
        &mut self,
        value: Option<ValueRef<'_>>,
        counts: &mut Counts,
    ) -> Result<(), OtherType> {
        match value {
            None => self.append_null(counts),
            Some(ValueRef::Null) => {
                counts.nulls += 1;
                self.append_null(counts)
            }
            Some(value) => self.append_value(value, counts),
        }
    }

    fn append_null(&mut self, counts: &mut Counts) -> Result<(), OtherType> {
        match self {
            Self::String(builder) | Self::NumberText(builder) | Self::Json(builder) => {
                builder.append_null();
            }
            Self::Decimal128 { builder, .. } => builder.append_null(),
            Self::Decimal256 { builder, .. } => builder.append_null(),
            Self::Binary(builder) => builder.append_null(),
            Self::Bool(builder) => builder.append_null(),
            Self::List { offsets, nulls, .. } => {
                offsets.extend(offsets.last().copied());
                nulls.append_null();
            }
            Self::Struct { record, nulls, .. } => {
                nulls.append_null();
                record.append(None, counts)?;
            }
        }
        Ok(())
    }

    fn append_value(&mut self, value: ValueRef<'_>, counts: &mut Counts) -> Result<(), OtherType> {
        match (self, value) {
            (Self::Json(builder), value) => {
                let mut json = Vec::new();
                value.to_value().write_dynamodb_json(&mut json);
                counts.bytes += json.len();
                // What is written is UTF-8.
                builder.append_value(String::from_utf8_lossy(&json));
            }
            (Self::String(builder), ValueRef::S(text)) => {
                let text = text.get();
                counts.bytes += text.len();
                builder.append_value(text);
            }
            (Self::NumberText(builder), ValueRef::N(number)) => {
                let text = number.text();
                counts.bytes += text.len();
                builder.append_value(text);
            }
            (Self::Decimal128 { builder, precision, scale }, ValueRef::N(number)) => {
                counts.bytes += 16;
                let value = unscaled(number.decimal_parts(), *precision, *scale);
                let value = value.and_then(i256::to_i128).ok_or_else(too_wide)?;
                builder.append_value(value);
            }
            (Self::Decimal256 { builder, precision, scale }, ValueRef::N(number)) => {
                counts.bytes += 32;
                let value = unscaled(number.decimal_parts(), *precision, *scale);
                builder.append_value(value.ok_or_else(too_wide)?);
            }
            (Self::Binary(builder), ValueRef::B(bytes)) => {
                let bytes = bytes.to_vec();
                counts.bytes += bytes.len();
                builder.append_value(bytes);
            }
            (Self::Bool(builder), ValueRef::Bool(flag)) => builder.append_value(flag),
            (Self::List { is, offsets, nulls, of, .. }, value) => {
                let length = append_elements(*is, of, value, counts)?;
                let end = i64::from(offsets.last().copied().unwrap_or_default()) + length;
                // A batch has far fewer than 2^31 elements.
                offsets.push(i32::try_from(end).unwrap_or(i32::MAX));
                nulls.append_non_null();
            }
            (Self::Struct { record, nulls, .. }, ValueRef::M(map)) => {
                nulls.append_non_null();
                record.append(Some(map), counts)?;
            }
            (_, value) => return Err(OtherType { path: Vec::new(), found: name(&value) }),
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::String(builder) | Self::NumberText(builder) | Self::Json(builder) => {
                Arc::new(builder.finish())
            }
            Self::Decimal128 { builder, .. } => Arc::new(builder.finish()),
            Self::Decimal256 { builder, .. } => Arc::new(builder.finish()),
            Self::Binary(builder) => Arc::new(builder.finish()),
            Self::Bool(builder) => Arc::new(builder.finish()),
            Self::List { offsets, nulls, of, field, .. } => {
                let offsets = OffsetBuffer::new(std::mem::replace(offsets, vec![0]).into());
                let array =
                    ListArray::try_new(field.clone(), offsets, of.finish()?, nulls.finish());
                Arc::new(array?)
            }
            Self::Struct { record, fields, nulls } => {
                let columns = record.finish()?;
                Arc::new(StructArray::try_new(fields.clone(), columns, nulls.finish())?)
            }
        })
    }
}

/// Appends the elements of a list or set and tells how many they are.
fn append_elements(
    is: Elements,
    of: &mut Builder,
    value: ValueRef<'_>,
    counts: &mut Counts,
) -> Result<i64, OtherType> {
    let mut append = |value: ValueRef<'_>| {
        counts.bytes += 4;
        of.append(Some(value), counts).map_err(|mut other| {
            other.path.push("[]".to_owned());
            other
        })
    };
    let length = match (is, value) {
        (Elements::List, ValueRef::L(list)) => {
            list.iter().try_for_each(append)?;
            list.len()
        }
        (Elements::Strings, ValueRef::Ss(set)) => {
            set.iter().try_for_each(|text| append(ValueRef::S(text)))?;
            set.len()
        }
        (Elements::Numbers, ValueRef::Ns(set)) => {
            set.iter().try_for_each(|number: NumberRef<'_>| append(ValueRef::N(number)))?;
            set.len()
        }
        (Elements::Binaries, ValueRef::Bs(set)) => {
            set.iter().try_for_each(|bytes| append(ValueRef::B(bytes)))?;
            set.len()
        }
        (_, value) => return Err(OtherType { path: Vec::new(), found: name(&value) }),
    };
    Ok(i64::try_from(length).unwrap_or(i64::MAX))
}

fn too_wide() -> OtherType {
    OtherType { path: Vec::new(), found: "a number of other or more digits" }
}

fn name(value: &ValueRef<'_>) -> &'static str {
    match value {
        ValueRef::S(_) => "a string",
        ValueRef::N(_) => "a number",
        ValueRef::B(_) => "a binary",
        ValueRef::Bool(_) => "a boolean",
        ValueRef::Null => "NULL",
        ValueRef::L(_) => "a list",
        ValueRef::M(_) => "a map",
        ValueRef::Ss(_) => "a string set",
        ValueRef::Ns(_) => "a number set",
        ValueRef::Bs(_) => "a binary set",
    }
}
