//! Parquet read back by the reader of the crate `parquet`, as items again.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Decimal256Type};
use arrow_array::{Array, RecordBatch};
use bytes::Bytes;
use ddbkit_codec::{AttributeValue, Item, Number, Tape};
use ddbkit_columnar::{
    Column, ColumnType, ColumnarError, Inferred, ParquetOptions, ParquetWriter, Schema,
    SchemaInference, WriteReport,
};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Infers a schema and writes all items with it.
pub(crate) fn write(items: &[Item], options: ParquetOptions) -> (Bytes, Inferred) {
    let mut inference = SchemaInference::default();
    let mut tape = Tape::new();
    for item in items {
        inference.add(tape.read_line(item.to_dynamodb_json().as_bytes()).unwrap()).unwrap();
    }
    let inferred = inference.finish(&["pk"]).unwrap();
    let (bytes, report) = write_with(items, &inferred.schema, options).unwrap();
    assert_eq!((report.items, report.left_out), (items.len() as u64, 0));
    (bytes, inferred)
}

pub(crate) fn write_with(
    items: &[Item],
    schema: &Schema,
    options: ParquetOptions,
) -> Result<(Bytes, WriteReport), ColumnarError> {
    let mut tape = Tape::new();
    let mut writer = ParquetWriter::new(Vec::new(), schema, &[], options)?;
    for item in items {
        writer.write(tape.read_line(item.to_dynamodb_json().as_bytes()).unwrap())?;
    }
    let (bytes, report) = writer.finish()?;
    Ok((bytes.into(), report))
}

/// The rows of a file as items. Null is an attribute that is not there.
pub(crate) fn read(bytes: Bytes, schema: &Schema) -> Vec<Item> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
    let batches = builder.build().unwrap().map(Result::unwrap);
    batches.flat_map(|batch| items(&batch, schema)).collect()
}

fn items(batch: &RecordBatch, schema: &Schema) -> Vec<Item> {
    let row = |n| {
        let columns = schema.columns.iter().zip(batch.columns());
        item(columns.map(|(column, array)| (column, array.as_ref())), n)
    };
    (0..batch.num_rows()).map(row).collect()
}

fn item<'a>(columns: impl Iterator<Item = (&'a Column, &'a dyn Array)>, n: usize) -> Item {
    let values = columns
        .map(|(column, array)| Some((column.name.clone(), value(&column.column_type, array, n)?)));
    values.flatten().collect()
}

fn value(column_type: &ColumnType, array: &dyn Array, n: usize) -> Option<AttributeValue> {
    if array.is_null(n) {
        return None;
    }
    let text = || array.as_string::<i32>().value(n).to_owned();
    let elements = |of: &ColumnType| -> Vec<AttributeValue> {
        let list = array.as_list::<i32>().value(n);
        let elements = (0..list.len()).map(|n| value(of, &list, n));
        elements.map(|element| element.unwrap_or(AttributeValue::Null)).collect()
    };
    Some(match column_type {
        ColumnType::String => AttributeValue::S(text()),
        ColumnType::NumberText => AttributeValue::N(text().parse().unwrap()),
        ColumnType::Decimal { precision: ..=38, .. } => {
            AttributeValue::N(number(&array.as_primitive::<Decimal128Type>().value_as_string(n)))
        }
        ColumnType::Decimal { .. } => {
            AttributeValue::N(number(&array.as_primitive::<Decimal256Type>().value_as_string(n)))
        }
        ColumnType::Binary => AttributeValue::B(array.as_binary::<i32>().value(n).to_vec()),
        ColumnType::Bool => AttributeValue::Bool(array.as_boolean().value(n)),
        ColumnType::List(of) => AttributeValue::L(elements(of)),
        ColumnType::Struct(columns) => {
            let fields = columns.iter().zip(array.as_struct().columns());
            AttributeValue::M(item(fields.map(|(column, array)| (column, array.as_ref())), n))
        }
        ColumnType::StringSet => {
            let members = elements(&ColumnType::String).into_iter().map(|member| match member {
                AttributeValue::S(text) => text,
                other => panic!("{other:?}"),
            });
            AttributeValue::Ss(members.collect())
        }
        ColumnType::NumberSet(of) => {
            let members = elements(of).into_iter().map(|member| match member {
                AttributeValue::N(number) => number,
                other => panic!("{other:?}"),
            });
            AttributeValue::Ns(members.collect())
        }
        ColumnType::BinarySet => {
            let members = elements(&ColumnType::Binary).into_iter().map(|member| match member {
                AttributeValue::B(bytes) => bytes,
                other => panic!("{other:?}"),
            });
            AttributeValue::Bs(members.collect())
        }
        ColumnType::Json => {
            let json = format!("{{\"v\":{}}}", text());
            Item::from_dynamodb_json(json.as_bytes()).unwrap().remove("v").unwrap()
        }
        other => panic!("{other:?}"),
    })
}

/// Zeros behind the point do not count among the 38 digits.
pub(crate) fn number(text: &str) -> Number {
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    text.parse().unwrap()
}

/// The item as it comes back: an attribute that is NULL is not there. In a list null is NULL again.
pub(crate) fn without_nulls(item: &Item) -> Item {
    fn inside(value: &AttributeValue) -> AttributeValue {
        match value {
            AttributeValue::M(map) => AttributeValue::M(without_nulls(map)),
            AttributeValue::L(list) => AttributeValue::L(list.iter().map(inside).collect()),
            other => other.clone(),
        }
    }
    let attributes = item.iter().filter(|(_, value)| **value != AttributeValue::Null);
    attributes.map(|(name, value)| (name.to_owned(), inside(value))).collect()
}
