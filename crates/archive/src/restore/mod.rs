//! The way back: archived items as the source of a load.

mod choice;
mod files;
mod line;

pub use choice::{RestoreChoice, RestoredTtl};

use crate::verify;
use crate::{ArchiveDescriptor, ArchiveError};
use ddbkit_codec::lines::{LineBatch, read_all};
use ddbkit_store::Store;
use ddbkit_transfer::{ItemSink, ItemSource, SourceItem};
use files::DataFile;
use std::error::Error as StdError;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Handle;

/// The items of an archive, for [`Load::from_source`](ddbkit_transfer::Load::from_source).
///
/// The newest come first: an item that expired, was written again and expired again is in the
/// archive twice, and a load that leaves existing items alone, as it does unless told otherwise,
/// brings back what was there last.
///
/// A file is given to the load when it has its checksum, not before. Memory holds the names of the
/// data files, and one data file with its text.
///
/// ```no_run
/// use ddbkit_archive::{ArchivedItems, RestoreChoice, RestoredTtl};
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use ddbkit_transfer::Load;
///
/// # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let ttl = RestoredTtl::dropped("expires");
/// let items = ArchivedItems::open(Store::directory("archive"), RestoreChoice::all(), ttl).await?;
/// let counts = items.counts();
/// let load = Load::builder(client, "Orders").build();
/// let report = load.from_source(items, &Control::new()).await?;
/// assert_eq!(counts.read(), counts.left_out() + report.read);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ArchivedItems {
    store: Store,
    archive: ArchiveDescriptor,
    files: Vec<DataFile>,
    choice: RestoreChoice,
    ttl: RestoredTtl,
    counts: RestoreCounts,
    runtime: Handle,
}

/// What was read of an archive so far. Clones tell of the same.
#[derive(Clone, Debug, Default)]
pub struct RestoreCounts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    files: AtomicU64,
    read: AtomicU64,
    left_out: AtomicU64,
}

impl RestoreCounts {
    /// Data files read.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.0.files.load(Ordering::Relaxed)
    }

    /// Records read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// Records that were not chosen. All others went to the load.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.0.left_out.load(Ordering::Relaxed)
    }
}

impl ArchivedItems {
    /// Opens an archive. It is read through the Tokio runtime within which this is called.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ArchiveErrorKind::InvalidInput) when there is no archive, or when the
    /// place cannot be read.
    pub async fn open(
        store: Store,
        choice: RestoreChoice,
        ttl: RestoredTtl,
    ) -> Result<Self, ArchiveError> {
        let archive = verify::open(&store).await?;
        let files = files::newest_first(&store, &choice).await?;
        let (counts, runtime) = (RestoreCounts::default(), Handle::current());
        Ok(Self { store, archive, files, choice, ttl, counts, runtime })
    }

    /// What the archive is.
    #[must_use]
    pub fn archive(&self) -> &ArchiveDescriptor {
        &self.archive
    }

    /// What is read, also while and after it is.
    #[must_use]
    pub fn counts(&self) -> RestoreCounts {
        self.counts.clone()
    }

    /// Gives the items of a file that are chosen, the newest first.
    fn give(
        &self,
        file: &DataFile,
        batch: &mut LineBatch,
        sink: ItemSink<'_>,
    ) -> Result<ControlFlow<()>, ArchiveError> {
        let loaded = self.runtime.block_on(files::load(&self.store, file, &self.choice))?;
        let Some(loaded) = loaded else { return Ok(ControlFlow::Continue(())) };
        read_all(&loaded.bytes, verify::MOST_TEXT, batch).map_err(|error| {
            ArchiveError::corrupt(format!("the data file {} is damaged", file.key)).caused_by(error)
        })?;
        self.counts.0.files.fetch_add(1, Ordering::Relaxed);
        let name: Arc<str> = file.key.as_str().into();
        let lines: Vec<_> = batch.iter().collect();
        for (at, line) in lines.into_iter().enumerate().rev() {
            self.counts.0.read.fetch_add(1, Ordering::Relaxed);
            let created = loaded.created.get(at).copied();
            let restored =
                line::restore(line.bytes, self.archive.format, created, &self.choice, &self.ttl);
            let (text, refused) = match restored {
                Ok(Some(text)) => (text, None),
                Ok(None) => {
                    self.counts.0.left_out.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                Err(why) => (line.bytes.to_vec(), Some(why)),
            };
            let item = SourceItem { file: name.clone(), line: line.number, text, refused };
            if sink(item).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl ItemSource for ArchivedItems {
    fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let mut batch = LineBatch::default();
        for file in &self.files {
            if self.give(file, &mut batch, sink)?.is_break() {
                break;
            }
        }
        Ok(())
    }
}
