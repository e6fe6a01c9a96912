//! The bytes of an object for readers that block, decompressed.

use bytes::{Buf as _, Bytes};
use bzip2::bufread::MultiBzDecoder;
use ddbkit_store::{ObjectReader, Store, StoreError};
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use tokio::runtime::Handle;

const BUFFER: usize = 128 * 1024;
const GZIP: &[u8] = &[0x1f, 0x8b];
const BZIP2: &[u8] = b"BZh";

/// Reads an object on a thread that may block, in pieces as the store gives them.
pub(crate) struct StoreReader {
    handle: Handle,
    object: ObjectReader,
    chunk: Bytes,
}

impl StoreReader {
    pub(crate) fn open(handle: &Handle, store: &Store, key: &str) -> Result<Self, StoreError> {
        let object = handle.block_on(store.read(key))?;
        Ok(Self { handle: handle.clone(), object, chunk: Bytes::new() })
    }
}

impl Read for StoreReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.chunk.is_empty() {
            match self.handle.block_on(self.object.next_chunk()).map_err(io::Error::other)? {
                Some(chunk) => self.chunk = chunk,
                None => return Ok(0),
            }
        }
        let taken = out.len().min(self.chunk.len());
        if let Some(out) = out.get_mut(..taken) {
            self.chunk.copy_to_slice(out);
        }
        Ok(taken)
    }
}

/// The stream without its compression; the first bytes tell which.
pub(crate) fn decompress<'a>(mut stream: impl Read + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let mut magic = Vec::with_capacity(BZIP2.len());
    (&mut stream).take(BZIP2.len() as u64).read_to_end(&mut magic)?;
    let (is_gzip, is_bzip2) = (magic.starts_with(GZIP), magic.starts_with(BZIP2));
    let whole = Read::chain(Cursor::new(magic), stream);
    let stream = BufReader::with_capacity(BUFFER, whole);
    Ok(if is_gzip {
        Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(stream)))
    } else if is_bzip2 {
        Box::new(BufReader::with_capacity(BUFFER, MultiBzDecoder::new(stream)))
    } else {
        Box::new(stream)
    })
}
