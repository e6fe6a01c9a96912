//! The values that a dump holds beside its data.

use super::unread;
use crate::load::given::unreadable;
use crate::{Plan, TransferError};
use ddbkit_codec::{Item, RawItem};
use ddbkit_export::{DataFile, ExportReader, ReadOptions};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_offload::copy::BlobFolder;
use ddbkit_offload::{BlobPointer, is_pointer_text};
use futures::{StreamExt, stream};
use std::collections::HashSet;

/// How many values are read at the same time.
const READ_AT_ONCE: usize = 4;
/// How many names of proven values are held, so that a value that many items have is read once. Values
/// beyond are read again: 16 MiB are enough for all but odd dumps.
const REMEMBERED: usize = 100_000;
/// How many faults are listed; the others are counted.
const FAULTS: usize = 100;

/// What was found of the values that a dump holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValuesReport {
    /// Pointers in the items.
    pub pointers: u64,
    /// Values that were read and are what their pointers say; one that many items have may count more
    /// than once in large dumps.
    pub proven: u64,
    /// The bytes that these take in the dump.
    pub bytes: u64,
    /// Pointers whose value is missing or another.
    pub fault_count: u64,
    /// Some of them, 100 at most, each with file, line and attribute.
    pub faults: Vec<String>,
}

impl ValuesReport {
    /// Whether every pointer has its value.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.fault_count == 0
    }
}

/// Where a dump keeps values; `None` for one that does not.
pub(super) async fn folder_of(reader: &ExportReader) -> Result<Option<BlobFolder>, TransferError> {
    let has_copies = Plan::read(reader).await?.is_some_and(|plan| plan.copy_pointers);
    Ok(has_copies.then(|| BlobFolder::new(reader.root_store().subtree(BlobFolder::PATH))))
}

/// Proves that a dump made with [`DumpBuilder::copy_pointers`](crate::DumpBuilder::copy_pointers) holds
/// the value of each of its pointers: goes through its lines and reads every value. `None` for a dump
/// without values.
///
/// Memory: a batch of lines (1 MiB), what four reads of values take, and the names of 100,000 values.
///
/// # Errors
/// When the data files or the values cannot be read, or the work is cancelled. What is missing or
/// damaged is no error, it is in the report; lines that are no items are left to
/// [`verify`](ddbkit_export::verify).
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue::S;
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_offload::{AttributeOptions, Offloader};
/// use ddbkit_store::Store;
/// use ddbkit_transfer::{Dump, verify_values};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (client, control) = (servers.dynamodb.clone(), Control::new());
/// # let (pages, bucket) = (servers.table("pages", key()).await, servers.bucket().await);
/// # let s3 = servers.s3.clone();
/// let offloader = Offloader::builder(client.clone(), s3.clone()).table(&pages).bucket(&bucket);
/// let offloader = offloader.attribute("html", AttributeOptions::new()).build().await?;
/// let html = S("<p>Hello</p>".repeat(1000));
/// offloader.create([("pk".to_owned(), S("/".to_owned())), ("html".to_owned(), html)].into()).await?;
///
/// let backup = Store::memory();
/// let dump = Dump::builder(client, &pages).copy_pointers(s3).build();
/// dump.to_store(backup.clone(), &control).await?;
/// let found = verify_values(&ExportReader::open(backup).await?, &control).await?;
/// let found = found.ok_or("a dump with values")?;
/// assert_eq!((found.pointers, found.proven, found.is_ok()), (1, 1, true));
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub async fn verify_values(
    reader: &ExportReader,
    control: &Control,
) -> Result<Option<ValuesReport>, TransferError> {
    let Some(folder) = folder_of(reader).await? else { return Ok(None) };
    control.emit(&ProgressEvent::Started { items: Some(reader.summary().item_count), bytes: None });
    let mut proof = Proof { folder, proven: HashSet::new(), report: ValuesReport::default() };
    for file in reader.files() {
        proof.file(reader, file, control).await?;
    }
    control.emit(&ProgressEvent::Finished);
    Ok(Some(proof.report))
}

struct Proof {
    folder: BlobFolder,
    proven: HashSet<String>,
    report: ValuesReport,
}

impl Proof {
    async fn file(
        &mut self,
        reader: &ExportReader,
        file: &DataFile,
        control: &Control,
    ) -> Result<(), TransferError> {
        let lines = reader.read_file(file, ReadOptions::default()).await;
        let mut lines = lines.map_err(unreadable)?;
        while let Some(batch) = control.run(lines.next()).await?.map_err(unreadable)? {
            let numbered = (batch.first_line..).zip(batch.bytes.split(|byte| *byte == b'\n'));
            let lines = numbered.filter(|(_, line)| is_pointer_text(line));
            for (number, line) in lines {
                let place = format!("{}:{number}", file.data_file_s3_key);
                self.line(&place, line, control).await?;
            }
            let bytes = batch.bytes.len() as u64;
            control.emit(&ProgressEvent::Advanced { items: batch.lines, bytes });
        }
        Ok(())
    }

    async fn line(
        &mut self,
        place: &str,
        line: &[u8],
        control: &Control,
    ) -> Result<(), TransferError> {
        let raw = RawItem::from_line(line);
        let Ok(item) = raw.and_then(|raw| Item::from_dynamodb_json(raw.as_bytes())) else {
            return Ok(());
        };
        let pointers = match BlobPointer::in_item(&item) {
            Ok(pointers) => pointers,
            Err(error) => {
                self.report.pointers += 1;
                self.fault(format!("{place}: {error}"));
                return Ok(());
            }
        };
        self.report.pointers += pointers.len() as u64;
        let new: Vec<_> = pointers
            .iter()
            .filter(|(_, pointer)| !self.proven.contains(&BlobFolder::name_of(pointer)))
            .collect();
        let proofs = new.into_iter().map(async |(name, pointer)| {
            let proof = self.folder.prove(pointer).await;
            (pointer, proof.map_err(|error| error.of_attribute(name)))
        });
        let proofs: Vec<_> = proofs.collect();
        let proofs = stream::iter(proofs).buffer_unordered(READ_AT_ONCE);
        let proofs: Vec<_> = control.run(proofs.collect()).await?;
        for (pointer, proof) in proofs {
            match proof {
                Ok(bytes) => {
                    self.report.proven += 1;
                    self.report.bytes += bytes;
                    if self.proven.len() < REMEMBERED {
                        self.proven.insert(BlobFolder::name_of(pointer));
                    }
                }
                Err(error) if error.kind().is_of_item() => self.fault(format!("{place}: {error}")),
                Err(error) => return Err(unread(error)),
            }
        }
        Ok(())
    }

    fn fault(&mut self, fault: String) {
        self.report.fault_count += 1;
        if self.report.faults.len() < FAULTS {
            self.report.faults.push(fault);
        }
    }
}
