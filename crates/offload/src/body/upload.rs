//! Writes a body of any length to an object.

use super::encoder::{Encoded, Encoder};
use super::multipart::{Multipart, SentPart, UnfinishedUpload, new_nonce};
use super::part_size::{FIRST, MOST_PARTS, PartSizes};
use super::parts::{Part, Parts};
use super::settle::{NONCE, settle};
use super::{ObjectPlace, request};
use crate::{
    AttributeOptions, BlobKind, BlobPointer, Clock, Encoding, OffloadError, OffloadErrorKind,
    SystemClock,
};
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ddbkit_flow::{Control, ProgressEvent};
use futures::Stream;
use sha2::{Digest, Sha256};
use std::error::Error as _;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::task::JoinSet;

/// How long an upload that failed waits for parts that were sent, before it is aborted.
const PARTS_ON_THEIR_WAY: Duration = Duration::from_secs(10);

/// How a body is uploaded.
#[derive(Clone, Debug)]
pub struct UploadOptions {
    /// What the bytes are to the item: text, binary, or a document.
    pub kind: BlobKind,
    /// What S3 is told of the object, and whether it is compressed: compressed bodies have no ranged
    /// reads. The checksum is a SHA-256, whatever they say.
    pub object: AttributeOptions,
    /// The length of the body where it is known, in bytes: then parts are no larger than 10,000
    /// of them have to be. A body that is longer fails.
    pub len: Option<u64>,
    /// The size of the first part, in bytes: 8 MiB. S3 takes none below 5 MiB.
    pub first_part: u64,
    /// How many bytes of parts are on their way at a time: 64 MiB, and one part at least.
    pub in_flight: u64,
    /// How long after its start an upload may still be completed: the write deadline of the prefix.
    pub write_deadline: Duration,
    /// The unfinished upload to go on with. The body has to be the same from its start, with the
    /// same options: parts that S3 has are not sent again.
    pub resume: Option<UnfinishedUpload>,
    /// Whether the parts stay when the upload fails or is cancelled, so that it can be gone on with.
    pub keep_unfinished: bool,
    /// The clock that the deadline is counted by.
    pub clock: Arc<dyn Clock>,
}

impl Default for UploadOptions {
    fn default() -> Self {
        Self {
            kind: BlobKind::Binary,
            object: AttributeOptions::default(),
            len: None,
            first_part: FIRST,
            in_flight: 64 << 20,
            write_deadline: Duration::from_hours(1),
            resume: None,
            keep_unfinished: false,
            clock: Arc::new(SystemClock),
        }
    }
}

/// A body that was uploaded. Nothing points to it yet.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct UploadedBody {
    /// The pointer to put into the item that owns the key.
    pub pointer: BlobPointer,
    /// When the upload began. The object is as old as this to S3.
    pub initiated: SystemTime,
    /// The last moment at which the pointer may be written: the collector may take the object for
    /// garbage some time after.
    pub deadline: SystemTime,
    /// How many requests carried bytes of the body.
    pub parts_sent: u64,
    /// How many parts S3 had from before.
    pub parts_reused: u64,
}

/// Uploads a body of unknown length, up to 48 TB, to a key that nothing was written to before.
///
/// What fits one part is one `PutObject`. More is a multipart upload whose parts are proven by their
/// SHA-256 and which is completed under the condition that the key is still new. The pointer has the
/// SHA-256 of the whole value, computed on the way.
///
/// **Memory.** The parts on their way take `in_flight` bytes or one part, whichever is more; the
/// part that is being filled comes on top, and one piece of the body. With `len` given, parts have
/// 8 MiB up to a body of 80 GB. Without, they begin at 8 MiB and double every hundred, because
/// 10,000 of them have to do whatever comes: 32 MiB after 2.5 GB, 1 GiB after 100 GB. So a body of
/// 5 GB never takes more than 96 MiB.
///
/// **Deadline.** To S3 an object in parts is as old as the start of its upload ("Working with object
/// metadata", S3 User Guide), and the collector judges by that age. So the deadline counts from the
/// start; an upload that passes it is given up. Bodies that take longer need a prefix with a longer
/// write deadline.
///
/// Nothing is deleted when it fails. An upload in parts is aborted unless it may have been completed,
/// or `keep_unfinished` asks for its parts: see [`unfinished_uploads`](super::unfinished_uploads).
///
/// # Errors
/// [`DeadlineExceeded`](OffloadErrorKind::DeadlineExceeded),
/// [`Canceled`](OffloadErrorKind::Canceled), [`Io`](OffloadErrorKind::Io) when the body cannot be
/// read, [`ConditionFailed`](OffloadErrorKind::ConditionFailed) when the key is taken or S3 has given
/// up the upload for another write of the key,
/// [`Ambiguous`](OffloadErrorKind::Ambiguous) when a resumed upload may have been completed,
/// [`InvalidInput`](OffloadErrorKind::InvalidInput) when the body is longer than `len` and does not
/// fit, or is to be text and is no UTF-8, and [`S3`](OffloadErrorKind::S3).
///
/// To a key of one's own choice, without an [`Offloader`](crate::Offloader):
///
/// ```
/// use bytes::Bytes;
/// use ddbkit_flow::Control;
/// use ddbkit_offload::body::{ObjectPlace, UploadOptions, unfinished_uploads, upload};
/// use ddbkit_offload::{AttributeOptions, OffloadErrorKind};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
/// # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
/// let place = ObjectPlace::new(&bucket, "films/1");
/// let options = UploadOptions {
///     object: AttributeOptions::new().content_type("video/mp4"),
///     ..UploadOptions::default()
/// };
/// let body = || futures::stream::iter([Ok(Bytes::from_static(b"film"))]);
/// let film = upload(&s3, &place, body(), &options, &Control::new()).await?;
/// assert_eq!((film.pointer.len, film.parts_sent), (4, 1));
/// assert!(unfinished_uploads(&s3, &place).await?.is_empty());
///
/// // A key is written once.
/// let again = upload(&s3, &place, body(), &options, &Control::new()).await.unwrap_err();
/// assert_eq!(again.kind(), OffloadErrorKind::ConditionFailed);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub async fn upload<S>(
    s3: &Client,
    place: &ObjectPlace,
    body: S,
    options: &UploadOptions,
    control: &Control,
) -> Result<UploadedBody, OffloadError>
where
    S: Stream<Item = io::Result<Bytes>> + Send,
{
    // What does not compress grows a little.
    let len = options.len.map(|len| match options.object.zstd_level {
        None => len,
        Some(_) => len.saturating_add(len / 200 + 1024),
    });
    let sizes = PartSizes::new(options.first_part, len);
    let upload = Upload { s3, place, options, control, sizes };
    let encoder = Encoder::new(options.object.zstd_level, options.kind)
        .map_err(|error| upload.unreadable(error))?;
    let body = pin!(body);
    let mut parts = Parts::new(body, encoder);
    let started = options.clock.now();
    upload.check_deadline(options.resume.as_ref().map_or(started, |resume| resume.initiated))?;
    let first = upload.next_part(&mut parts, 1).await?;
    if first.is_last && options.resume.is_none() {
        let len = first.bytes.len() as u64;
        let of_value = parts.encoded().filter(|_| options.object.zstd_level.is_none());
        let sha256 = match of_value {
            Some(value) => value.sha256,
            None => Sha256::digest(&first.bytes).into(),
        };
        upload.put(first.bytes, sha256).await?;
        return upload
            .done(&parts, &Stored { initiated: started, len, parts_new: 1, parts_old: 0 });
    }
    let keep = options.keep_unfinished;
    let multipart = match &options.resume {
        Some(unfinished) => Multipart::resume(s3, place, unfinished, keep).await?,
        None => Multipart::begin(s3, place, &options.object, started, keep).await?,
    };
    let initiated = multipart.initiated;
    let mut sending = JoinSet::new();
    match upload.send_parts(&multipart, first, &mut parts, &mut sending).await {
        Ok(sent) => {
            let count = |was_there| sent.iter().filter(|part| part.was_there == was_there).count();
            let (parts_old, parts_new) = (count(true) as u64, count(false) as u64);
            let len = sent.iter().map(|part| part.len).sum();
            multipart.complete(sent).await?;
            upload.done(&parts, &Stored { initiated, len, parts_new, parts_old })
        }
        Err(error) => {
            if !keep {
                // One that arrives after the abort may bring the upload back.
                let all = async { while sending.join_next().await.is_some() {} };
                tokio::time::timeout(PARTS_ON_THEIR_WAY, all).await.ok();
            }
            multipart.abandon().await;
            Err(error)
        }
    }
}

/// The error of a body that is itself read from a value: what is wrong with the value comes through the
/// stream as a failure to read it.
pub(crate) fn of_read_error(error: OffloadError) -> OffloadError {
    let read = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let inner = read.and_then(|read| read.get_ref()?.downcast_ref::<OffloadError>());
    let inner = inner.map(|inner| OffloadError::new(inner.kind(), inner.to_string()));
    inner.unwrap_or(error)
}

/// What went into an object.
struct Stored {
    initiated: SystemTime,
    len: u64,
    parts_new: u64,
    parts_old: u64,
}

struct Upload<'a> {
    s3: &'a Client,
    place: &'a ObjectPlace,
    options: &'a UploadOptions,
    control: &'a Control,
    sizes: PartSizes,
}

impl Upload<'_> {
    async fn next_part<S>(&self, parts: &mut Parts<S>, number: u64) -> Result<Part, OffloadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Unpin,
    {
        let part = self.control.run(parts.next(self.sizes.size(number))).await?;
        part.map_err(|error| self.unreadable(error))
    }

    /// The whole object in one request.
    async fn put(&self, bytes: Bytes, sha256: [u8; 32]) -> Result<(), OffloadError> {
        let len = bytes.len() as u64;
        let nonce = new_nonce();
        let sha256 = STANDARD.encode(sha256);
        let call = self.s3.put_object().bucket(&self.place.bucket).key(&self.place.key);
        let call = call.if_none_match("*").checksum_sha256(sha256).metadata(NONCE, &nonce);
        let call = request::put(call, &self.options.object).body(ByteStream::from(bytes));
        self.control.check()?;
        if let Err(error) = call.send().await {
            settle(self.s3, self.place, &nonce, error).await?;
        }
        self.advanced(len);
        Ok(())
    }

    async fn send_parts<S>(
        &self,
        multipart: &Multipart,
        first: Part,
        parts: &mut Parts<S>,
        sending: &mut JoinSet<Result<SentPart, OffloadError>>,
    ) -> Result<Vec<SentPart>, OffloadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Unpin,
    {
        let mut sent = Vec::new();
        let mut part = first;
        for number in 1..=MOST_PARTS {
            self.check_deadline(multipart.initiated)?;
            let most = PartSizes::in_memory(self.options.in_flight, self.sizes.size(number));
            while sending.len() >= most {
                sent.extend(self.one_sent(sending).await?);
            }
            let Part { bytes, is_last } = part;
            // At most 10,000.
            sending.spawn(multipart.send(i32::try_from(number).unwrap_or(i32::MAX), bytes));
            if is_last {
                while !sending.is_empty() {
                    sent.extend(self.one_sent(sending).await?);
                }
                self.control.check()?;
                self.check_deadline(multipart.initiated)?;
                return Ok(sent);
            }
            part = self.next_part(parts, number + 1).await?;
        }
        Err(OffloadError::new(
            OffloadErrorKind::InvalidInput,
            format!(
                "the body of {} does not fit {MOST_PARTS} parts: give its true length",
                self.place
            ),
        ))
    }

    async fn one_sent(
        &self,
        sending: &mut JoinSet<Result<SentPart, OffloadError>>,
    ) -> Result<Option<SentPart>, OffloadError> {
        let Some(part) = self.control.run(sending.join_next()).await? else { return Ok(None) };
        let part = part.map_err(|error| {
            OffloadError::caused(OffloadErrorKind::S3, "sending a part broke off", error)
        })??;
        self.advanced(part.len);
        Ok(Some(part))
    }

    fn advanced(&self, bytes: u64) {
        self.control.emit(&ProgressEvent::Advanced { items: 0, bytes });
    }

    fn check_deadline(&self, initiated: SystemTime) -> Result<(), OffloadError> {
        if self.options.clock.now() <= initiated + self.options.write_deadline {
            return Ok(());
        }
        let message = format!(
            "the upload of {} began more than {} s ago, which is its write deadline: begin again, or claim the prefix with a longer one",
            self.place,
            self.options.write_deadline.as_secs()
        );
        Err(OffloadError::new(OffloadErrorKind::DeadlineExceeded, message))
    }

    fn unreadable(&self, error: io::Error) -> OffloadError {
        let kind = match error.kind() {
            io::ErrorKind::InvalidData => OffloadErrorKind::InvalidInput,
            _ => OffloadErrorKind::Io,
        };
        let message = format!("the body of {} cannot be read", self.place);
        OffloadError::caused(kind, message, error)
    }

    fn done<S>(&self, parts: &Parts<S>, stored: &Stored) -> Result<UploadedBody, OffloadError>
    where
        S: Stream<Item = io::Result<Bytes>> + Unpin,
    {
        let Some(Encoded { len, sha256 }) = parts.encoded() else {
            return Err(self.unreadable(io::ErrorKind::UnexpectedEof.into()));
        };
        self.check_deadline(stored.initiated)?;
        let pointer = BlobPointer {
            bucket: self.place.bucket.clone(),
            key: self.place.key.clone(),
            stored_len: stored.len,
            len,
            sha256,
            encoding: match self.options.object.zstd_level {
                None => Encoding::Identity,
                Some(_) => Encoding::Zstd,
            },
            kind: self.options.kind,
            content_type: self.options.object.content_type.clone(),
        };
        Ok(UploadedBody {
            pointer,
            initiated: stored.initiated,
            deadline: stored.initiated + self.options.write_deadline,
            parts_sent: stored.parts_new,
            parts_reused: stored.parts_old,
        })
    }
}
