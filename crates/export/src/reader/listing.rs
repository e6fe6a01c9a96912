//! Data files that lie alone, without the manifests of their export.

use super::{ExportReader, ManifestCheck, ReadOptions};
use crate::layout::{ExportFolder, FILES, SIDECAR_DIR, STARTED, SUMMARY};
use crate::{DataFile, ExportError, ExportErrorKind, ManifestSummary, OutputFormat};
use ddbkit_codec::RawRecord;
use ddbkit_codec::lines::LineOptions;
use ddbkit_store::Store;

/// How a text value in Ion begins, as exports write it, and how a binary one does.
const ION: [&[u8]; 2] = [b"$ion_1_0", &[0xe0, 0x01, 0x00, 0xea]];

impl ExportReader {
    /// Opens data files that lie alone below a location, as in a copy of `data/` or from a writer
    /// without manifests: all objects but those whose names begin with `_` or `.`, which are marks.
    ///
    /// Nothing proves that they are all files of one export, nor how many items they should hold:
    /// the summary has no counts, and [`verify()`](crate::verify()) says that it did not check them.
    /// So this is never done unasked. Whether the lines are items or records, and whether they are
    /// Ion, is told by the first line.
    ///
    /// # Errors
    /// [`ExportErrorKind::NotFound`] when there is no such object,
    /// [`ExportErrorKind::Unsupported`] when there is a manifest, or a mark that an export was begun
    /// here: what has manifests is opened by them. Failures of the store.
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ddbkit_export::{ExportReader, OutputFormat};
    /// use ddbkit_store::{PutOptions, Store};
    /// use futures::TryStreamExt;
    /// use std::num::NonZeroUsize;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (store, options) = (Store::memory(), PutOptions::default());
    /// let text = "$ion_1_0 {Item:{pk:\"a\"}}\n$ion_1_0 {Item:{pk:2007-01-01T}}\n";
    /// store.put("one.ion", text.into(), options).await?;
    ///
    /// let export = ExportReader::open_listing(store).await?;
    /// assert_eq!(export.summary().output_format, OutputFormat::Ion);
    /// let mut batches = export.batches(NonZeroUsize::MIN)?;
    /// while let Some(batch) = batches.try_next().await? {
    ///     for (number, line) in batch.lines.iter() {
    ///         // The second value is a time, which no item can hold.
    ///         match batch.lines.refusal(number) {
    ///             None => assert_eq!(Item::from_line(line)?.len(), 1),
    ///             Some(why) => assert!(number == 2 && !why.is_empty()),
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn open_listing(store: Store) -> Result<Self, ExportError> {
        let listed = store.list("").await;
        let listed = listed.map_err(|error| ExportError::store(store.describe(""), error))?;
        let mut files = Vec::new();
        for object in listed {
            let name = object.key.rsplit('/').next().unwrap_or_default();
            let is_ours = object.key.split('/').any(|folder| folder == SIDECAR_DIR);
            if is_ours || [SUMMARY, FILES, STARTED].contains(&name) {
                let place = store.describe(&object.key);
                let why = "an export was begun here; it has to be opened by its manifests, or its \
                           data folder named";
                return Err(ExportError::new(ExportErrorKind::Unsupported, place).detail(why));
            }
            if !name.starts_with(['_', '.']) {
                let key = object.key;
                files.push(DataFile {
                    item_count: 0,
                    md5_checksum: None,
                    etag: None,
                    data_file_s3_key: key,
                });
            }
        }
        if files.is_empty() {
            let error = ExportError::new(ExportErrorKind::NotFound, store.describe(""));
            return Err(error.detail("no data files lie there"));
        }
        let mut reader = Self {
            folder: ExportFolder::store_root(),
            store,
            summary: ManifestSummary::of_listing(OutputFormat::DynamodbJson, false),
            files,
            summary_check: ManifestCheck::Absent,
            files_check: ManifestCheck::Absent,
            is_listing: true,
            limits: LineOptions::default(),
        };
        if let Some(line) = reader.first_line().await? {
            let is_ion = ION.iter().any(|mark| line.trim_ascii_start().starts_with(mark));
            let format = if is_ion { OutputFormat::Ion } else { OutputFormat::DynamodbJson };
            let has_records = RawRecord::from_line(&line).is_ok();
            reader.summary = ManifestSummary::of_listing(format, has_records);
        }
        Ok(reader)
    }

    /// Whether it was opened by [`ExportReader::open_listing`], so that no manifest proves it.
    #[must_use]
    pub fn is_listing(&self) -> bool {
        self.is_listing
    }

    /// The first line that is not blank; none where no file has any. A file that cannot be read is
    /// passed over here, whoever reads it is told.
    async fn first_line(&self) -> Result<Option<Vec<u8>>, ExportError> {
        for file in &self.files {
            let mut lines = self.read_file(file, ReadOptions::default()).await?;
            while let Ok(Some(batch)) = lines.next().await {
                let mut found = batch.iter().map(|(_, line)| line);
                if let Some(line) = found.find(|line| !line.trim_ascii().is_empty()) {
                    return Ok(Some(line.to_vec()));
                }
            }
        }
        Ok(None)
    }
}
