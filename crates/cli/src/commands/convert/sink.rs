//! Items into a format.

use super::Columns;
use super::dest::Dest;
use crate::args::ConvertFormat;
use crate::error::{self, Failure};
use ddbkit::codec::{ItemRef, PlainOptions};
use ddbkit::columnar::{CsvForm, CsvWriter, ParquetOptions, ParquetWriter};
use std::io::Write;

/// A writer of one of the formats.
pub(super) enum Sink {
    Lines(Lines),
    Csv(Box<CsvWriter<Dest>>),
    Parquet(Box<ParquetWriter<Dest>>),
}

/// What was written.
#[derive(Clone, Copy, Default)]
pub(super) struct Written {
    pub(super) items: u64,
    pub(super) left_out: u64,
    pub(super) nulls: u64,
}

impl Sink {
    pub(super) fn create(
        format: ConvertFormat,
        lossless: bool,
        dest: Dest,
        columns: Option<Columns>,
        form: CsvForm,
    ) -> Result<Self, Failure> {
        let Some(Columns { schema, notes }) = columns else {
            let plain = if lossless { PlainOptions::LOSSLESS } else { PlainOptions::default() };
            return Ok(Self::Lines(Lines { dest, format, plain, line: Vec::new(), items: 0 }));
        };
        if format == ConvertFormat::Parquet {
            let writer = ParquetWriter::new(dest, &schema, &notes, ParquetOptions::default())?;
            return Ok(Self::Parquet(Box::new(writer)));
        }
        let names: Vec<String> = schema.columns.into_iter().map(|column| column.name).collect();
        Ok(Self::Csv(Box::new(CsvWriter::new(dest, &names, form)?)))
    }

    /// Writes an item, or says why not.
    pub(super) fn write(&mut self, item: ItemRef<'_>) -> Result<(), String> {
        match self {
            Self::Lines(lines) => lines.write(item).map_err(|error| error::line(&error)),
            Self::Csv(writer) => writer.write(item).map_err(|error| error::line(&error)),
            Self::Parquet(writer) => writer.write(item).map_err(|error| error::line(&error)),
        }
    }

    pub(super) fn finish(self) -> Result<Written, Failure> {
        let (dest, report) = match self {
            Self::Lines(lines) => {
                let items = lines.items;
                lines.dest.finish()?;
                return Ok(Written { items, ..Written::default() });
            }
            Self::Csv(writer) => writer.finish()?,
            Self::Parquet(writer) => writer.finish()?,
        };
        dest.finish()?;
        let (items, left_out, nulls) = (report.items, report.left_out, report.nulls);
        Ok(Written { items, left_out, nulls })
    }
}

/// One item a line.
pub(super) struct Lines {
    dest: Dest,
    format: ConvertFormat,
    plain: PlainOptions,
    line: Vec<u8>,
    items: u64,
}

impl Lines {
    fn write(&mut self, item: ItemRef<'_>) -> std::io::Result<()> {
        self.line.clear();
        match self.format {
            ConvertFormat::Ion => item.write_ion_text(&mut self.line),
            ConvertFormat::Json => {
                item.to_item().write_plain_json(&self.plain, &mut self.line);
                self.line.push(b'\n');
            }
            _ => {
                self.line.extend_from_slice(b"{\"Item\":");
                item.write_dynamodb_json(&mut self.line);
                self.line.extend_from_slice(b"}\n");
            }
        }
        self.items += 1;
        self.dest.write_all(&self.line)
    }
}
