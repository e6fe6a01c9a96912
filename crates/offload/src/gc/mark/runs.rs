//! Sorted runs of keys in unnamed files, and their merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};
use std::path::Path;
use zstd::stream::raw::CParameter;
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

/// Fast, and half of the bytes: keys are hexadecimal digits and start alike.
const ZSTD_LEVEL: i32 = 1;
/// Window of the compressor, as a power of two: what each open run holds.
const WINDOW_LOG: u32 = 17;
/// Bytes that are read from a run, or written to it, at once.
const BUFFER: usize = 32 * 1024;

/// A sorted run on disk.
#[derive(Debug)]
pub(super) struct Run {
    file: File,
    /// Bytes as stored.
    pub(super) bytes: u64,
}

pub(super) struct RunWriter(BufWriter<Encoder<'static, BufWriter<File>>>);

impl RunWriter {
    pub(super) fn create(scratch: &Path) -> io::Result<Self> {
        Self::to(tempfile::tempfile_in(scratch)?)
    }

    pub(super) fn to(file: File) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER, file);
        let mut encoder = Encoder::new(file, ZSTD_LEVEL)?;
        encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        encoder.include_checksum(true)?;
        Ok(Self(BufWriter::with_capacity(BUFFER, encoder)))
    }

    pub(super) fn write(&mut self, key: &[u8]) -> io::Result<()> {
        let length = u16::try_from(key.len()).map_err(io::Error::other)?;
        self.0.write_all(&length.to_le_bytes())?;
        self.0.write_all(key)
    }

    pub(super) fn finish(self) -> io::Result<Run> {
        let encoder = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut file = encoder.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.stream_position()?;
        file.rewind()?;
        Ok(Run { file, bytes })
    }
}

/// The keys of a run, in order.
pub(super) struct RunReader {
    input: Decoder<'static, BufReader<File>>,
}

impl RunReader {
    pub(super) fn new(run: Run) -> io::Result<Self> {
        Self::of(run.file)
    }

    pub(super) fn of(file: File) -> io::Result<Self> {
        let file = BufReader::with_capacity(BUFFER, file);
        Ok(Self { input: Decoder::with_buffer(file)? })
    }

    /// Reads the next key in; false at the end.
    pub(super) fn next(&mut self, key: &mut Vec<u8>) -> io::Result<bool> {
        let mut length = [0; 2];
        let (first, second) = length.split_at_mut(1);
        if self.input.read(first)? == 0 {
            return Ok(false);
        }
        self.input.read_exact(second)?;
        key.resize(u16::from_le_bytes(length).into(), 0);
        self.input.read_exact(key)?;
        Ok(true)
    }
}

/// The keys of several runs, in order, each once.
pub(super) struct Merged {
    readers: Vec<RunReader>,
    /// The next key of each reader that has one.
    heads: BinaryHeap<Reverse<(Vec<u8>, usize)>>,
    last: Option<Vec<u8>>,
}

impl Merged {
    pub(super) fn new(runs: impl IntoIterator<Item = Run>) -> io::Result<Self> {
        let readers: io::Result<Vec<_>> = runs.into_iter().map(RunReader::new).collect();
        let mut merged = Self { readers: readers?, heads: BinaryHeap::new(), last: None };
        for number in 0..merged.readers.len() {
            merged.advance(number, Vec::new())?;
        }
        Ok(merged)
    }

    fn advance(&mut self, number: usize, mut key: Vec<u8>) -> io::Result<()> {
        if let Some(reader) = self.readers.get_mut(number)
            && reader.next(&mut key)?
        {
            self.heads.push(Reverse((key, number)));
        }
        Ok(())
    }

    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        while let Some(Reverse((key, number))) = self.heads.pop() {
            let is_new = self.last.as_ref() != Some(&key);
            let buffer = if is_new { self.last.replace(key) } else { Some(key) };
            self.advance(number, buffer.unwrap_or_default())?;
            if is_new {
                return Ok(self.last.as_deref());
            }
        }
        Ok(None)
    }
}
