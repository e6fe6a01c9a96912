//! Writing data files.

use super::ArchiveLine;
use crate::{
    ArchiveDescriptor, ArchiveError, ArchiveErrorKind, ArchiveLayout, FileMeta, Sidecar,
    SidecarLine,
};
use bytes::Bytes;
use ddbkit_codec::RawItem;
use ddbkit_codec::SequenceNumber;
use ddbkit_codec::stream::{Compression, Frame, ItemWriter, WriteOptions};
use ddbkit_flow::RetryPolicy;
use ddbkit_store::{Condition, PutOptions, Store, StoreError, StoreErrorKind};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Lines that are more than this are compressed on a thread of their own.
const COMPRESSED_IN_PLACE: usize = 256 * 1024;

/// How often a write that may work later is tried again.
const ATTEMPTS: u32 = 6;

/// Writes the data files of one stream into an archive.
///
/// It has no state: any number of workers may have one, also of the same shard. Whatever they do,
/// and wherever they are killed, each record is in one file: a file is named by its anchor, is
/// written only where there is none, and who finds one goes on behind what is in it.
///
/// ```
/// use ddbkit_archive::{
///     ArchiveCompression, ArchiveDescriptor, ArchiveLine, ArchiveRecord, ArchiveSink, ArchivedItems,
///     FileMeta, LineBuffer, LineFormat, RestoreChoice, RestoredTtl,
/// };
/// use ddbkit_codec::Item;
/// use ddbkit_store::Store;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::memory();
/// let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/Orders";
/// let archive = ArchiveDescriptor::new("Orders", arn, LineFormat::Item, ArchiveCompression::Gzip);
/// let archive = archive.begin(&store).await?;
/// let sink = ArchiveSink::new(store.clone(), archive, arn, "2026-11-20T08:12:03.123");
///
/// let records = ArchiveRecord::all_from_json(
///     br#"[
///         {"eventID":"e1","eventName":"REMOVE","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"},
///          "dynamodb":{"ApproximateCreationDateTime":1780000000,"Keys":{"pk":{"S":"a"}},"SequenceNumber":"111",
///           "OldImage":{"pk":{"S":"a"},"expires":{"N":"1779999000"}}}}
///     ]"#,
/// )?;
/// assert_eq!(records[0].expiry("expires"), Some(1_779_999_000));
/// let mut buffer = LineBuffer::default();
/// for record in &records {
///     buffer.push(ArchiveLine::of(record, false, LineFormat::Item)?);
/// }
///
/// // Whoever commits first has written the file; all others find it.
/// let shard = "shardId-00000001795203220156-bf0f7ecd";
/// let file = sink.commit(shard, None, None, buffer.lines()).await?;
/// assert_eq!((file.meta.count, file.adopted), (1, false));
/// let again = sink.find(shard, None, None).await?.expect("it is there");
/// assert!(again.adopted && again.meta == file.meta);
/// let object = store.head(&file.key).await?.expect("it is there");
/// assert_eq!(FileMeta::of(&object)?.to_metadata(), object.metadata);
/// buffer.drop_through(&file.meta.last);
/// assert!(buffer.is_empty());
///
/// // What can be restored of it, for the keys that are asked for.
/// let choice = RestoreChoice::all().keys([Item::from_iter([("pk", "a")])])?;
/// let items = ArchivedItems::open(store, choice, RestoredTtl::kept()).await?;
/// assert_eq!(items.counts().read(), 0); // nothing is read before a load asks
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ArchiveSink {
    store: Store,
    layout: ArchiveLayout,
    archive: ArchiveDescriptor,
    stream: String,
    #[cfg(feature = "offload")]
    values: Option<super::ValueCopies>,
}

/// Values to which the items of a file point in S3. All zero where they are not archived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CopiedValues {
    /// Values that were copied into the archive.
    pub copied: u64,
    /// Their bytes as stored.
    pub bytes: u64,
    /// Values that were there already.
    pub there: u64,
    /// Attributes whose value was gone before it could be copied.
    pub lost: u64,
}

impl CopiedValues {
    pub(crate) fn add(&mut self, more: Self) {
        self.copied += more.copied;
        self.bytes += more.bytes;
        self.there += more.there;
        self.lost += more.lost;
    }
}

/// The file that is behind an anchor now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Its key.
    pub key: String,
    /// What is in it.
    pub meta: FileMeta,
    /// Its size as stored, in bytes.
    pub bytes: u64,
    /// Whether another worker had written it, so that it ends elsewhere than the lines that were
    /// given: behind `meta.last` they are in no file.
    pub adopted: bool,
    /// What was copied for it.
    pub values: CopiedValues,
}

impl ArchiveSink {
    /// Writes for a stream, whose ARN and label these are, into the archive in a store.
    #[must_use]
    pub fn new(store: Store, archive: ArchiveDescriptor, stream: &str, label: &str) -> Self {
        let layout = ArchiveLayout::new(label);
        Self {
            store,
            layout,
            archive,
            stream: stream.to_owned(),
            #[cfg(feature = "offload")]
            values: None,
        }
    }

    /// Archives the values to which items point in S3 as well.
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn with_values(mut self, values: super::ValueCopies) -> Self {
        self.values = Some(values);
        self
    }

    /// The names of what it writes.
    #[must_use]
    pub fn layout(&self) -> &ArchiveLayout {
        &self.layout
    }

    /// The archive.
    #[must_use]
    pub fn archive(&self) -> &ArchiveDescriptor {
        &self.archive
    }

    /// The ARN of the stream.
    #[must_use]
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// Where it writes.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The file behind an anchor, if there is one.
    ///
    /// # Errors
    /// When the store cannot tell, or the file there has no metadata.
    pub async fn find(
        &self,
        shard: &str,
        anchor: Option<&SequenceNumber>,
        anchor_created: Option<u64>,
    ) -> Result<Option<Committed>, ArchiveError> {
        let key = self.layout.data_key(shard, anchor, anchor_created, self.archive.compression);
        let found = retried(|| self.store.head(&key), is_passing).await;
        let found =
            found.map_err(|error| ArchiveError::store("cannot look for a data file", error))?;
        let Some(object) = found else { return Ok(None) };
        let meta = FileMeta::of(&object)?;
        if meta.anchor.as_ref() != anchor || anchor.is_some_and(|anchor| *anchor >= meta.last) {
            let name = self.store.describe(&key);
            let message = format!("the data file {name} says that it follows another record");
            return Err(ArchiveError::corrupt(message));
        }
        let values = CopiedValues::default();
        Ok(Some(Committed { key, meta, bytes: object.size, adopted: true, values }))
    }

    /// Makes the lines behind an anchor a file, or finds the one that is there.
    ///
    /// The lines must be all that are to be archived behind the anchor, from the first one on, in
    /// their order; where they end is free. Memory: the lines compressed, and their sidecar.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ArchiveErrorKind::InvalidInput) without lines or out of order, or
    /// when the file cannot be written; [`LostValue`](ArchiveErrorKind::LostValue) when a value that is
    /// to be archived is gone, and no other worker has archived these records. A file may have been written all the same; the next call finds
    /// it then.
    pub async fn commit(
        &self,
        shard: &str,
        anchor: Option<&SequenceNumber>,
        anchor_created: Option<u64>,
        lines: &[ArchiveLine],
    ) -> Result<Committed, ArchiveError> {
        let last = in_order(shard, anchor, lines)?;
        let count = lines.len() as u64;
        let mut about: Vec<_> = lines.iter().map(|line| line.about.clone()).collect();
        // Before the sidecar and the file, which say that they are there.
        let values = match self.copy_values(lines, &mut about).await {
            // Who was faster has archived them while they were there.
            Err(error) if error.kind() == ArchiveErrorKind::LostValue => {
                return self.find(shard, anchor, anchor_created).await?.ok_or(error);
            }
            values => values?,
        };
        let content = self.compress(shard, lines).await?;
        let sha256: String = Sha256::digest(&content).iter().map(|b| format!("{b:02x}")).collect();
        let key = self.layout.data_key(shard, anchor, anchor_created, self.archive.compression);
        let sidecar = Sidecar {
            version: 1,
            data: key.clone(),
            stream: self.stream.clone(),
            shard: shard.to_owned(),
            anchor: anchor.cloned(),
            sha256: sha256.clone(),
            with_values: values.is_some(),
            lines: about,
        };
        self.document(&self.layout.sidecar_key(shard, anchor, &sha256), &sidecar).await?;
        drop(sidecar);
        let (last, last_created) = (last.about.sequence.clone(), last.about.created);
        let meta = FileMeta { anchor: anchor.cloned(), last, last_created, count, sha256 };
        let options = PutOptions {
            condition: Condition::IfAbsent,
            content_type: None,
            metadata: meta.to_metadata(),
        };
        let bytes = content.len() as u64;
        match retried(|| self.store.put(&key, content.clone(), options.clone()), is_passing).await {
            Ok(_) => Ok(Committed {
                key,
                meta,
                bytes,
                adopted: false,
                values: values.unwrap_or_default(),
            }),
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => {
                let found = self.find(shard, anchor, anchor_created).await?;
                found.ok_or_else(|| {
                    let name = self.store.describe(&key);
                    ArchiveError::corrupt(format!("the data file {name} was there and is gone"))
                })
            }
            Err(error) => Err(ArchiveError::store("cannot write a data file", error)),
        }
    }

    #[cfg(feature = "offload")]
    async fn copy_values(
        &self,
        lines: &[ArchiveLine],
        about: &mut [SidecarLine],
    ) -> Result<Option<CopiedValues>, ArchiveError> {
        let Some(values) = &self.values else { return Ok(None) };
        values.of_lines(&self.store, self.archive.format, lines, about).await.map(Some)
    }

    #[cfg(not(feature = "offload"))]
    #[expect(clippy::unused_async, reason = "as with the feature")]
    async fn copy_values(
        &self,
        _: &[ArchiveLine],
        _: &mut [SidecarLine],
    ) -> Result<Option<CopiedValues>, ArchiveError> {
        Ok(None)
    }

    /// Writes a document if there is none of the name; `false` when there is one.
    pub(crate) async fn document(
        &self,
        key: &str,
        document: &impl serde::Serialize,
    ) -> Result<bool, ArchiveError> {
        let content = serde_json::to_vec(document).map_err(|error| {
            ArchiveError::corrupt(format!("{key} cannot be written as JSON")).caused_by(error)
        })?;
        let content = Bytes::from(content);
        let options = PutOptions {
            condition: Condition::IfAbsent,
            content_type: Some("application/json".to_owned()),
            ..PutOptions::default()
        };
        match retried(|| self.store.put(key, content.clone(), options.clone()), is_passing).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => Ok(false),
            Err(error) => Err(ArchiveError::store("cannot write a document of the archive", error)),
        }
    }

    /// Reads a document, if it is there.
    pub(crate) async fn read_document<D: serde::de::DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<D>, ArchiveError> {
        let content = match retried(|| self.store.get(key), is_passing).await {
            Ok((_, content)) => content,
            Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(ArchiveError::store("cannot read a document of the archive", error));
            }
        };
        let name = self.store.describe(key);
        let document = serde_json::from_slice(&content).map_err(|error| {
            ArchiveError::corrupt(format!("{name} has another form")).caused_by(error)
        })?;
        Ok(Some(document))
    }

    async fn compress(&self, shard: &str, lines: &[ArchiveLine]) -> Result<Bytes, ArchiveError> {
        let settings = self.archive.compression.settings();
        let size = lines.iter().map(|line| line.text.len()).sum();
        let compressed = if size <= COMPRESSED_IN_PLACE {
            compress(lines.iter().map(|line| line.text.as_slice()), settings)
        } else {
            let mut text = Vec::with_capacity(size);
            for line in lines {
                text.extend_from_slice(&line.text);
            }
            let work = move || compress(text.split_inclusive(|b| *b == b'\n'), settings);
            tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(error.to_string()))
        };
        compressed.map(Bytes::from).map_err(|error| {
            ArchiveError::corrupt(format!("a data file of {shard} cannot be compressed: {error}"))
        })
    }
}

fn compress<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
    compression: Compression,
) -> Result<Vec<u8>, String> {
    let options = WriteOptions { frame: Frame::Bare, compression };
    let mut writer =
        ItemWriter::with_options(Vec::new(), options).map_err(|error| error.to_string())?;
    for line in lines {
        let (line, _) = RawItem::from_prefix(line).map_err(|error| error.to_string())?;
        writer.write_raw(&line).map_err(|error| error.to_string())?;
    }
    writer.finish().map_err(|error| error.to_string())
}

/// The last line, when they stand in their order behind the anchor.
fn in_order<'a>(
    shard: &str,
    anchor: Option<&SequenceNumber>,
    lines: &'a [ArchiveLine],
) -> Result<&'a ArchiveLine, ArchiveError> {
    let mut before = anchor;
    for line in lines {
        let own = &line.about.sequence;
        if before.is_some_and(|before| before >= own) {
            let message = format!("records of {shard} are out of order at {own}");
            return Err(ArchiveError::invalid(message));
        }
        before = Some(own);
    }
    lines.last().ok_or_else(|| ArchiveError::invalid(format!("no records of {shard} to write")))
}

fn is_passing(error: &StoreError) -> bool {
    matches!(error.kind(), StoreErrorKind::Unavailable | StoreErrorKind::Conflict)
}

/// Tries again what may work later. A conditional write is safe to repeat: the store knows its own.
pub(super) async fn retried<T, E, F>(
    call: impl Fn() -> F,
    is_passing: impl Fn(&E) -> bool,
) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    let retry = RetryPolicy::new(Duration::from_millis(200), Duration::from_secs(10));
    let mut attempt = 0;
    loop {
        match call().await {
            Err(error) if attempt < ATTEMPTS && is_passing(&error) => {
                tokio::time::sleep(retry.delay(attempt)).await;
                attempt += 1;
            }
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArchiveCompression, LineFormat};

    const SHARD: &str = "shardId-00000001795203220156-bf0f7ecd";

    fn sink(compression: ArchiveCompression) -> ArchiveSink {
        let archive = ArchiveDescriptor::new("t", "arn:t", LineFormat::Item, compression);
        ArchiveSink::new(Store::memory(), archive, "arn:t/stream/l", "l")
    }

    fn line(sequence: u64) -> ArchiveLine {
        let about = SidecarLine {
            event_id: format!("e{sequence}"),
            sequence: sequence.to_string().parse().unwrap(),
            created: 3600 * sequence,
            probable: false,
            lost_values: Vec::new(),
        };
        ArchiveLine {
            about,
            text: format!("{{\"Item\":{{\"n\":{{\"N\":\"{sequence}\"}}}}}}\n").into(),
        }
    }

    async fn commit(sink: &ArchiveSink, anchor: Option<u64>, lines: &[u64]) -> Committed {
        let lines: Vec<_> = lines.iter().map(|n| line(*n)).collect();
        let sequence = anchor.map(|n| n.to_string().parse().unwrap());
        let created = anchor.map(|n| n * 3600);
        sink.commit(SHARD, sequence.as_ref(), created, &lines).await.unwrap()
    }

    #[tokio::test]
    async fn the_first_of_two_cuts_wins_and_the_other_goes_on_behind_it() {
        let sink = sink(ArchiveCompression::None);
        let first = commit(&sink, None, &[1, 2]).await;
        assert!(!first.adopted);
        let late = commit(&sink, None, &[1, 2, 3]).await;
        assert!(late.adopted);
        assert_eq!((late.meta, late.key), (first.meta.clone(), first.key.clone()));
        let next = commit(&sink, Some(2), &[3]).await;
        assert!(!next.adopted);
        assert!(next.key.starts_with("data/dt=1970-01-01/hh=02/l-shardId-"), "{}", next.key);
        let (_, content) = sink.store().get(&first.key).await.unwrap();
        assert_eq!(content, "{\"Item\":{\"n\":{\"N\":\"1\"}}}\n{\"Item\":{\"n\":{\"N\":\"2\"}}}\n");
    }

    #[tokio::test]
    async fn the_sidecar_of_every_file_is_there() {
        let sink = sink(ArchiveCompression::Gzip);
        let file = commit(&sink, None, &[1, 2]).await;
        commit(&sink, None, &[1]).await;
        let key = sink.layout().sidecar_key(SHARD, None, &file.meta.sha256);
        let sidecar: Sidecar = sink.read_document(&key).await.unwrap().unwrap();
        assert_eq!(sidecar.data, file.key);
        let events: Vec<_> = sidecar.lines.iter().map(|line| line.event_id.as_str()).collect();
        assert_eq!(events, ["e1", "e2"]);
        // The loser left one too, which no data file names.
        assert_eq!(sink.store().list("_meta/").await.unwrap().len(), 2);
        assert_eq!(sink.store().list("data/").await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_large_file_is_compressed_elsewhere_to_the_same_bytes() {
        let sink = sink(ArchiveCompression::Zstd);
        let many: Vec<u64> = (1..12_000).collect();
        let file = commit(&sink, None, &many).await;
        let (_, content) = sink.store().get(&file.key).await.unwrap();
        let lines: Vec<_> = many.iter().map(|n| line(*n).text).collect();
        let here = compress(lines.iter().map(Vec::as_slice), sink.archive.compression.settings());
        assert_eq!(content, here.unwrap());
        assert_eq!(file.meta.count, 11_999);
    }

    #[tokio::test]
    async fn lines_out_of_order_are_refused() {
        let sink = sink(ArchiveCompression::None);
        for (anchor, lines) in [(None, vec![]), (None, vec![2, 1]), (Some(2), vec![2])] {
            let anchor: Option<SequenceNumber> =
                anchor.map(|n: u64| n.to_string().parse().unwrap());
            let lines: Vec<_> = lines.into_iter().map(line).collect();
            let error = sink.commit(SHARD, anchor.as_ref(), Some(0), &lines).await.unwrap_err();
            assert_eq!(error.kind(), ArchiveErrorKind::InvalidInput);
        }
        assert!(sink.store().list("").await.unwrap().is_empty());
    }
}
