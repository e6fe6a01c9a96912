//! What `DuckDB` reads in our files: `cargo xtask duckdb`.

use crate::formats::real_exports;
use crate::rows::{number, without_nulls, write};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ddbkit_codec::strategies::{attribute_value, binary, number as any_number, text};
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_columnar::{Column, ColumnType, ParquetOptions, Schema};
use proptest::collection::{btree_set, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// A setting of the task that runs this.
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask duckdb"))
}

#[test]
#[ignore = "needs Python with duckdb: cargo xtask duckdb"]
fn duckdb_reads_equal_content() {
    let folder = PathBuf::from(setting("DDBKIT_DUCKDB_FOLDER"));
    let seed = setting("DDBKIT_DUCKDB_SEED").parse().unwrap();
    let count = setting("DDBKIT_DUCKDB_ITEMS").parse().unwrap();
    let mut sets = real_exports();
    sets.push(generated(seed, count));
    let mut command = Command::new(setting("DDBKIT_DUCKDB_PYTHON"));
    command.arg(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/duckdb/read.py"));
    let mut written = Vec::new();
    for (n, items) in sets.iter().enumerate() {
        // Small row groups, so that there are several.
        let row_group_bytes = std::num::NonZeroUsize::new(256 * 1024).unwrap();
        let (bytes, inferred) = write(items, ParquetOptions { row_group_bytes });
        let path = folder.join(format!("{n}.parquet"));
        std::fs::write(&path, &bytes).unwrap();
        command.arg(&path);
        written.push((path.with_extension("parquet.jsonl"), inferred.schema, items));
    }
    assert!(command.status().unwrap().success(), "DuckDB does not read it");
    for (path, schema, items) in written {
        let read = std::fs::read_to_string(path).unwrap();
        let read: Vec<Item> = read.lines().map(|row| row_of(row, &schema)).collect();
        assert_eq!(read.len(), items.len());
        for (read, item) in read.iter().zip(items) {
            assert_eq!(without_nulls(read), without_nulls(item));
        }
    }
}

/// Items with attributes of all types, some of one type and some of several, the same for the same
/// seed.
fn generated(seed: u64, count: usize) -> Vec<Item> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = shaped();
    std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current())
        .take(count)
        .collect()
}

fn decimal() -> impl Strategy<Value = Number> {
    (any::<i64>(), 0_u32..7)
        .prop_map(|(digits, scale)| format!("{digits}e-{scale}").parse().unwrap())
}

fn map(fields: Vec<(&str, AttributeValue)>) -> AttributeValue {
    AttributeValue::M(fields.into_iter().collect())
}

fn shaped() -> impl Strategy<Value = Item> {
    use AttributeValue as V;
    let member = (text(), decimal()).prop_map(|(x, y)| map(vec![("x", V::S(x)), ("y", V::N(y))]));
    let list = vec(member, 0..4).prop_map(V::L).boxed();
    let columns: Vec<(&str, BoxedStrategy<V>)> = vec![
        ("text", text().prop_map(V::S).boxed()),
        ("decimal", decimal().prop_map(V::N).boxed()),
        ("wide", any_number().prop_map(V::N).boxed()),
        ("binary", binary().prop_map(V::B).boxed()),
        ("bool", any::<bool>().prop_map(V::Bool).boxed()),
        ("numbers", vec(decimal().prop_map(V::N), 0..4).prop_map(V::L).boxed()),
        ("records", list.clone()),
        ("inside", list.prop_map(|list| map(vec![("list", list)])).boxed()),
        ("ss", btree_set(text(), 1..4).prop_map(|set| V::Ss(set.into_iter().collect())).boxed()),
        ("ns", btree_set(decimal(), 1..4).prop_map(|set| V::Ns(set.into_iter().collect())).boxed()),
        ("bs", btree_set(binary(), 1..4).prop_map(|set| V::Bs(set.into_iter().collect())).boxed()),
        ("null", prop_oneof![Just(V::Null), text().prop_map(V::S)].boxed()),
        ("any", attribute_value(3).boxed()),
    ];
    let columns: Vec<_> = columns
        .into_iter()
        .map(|(name, values)| weighted(0.8, values).prop_map(move |value| (name, value)))
        .collect();
    (any::<u64>(), columns).prop_map(|(pk, columns)| {
        let columns = columns.into_iter().filter_map(|(name, value)| Some((name, value?)));
        std::iter::once(("pk", V::S(pk.to_string()))).chain(columns).collect()
    })
}

fn row_of(row: &str, schema: &Schema) -> Item {
    let row: Vec<Value> = serde_json::from_str(row).unwrap();
    assert_eq!(row.len(), schema.columns.len());
    let columns = schema.columns.iter().zip(&row);
    columns.filter_map(|(column, json)| attribute(column, json)).collect()
}

fn attribute(column: &Column, json: &Value) -> Option<(String, AttributeValue)> {
    Some((column.name.clone(), value(&column.column_type, json)?))
}

fn value(column_type: &ColumnType, json: &Value) -> Option<AttributeValue> {
    use AttributeValue as V;
    if json.is_null() {
        return None;
    }
    let text = || json.as_str().unwrap().to_owned();
    let members = || json.as_array().unwrap().iter();
    Some(match column_type {
        ColumnType::String => V::S(text()),
        ColumnType::NumberText => V::N(text().parse().unwrap()),
        ColumnType::Decimal { .. } => V::N(number(json["d"].as_str().unwrap())),
        ColumnType::Binary => V::B(bytes(json)),
        ColumnType::Bool => V::Bool(json.as_bool().unwrap()),
        ColumnType::List(of) => {
            V::L(members().map(|json| value(of, json).unwrap_or(V::Null)).collect())
        }
        ColumnType::Struct(columns) => {
            let fields = columns.iter().map(|column| attribute(column, &json["s"][&column.name]));
            V::M(fields.flatten().collect())
        }
        ColumnType::StringSet => {
            V::Ss(members().map(|json| json.as_str().unwrap().to_owned()).collect())
        }
        ColumnType::NumberSet(of) => {
            let numbers = members().map(|json| match value(of, json) {
                Some(V::N(number)) => number,
                other => panic!("{other:?}"),
            });
            V::Ns(numbers.collect())
        }
        ColumnType::BinarySet => V::Bs(members().map(bytes).collect()),
        ColumnType::Json => {
            let item = format!("{{\"v\":{}}}", text());
            Item::from_dynamodb_json(item.as_bytes()).unwrap().remove("v").unwrap()
        }
        other => panic!("{other:?}"),
    })
}

fn bytes(json: &Value) -> Vec<u8> {
    STANDARD.decode(json["b"].as_str().unwrap()).unwrap()
}
