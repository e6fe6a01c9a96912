//! The reader of one table of a source.

use crate::detect::{Container, table_of_page, walk};
use crate::read::{
    Casing, Converter, Each, Entry, Findings, Framing, Sink, StoreReader, decompress, read_file,
};
use crate::{Detected, ForeignError, Format, LostValues, SourceFile};
use ddbkit_store::Store;
use std::io::BufReader;
use std::ops::ControlFlow;
use tokio::runtime::Handle;

/// Reads the items of one table of a source, in whatever order they lie there.
#[derive(Debug)]
pub struct ForeignReader {
    store: Store,
    container: Container,
    framing: Framing,
    casing: Casing,
    /// The name of the table, and its folder in an archive.
    table: String,
    folder: String,
    files: Vec<SourceFile>,
    /// How many items there must be.
    items: Option<u64>,
    lost: LostValues,
    findings: Findings,
}

impl Detected {
    /// The reader of a table; without a name, of the only one.
    ///
    /// # Errors
    /// As [`Detected::table`].
    pub fn reader(
        &self,
        table: Option<&str>,
        lost: LostValues,
    ) -> Result<ForeignReader, ForeignError> {
        let table = self.table(table)?;
        let (framing, casing) = shape(self.format);
        Ok(ForeignReader {
            store: self.store.clone(),
            container: self.container,
            framing,
            casing,
            table: table.name.clone(),
            folder: table.folder.clone(),
            files: table.files.clone(),
            items: table.items,
            lost,
            findings: Findings::default(),
        })
    }
}

fn shape(format: Format) -> (Framing, Casing) {
    match format {
        Format::DyndumpBackup | Format::DynamoDbJson => (Framing::Values, Casing::Current),
        Format::Dynamodump | Format::ScanPages => (Framing::Page, Casing::Current),
        Format::Pipeline | Format::OldCasing => (Framing::Values, Casing::Old),
        Format::Hive => (Framing::Hive, Casing::Old),
        Format::PlainArray | Format::PlainLines => (Framing::Values, Casing::Plain),
        Format::PlainCsv => (Framing::Csv, Casing::Plain),
    }
}

impl ForeignReader {
    /// How often each damage was met; counts on while reading.
    #[must_use]
    pub fn findings(&self) -> Findings {
        self.findings.clone()
    }

    /// Gives everything that stands where an item belongs to `each`, until that breaks.
    ///
    /// Call it on a thread that may block, within a runtime of tokio
    /// ([`spawn_blocking`](tokio::task::spawn_blocking)). Holds one item, 16 MiB of text at most,
    /// and what the decompression needs.
    ///
    /// # Errors
    /// When a file cannot be read to its end, and when in the end there were not as many items as
    /// the source says; the items up to there were given to `each`.
    pub fn read(self, each: Each<'_>) -> Result<(), ForeignError> {
        let handle = Handle::current();
        let converter =
            Converter { casing: self.casing, lost: self.lost, findings: self.findings.clone() };
        let mut entries = 0_u64;
        let mut counting = |place, entry: Entry| {
            entries += 1;
            each(place, entry)
        };
        for file in &self.files {
            let place = self.store.describe(&file.key);
            let stream = StoreReader::open(&handle, &self.store, &file.key)?;
            let flow = if self.container == Container::Files {
                let stream = decompress(stream).map_err(|error| {
                    ForeignError::damaged(format!("{place}: it cannot be read")).caused_by(error)
                })?;
                let file = place.as_str().into();
                let mut sink = Sink { file, converter: &converter, each: &mut counting };
                read_file(stream, self.framing, &mut sink)?
            } else {
                let mut flow = ControlFlow::Continue(());
                walk(self.container, stream, &place, &mut |path, file| {
                    if table_of_page(path) != Some(self.folder.as_str()) {
                        return Ok(ControlFlow::Continue(()));
                    }
                    let file_name = format!("{place}:{path}").into();
                    let each = &mut counting;
                    let mut sink = Sink { file: file_name, converter: &converter, each };
                    flow = read_file(BufReader::new(file), self.framing, &mut sink)?;
                    Ok(flow)
                })?;
                flow
            };
            if flow.is_break() {
                return Ok(());
            }
        }
        match self.items {
            Some(items) if items != entries => Err(ForeignError::damaged(format!(
                "{} holds {entries} items, but should hold {items}",
                self.table
            ))),
            _ => Ok(()),
        }
    }
}
