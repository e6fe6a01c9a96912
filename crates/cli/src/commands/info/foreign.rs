//! What `ddbkit info` tells about backups of other tools.

use crate::output::{bytes, count};
use ddbkit::export::{KeySchema, TableDescriptor};
use ddbkit::foreign::{Container, Detected, SourceTable};
use serde_json::{Value, json};

pub(super) fn to_text(found: &Detected) -> String {
    let tables: Vec<_> = found.tables.iter().map(|table| table_text(found, table)).collect();
    tables.join("\n")
}

fn table_text(found: &Detected, table: &SourceTable) -> String {
    let mut rows = vec![("format", format!("{}{}", found.format, packed(found.container)))];
    rows.push(("told by", found.evidence.clone()));
    let mut row = |name, value: &Option<String>| {
        rows.extend(value.iter().map(|value| (name, value.clone())));
    };
    row("table", &table.table_name);
    row("arn", &table.table_arn);
    row("state", &table.state);
    row("kind", &table.kind);
    row("items", &table.items.map(count));
    row("JSON", &table.json_bytes.map(bytes));
    let times: Vec<&str> =
        [&table.started, &table.ended].into_iter().flatten().map(String::as_str).collect();
    row("time", &(!times.is_empty()).then(|| times.join(" to ")));
    if let Some(descriptor) = &table.descriptor {
        row("key", &descriptor.key_schema().ok().as_ref().map(key));
        let indexes = indexes(descriptor);
        row("indexes", &(!indexes.is_empty()).then(|| indexes.join(", ")));
    }
    let (files, size) = (count(table.files.len() as u64), bytes(table.stored_bytes()));
    rows.push(("data files", format!("{files}, {size}")));
    rows.extend(table.files.first().map(|file| ("first file", found.describe(file))));
    rows.extend(table.faults.iter().map(|fault| ("not whole", fault.clone())));
    let damages = found.format.known_damages();
    rows.extend(damages.iter().map(|damage| ("can be", damage.to_string())));
    let rows = rows.into_iter().map(|(name, value)| format!("  {name:<11}{value}\n"));
    format!("{}\n{}", table.name, rows.collect::<String>())
}

fn packed(container: Container) -> &'static str {
    match container {
        Container::Tar => ", in a tar archive",
        Container::Zip => ", in a zip archive",
        _ => "",
    }
}

fn container_name(container: Container) -> &'static str {
    match container {
        Container::Tar => "tar",
        Container::Zip => "zip",
        _ => "files",
    }
}

fn key(key: &KeySchema) -> String {
    let parts = std::iter::once(&key.hash).chain(&key.range);
    let parts = parts.map(|part| format!("{} ({})", part.name, part.attribute_type));
    parts.collect::<Vec<_>>().join(" + ")
}

fn indexes(descriptor: &TableDescriptor) -> Vec<&str> {
    let create = &descriptor.create_table;
    let global = create.global_secondary_indexes.iter().map(|index| index.index_name.as_str());
    let local = create.local_secondary_indexes.iter().map(|index| index.index_name.as_str());
    global.chain(local).collect()
}

pub(super) fn to_json(found: &Detected) -> Vec<Value> {
    found.tables.iter().map(|table| table_json(found, table)).collect()
}

fn table_json(found: &Detected, table: &SourceTable) -> Value {
    let damages = found.format.known_damages().iter();
    let damages = damages.map(|damage| json!({"name": damage.name(), "what": damage.to_string()}));
    let descriptor = table.descriptor.as_ref();
    let descriptor = descriptor.and_then(|one| serde_json::from_str(&one.to_json()).ok());
    json!({
        "name": table.name,
        "format": found.format.name(),
        "container": container_name(found.container),
        "evidence": found.evidence,
        "table": table.table_name,
        "table_arn": table.table_arn,
        "state": table.state,
        "kind": table.kind,
        "items": table.items,
        "json_bytes": table.json_bytes,
        "stored_bytes": table.stored_bytes(),
        "data_files": table.files.len(),
        "start_time": table.started,
        "end_time": table.ended,
        "description": descriptor.unwrap_or(Value::Null),
        "faults": table.faults,
        "known_damages": damages.collect::<Vec<_>>(),
    })
}
