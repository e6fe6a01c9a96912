//! Sources of a load that are no exports.

use super::foreign::{ForeignSource, ForeignTable};
use crate::args::{LoadArgs, LoadFormat};
use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use crate::output::Output;
use crate::rows::{self, RowFile, RowFormat, RowSource};
use aws_sdk_dynamodb::Client;
use ddbkit::columnar::ImportKey;
use ddbkit::export::{ExportErrorKind, ExportReader, TableDescriptor};
use ddbkit::store::Location;
use ddbkit::transfer::{ItemSink, ItemSource};
use serde_json::{Value, json};
use std::error::Error as StdError;

/// A source that is opened: an export, another, or neither for lines on standard input.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) reader: Option<ExportReader>,
    pub(super) items: Option<Items>,
    pub(super) told: Option<Told>,
}

/// What gives the items.
pub(super) enum Items {
    Foreign(Box<ForeignSource>),
    Rows(RowSource),
}

/// What is told of the source.
pub(super) enum Told {
    Foreign(Box<ForeignTable>),
    Rows { format: RowFormat, what: String },
}

impl Opened {
    /// The dump or export at a location, or else a file of rows, or what another tool wrote there.
    pub(super) async fn at(
        context: &Context,
        location: Option<&Location>,
        args: &LoadArgs,
    ) -> Result<Self, Failure> {
        let global = &context.global;
        let Some(location) = location else {
            return Ok(match args.from {
                Some(LoadFormat::Csv) => Self::rows(RowFile::csv_of_stdin(), args).await?,
                None => Self::default(),
            });
        };
        if args.no_manifests {
            let reader = ExportReader::open_listing(config::store(location, global).await?).await?;
            return Ok(Self { reader: Some(reader), ..Self::default() });
        }
        let none = format!("{location} is of no format that is known");
        if args.from == Some(LoadFormat::Csv) {
            let file = rows::csv_at(location, global).await?;
            return Self::rows(file.ok_or_else(|| Failure::other(none))?, args).await;
        }
        let not_found = if crate::foreign::is_file(location) {
            Failure::other(none).with_hint("lines can be loaded from standard input, with -")
        } else {
            match ExportReader::open(config::store(location, global).await?).await {
                Err(error) if *error.kind() == ExportErrorKind::NotFound => error.into(),
                reader => return Ok(Self { reader: Some(reader?), ..Self::default() }),
            }
        };
        if let Some(file) = rows::parquet_at(location, global).await? {
            return Self::rows(file, args).await;
        }
        if let Some(found) = crate::foreign::at(location, global).await? {
            let (told, items) = ForeignTable::open(found, args)?;
            let told = Some(Told::Foreign(Box::new(told)));
            return Ok(Self { reader: None, items: Some(Items::Foreign(Box::new(items))), told });
        }
        // By its name only, because every text is CSV; what dynein writes is told apart before.
        let named = rows::is_csv(&location.to_string());
        let file = if named { rows::csv_at(location, global).await? } else { None };
        Self::rows(file.ok_or(not_found)?, args).await
    }

    async fn rows(file: RowFile, args: &LoadArgs) -> Result<Self, Failure> {
        let rows = RowSource::open(file, args.delimiter.byte()).await?;
        let told = Told::Rows { format: rows.format(), what: rows.announcement() };
        Ok(Self { reader: None, items: Some(Items::Rows(rows)), told: Some(told) })
    }
}

impl Items {
    /// Asks the table for the types of its key attributes, where the source does not have them.
    pub(super) async fn ask_keys(&mut self, client: &Client, table: &str) -> Result<(), Failure> {
        let Self::Rows(rows) = self else { return Ok(()) };
        if rows.format() != RowFormat::Csv {
            return Ok(());
        }
        // A table that is not there is told by the load.
        let Ok(answer) = client.describe_table().table_name(table).send().await else {
            return Ok(());
        };
        let definitions = answer.table.and_then(|table| table.attribute_definitions);
        let keys = definitions.unwrap_or_default().into_iter().map(|definition| ImportKey {
            name: definition.attribute_name,
            attribute_type: definition.attribute_type.as_str().to_owned(),
        });
        rows.set_keys(keys.collect());
        Ok(())
    }
}

impl ItemSource for Items {
    fn expected_items(&self) -> Option<u64> {
        match self {
            Self::Foreign(source) => source.expected_items(),
            Self::Rows(source) => source.expected_items(),
        }
    }

    fn descriptor(&self) -> Option<TableDescriptor> {
        match self {
            Self::Foreign(source) => source.descriptor(),
            Self::Rows(source) => source.descriptor(),
        }
    }

    fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        match *self {
            Self::Foreign(source) => source.read(sink),
            Self::Rows(source) => Box::new(source).read(sink),
        }
    }
}

impl Told {
    /// Told before anything is written.
    pub(super) fn announce(&self, output: &Output) {
        match self {
            Self::Foreign(table) => table.announce(output),
            Self::Rows { what, .. } => output.notice(what),
        }
        let again = "It cannot be resumed: after an interruption it is loaded from the start";
        output.notice(again);
    }

    /// Whether there are items that were not written to the source.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Foreign(table) => table.is_whole(),
            Self::Rows { .. } => true,
        }
    }

    /// What was met while reading, for people.
    pub(super) fn summary(&self) -> String {
        match self {
            Self::Foreign(table) => table.summary(),
            Self::Rows { .. } => String::new(),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Foreign(table) => table.to_json(),
            Self::Rows { format, .. } => json!({"format": format.name()}),
        }
    }
}
