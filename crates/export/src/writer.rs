//! Writing an export so that nobody can take it for whole before it is.

mod data_file;
mod encoder;
mod ion;
mod options;

pub use data_file::{ClosedFile, DataFileWriter};
pub use options::{IncrementalWindow, S3Location, SummaryFields, WriterOptions};

use crate::layout::{self, DATA_DIR, EXPORTS_DIR, FILES, SIDECAR_DIR, STARTED, SUMMARY};
use crate::{
    DataFile, ExportError, ExportErrorKind, ExportId, ManifestSummary, checksum::Md5Sum, files,
};
use bytes::Bytes;
use ddbkit_store::{Condition, PutOptions, Store, StoreError, StoreErrorKind};
use std::collections::{BTreeMap, BTreeSet};

/// Writes one export in the layout of AWS: a full one, or an incremental one where the options have
/// a window.
///
/// The summary is written last, so an export that broke off is never taken for a whole one. The
/// writer is a handle: clones write the same export, from as many tasks as you like.
///
/// The data files of an incremental export lie in a folder that it shares with others. Those of one
/// that broke off stay there and harm nobody: readers find data by manifests only.
///
/// ```
/// use ddbkit_export::{ExportId, ExportReader, ExportWriter, SummaryFields, WriterOptions};
/// use ddbkit_store::Store;
/// use std::time::SystemTime;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), ddbkit_export::ExportError> {
/// let store = Store::memory();
/// let start = SystemTime::now();
/// let id = ExportId::generate(start, 0x1234_abcd);
/// let writer = ExportWriter::create(store.clone(), id, WriterOptions::default()).await?;
///
/// let mut file = writer.data_file().await?;
/// file.write_lines("{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n".into(), 1).await?;
/// let closed = file.finish().await?;
///
/// let fields = SummaryFields {
///     table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
///     table_id: None,
///     start_time: start,
///     end_time: SystemTime::now(),
///     export_time: start,
///     s3_sse_algorithm: None,
///     s3_sse_kms_key_id: None,
///     billed_size_bytes: 0,
/// };
/// writer.finish(fields, vec![closed.file]).await?;
/// assert_eq!(ExportReader::open(store).await?.summary().item_count, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ExportWriter {
    store: Store,
    id: ExportId,
    root: String,
    options: WriterOptions,
}

impl ExportWriter {
    /// Starts a new export below `store`, the destination: writes `AWSDynamoDB/<id>/_started`.
    ///
    /// # Errors
    /// [`ExportErrorKind::AlreadyStarted`] when this export was started before,
    /// [`ExportErrorKind::Unsupported`] for an incremental export in Ion, whose form nobody has
    /// captured, or for a window that ends before it begins, and failures of the store.
    pub async fn create(
        store: Store,
        id: ExportId,
        options: WriterOptions,
    ) -> Result<Self, ExportError> {
        let writer = Self::resume(store, id, options);
        writer.check_options()?;
        let key = writer.key(STARTED);
        let once = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
        match writer.store.put(&key, Bytes::new(), once).await {
            Ok(_) => Ok(writer),
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => {
                Err(ExportError::new(ExportErrorKind::AlreadyStarted, writer.store.describe(&key)))
            }
            Err(error) => Err(ExportError::store(writer.store.describe(&key), error)),
        }
    }

    /// Goes on with an export that was started before. Writes nothing.
    ///
    /// What a process does that finds the export of one that was killed:
    ///
    /// ```
    /// use ddbkit_codec::{ContentDigest, Item};
    /// use ddbkit_export::{
    ///     Compression, DigestFile, ExportId, ExportReader, ExportWriter, ManifestCheck, OutputFormat,
    ///     S3Location, SummaryFields, WriterOptions,
    /// };
    /// use ddbkit_store::{PutOptions, Store};
    /// use std::time::SystemTime;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (store, now) = (Store::memory(), SystemTime::now());
    /// let options = WriterOptions {
    ///     compression: Compression::Zstd,
    ///     s3_location: Some(S3Location { bucket: "backups".to_owned(), prefix: "orders".to_owned() }),
    ///     ..WriterOptions::default()
    /// };
    /// let id = ExportId::generate(now, 1);
    /// let killed = ExportWriter::create(store.clone(), id, options.clone()).await?;
    /// let mut file = killed.data_file().await?;
    /// let item = Item::from_iter([("pk", "a")]);
    /// let line = format!("{{\"Item\":{}}}\n", item.to_dynamodb_json());
    /// file.write_lines(line.into(), 1).await?;
    /// let done = file.finish().await?.file;
    /// killed.data_file().await?.abort().await?; // a file that is given up leaves nothing
    ///
    /// let writer = ExportWriter::resume(store.clone(), id, options);
    /// assert!(!writer.is_finished().await?);
    /// assert!(store.head(&writer.data_key(&done)).await?.is_some());
    /// assert!(done.data_file_s3_key.ends_with(&Compression::Zstd.extension(OutputFormat::DynamodbJson)));
    ///
    /// // Documents of ddbkit lie beside the data; the manifests come last.
    /// let mut digest = ContentDigest::default();
    /// digest.add(&item);
    /// let json = DigestFile::new(&digest).to_json();
    /// store.put(&writer.sidecar_key("digest.json"), json.into(), PutOptions::default()).await?;
    /// # let fields = SummaryFields {
    /// #     table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/T".to_owned(),
    /// #     table_id: None,
    /// #     start_time: now,
    /// #     end_time: now,
    /// #     export_time: now,
    /// #     s3_sse_algorithm: None,
    /// #     s3_sse_kms_key_id: None,
    /// #     billed_size_bytes: 0,
    /// # };
    /// writer.finish(fields, vec![done.clone()]).await?;
    ///
    /// let export = ExportReader::open_id(store, &id).await?;
    /// export.check_manifests()?;
    /// assert_eq!(export.summary_check(), ManifestCheck::Verified);
    /// assert_eq!(export.digest().await?, Some(DigestFile::new(&digest)));
    /// assert!(export.descriptor().await?.is_none()); // nobody described the table
    /// assert!(export.describe_file(&done).ends_with(done.file_name()));
    /// assert!(export.summary().to_json().contains(r#""s3Bucket":"backups""#));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn resume(store: Store, id: ExportId, options: WriterOptions) -> Self {
        Self { store, id, root: format!("{EXPORTS_DIR}/{id}"), options }
    }

    /// Which export this is.
    #[must_use]
    pub fn id(&self) -> ExportId {
        self.id
    }

    /// The store of the destination.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The folder of the export in the destination: `AWSDynamoDB/<id>`.
    #[must_use]
    pub fn root_key(&self) -> &str {
        &self.root
    }

    /// The key of a document of ddbkit: `AWSDynamoDB/<id>/_ddbkit/<name>`.
    #[must_use]
    pub fn sidecar_key(&self, name: &str) -> String {
        self.key(&format!("{SIDECAR_DIR}/{name}"))
    }

    /// What the keys of all data files begin with: `AWSDynamoDB/<id>/data/`, and for incremental
    /// exports `AWSDynamoDB/data/`, which they share.
    #[must_use]
    pub fn data_prefix(&self) -> String {
        match self.options.window {
            None => self.key(&format!("{DATA_DIR}/")),
            Some(_) => format!("{EXPORTS_DIR}/{DATA_DIR}/"),
        }
    }

    /// Whether the export has its summary, so that it is complete.
    ///
    /// # Errors
    /// Failures of the store.
    pub async fn is_finished(&self) -> Result<bool, ExportError> {
        let key = self.key(SUMMARY);
        let found = self.store.head(&key).await;
        found.map(|meta| meta.is_some()).map_err(|error| self.store_error(&key, error))
    }

    /// The key, in the destination, of a data file that this writer made.
    #[must_use]
    pub fn data_key(&self, file: &DataFile) -> String {
        self.data_prefix() + file.file_name()
    }

    /// Opens a new data file under a random name. Nothing is visible before it is finished.
    ///
    /// # Errors
    /// [`ExportErrorKind::Unsupported`] as in [`ExportWriter::create`], and failures of the store.
    pub async fn data_file(&self) -> Result<DataFileWriter, ExportError> {
        self.check_options()?;
        let WriterOptions { format, compression, .. } = self.options;
        let key = self.data_prefix() + &random_name() + &compression.extension(format);
        let s3_key = self.s3_key(&key);
        DataFileWriter::create(&self.store, key, s3_key, format, compression).await
    }

    /// Completes the export with exactly these data files, in this order: writes
    /// `manifest-files.json` and its checksum, the checksum of the summary, and the summary last.
    ///
    /// Calling it again for an export that is finished with the same files changes nothing and
    /// returns the summary that is there.
    ///
    /// # Errors
    /// [`ExportErrorKind::DataFilesDiffer`] when `data/` does not hold exactly `files`, because
    /// other readers take what lies there (the folder that incremental exports share has to hold
    /// them, beside what is of others), [`ExportErrorKind::AlreadyFinished`] when it is finished
    /// with other files, [`ExportErrorKind::Unsupported`] as in [`ExportWriter::create`], and
    /// failures of the store.
    pub async fn finish(
        &self,
        fields: SummaryFields,
        files: Vec<DataFile>,
    ) -> Result<ManifestSummary, ExportError> {
        self.check_options()?;
        self.check_listing(&files).await?;
        let lines = files::to_json_lines(&files);
        if let Some(summary) = self.finished_with(&lines).await? {
            return Ok(summary);
        }
        let item_count = files.iter().map(|file| file.item_count).sum();
        let summary = self.summary(fields, item_count);
        let json = summary.to_json();
        let [files_md5, _] = layout::checksum_names(FILES);
        let [summary_md5, _] = layout::checksum_names(SUMMARY);
        self.put(&files_md5, Md5Sum::of(lines.as_bytes()).to_base64()).await?;
        self.put(FILES, lines.clone()).await?;
        self.put(&summary_md5, Md5Sum::of(json.as_bytes()).to_base64()).await?;

        let key = self.key(SUMMARY);
        let once = PutOptions {
            condition: Condition::IfAbsent,
            content_type: Some("application/json".to_owned()),
            ..PutOptions::default()
        };
        match self.store.put(&key, json.into(), once).await {
            Ok(_) => Ok(summary),
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => {
                self.adopt_summary(&lines, &summary_md5).await
            }
            Err(error) => Err(self.store_error(&key, error)),
        }
    }

    /// Another process finished first. Its summary stands; its checksum may have been overwritten
    /// here a moment ago, so it is written again.
    async fn adopt_summary(
        &self,
        lines: &str,
        summary_md5: &str,
    ) -> Result<ManifestSummary, ExportError> {
        let Some(summary) = self.finished_with(lines).await? else {
            return Err(ExportError::new(
                ExportErrorKind::AlreadyFinished,
                self.store.describe(&self.key(SUMMARY)),
            ));
        };
        let (_, stored) = self
            .store
            .get(&self.key(SUMMARY))
            .await
            .map_err(|error| self.store_error(&self.key(SUMMARY), error))?;
        self.put(summary_md5, Md5Sum::of(&stored).to_base64()).await?;
        Ok(summary)
    }

    /// The summary that is there, when the export is finished with exactly these files.
    async fn finished_with(&self, lines: &str) -> Result<Option<ManifestSummary>, ExportError> {
        let key = self.key(SUMMARY);
        let Some(json) = self.get(&key).await? else { return Ok(None) };
        let files_key = self.key(FILES);
        if self.get(&files_key).await?.as_deref() != Some(lines.as_bytes()) {
            return Err(ExportError::new(
                ExportErrorKind::AlreadyFinished,
                self.store.describe(&key),
            ));
        }
        crate::reader::parse_summary(&json, &self.store.describe(&key)).map(Some)
    }

    async fn check_listing(&self, files: &[DataFile]) -> Result<(), ExportError> {
        let prefix = self.data_prefix();
        let listed = self.store.list(&prefix).await.map_err(|e| self.store_error(&prefix, e))?;
        let stored: BTreeSet<String> = listed.into_iter().map(|meta| meta.key).collect();
        let mut named = BTreeSet::new();
        for file in files {
            let is_ours = file.data_file_s3_key == self.s3_key(&self.data_key(file));
            if !is_ours || !named.insert(self.data_key(file)) {
                let key = &file.data_file_s3_key;
                return Err(self.files_differ(format!("{key} is named twice or lies elsewhere")));
            }
        }
        let missing = named.difference(&stored).map(|key| (key, "is missing"));
        let extra = stored.difference(&named).map(|key| (key, "is stored but not named"));
        let is_shared = self.options.window.is_some();
        let mut both = missing.chain(extra.filter(|_| !is_shared));
        let Some((first, what)) = both.next() else { return Ok(()) };
        let more = both.count();
        Err(self.files_differ(format!("{first} {what} (and {more} others)")))
    }

    fn files_differ(&self, detail: String) -> ExportError {
        let object = self.store.describe(&self.data_prefix());
        ExportError::new(ExportErrorKind::DataFilesDiffer, object).detail(detail)
    }

    fn summary(&self, fields: SummaryFields, item_count: u64) -> ManifestSummary {
        let location = self.options.s3_location.as_ref();
        let prefix = location.map(|location| location.prefix.trim_end_matches('/'));
        let window = self.options.window.as_ref();
        let (version, export_type) = match window {
            None => ("2020-06-30", (!self.options.strict_aws).then_some("FULL_EXPORT")),
            Some(_) => ("2023-08-01", Some("INCREMENTAL_EXPORT")),
        };
        ManifestSummary {
            version: version.to_owned(),
            export_arn: Some(format!("{}/export/{}", fields.table_arn, self.id)),
            start_time: Some(fields.start_time),
            end_time: Some(fields.end_time),
            table_arn: Some(fields.table_arn),
            table_id: fields.table_id,
            export_time: window.is_none().then_some(fields.export_time),
            export_from_time: window.map(|window| window.from),
            export_to_time: window.map(|window| window.to),
            s3_bucket: location.map(|location| location.bucket.clone()),
            s3_prefix: prefix.filter(|prefix| !prefix.is_empty()).map(str::to_owned),
            s3_sse_algorithm: fields.s3_sse_algorithm,
            s3_sse_kms_key_id: fields.s3_sse_kms_key_id,
            manifest_files_s3_key: Some(self.s3_key(&self.key(FILES))),
            billed_size_bytes: fields.billed_size_bytes,
            item_count,
            output_format: self.options.format,
            output_view: window.map(|window| window.view.as_str().to_owned()),
            export_type: export_type.map(str::to_owned),
            extra: BTreeMap::new(),
        }
    }

    fn check_options(&self) -> Result<(), ExportError> {
        let why = self.options.refusal();
        why.map_or(Ok(()), |why| {
            let object = self.store.describe(&self.root);
            Err(ExportError::new(ExportErrorKind::Unsupported, object).detail(why))
        })
    }

    fn key(&self, name: &str) -> String {
        layout::join(&self.root, name)
    }

    /// The key from the root of the bucket.
    fn s3_key(&self, key: &str) -> String {
        let prefix = self.options.s3_location.as_ref().map_or("", |location| &location.prefix);
        layout::join(prefix.trim_end_matches('/'), key)
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, ExportError> {
        match self.store.get(key).await {
            Ok((_, bytes)) => Ok(Some(bytes)),
            Err(error) if error.kind() == StoreErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.store_error(key, error)),
        }
    }

    async fn put(&self, name: &str, text: String) -> Result<(), ExportError> {
        let key = self.key(name);
        let put = self.store.put(&key, text.into(), PutOptions::default()).await;
        put.map(|_| ()).map_err(|error| self.store_error(&key, error))
    }

    fn store_error(&self, key: &str, error: StoreError) -> ExportError {
        ExportError::store(self.store.describe(key), error)
    }
}

/// 26 characters of `a-z2-7`, as AWS names data files.
fn random_name() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    (0..26).map(|_| char::from(ALPHABET[fastrand::usize(..ALPHABET.len())])).collect()
}
