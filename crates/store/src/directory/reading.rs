//! A file that is read, by threads for file work or by one that the caller has.

use super::{blocking, cannot};
use crate::StoreError;
use bytes::Bytes;
use futures::stream::{self, Stream};
use std::fs::File;
use std::io::{ErrorKind, Read, Take};
use std::path::PathBuf;

/// How much is read at a time where nobody says.
const CHUNK: u64 = 1024 * 1024;

/// An object that is a file, read on the thread of the caller.
///
/// For work that has a thread of its own anyway: the bytes go where they are wanted, with no memory
/// and no threads between that would have to be woken for them.
#[derive(Debug)]
pub struct FileReader {
    part: Take<File>,
    path: PathBuf,
}

impl FileReader {
    /// Reads so many bytes from where the file stands.
    pub(super) fn new(file: File, length: u64, path: PathBuf) -> Self {
        Self { part: file.take(length), path }
    }

    /// Reads up to as many bytes as there is room for, and returns how many; 0 at the end. It
    /// blocks: call it on a thread that may wait.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&mut self, out: &mut [u8]) -> Result<usize, StoreError> {
        loop {
            match self.part.read(out) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => return read.map_err(|error| cannot("read", &self.path, error)),
            }
        }
    }

    /// The same, piece by piece off the async threads.
    pub(crate) fn into_chunks(self) -> impl Stream<Item = Result<Bytes, StoreError>> + Send {
        stream::try_unfold(self, |file| async {
            let (chunk, file) = blocking(move || file.chunk()).await?;
            Ok((!chunk.is_empty()).then_some((chunk, file)))
        })
    }

    fn chunk(mut self) -> Result<(Bytes, Self), StoreError> {
        let left = self.part.limit();
        let length = left.min(CHUNK);
        // The memory in one piece at once: growing would copy most of it.
        let mut chunk = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        self.part.set_limit(length);
        let read = self.part.read_to_end(&mut chunk);
        self.part.set_limit(left - chunk.len() as u64);
        read.map_err(|error| cannot("read", &self.path, error))?;
        Ok((chunk.into(), self))
    }
}
