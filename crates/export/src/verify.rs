//! Proving an export, with every fault that it has.

mod file;
mod lines;
mod report;

pub use report::{Check, FaultKind, VerifyFault, VerifyReport};

use crate::{ExportError, ExportErrorKind, ExportKind, ExportReader, ManifestCheck};
use ddbkit_flow::{Control, ProgressEvent};
use file::FileReport;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use std::collections::BTreeSet;
use std::num::NonZeroUsize;

/// How an export is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyOptions {
    /// Data files read at once; each keeps a thread that decompresses and one that decodes busy,
    /// and holds a few MiB.
    pub workers: NonZeroUsize,
    /// Faults that the report lists; the others are only counted.
    pub max_faults: usize,
}

impl Default for VerifyOptions {
    /// As many workers as the machine has processors, and 1000 faults.
    fn default() -> Self {
        let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self { workers, max_faults: 1000 }
    }
}

/// Reads a whole export and compares it with everything that it says about itself: the checksums
/// of both manifests, checksum, one-part entity tag and item count of each data file, the total of
/// the items, the files in `data/`, the digest in `_ddbkit/digest.json`; and decodes each line,
/// which has to be one `{"Item":{...}}`, or a record of a change within the window of an incremental
/// export.
///
/// What an export does not say is no fault; the report counts what could not be checked.
///
/// ```
/// # async fn example(store: ddbkit_store::Store) -> Result<(), ddbkit_export::ExportError> {
/// use ddbkit_export::{ExportReader, VerifyOptions, verify};
/// use ddbkit_flow::Control;
///
/// let reader = ExportReader::open(store).await?;
/// let report = verify(&reader, &VerifyOptions::default(), &Control::new()).await?;
/// for fault in report.faults() {
///     eprintln!("{fault}");
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`ExportErrorKind::Cancelled`], and failures of the store that say nothing about the export.
/// Faults of the export are not errors, they are in the report.
pub async fn verify(
    reader: &ExportReader,
    options: &VerifyOptions,
    control: &Control,
) -> Result<VerifyReport, ExportError> {
    let mut report = VerifyReport::new(options.max_faults);
    check_manifests(reader, &mut report);
    check_listing(reader, &mut report).await?;
    let items = (!reader.is_listing()).then_some(reader.summary().item_count);
    control.emit(&ProgressEvent::Started { items, bytes: None });

    let files = stream::iter(reader.distinct_files());
    let mut results = files
        .map(|file| file::verify_file(reader, file, options.max_faults, control))
        .buffer_unordered(options.workers.get());
    let mut is_readable = true;
    while let Some(FileReport { is_complete, report: of_file }) = results.try_next().await? {
        is_readable &= is_complete;
        report.merge(of_file);
    }
    drop(results);

    check_digest(reader, is_readable, &mut report).await?;
    control.emit(&ProgressEvent::Finished);
    report.sort();
    Ok(report)
}

fn check_manifests(reader: &ExportReader, report: &mut VerifyReport) {
    report.check_if(Check::SummaryChecksum, reader.summary_check() != ManifestCheck::Absent);
    report.check_if(Check::FilesChecksum, reader.files_check() != ManifestCheck::Absent);
    report.check_if(Check::TotalItemCount, !reader.is_listing());
    for found in reader.contradictions() {
        report.fault(found.kind, found.object, None, found.message);
    }
}

/// Other readers take what lies in `data/`, so a file there that no manifest names is a fault.
async fn check_listing(
    reader: &ExportReader,
    report: &mut VerifyReport,
) -> Result<(), ExportError> {
    if reader.kind() == ExportKind::Incremental || reader.is_listing() {
        // The data folder of incremental exports is shared by all of the destination, and a
        // listing says nothing about itself.
        report.not_checked(Check::DataListing);
        return Ok(());
    }
    report.checked(Check::DataListing);
    let prefix = reader.folder().key("data/");
    let store = reader.store();
    let listed = store.list(&prefix).await;
    let listed = listed.map_err(|error| ExportError::store(store.describe(&prefix), error))?;
    let named: BTreeSet<String> =
        reader.files().iter().filter_map(|file| reader.data_key(file).ok()).collect();
    for meta in listed.iter().filter(|meta| !named.contains(&meta.key)) {
        let message = "it lies in data/ and manifest-files.json does not name it";
        report.fault(FaultKind::ExtraDataFile, store.describe(&meta.key), None, message);
    }
    Ok(())
}

async fn check_digest(
    reader: &ExportReader,
    is_readable: bool,
    report: &mut VerifyReport,
) -> Result<(), ExportError> {
    let object = reader.store().describe(&reader.folder().key(crate::layout::DIGEST_SIDECAR));
    let stored = match reader.digest().await {
        Ok(stored) => stored.filter(crate::DigestFile::is_comparable),
        Err(error) if *error.kind() == ExportErrorKind::InvalidSidecar => {
            report.fault(FaultKind::ContentDigest, object, None, "it is not a digest document");
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    // Without all items a digest that differs would only repeat the faults found before.
    let Some(stored) = stored.filter(|_| is_readable) else {
        report.not_checked(Check::ContentDigest);
        return Ok(());
    };
    report.checked(Check::ContentDigest);
    let computed = crate::DigestFile::new(report.digest());
    if (computed.count, &computed.digest) != (stored.count, &stored.digest) {
        let message = format!(
            "the digest of {} items is {}, that of the {} items read is {}",
            stored.count, stored.digest, computed.count, computed.digest
        );
        report.fault(FaultKind::ContentDigest, object, None, message);
    }
    Ok(())
}
