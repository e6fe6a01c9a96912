//! The schema of the file.

use super::number::MAX_128;
use crate::{Column, ColumnType};
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use std::collections::HashMap;
use std::sync::Arc;

/// What tells sets from lists, and text of DynamoDB JSON from strings, for readers of Arrow.
const TYPE: &str = "ddbkit:type";

pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    Arc::new(Schema::new(fields(columns)))
}

pub(super) fn fields(columns: &[Column]) -> Fields {
    columns.iter().map(|column| field(&column.name, &column.column_type)).collect()
}

/// The elements of a list, under the name that the format recommends.
pub(super) fn element(column_type: &ColumnType) -> FieldRef {
    field("element", column_type)
}

fn field(name: &str, column_type: &ColumnType) -> FieldRef {
    let mark = match column_type {
        ColumnType::NumberText => Some("N"),
        ColumnType::StringSet => Some("SS"),
        ColumnType::NumberSet(_) => Some("NS"),
        ColumnType::BinarySet => Some("BS"),
        ColumnType::Json => Some("DYNAMODB_JSON"),
        _ => None,
    };
    let field = Field::new(name, data_type(column_type), true);
    Arc::new(match mark {
        Some(mark) => field.with_metadata(HashMap::from([(TYPE.to_owned(), mark.to_owned())])),
        None => field,
    })
}

fn data_type(column_type: &ColumnType) -> DataType {
    match column_type {
        ColumnType::String | ColumnType::NumberText | ColumnType::Json => DataType::Utf8,
        ColumnType::Decimal { precision, scale } if *precision <= MAX_128 => {
            DataType::Decimal128(*precision, *scale)
        }
        ColumnType::Decimal { precision, scale } => DataType::Decimal256(*precision, *scale),
        ColumnType::Binary => DataType::Binary,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::List(of) | ColumnType::NumberSet(of) => DataType::List(element(of)),
        ColumnType::StringSet => DataType::List(element(&ColumnType::String)),
        ColumnType::BinarySet => DataType::List(element(&ColumnType::Binary)),
        ColumnType::Struct(columns) => DataType::Struct(fields(columns)),
    }
}
