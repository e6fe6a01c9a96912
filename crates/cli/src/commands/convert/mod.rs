//! `ddbkit convert`.

mod dest;
mod sink;
mod source;

use crate::args::{ConvertArgs, ConvertFormat};
use crate::commands::Context;
use crate::error::{self, Failure};
use crate::exit::{DONE, Exit};
use crate::output::count;
use ddbkit::codec::{ItemRef, Tape};
use ddbkit::columnar::{CsvForm, ImportKey, KeySorter, Note, Schema, SchemaInference, SortedItems};
use ddbkit::export::KeyAttribute;
use ddbkit::flow::{Control, ProgressEvent};
use dest::Dest;
use serde_json::json;
use sink::{Sink, Written};
use source::Source;
use std::num::NonZeroUsize;

/// What is held of items that are sorted.
const RUN_BYTES: NonZeroUsize = NonZeroUsize::new(64 << 20).expect("not zero");

/// What the columns are made from.
struct Columns {
    schema: Schema,
    notes: Vec<Note>,
}

/// Key attributes first, in the order of the key, then those of indexes.
struct Keys {
    names: Vec<String>,
    import: Vec<ImportKey>,
}

pub(crate) async fn run(context: &Context, args: ConvertArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let has_columns = matches!(
        args.format,
        ConvertFormat::Csv | ConvertFormat::CsvImport | ConvertFormat::Parquet
    );
    check(&args, has_columns)?;
    let schema = args.schema.as_deref().map(read_schema).transpose()?;
    let source = Source::open(context, &args).await?;
    let keys = keys(&args, &source).await?;
    let to_stdout = args.dest == "-";
    let dest = Dest::create(context, &args.dest, args.format).await?;
    let name = dest.name().to_owned();
    output.detail(&format!("Converting {} to {name}", source.name()));
    let control = context.watched_printing("convert", to_stdout);
    let control_inside = control.clone();
    // Everything that reads and writes waits in one thread; the store is asked from there.
    let converted = tokio::task::spawn_blocking(move || {
        convert(source, dest, &args, schema.filter(|_| has_columns), &keys, &control_inside)
    });
    let (written, notes) = converted.await.map_err(|error| Failure::other(error.to_string()))??;
    control.emit(&ProgressEvent::Finished);
    drop(control);
    for note in &notes {
        output.notice(&format!("note: {note}"));
    }
    let left_out = match written.left_out {
        0 => String::new(),
        values => format!("; {} values have no column and were left out", count(values)),
    };
    output.summary(&format!("Wrote {} items to {name}{left_out}", count(written.items)));
    if output.is_json() {
        let notes: Vec<_> = notes
            .iter()
            .map(|note| json!({"kind": note.kind.as_str(), "path": note.path, "detail": note.detail}))
            .collect();
        let object = json!({
            "version": 1,
            "command": "convert",
            "destination": name,
            "items": written.items,
            "left_out_values": written.left_out,
            "null_values": written.nulls,
            "notes": notes,
        });
        output.json(&object, to_stdout)?;
    }
    Ok(DONE)
}

fn check(args: &ConvertArgs, has_columns: bool) -> Result<(), Failure> {
    if args.lossless && args.format != ConvertFormat::Json {
        return Err(Failure::usage("--lossless is for --format json"));
    }
    if args.schema.is_some() && !has_columns {
        return Err(Failure::usage("--schema is for the formats csv, csv-import and parquet"));
    }
    if args.dest == "-" && args.format == ConvertFormat::Parquet {
        let message = "a Parquet file is no stream of lines: name a file";
        return Err(Failure::usage(message));
    }
    Ok(())
}

fn read_schema(path: &std::path::Path) -> Result<Schema, Failure> {
    let json = std::fs::read(path)
        .map_err(|error| Failure::other(format!("{} cannot be read: {error}", path.display())))?;
    Schema::from_json(&json).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

/// The keys as they are given, or those of the dump.
async fn keys(args: &ConvertArgs, source: &Source) -> Result<Keys, Failure> {
    let key = |key: &KeyAttribute| ImportKey {
        name: key.name.clone(),
        attribute_type: key.attribute_type.clone(),
    };
    if let Some(given) = &args.key {
        let schema = given.schema();
        let import: Vec<ImportKey> =
            std::iter::once(&schema.hash).chain(&schema.range).map(key).collect();
        return Ok(Keys { names: import.iter().map(|key| key.name.clone()).collect(), import });
    }
    let Some(descriptor) = source.descriptor().await? else {
        if args.format == ConvertFormat::CsvImport || args.sort_by_key {
            let message = "the key of the table is not known";
            return Err(
                Failure::usage(message).with_hint("give it with --key, like --key pk:S,sk:N")
            );
        }
        return Ok(Keys { names: Vec::new(), import: Vec::new() });
    };
    let schema = descriptor.key_schema()?;
    let names = std::iter::once(&schema.hash).chain(&schema.range);
    let definitions = descriptor.create_table.attribute_definitions.iter();
    let import = definitions.map(|definition| ImportKey {
        name: definition.attribute_name.clone(),
        attribute_type: definition.attribute_type.clone(),
    });
    Ok(Keys { names: names.map(|key| key.name.clone()).collect(), import: import.collect() })
}

fn convert(
    source: Source,
    dest: Dest,
    args: &ConvertArgs,
    schema: Option<Schema>,
    keys: &Keys,
    control: &Control,
) -> Result<(Written, Vec<Note>), Failure> {
    let is_lines = matches!(
        args.format,
        ConvertFormat::DynamodbJson | ConvertFormat::Ion | ConvertFormat::Json
    );
    let mut inference = (!is_lines && schema.is_none()).then(SchemaInference::default);
    control.emit(&ProgressEvent::Started { items: None, bytes: None });
    let mut look =
        |item: ItemRef<'_>| inference.as_mut().map_or(Ok(()), |inference| inference.add(item));
    let items = if args.sort_by_key {
        let mut sorter = KeySorter::new(std::env::temp_dir(), &keys.names, RUN_BYTES);
        source.each(control, &mut |item| {
            look(item).and_then(|()| sorter.add(item)).map_err(|error| error::line(&error))
        })?;
        Items::Sorted(Box::new(sorter.finish()?))
    } else if !is_lines && schema.is_none() {
        // Read twice, so a stream is kept first.
        let source = source.repeatable()?;
        source.each(control, &mut |item| look(item).map_err(|error| error::line(&error)))?;
        Items::Source(source)
    } else {
        Items::Source(source)
    };
    let first: Vec<&str> = keys.names.iter().map(String::as_str).collect();
    let inferred = inference.map(|inference| inference.finish(&first)).transpose()?;
    let inferred = inferred.map(|found| Columns { schema: found.schema, notes: found.notes });
    let columns = schema.map(|schema| Columns { schema, notes: Vec::new() }).or(inferred);
    let form = match args.format {
        ConvertFormat::CsvImport => CsvForm::Import { keys: keys.import.clone() },
        _ => CsvForm::Human,
    };
    let notes = columns.as_ref().map(|columns| columns.notes.clone()).unwrap_or_default();
    let mut sink = Sink::create(args.format, args.lossless, dest, columns, form)?;
    match items {
        Items::Source(source) => source.each(control, &mut |item| sink.write(item))?,
        Items::Sorted(mut sorted) => write_sorted(&mut sorted, &mut sink, control)?,
    }
    Ok((sink.finish()?, notes))
}

/// What is written, after what was looked at.
enum Items {
    Source(Source),
    Sorted(Box<SortedItems>),
}

fn write_sorted(
    sorted: &mut SortedItems,
    sink: &mut Sink,
    control: &Control,
) -> Result<(), Failure> {
    let mut tape = Tape::new();
    for number in 1_u64.. {
        let Some(json) = sorted.next_item()? else { break };
        control.check().map_err(|cancelled| Failure::other(cancelled.to_string()))?;
        let item = tape.read_line(json).map_err(|error| error.to_string());
        // Its place in the source is not known any more.
        let written = item.and_then(|item| sink.write(item));
        written.map_err(|why| Failure::other(format!("item {number} by its key: {why}")))?;
    }
    Ok(())
}
