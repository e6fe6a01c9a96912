//! An object of a store as a stream that blocks.

use bytes::{Buf, Bytes};
use ddbkit::store::{ObjectReader, Store, StoreError};
use std::io::{self, Read};
use tokio::runtime::Handle;

/// Reads on a thread that may block, in pieces as the store gives them.
pub(crate) struct ObjectStream {
    reader: ObjectReader,
    chunk: Bytes,
    runtime: Handle,
}

impl ObjectStream {
    pub(crate) fn open(store: &Store, key: &str, runtime: &Handle) -> Result<Self, StoreError> {
        let reader = runtime.block_on(store.read(key))?;
        Ok(Self { reader, chunk: Bytes::new(), runtime: runtime.clone() })
    }
}

impl Read for ObjectStream {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.runtime.block_on(self.reader.next_chunk()).map_err(io::Error::other)? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let length = self.chunk.len().min(out.len());
        let (target, _) = out.split_at_mut(length);
        self.chunk.copy_to_slice(target);
        Ok(length)
    }
}
