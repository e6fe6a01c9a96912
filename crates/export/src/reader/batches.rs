//! The lines of all data files, several files at a time.

use super::{ExportReader, LineBatch, ReadOptions};
use crate::ExportError;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use std::num::NonZeroUsize;

/// Whole lines of one of the data files.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileBatch {
    /// Which of [`ExportReader::files`], from 0.
    pub file: usize,
    /// The lines, in the order of the file; those of other files come between them.
    pub lines: LineBatch,
}

impl ExportReader {
    /// The lines of all data files, up to `at_once` files read at the same time, each by a thread
    /// of its own.
    ///
    /// When the stream has ended without an error, every file was proven against its entry of the
    /// manifest, and the manifests agree with each other. What was read before that stands on
    /// bytes that were not proven yet. After an error the other files would go on; most callers
    /// stop there.
    ///
    /// Memory: a few MiB for each file that is open, whatever the size of the export, or a line
    /// where one is longer.
    ///
    /// ```
    /// # async fn example(reader: ddbkit_export::ExportReader) -> Result<(), ddbkit_export::ExportError> {
    /// use futures::TryStreamExt as _;
    /// use std::num::NonZeroUsize;
    ///
    /// let mut batches = reader.batches(NonZeroUsize::new(4).unwrap())?;
    /// while let Some(batch) = batches.try_next().await? {
    ///     for (number, line) in batch.lines.iter() {
    ///         println!("{}:{number}: {} bytes", reader.files()[batch.file].file_name(), line.len());
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ExportReader::check_manifests`]; results of the stream as [`ExportReader::read_file`]
    /// and [`LineStream::next`](crate::LineStream::next).
    pub fn batches(
        &self,
        at_once: NonZeroUsize,
    ) -> Result<
        impl Stream<Item = Result<FileBatch, ExportError>> + Send + Unpin + use<>,
        ExportError,
    > {
        self.check_manifests()?;
        let reader = self.clone();
        let files = stream::iter(0..self.files.len());
        let batches = files.map(move |file| Box::pin(reader.clone().batches_of(file)));
        Ok(batches.flatten_unordered(at_once.get()))
    }

    /// The lines of one file.
    fn batches_of(self, file: usize) -> impl Stream<Item = Result<FileBatch, ExportError>> + Send {
        let opened = async move {
            let Some(entry) = self.files.get(file) else { return Ok(None) };
            self.read_file(entry, ReadOptions::default()).await.map(Some)
        };
        let lines = stream::once(opened).map_ok(move |lines| {
            stream::try_unfold(lines, move |lines| async move {
                let Some(mut lines) = lines else { return Ok(None) };
                let next = lines.next().await?;
                Ok(next.map(|batch| (FileBatch { file, lines: batch }, Some(lines))))
            })
        });
        lines.try_flatten()
    }
}
