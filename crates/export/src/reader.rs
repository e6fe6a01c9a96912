//! Finding and opening an export, wherever its tree lies now.

mod batches;
mod consistency;
pub(crate) mod feed;
mod find;
mod ion;
mod lines;
mod listing;
mod place;
mod sent_buffers;

pub use batches::FileBatch;
pub(crate) use find::the_one_export;
pub use find::{ExportState, ExportSummaryEntry, list_exports};
use lines::{Content, Form};
pub(crate) use lines::{FileEnd, FileEvent, is_provable};
pub use lines::{LineBatch, LineStream, ReadOptions, RefusedValue};
pub use place::named_export;

use crate::checksum::Md5Sum;
use crate::layout::{self, DIGEST_SIDECAR, ExportFolder, FILES, SUMMARY, TABLE_SIDECAR};
use crate::{
    DataFile, DigestFile, ExportError, ExportErrorKind, ExportId, ExportKind, ManifestSummary,
    OutputFormat, TableDescriptor, files,
};
use bytes::Bytes;
use ddbkit_codec::lines::LineOptions;
use ddbkit_store::{Store, StoreErrorKind};

/// Whether a manifest has the checksum that lies beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManifestCheck {
    /// The checksum is that of the bytes.
    Verified,
    /// The checksum is that of other bytes: the manifest was changed after it was written.
    Mismatch,
    /// There is no checksum; many writers leave it out.
    Absent,
}

/// One export, opened for reading.
///
/// It takes what `DynamoDB`, ddbkit and other known writers leave: manifests with or without
/// checksum, pretty-printed or not, `manifest-files.json` as lines or as an array, keys that are
/// absolute, relative or from before the tree was moved. It does not take an export without its
/// summary, because that one is not complete; data files without any manifest are opened by
/// [`ExportReader::open_listing`] only.
#[derive(Clone, Debug)]
pub struct ExportReader {
    store: Store,
    folder: ExportFolder,
    summary: ManifestSummary,
    files: Vec<DataFile>,
    summary_check: ManifestCheck,
    files_check: ManifestCheck,
    /// Opened without manifests.
    is_listing: bool,
    limits: LineOptions,
}

impl ExportReader {
    /// Opens the one export at a location: the destination that holds `AWSDynamoDB/`, the folder
    /// `AWSDynamoDB/` itself, or the folder of the export.
    ///
    /// # Errors
    /// [`ExportErrorKind::NotFound`], [`ExportErrorKind::SeveralExports`],
    /// [`ExportErrorKind::Unfinished`] when the summary is missing,
    /// [`ExportErrorKind::InvalidManifest`], and failures of the store.
    pub async fn open(store: Store) -> Result<Self, ExportError> {
        let folder = find::the_one_export(&store).await?;
        Self::open_folder(store, folder).await
    }

    /// Opens one of the exports at a location: the destination that holds `AWSDynamoDB/`, or the
    /// folder `AWSDynamoDB/` itself.
    ///
    /// # Errors
    /// As [`ExportReader::open`], but several exports are no error.
    pub async fn open_id(store: Store, id: &ExportId) -> Result<Self, ExportError> {
        let folder = find::export_of_id(&store, id).await?;
        Self::open_folder(store, folder).await
    }

    async fn open_folder(store: Store, folder: ExportFolder) -> Result<Self, ExportError> {
        let (summary_key, files_key) = (folder.key(SUMMARY), folder.key(FILES));
        let Some(json) = get(&store, &summary_key).await? else {
            return Err(find::unfinished(&store, &folder).await?);
        };
        let summary = parse_summary(&json, &store.describe(&summary_key))?;
        let summary_check = check_manifest(&store, &summary_key, &json).await?;

        let invalid =
            || ExportError::new(ExportErrorKind::InvalidManifest, store.describe(&files_key));
        let Some(lines) = get(&store, &files_key).await? else {
            return Err(invalid().detail("it is missing"));
        };
        let files = files::parse(&lines)
            .map_err(|found| invalid().at_line(found.line).detail(found.message))?;
        let files_check = check_manifest(&store, &files_key, &lines).await?;
        Ok(Self {
            store,
            folder,
            summary,
            files,
            summary_check,
            files_check,
            is_listing: false,
            limits: LineOptions::default(),
        })
    }

    /// The same export, with these limits to what comes out of each of its data files, for files of
    /// strangers: whoever reads, loads or verifies it then meets
    /// [`ExportErrorKind::CorruptDataFile`] where a line is longer or a file expands more. By
    /// default a line has 16 MiB at most and a byte becomes 10,000.
    #[must_use]
    pub fn with_limits(self, limits: LineOptions) -> Self {
        Self { limits, ..self }
    }

    /// The summary.
    #[must_use]
    pub fn summary(&self) -> &ManifestSummary {
        &self.summary
    }

    /// The data files, in the order of the manifest.
    #[must_use]
    pub fn files(&self) -> &[DataFile] {
        &self.files
    }

    /// Whether it holds a table or changes. Only [`ExportKind::Full`] has items to load.
    #[must_use]
    pub fn kind(&self) -> ExportKind {
        self.summary.kind()
    }

    /// The identifier, by the `exportArn` of the summary.
    #[must_use]
    pub fn id(&self) -> Option<ExportId> {
        self.summary.export_arn.as_deref()?.rsplit('/').next()?.parse().ok()
    }

    /// Whether `manifest-summary.json` has its checksum.
    #[must_use]
    pub fn summary_check(&self) -> ManifestCheck {
        self.summary_check
    }

    /// Whether `manifest-files.json` has its checksum. After a mismatch the checksums of the data
    /// files prove nothing.
    #[must_use]
    pub fn files_check(&self) -> ManifestCheck {
        self.files_check
    }

    /// The store re-rooted at the folder of the export.
    #[must_use]
    pub fn root_store(&self) -> Store {
        if self.folder.root.is_empty() {
            self.store.clone()
        } else {
            self.store.subtree(&self.folder.root)
        }
    }

    /// How messages name the folder of the export: a path or an `s3://` URL.
    #[must_use]
    pub fn describe(&self) -> String {
        self.store.describe(&self.folder.root)
    }

    /// How messages name a data file: a path or an `s3://` URL, or its key in the manifest when
    /// that leads nowhere.
    #[must_use]
    pub fn describe_file(&self, file: &DataFile) -> String {
        match self.data_key(file) {
            Ok(key) => self.store.describe(&key),
            Err(_) => file.data_file_s3_key.clone(),
        }
    }

    /// The description of the table, where ddbkit made the export.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidSidecar`], and failures of the store.
    pub async fn descriptor(&self) -> Result<Option<TableDescriptor>, ExportError> {
        let key = self.folder.key(TABLE_SIDECAR);
        let Some(json) = get(&self.store, &key).await? else { return Ok(None) };
        TableDescriptor::parse(&json, &self.store.describe(&key)).map(Some)
    }

    /// The digest of all items, where the export has one.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidSidecar`], and failures of the store.
    pub async fn digest(&self) -> Result<Option<DigestFile>, ExportError> {
        let key = self.folder.key(DIGEST_SIDECAR);
        let Some(json) = get(&self.store, &key).await? else { return Ok(None) };
        serde_json::from_slice(&json).map(Some).map_err(|error| {
            ExportError::new(ExportErrorKind::InvalidSidecar, self.store.describe(&key))
                .caused_by(error)
        })
    }

    /// Reads the lines of a data file, decompressed, and proves them against the manifest at the
    /// end: MD5, one-part entity tag and item count. A mismatch is the last result of the stream,
    /// so work done with the lines before it stands on bytes that were not proven yet.
    ///
    /// Where the data files are Amazon Ion the lines are DynamoDB JSON all the same, one for each
    /// value, with the number of the line on which it begins. What is no item is told by
    /// [`LineBatch::refusal`].
    ///
    /// # Errors
    /// [`ExportErrorKind::MissingDataFile`], [`ExportErrorKind::InvalidManifest`] when the key
    /// leads out of the export, and failures of the store.
    pub async fn read_file(
        &self,
        file: &DataFile,
        options: ReadOptions,
    ) -> Result<LineStream, ExportError> {
        let content = match (self.summary.output_format, self.kind()) {
            (OutputFormat::DynamodbJson, _) => Content::Lines,
            (OutputFormat::Ion, ExportKind::Full) => Content::Ion(ion::Values::Items),
            (OutputFormat::Ion, ExportKind::Incremental) => Content::Ion(ion::Values::Records),
        };
        let opened = self.open_file(file).await?;
        let object = self.describe_file(file);
        let form = Form { content, limits: self.limits };
        let lines = LineStream::start(opened, form, file.clone(), object, options);
        Ok(if self.is_listing { lines.without_count() } else { lines })
    }

    pub(crate) async fn open_file(
        &self,
        file: &DataFile,
    ) -> Result<ddbkit_store::ObjectReader, ExportError> {
        let key = self.data_key(file)?;
        self.store.read(&key).await.map_err(|error| {
            let object = self.store.describe(&key);
            match error.kind() {
                StoreErrorKind::NotFound => {
                    ExportError::new(ExportErrorKind::MissingDataFile, object)
                }
                StoreErrorKind::InvalidKey => {
                    ExportError::new(ExportErrorKind::InvalidManifest, object).caused_by(error)
                }
                _ => ExportError::store(object, error),
            }
        })
    }

    /// Where a data file lies, in keys of the store.
    pub(crate) fn data_key(&self, file: &DataFile) -> Result<String, ExportError> {
        if self.is_listing {
            return Ok(file.data_file_s3_key.clone());
        }
        self.folder.data_key(&file.data_file_s3_key).map_err(|why| {
            let object = self.store.describe(&self.folder.key(FILES));
            let key = &file.data_file_s3_key;
            ExportError::new(ExportErrorKind::InvalidManifest, object)
                .detail(format!("the data file {key:?} cannot be reached: {why}"))
        })
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn folder(&self) -> &ExportFolder {
        &self.folder
    }
}

pub(crate) fn parse_summary(json: &[u8], object: &str) -> Result<ManifestSummary, ExportError> {
    ManifestSummary::parse(json).map_err(|found| {
        ExportError::new(ExportErrorKind::InvalidManifest, object)
            .at_line(found.line)
            .detail(found.message)
    })
}

/// The bytes of a small object, or none when there is no such object.
pub(crate) async fn get(store: &Store, key: &str) -> Result<Option<Bytes>, ExportError> {
    match store.get(key).await {
        Ok((_, bytes)) => Ok(Some(bytes)),
        Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(None),
        Err(error) => Err(ExportError::store(store.describe(key), error)),
    }
}

async fn check_manifest(
    store: &Store,
    key: &str,
    manifest: &[u8],
) -> Result<ManifestCheck, ExportError> {
    for name in layout::checksum_names(key) {
        if let Some(stored) = get(store, &name).await? {
            let expected = Md5Sum::of(manifest).to_base64();
            let is_equal = stored.trim_ascii() == expected.as_bytes();
            return Ok(if is_equal { ManifestCheck::Verified } else { ManifestCheck::Mismatch });
        }
    }
    Ok(ManifestCheck::Absent)
}
