//! Objects on their way in and out.

use crate::backend::Upload;
use crate::{ETag, FileReader, ObjectMeta, StoreError};
use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, Stream, StreamExt};
use std::fmt;

/// An object that is read piece by piece.
pub struct ObjectReader {
    meta: ObjectMeta,
    chunks: BoxStream<'static, Result<Bytes, StoreError>>,
    /// The object as long as it is a file of which nothing was read.
    file: Option<FileReader>,
}

impl ObjectReader {
    /// A reader over some bytes, for stores of your own.
    #[must_use]
    pub fn new(
        meta: ObjectMeta,
        chunks: impl Stream<Item = Result<Bytes, StoreError>> + Send + 'static,
    ) -> Self {
        Self { meta, chunks: chunks.boxed(), file: None }
    }

    /// A reader of a file.
    pub(crate) fn of_file(meta: ObjectMeta, file: FileReader) -> Self {
        Self { meta, chunks: stream::empty().boxed(), file: Some(file) }
    }

    /// What is known about the object, the whole of it where only a part is read.
    #[must_use]
    pub fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    /// The next piece, `None` at the end. What was read is whole only when the end is reached.
    ///
    /// # Errors
    /// When reading fails or what arrives is damaged.
    pub async fn next_chunk(&mut self) -> Result<Option<Bytes>, StoreError> {
        if let Some(file) = self.file.take() {
            self.chunks = file.into_chunks().boxed();
        }
        self.chunks.next().await.transpose()
    }

    /// The object as a file, for a caller that has a thread of its own to read on.
    ///
    /// # Errors
    /// The reader as it was, where the object is no file or a piece of it was read already.
    pub fn into_file(mut self) -> Result<FileReader, Box<Self>> {
        self.file.take().ok_or_else(|| Box::new(self))
    }

    /// The same reader with its key as the caller knows it.
    pub(crate) fn map_meta(self, map: impl FnOnce(ObjectMeta) -> ObjectMeta) -> Self {
        Self { meta: map(self.meta), ..self }
    }

    /// All of it.
    pub(crate) async fn collect(mut self) -> Result<(ObjectMeta, Bytes), StoreError> {
        let Some(first) = self.next_chunk().await? else { return Ok((self.meta, Bytes::new())) };
        let Some(second) = self.next_chunk().await? else { return Ok((self.meta, first)) };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.next_chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok((self.meta, all.freeze()))
    }
}

impl fmt::Debug for ObjectReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectReader").field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// An object that is written piece by piece. It becomes visible, whole, when it is finished;
/// dropping it before leaves nothing that can be seen.
#[derive(Debug)]
pub struct ObjectWriter(pub(crate) Box<dyn Upload>);

impl ObjectWriter {
    /// Appends bytes.
    ///
    /// # Errors
    /// When they cannot be written; the object is lost then. So it is when the future is dropped
    /// before its end.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        self.0.write(bytes).await
    }

    /// Makes the object visible. If the future is dropped before its end, the object may become
    /// visible or not.
    ///
    /// # Errors
    /// When the condition of the write does not hold, or the last bytes cannot be written.
    pub async fn finish(self) -> Result<ETag, StoreError> {
        self.0.finish().await
    }

    /// Gives the object up and cleans away what was written.
    ///
    /// # Errors
    /// When the cleaning fails; nothing is visible all the same.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), ddbkit_store::StoreError> {
    /// use ddbkit_store::{PutOptions, Store};
    ///
    /// let store = Store::memory();
    /// let mut writer = store.writer("report.json", PutOptions::default()).await?;
    /// writer.write("{".into()).await?;
    /// writer.abort().await?;
    /// assert_eq!(store.head("report.json").await?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn abort(self) -> Result<(), StoreError> {
        self.0.abort().await
    }
}
