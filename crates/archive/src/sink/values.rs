//! The values to which items point in S3, on their way into the archive.

use super::file::retried;
use super::{ArchiveLine, CopiedValues};
use crate::{
    ArchiveError, ArchiveErrorKind, ArchiveRecord, LineFormat, OnGap, SidecarLine, VALUES_PREFIX,
};
use aws_sdk_s3::Client;
use ddbkit_codec::{Item, RawItem};
use ddbkit_offload::copy::BlobFolder;
use ddbkit_offload::{BlobPointer, OffloadError, OffloadErrorKind, is_pointer_text};
use ddbkit_store::Store;
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many values are copied at the same time, of all shards together.
const AT_ONCE: usize = 8;

/// Archives items with the values that [`ddbkit_offload`] keeps of them in S3: these are copied into the
/// archive before the file that has the items.
///
/// An item that expires leaves its objects as garbage, which is collected some time later; a value that
/// is gone by then is lost. That ends the work, or is written down in the sidecar of the item's file.
///
/// Memory: that of [`BlobFolder::add`] for each of eight values.
///
/// ```no_run
/// use ddbkit_archive::{OnGap, TtlArchiver, ValueCopies};
///
/// # async fn example(
/// #     archiver: TtlArchiver,
/// #     s3: aws_sdk_s3::Client,
/// # ) -> Result<(), ddbkit_archive::ArchiveError> {
/// let archiver = archiver.with_values(ValueCopies::new(s3, OnGap::Fail));
/// let report = archiver.run(&ddbkit_flow::Control::new()).await?;
/// println!("{} values copied", report.values.copied);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ValueCopies {
    s3: Client,
    on_lost: OnGap,
    at_once: Arc<Semaphore>,
}

impl ValueCopies {
    /// Copies with this client, which needs `s3:GetObject` on the objects, and `s3:ListBucket` on their
    /// bucket, without which S3 does not tell that one is gone.
    #[must_use]
    pub fn new(s3: Client, on_lost: OnGap) -> Self {
        Self { s3, on_lost, at_once: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Copies the values of the lines, each once, and notes in `about` which are lost.
    pub(super) async fn of_lines(
        &self,
        store: &Store,
        format: LineFormat,
        lines: &[ArchiveLine],
        about: &mut [SidecarLine],
    ) -> Result<CopiedValues, ArchiveError> {
        let mut wanted: HashMap<String, Value> = HashMap::new();
        let mut lost: Vec<Lost> = Vec::new();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| is_pointer_text(&line.text)) {
            let item = item_of(&line.text, format)?;
            for (attribute, value) in item.iter() {
                let attribute = attribute.to_owned();
                match BlobPointer::from_attribute(value) {
                    None => {}
                    Some(Ok(pointer)) => {
                        let name = BlobFolder::name_of(&pointer);
                        let value = wanted.entry(name);
                        let value = value.or_insert_with(|| Value { pointer, places: Vec::new() });
                        value.places.push((at, attribute));
                    }
                    Some(Err(error)) => lost.push(Lost { places: vec![(at, attribute)], error }),
                }
            }
        }
        let mut copied = CopiedValues::default();
        let folder = BlobFolder::new(store.subtree(VALUES_PREFIX));
        let work: Vec<_> = wanted.into_values().map(|value| self.copy(&folder, value)).collect();
        let mut work = stream::iter(work).buffer_unordered(AT_ONCE);
        while let Some(outcome) = work.try_next().await? {
            match outcome {
                Ok(None) => copied.there += 1,
                Ok(Some(bytes)) => {
                    copied.copied += 1;
                    copied.bytes += bytes;
                }
                Err(value) => lost.push(value),
            }
        }
        for Lost { places, error } in lost {
            for (at, attribute) in places {
                let Some(about) = about.get_mut(at) else { continue };
                if self.on_lost == OnGap::Fail {
                    let message = format!(
                        "attribute {attribute:?} of the item in record {} cannot be archived",
                        about.sequence
                    );
                    return Err(
                        ArchiveError::new(ArchiveErrorKind::LostValue, message).caused_by(error)
                    );
                }
                copied.lost += 1;
                about.lost_values.push(attribute);
            }
        }
        // Whatever was looked at first.
        for about in about {
            about.lost_values.sort_unstable();
        }
        Ok(copied)
    }

    /// Copies a value; the bytes copied, `None` when it was there, or why it is lost.
    async fn copy(
        &self,
        folder: &BlobFolder,
        value: Value,
    ) -> Result<Result<Option<u64>, Lost>, ArchiveError> {
        // It is never closed.
        let _place = self.at_once.acquire().await;
        let is_passing = |error: &OffloadError| {
            matches!(error.kind(), OffloadErrorKind::S3 | OffloadErrorKind::Store)
        };
        match retried(|| folder.add(&self.s3, &value.pointer), is_passing).await {
            Ok(copied) => Ok(Ok(copied)),
            Err(error) if error.kind().is_of_item() => {
                Ok(Err(Lost { places: value.places, error }))
            }
            Err(error) => {
                let message = "a value of an item cannot be copied from S3 into the archive";
                Err(ArchiveError::new(ArchiveErrorKind::Store, message).caused_by(error))
            }
        }
    }
}

/// A value, and which attributes of which lines point to it.
struct Value {
    pointer: BlobPointer,
    places: Vec<(usize, String)>,
}

/// A value that cannot be had any more.
struct Lost {
    places: Vec<(usize, String)>,
    error: OffloadError,
}

/// The item on a line that the archiver itself made.
pub(crate) fn item_of(line: &[u8], format: LineFormat) -> Result<Item, ArchiveError> {
    let damaged = |why: String| ArchiveError::corrupt(format!("a line has no item: {why}"));
    match format {
        LineFormat::Item => {
            let raw = RawItem::from_line(line).and_then(|raw| raw.decode());
            raw.map_err(|error| damaged(error.to_string()))
        }
        LineFormat::Record => ArchiveRecord::from_json(line)?
            .old_image
            .ok_or_else(|| damaged("the record has no old image".to_owned())),
    }
}
