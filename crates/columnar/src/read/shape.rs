//! What the values of a column are, found once for a file.

use crate::{Column, ColumnType};
use arrow_schema::{DataType, Field, FieldRef, Fields, TimeUnit};
use parquet::basic::{LogicalType, Type as PhysicalType};
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor};
use std::slice;
use std::sync::Arc;

/// How a value becomes one of `DynamoDB`.
pub(super) enum Shape {
    Null,
    Bool,
    /// N, of integers, floats and decimals.
    Number,
    /// N, of text.
    NumberText,
    /// S.
    Text,
    /// S, of sixteen bytes.
    Uuid,
    /// S, of a date, a time or a moment.
    Time,
    /// B.
    Binary,
    /// Whatever its DynamoDB JSON says.
    Json,
    List(Box<Self>),
    /// `SS`, `NS` or `BS`.
    Set(&'static str, Box<Self>),
    Struct(Vec<Named>),
    /// A map whose keys are text.
    Map(Box<Self>),
    /// Nothing that an item can have.
    Unsupported,
}

/// A column or a field, by the name of its attribute.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) shape: Shape,
}

type Leaves<'a> = slice::Iter<'a, ColumnDescPtr>;

/// The types to read the columns as: where arrow by itself would lose something, another.
pub(super) fn read_as(fields: &Fields, parquet: &SchemaDescriptor) -> Fields {
    let leaves = &mut parquet.columns().iter();
    fields.iter().map(|field| field_as(field, leaves)).collect()
}

fn field_as(field: &Field, leaves: &mut Leaves<'_>) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Struct(fields) => {
            DataType::Struct(fields.iter().map(|field| field_as(field, leaves)).collect())
        }
        DataType::List(element) => DataType::List(field_as(element, leaves)),
        DataType::Map(entries, sorted) => DataType::Map(field_as(entries, leaves), *sorted),
        other => leaf_as(other, leaves.next()),
    };
    Arc::new(field.clone().with_data_type(data_type))
}

fn leaf_as(data_type: &DataType, leaf: Option<&ColumnDescPtr>) -> DataType {
    match (data_type, leaf) {
        // In nanoseconds the years from 2262 on would wrap around without a word.
        (DataType::Timestamp(..), Some(leaf)) if leaf.physical_type() == PhysicalType::INT96 => {
            DataType::Timestamp(TimeUnit::Microsecond, None)
        }
        (DataType::Binary, Some(leaf)) if leaf.logical_type_ref() == Some(&LogicalType::Enum) => {
            DataType::Utf8
        }
        _ => data_type.clone(),
    }
}

/// The shapes of the columns; `ours` are the columns as we wrote them, where we did.
pub(super) fn shapes(fields: &Fields, ours: &[Column], parquet: &SchemaDescriptor) -> Vec<Named> {
    named(fields, ours, &mut parquet.columns().iter())
}

fn named(fields: &Fields, ours: &[Column], leaves: &mut Leaves<'_>) -> Vec<Named> {
    let named = |field: &FieldRef| {
        let ours = ours.iter().find(|column| column.name == *field.name());
        let shape = shape(field, ours.map(|column| &column.column_type), leaves);
        Named { name: field.name().clone(), shape }
    };
    fields.iter().map(named).collect()
}

fn shape(field: &Field, ours: Option<&ColumnType>, leaves: &mut Leaves<'_>) -> Shape {
    match field.data_type() {
        DataType::Struct(fields) => {
            let columns = match ours {
                Some(ColumnType::Struct(columns)) => columns.as_slice(),
                _ => &[],
            };
            Shape::Struct(named(fields, columns, leaves))
        }
        DataType::List(element) => {
            let of = match ours {
                Some(ColumnType::List(of) | ColumnType::NumberSet(of)) => Some(of.as_ref()),
                _ => None,
            };
            let of = Box::new(shape(element, of, leaves));
            match (ours, of.as_ref()) {
                (Some(ColumnType::StringSet), Shape::Text) => Shape::Set("SS", of),
                (Some(ColumnType::NumberSet(_)), Shape::Number | Shape::NumberText) => {
                    Shape::Set("NS", of)
                }
                (Some(ColumnType::BinarySet), Shape::Binary) => Shape::Set("BS", of),
                _ => Shape::List(of),
            }
        }
        DataType::Map(entries, _) => map(entries, leaves),
        data_type => leaf(data_type, ours, leaves.next()),
    }
}

fn map(entries: &Field, leaves: &mut Leaves<'_>) -> Shape {
    let DataType::Struct(fields) = entries.data_type() else { return Shape::Unsupported };
    let mut fields = named(fields, &[], leaves).into_iter();
    match (fields.next(), fields.next()) {
        (Some(Named { shape: Shape::Text, .. }), Some(value)) => Shape::Map(Box::new(value.shape)),
        _ => Shape::Unsupported,
    }
}

fn leaf(data_type: &DataType, ours: Option<&ColumnType>, leaf: Option<&ColumnDescPtr>) -> Shape {
    let logical = leaf.and_then(|leaf| leaf.logical_type_ref());
    match (data_type, ours) {
        (DataType::Null, _) => Shape::Null,
        (DataType::Boolean, _) => Shape::Bool,
        (DataType::Utf8, Some(ColumnType::NumberText)) => Shape::NumberText,
        (DataType::Utf8, Some(ColumnType::Json)) => Shape::Json,
        (DataType::Utf8, _) => Shape::Text,
        (DataType::FixedSizeBinary(16), _) if logical == Some(&LogicalType::Uuid) => Shape::Uuid,
        (DataType::Binary | DataType::FixedSizeBinary(_), _) => Shape::Binary,
        (
            DataType::Date32 | DataType::Time32(_) | DataType::Time64(_) | DataType::Timestamp(..),
            _,
        ) => Shape::Time,
        (data_type, _) if data_type.is_numeric() => Shape::Number,
        _ => Shape::Unsupported,
    }
}
