//! The bytes of an object or a part: in memory, or in a file that is streamed.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use futures::{TryStreamExt, stream};
use md5::{Digest, Md5};
use s3s::dto::StreamingBlob;
use s3s::{S3Error, S3Result, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom};

use super::checksums::{Checksums, Claims};

/// How much of a file is read at a time.
const READ_SIZE: usize = 256 * 1024;

/// Bytes that are complete and do not change; clones share them.
#[derive(Clone, Debug)]
pub(super) enum Blob {
    Memory(Bytes),
    File(Arc<BlobFile>),
}

/// A file with a blob's bytes.
#[derive(Debug)]
pub(super) struct BlobFile {
    path: PathBuf,
    length: u64,
    /// Whether the file goes when its last reader has gone.
    unneeded: AtomicBool,
}

impl BlobFile {
    /// A file that no object names: it is removed when the value is dropped.
    pub(super) fn temporary(path: PathBuf, length: u64) -> Self {
        Self { path, length, unneeded: AtomicBool::new(true) }
    }

    /// A file that stays until [`discard`](Self::discard).
    pub(super) fn kept(path: PathBuf, length: u64) -> Self {
        Self { path, length, unneeded: AtomicBool::new(false) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Has the file removed as soon as nobody reads it.
    pub(super) fn discard(&self) {
        self.unneeded.store(true, Ordering::Relaxed);
    }
}

impl Drop for BlobFile {
    fn drop(&mut self) {
        if *self.unneeded.get_mut() {
            // It may have been moved away; what a failure leaves is cleaned up by the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Blob {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.length,
        }
    }

    /// The bytes of a range that lies within the blob.
    pub(super) async fn read(&self, range: Range<u64>) -> S3Result<StreamingBlob> {
        match self {
            Self::Memory(bytes) => {
                let at =
                    |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let bytes = bytes.slice(at(range.start)..at(range.end));
                Ok(StreamingBlob::wrap(stream::iter([Ok::<_, std::io::Error>(bytes)])))
            }
            Self::File(blob) => read_file(Arc::clone(blob), range).await,
        }
    }

    /// All bytes.
    pub(super) async fn read_all(&self) -> S3Result<StreamingBlob> {
        self.read(0..self.len()).await
    }
}

async fn read_file(blob: Arc<BlobFile>, range: Range<u64>) -> S3Result<StreamingBlob> {
    let mut file = tokio::fs::File::open(&blob.path).await.map_err(S3Error::internal_error)?;
    file.seek(SeekFrom::Start(range.start)).await.map_err(S3Error::internal_error)?;
    let left = range.end.saturating_sub(range.start);
    // The blob goes along: while it is read, its file stays.
    let chunks = stream::try_unfold((file, left, blob), |(mut file, left, blob)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        let want = usize::try_from(left).map_or(READ_SIZE, |left| left.min(READ_SIZE));
        let mut chunk = BytesMut::with_capacity(want);
        let read = (&mut file).take(want as u64).read_buf(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Some((chunk.freeze(), (file, left - read as u64, blob))))
    });
    Ok(StreamingBlob::wrap(chunks))
}

/// A body that has arrived whole and is what its sender says it is.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) blob: Blob,
    pub(super) md5: [u8; 16],
    pub(super) checksums: Checksums,
}

/// Where a body is put while it arrives.
enum Sink {
    Memory(Vec<u8>),
    File(tokio::fs::File, BlobFile),
}

/// Receives a body, into a file of that name if one is given, and checks it against its claims.
pub(super) async fn receive(
    body: Option<StreamingBlob>,
    file: Option<PathBuf>,
    mut claims: Claims,
    trailers: Option<s3s::TrailingHeaders>,
) -> S3Result<Received> {
    let mut sink = match file {
        None => Sink::Memory(Vec::new()),
        Some(path) => {
            let file = tokio::fs::File::create(&path).await.map_err(S3Error::internal_error)?;
            Sink::File(file, BlobFile::temporary(path, 0))
        }
    };
    let mut md5 = Md5::new();
    let mut hasher = claims.hasher();
    if let Some(mut body) = body {
        while let Some(chunk) = body.try_next().await.map_err(|_| s3_error!(IncompleteBody))? {
            md5.update(&chunk);
            hasher.update(&chunk);
            match &mut sink {
                Sink::Memory(bytes) => bytes.extend_from_slice(&chunk),
                Sink::File(file, blob) => {
                    file.write_all(&chunk).await.map_err(S3Error::internal_error)?;
                    blob.length += chunk.len() as u64;
                }
            }
        }
    }
    if let Some(trailers) = trailers.and_then(|trailers| trailers.take()) {
        claims.add_trailers(&trailers);
    }
    let md5 = md5.finalize().into();
    let checksums = claims.check(&md5, hasher.finalize())?;
    let blob = match sink {
        Sink::Memory(bytes) => Blob::Memory(bytes.into()),
        Sink::File(mut file, blob) => {
            file.flush().await.map_err(S3Error::internal_error)?;
            Blob::File(Arc::new(blob))
        }
    };
    Ok(Received { blob, md5, checksums })
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
