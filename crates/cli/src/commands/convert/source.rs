//! Items out of whatever they lie in.

use crate::args::{ConvertArgs, SourceFormat};
use crate::commands::Context;
use crate::error::{self, Failure};
use crate::object_stream::ObjectStream;
use crate::rows::{self, Rows};
use crate::{config, foreign};
use ddbkit::codec::lines::{LineBatch, LineReader};
use ddbkit::codec::stream::IonItemReader;
use ddbkit::codec::{Item, ItemRef, PlainOptions, Tape};
use ddbkit::columnar::{CsvReadOptions, ImportKey};
use ddbkit::export::lint::LintKeys;
use ddbkit::export::{
    DataFile, ExportErrorKind, ExportKind, ExportReader, ReadOptions, TableDescriptor,
};
use ddbkit::flow::{Control, ProgressEvent};
use ddbkit::store::{Location, Store};
use std::fs::File;
use std::io::{self, Cursor, Read};
use tokio::runtime::Handle;

/// So much is looked at to tell Ion from JSON.
const HEAD: u64 = 64 * 1024;
/// How often progress is told and a cancel is looked for.
const ITEMS: u64 = 1000;

/// Where items come from.
pub(super) struct Source {
    place: Place,
    name: String,
    from: Option<SourceFormat>,
    csv: CsvReadOptions,
    runtime: Handle,
}

enum Place {
    Export(Box<ExportReader>),
    /// Objects of lines, by their keys.
    Objects(Store, Vec<String>),
    Stdin,
    /// What came in by standard input.
    Kept(File),
}

/// Takes an item, or says why not.
type Take<'a> = dyn FnMut(ItemRef<'_>) -> Result<(), String> + 'a;

impl Source {
    pub(super) async fn open(context: &Context, args: &ConvertArgs) -> Result<Self, Failure> {
        let (name, from) = (args.source.clone(), args.from);
        let place = if name == "-" { Place::Stdin } else { place(context, &name).await? };
        let schema = args.key.as_ref().map(LintKeys::schema);
        let keys = schema.into_iter().flat_map(|key| std::iter::once(&key.hash).chain(&key.range));
        let keys = keys.map(|key| ImportKey {
            name: key.name.clone(),
            attribute_type: key.attribute_type.clone(),
        });
        let csv = CsvReadOptions { delimiter: args.delimiter.byte(), keys: keys.collect() };
        Ok(Self { place, name, from, csv, runtime: Handle::current() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The description of the table, where it is one of our dumps.
    pub(super) async fn descriptor(&self) -> Result<Option<TableDescriptor>, Failure> {
        match &self.place {
            Place::Export(reader) => Ok(reader.descriptor().await?),
            _ => Ok(None),
        }
    }

    /// The same source, which can be read more than once.
    pub(super) fn repeatable(self) -> Result<Self, Failure> {
        if !matches!(self.place, Place::Stdin) {
            return Ok(self);
        }
        let mut file = tempfile::tempfile()?;
        io::copy(&mut io::stdin().lock(), &mut file)?;
        Ok(Self { place: Place::Kept(file), ..self })
    }

    /// Gives every item. The first that is none or is not taken ends it, with its place.
    pub(super) fn each(&self, control: &Control, take: &mut Take<'_>) -> Result<(), Failure> {
        let mut pass = Pass { control, take, waiting: 0 };
        match &self.place {
            Place::Export(reader) => {
                for file in reader.files() {
                    self.export_file(reader, file, &mut pass)?;
                }
            }
            Place::Objects(store, keys) => {
                for key in keys {
                    let stream = ObjectStream::open(store, key, &self.runtime)?;
                    self.stream(stream, &store.describe(key), &mut pass)?;
                }
            }
            Place::Stdin => self.stream(io::stdin(), "standard input", &mut pass)?,
            Place::Kept(file) => {
                let mut file = file.try_clone()?;
                io::Seek::rewind(&mut file)?;
                self.stream(file, "standard input", &mut pass)?;
            }
        }
        pass.tell().map_err(Failure::other)
    }

    /// A data file, proven against its manifest.
    fn export_file(
        &self,
        reader: &ExportReader,
        file: &DataFile,
        pass: &mut Pass<'_, '_>,
    ) -> Result<(), Failure> {
        let object = reader.describe_file(file);
        let mut stream = self.runtime.block_on(reader.read_file(file, ReadOptions::default()))?;
        let mut tape = Tape::new();
        while let Some(batch) = self.runtime.block_on(stream.next())? {
            for (line, bytes) in batch.iter().filter(|(_, line)| !line.trim_ascii().is_empty()) {
                let item = tape.read_line(bytes).map_err(|error| error.to_string());
                let taken = item.and_then(|item| pass.take(item));
                taken.map_err(|why| wrong(&object, line, &why))?;
            }
        }
        Ok(())
    }

    fn stream(
        &self,
        mut stream: impl Read + 'static,
        object: &str,
        pass: &mut Pass<'_, '_>,
    ) -> Result<(), Failure> {
        let mut head = Vec::new();
        (&mut stream).take(HEAD).read_to_end(&mut head)?;
        let from = self.from.unwrap_or_else(|| format_of(&head, object));
        let mut stream = Read::chain(Cursor::new(head), stream);
        let unreadable = |error| Failure::other(format!("{object}: {}", error::line(&error)));
        match from {
            SourceFormat::DynamodbJson => lines(stream, object, |line| {
                let mut tape = Tape::new();
                let item = tape.read_line(line).map_err(|error| error.to_string())?;
                pass.take(item)
            }),
            SourceFormat::Json => lines(stream, object, |line| {
                let item = Item::from_plain_json(line, &PlainOptions::LOSSLESS);
                let json = item.map_err(|error| error.to_string())?.to_dynamodb_json();
                let mut tape = Tape::new();
                let item = tape.read_line(json.as_bytes()).map_err(|error| error.to_string())?;
                pass.take(item)
            }),
            SourceFormat::Parquet => {
                // A file that lies here needs no copy.
                let file = match File::open(object) {
                    Ok(file) if file.metadata()?.is_file() => file,
                    _ => rows::kept(&mut stream)?,
                };
                each_row(Rows::parquet(file).map_err(unreadable)?, object, pass)
            }
            SourceFormat::Csv => {
                let rows = Rows::csv(Box::new(stream), &self.csv);
                each_row(rows.map_err(unreadable)?, object, pass)
            }
            SourceFormat::Ion => {
                let mut values = IonItemReader::new(stream);
                loop {
                    let taken = match values.next_ref() {
                        Ok(Some(item)) => pass.take(item),
                        Ok(None) => return Ok(()),
                        Err(error) => Err(error::line(&error)),
                    };
                    taken.map_err(|why| wrong(object, values.line(), &why))?;
                }
            }
        }
    }
}

/// A pass over all items.
struct Pass<'a, 'b> {
    control: &'a Control,
    take: &'a mut Take<'b>,
    waiting: u64,
}

impl Pass<'_, '_> {
    fn take(&mut self, item: ItemRef<'_>) -> Result<(), String> {
        (self.take)(item)?;
        self.waiting += 1;
        if self.waiting < ITEMS { Ok(()) } else { self.tell() }
    }

    fn tell(&mut self) -> Result<(), String> {
        self.control.emit(&ProgressEvent::Advanced { items: self.waiting, bytes: 0 });
        self.waiting = 0;
        self.control.check().map_err(|cancelled| cancelled.to_string())
    }
}

fn wrong(object: &str, line: u64, why: &str) -> Failure {
    Failure::other(format!("{object}:{line}: {why}"))
}

/// Gives every row.
fn each_row(mut rows: Rows, object: &str, pass: &mut Pass<'_, '_>) -> Result<(), Failure> {
    let mut tape = Tape::new();
    loop {
        let row = rows
            .next_row()
            .map_err(|error| Failure::other(format!("{object}: {}", error::line(&error))))?;
        let Some(row) = row else { return Ok(()) };
        let item = match row.refused {
            Some(why) => Err(why),
            None => tape.read_line(&row.text).map_err(|error| error.to_string()),
        };
        let taken = item.and_then(|item| pass.take(item));
        taken.map_err(|why| wrong(object, row.number, &why))?;
    }
}

/// Gives every line that is not blank.
fn lines(
    stream: impl Read,
    object: &str,
    mut take: impl FnMut(&[u8]) -> Result<(), String>,
) -> Result<(), Failure> {
    let mut reader = LineReader::new(stream);
    let mut batch = LineBatch::default();
    loop {
        let more = reader.next_batch(&mut batch);
        if !more.map_err(|error| wrong(object, error.line(), &error::line(&error)))? {
            return Ok(());
        }
        for line in batch.iter() {
            take(line.bytes).map_err(|why| wrong(object, line.number, &why))?;
        }
    }
}

/// The export at a place, or else the objects of lines that lie there.
async fn place(context: &Context, name: &str) -> Result<Place, Failure> {
    let location: Location = name.parse()?;
    let (store, prefix) = if foreign::is_file(&location) {
        foreign::parent(&location, &context.global).await?
    } else {
        (config::store(&location, &context.global).await?, String::new())
    };
    if prefix.is_empty() {
        match ExportReader::open(store.clone()).await {
            Ok(reader) if reader.kind() == ExportKind::Incremental => {
                let message =
                    format!("{name} is an incremental export: it holds changes, not items");
                return Err(Failure::usage(message).with_hint("merge it with a full export first"));
            }
            Ok(reader) => return Ok(Place::Export(Box::new(reader))),
            Err(error) if *error.kind() == ExportErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    let objects = store.list(&prefix).await?.into_iter();
    let is_wanted = |key: &str| prefix.is_empty() || key == prefix;
    let keys = objects.filter(|object| object.size > 0 && is_wanted(&object.key));
    let mut keys: Vec<String> = keys.map(|object| object.key).collect();
    if keys.is_empty() && matches!(location, Location::S3 { .. }) {
        // What is named may be one object.
        let (bucket, key) = foreign::parent(&location, &context.global).await?;
        if bucket.head(&key).await?.is_some() {
            return Ok(Place::Objects(bucket, vec![key]));
        }
    }
    if keys.is_empty() {
        let message = format!("there is no export and no file of lines in {name}");
        return Err(Failure::other(message));
    }
    keys.sort();
    Ok(Place::Objects(store, keys))
}

/// Ion has a mark at its beginning, or is no JSON after its first bracket. CSV is told by the name.
fn format_of(head: &[u8], object: &str) -> SourceFormat {
    if head.starts_with(rows::PARQUET) {
        return SourceFormat::Parquet;
    }
    if rows::is_csv(object) {
        return SourceFormat::Csv;
    }
    let mut batch = LineBatch::default();
    // The head may be cut off; the lines before the cut are enough.
    let _ = LineReader::new(head).next_batch(&mut batch);
    let bytes = if batch.bytes.is_empty() { head } else { &batch.bytes };
    let text = bytes.trim_ascii_start();
    let has_mark = text.starts_with(b"$ion_1_0") || text.starts_with(&[0xe0, 0x01, 0x00, 0xea]);
    let behind = text.strip_prefix(b"{").map(<[u8]>::trim_ascii_start).and_then(<[u8]>::first);
    if has_mark || behind.is_some_and(|byte| !matches!(byte, b'"' | b'}')) {
        SourceFormat::Ion
    } else {
        SourceFormat::DynamodbJson
    }
}
