//! Backups of other tools as sources of a load.

use crate::args::{LoadArgs, LostValuesArg};
use crate::error::Failure;
use crate::output::{Output, count};
use ddbkit::export::TableDescriptor;
use ddbkit::foreign::{Detected, Entry, Findings, ForeignReader, LostValues, SourceTable};
use ddbkit::transfer::{ItemSink, ItemSource, SourceItem};
use serde_json::{Value, json};
use std::error::Error as StdError;

/// One table of a backup, with what is to be told about it.
pub(super) struct ForeignTable {
    found: Detected,
    table: SourceTable,
    findings: Findings,
}

/// What the load reads.
pub(super) struct ForeignSource {
    reader: ForeignReader,
    items: Option<u64>,
    descriptor: Option<TableDescriptor>,
}

impl ForeignTable {
    pub(super) fn open(found: Detected, args: &LoadArgs) -> Result<(Self, ForeignSource), Failure> {
        let name = args.source_table.as_deref();
        let table = found.table(name)?.clone();
        let lost = match args.lost_values {
            LostValuesArg::Reject => LostValues::Reject,
            LostValuesArg::Drop => LostValues::Drop,
            LostValuesArg::EmptyMap => LostValues::EmptyMap,
            LostValuesArg::EmptyList => LostValues::EmptyList,
            LostValuesArg::EmptyBinary => LostValues::EmptyBinary,
        };
        let reader = found.reader(name, lost)?;
        let findings = reader.findings();
        let (items, descriptor) = (table.items, table.descriptor.clone());
        let source = ForeignSource { reader, items, descriptor };
        Ok((Self { found, table, findings }, source))
    }

    /// Told before anything is written.
    pub(super) fn announce(&self, output: &Output) {
        output.notice(&format!("The source is no export: {}", self.found.format));
        for fault in &self.table.faults {
            output.notice(&format!("Warning: the source is not whole: {fault}"));
        }
        for damage in self.found.format.known_damages() {
            output.notice(&format!("Known of this format: {damage}"));
        }
    }

    /// Whether there are items that the tool did not write.
    pub(super) fn is_whole(&self) -> bool {
        self.table.faults.is_empty()
    }

    /// What was met while reading, for people.
    pub(super) fn summary(&self) -> String {
        let counts = self.findings.counts();
        let lines =
            counts.iter().map(|(damage, n)| format!("\n  {:>12}  times: {damage}", count(*n)));
        lines.collect()
    }

    pub(super) fn to_json(&self) -> Value {
        let counts = self.findings.counts();
        let met = counts.iter().map(|(damage, n)| (damage.name().to_owned(), json!(n)));
        json!({
            "format": self.found.format.name(),
            "table": self.table.name,
            "faults": self.table.faults,
            "known_damages":
                self.found.format.known_damages().iter().map(|one| one.name()).collect::<Vec<_>>(),
            "damages_met": met.collect::<serde_json::Map<_, _>>(),
        })
    }
}

impl ItemSource for ForeignSource {
    fn expected_items(&self) -> Option<u64> {
        self.items
    }

    fn descriptor(&self) -> Option<TableDescriptor> {
        self.descriptor.clone()
    }

    fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let mut each = |place: ddbkit::foreign::Place, entry| {
            let (text, refused) = match entry {
                Entry::Item(text) => (text, None),
                Entry::Refused { text, why } => (text, Some(why)),
            };
            sink(SourceItem { file: place.file, line: place.line, text, refused })
        };
        Ok(self.reader.read(&mut each)?)
    }
}
