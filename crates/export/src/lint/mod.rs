//! What `ImportTable` would do with a prefix, told without asking it.
//!
//! The rules are those that were measured on the service: an item that breaks a rule of the table is
//! counted and the import goes on; a line that is no item abandons the rest of its object, with one
//! error; of two items with one key an arbitrary one stays, without error or log; every object whose
//! key begins with the prefix is read, manifests too; any error makes the import end as FAILED, and
//! the table stays with what came in.
//!
//! Not measured, and taken for the worse: a value of no known type or form abandons the object like
//! any other line that cannot be converted, and so does a row of a CSV file with another number of
//! columns than its header.

mod csv;
mod faults;
mod ion;
mod keys;
mod limits;
mod listing;
mod object;
mod report;
mod seen;

pub use keys::LintKeys;
pub use limits::{ImportCost, MAX_OBJECTS};
pub use report::{Finding, FindingKind, LintReport, Severity};

use crate::{Compression, ExportError, ExportErrorKind};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::Store;
use futures::{StreamExt, TryStreamExt};
use listing::Listing;
use object::Job;
use seen::SeenKeys;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

/// The formats that `ImportTable` takes (`InputFormat`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputFormat {
    /// `DYNAMODB_JSON`: one `{"Item":{...}}` per line.
    DynamodbJson,
    /// `ION`: one Amazon Ion text value per line.
    Ion,
    /// `CSV`: a header, then rows; all columns but those of keys become strings.
    Csv,
}

impl InputFormat {
    /// The name in the API: `DYNAMODB_JSON`, `ION` or `CSV`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DynamodbJson => "DYNAMODB_JSON",
            Self::Ion => "ION",
            Self::Csv => "CSV",
        }
    }
}

/// What the import would be asked for, and how it is looked at.
#[derive(Clone, Debug)]
pub struct LintOptions {
    /// `InputFormat`; without it, that of the first object with data.
    pub format: Option<InputFormat>,
    /// `InputCompressionType`; without it, that of the first object with data.
    pub compression: Option<Compression>,
    /// The keys of the table to be made; without them, those of the `_ddbkit/table.json` beside or
    /// above the prefix, where one is. Without any, keys are not checked.
    pub keys: Option<LintKeys>,
    /// What stands between the columns of CSV (`Delimiter`).
    pub csv_delimiter: u8,
    /// The names of the columns (`HeaderList`); without them the first line of each object has them.
    pub csv_header: Option<Vec<String>>,
    /// The region of the import, which decides how much it takes.
    pub region: Option<String>,
    /// How many objects are read at the same time.
    pub workers: NonZeroUsize,
    /// How many findings are kept, the worst first. All are counted.
    pub max_findings: usize,
    /// The folder for the digests of keys. They go into a new folder in it, which is removed at the
    /// end.
    pub scratch: PathBuf,
}

impl LintOptions {
    /// Eight objects at the same time, 1,000 findings, everything else as the data says.
    #[must_use]
    pub fn new(scratch: impl Into<PathBuf>) -> Self {
        Self {
            format: None,
            compression: None,
            keys: None,
            csv_delimiter: b',',
            csv_header: None,
            region: None,
            workers: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            max_findings: 1000,
            scratch: scratch.into(),
        }
    }
}

/// Says what `ImportTable` would do with the objects of a store whose keys begin with `prefix`
/// (`S3KeyPrefix`): it is no folder, so without a slash at its end it may match more than one means.
///
/// Memory is bounded whatever the size: a few MiB and the longest line (16 MiB at most) for each of
/// the workers, the findings that are kept, and 48 MiB while keys are compared. The scratch folder
/// takes 40 bytes for each item and the names of the objects, up to twice while keys are compared.
///
/// ```
/// use ddbkit_export::lint::{FindingKind, LintOptions, lint};
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let lines = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\nnot an item\n{\"Item\":{\"pk\":{\"S\":\"b\"}}}\n";
/// let store = Store::memory();
/// store.put("data/one.json", lines.into(), Default::default()).await?;
///
/// let mut options = LintOptions::new(std::env::temp_dir());
/// options.keys = Some("pk:S".parse()?);
/// let report = lint(&store, "data/", options, &Control::new()).await?;
/// assert!(!report.is_ok());
/// assert_eq!((report.imported, report.lost), (1, 2));
/// let finding = &report.findings[0];
/// assert_eq!((finding.kind, finding.line), (FindingKind::ObjectAbandoned, Some(2)));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// When the store cannot be listed or read, the scratch folder cannot be written
/// ([`ExportErrorKind::Scratch`]), the descriptor beside the data is not valid, or the work is
/// cancelled. What is wrong with the data is a finding and no error.
pub async fn lint(
    store: &Store,
    prefix: &str,
    options: LintOptions,
    control: &Control,
) -> Result<LintReport, ExportError> {
    control.emit(&ProgressEvent::Started { items: None, bytes: None });
    let keys = match options.keys.clone() {
        Some(keys) => Some(keys),
        None => keys::beside(store, prefix).await?,
    };
    let (format, compression) = object::expected(store, prefix, &options).await?;
    let mut report = LintReport::new(format, compression, options.max_findings);
    match &keys {
        Some(keys) => keys.notes(&mut report),
        None => report.find(Finding::new(
            FindingKind::KeysUnknown,
            store.describe(prefix),
            "the keys of the table are not known: keys and duplicates were not checked",
        )),
    }
    let seen = match &keys {
        Some(_) => Some(Arc::new(SeenKeys::create(&options.scratch)?)),
        None => None,
    };
    let job = Arc::new(Job { keys, seen, format, compression, options, control: control.clone() });

    let mut listing = Listing::new(prefix);
    let mut objects = store.list_stream(prefix).boxed();
    let mut running = futures::stream::FuturesUnordered::new();
    loop {
        let cancelled = |_| ExportError::new(ExportErrorKind::Cancelled, store.describe(prefix));
        control.check().map_err(cancelled)?;
        if running.len() < job.options.workers.get() {
            let next = objects.try_next().await;
            let next = next.map_err(|error| ExportError::store(store.describe(prefix), error))?;
            if let Some(meta) = next {
                if listing.is_data(store, &meta, &mut report) {
                    running.push(object::lint_object(store, meta.key, job.clone()));
                }
                continue;
            }
        }
        let Some(done) = running.next().await else { break };
        report.merge(done?);
    }
    drop((running, objects));
    listing.finish(store, job.options.region.as_deref(), &mut report);
    let job = Arc::into_inner(job).ok_or_else(|| {
        ExportError::new(ExportErrorKind::Interrupted, store.describe(prefix))
            .detail("a reader outlived its object")
    })?;
    if let Some(seen) = job.seen.and_then(Arc::into_inner) {
        report = seen::find_duplicates(seen, report, control).await?;
    }
    report.cost = ImportCost::of(report.uncompressed_bytes);
    control.emit(&ProgressEvent::Finished);
    Ok(report.sorted())
}
