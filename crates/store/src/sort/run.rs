//! Sorted records in a file.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::path::Path;
use zstd::stream::raw::CParameter;
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

/// Fast, and a third to a half of the bytes.
const ZSTD_LEVEL: i32 = 1;
/// Window of the compressor, as a power of two: what each open run holds.
const WINDOW_LOG: u32 = 17;
/// Bytes that are read from a run, or written to it, at once.
const BUFFER: usize = 32 * 1024;

/// A key and what it stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// What records are sorted by.
    pub key: Vec<u8>,
    /// What stands with it.
    pub payload: Vec<u8>,
}

/// A run that is written, from its beginning.
pub(super) struct Run {
    pub(super) file: File,
    /// Bytes as stored.
    pub(super) bytes: u64,
}

/// Writes records to a file, compressed and with a checksum.
pub struct RunWriter(BufWriter<Encoder<'static, BufWriter<File>>>);

impl RunWriter {
    pub(super) fn create(scratch: &Path) -> io::Result<Self> {
        Self::to(tempfile::tempfile_in(scratch)?)
    }

    /// A writer to a new file.
    ///
    /// # Errors
    /// When the compressor cannot be made.
    pub fn to(file: File) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER, file);
        let mut encoder = Encoder::new(file, ZSTD_LEVEL)?;
        encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        encoder.include_checksum(true)?;
        Ok(Self(BufWriter::with_capacity(BUFFER, encoder)))
    }

    /// Adds a record.
    ///
    /// # Errors
    /// When the file cannot be written, and for a record of 4 GiB and more.
    pub fn write(&mut self, key: &[u8], payload: &[u8]) -> io::Result<()> {
        let length = |part: &[u8]| u32::try_from(part.len()).map_err(io::Error::other);
        let lengths = [length(key)?.to_le_bytes(), length(payload)?.to_le_bytes()];
        self.0.write_all(lengths.as_flattened())?;
        self.0.write_all(key)?;
        self.0.write_all(payload)
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn close(self) -> io::Result<()> {
        self.finish().map(drop)
    }

    pub(super) fn finish(self) -> io::Result<Run> {
        let encoder = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut file = encoder.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.stream_position()?;
        file.rewind()?;
        Ok(Run { file, bytes })
    }
}

impl fmt::Debug for RunWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunWriter").finish_non_exhaustive()
    }
}

/// Reads what a [`RunWriter`] wrote.
///
/// ```
/// use ddbkit_store::sort::{Record, RunReader, RunWriter};
/// use std::fs::File;
///
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("keys");
/// let mut run = RunWriter::to(File::create(&path)?)?;
/// run.write(b"key", b"")?;
/// run.close()?;
/// let (mut run, mut record) = (RunReader::of(File::open(&path)?)?, Record::default());
/// assert!(run.next(&mut record)? && record.key == b"key");
/// assert!(!run.next(&mut record)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct RunReader {
    /// Buffered behind the decompressor as well, whose calls would cost more than small records.
    input: BufReader<Decoder<'static, BufReader<File>>>,
}

impl RunReader {
    /// A reader from here on.
    ///
    /// # Errors
    /// When the decompressor cannot be made.
    pub fn of(file: File) -> io::Result<Self> {
        let decoder = Decoder::with_buffer(BufReader::with_capacity(BUFFER, file))?;
        Ok(Self { input: BufReader::with_capacity(BUFFER, decoder) })
    }

    /// Reads the next record into `record`; false at the end.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        if self.input.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let mut lengths = [[0; 4]; 2];
        self.input.read_exact(lengths.as_flattened_mut())?;
        let [key, payload] = lengths.map(u32::from_le_bytes);
        self.fill(&mut record.key, key)?;
        self.fill(&mut record.payload, payload)?;
        Ok(true)
    }

    /// Takes so many bytes; only as much room as there are, should the length be damaged.
    fn fill(&mut self, part: &mut Vec<u8>, length: u32) -> io::Result<()> {
        part.clear();
        let mut left = length as usize;
        while left > 0 {
            let there = self.input.fill_buf()?;
            let taken = there.get(..left).unwrap_or(there);
            if taken.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            part.extend_from_slice(taken);
            let taken = taken.len();
            left -= taken;
            self.input.consume(taken);
        }
        Ok(())
    }
}

impl fmt::Debug for RunReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunReader").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_cut_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run");
        let mut run = RunWriter::to(File::create(&path).unwrap()).unwrap();
        for n in 0..1000_u32 {
            run.write(&n.to_be_bytes(), &[1; 40]).unwrap();
        }
        run.close().unwrap();
        let whole = std::fs::read(&path).unwrap();
        for cut in [whole.len() - 1, whole.len() / 2] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut run = RunReader::of(File::open(&path).unwrap()).unwrap();
            let mut record = Record::default();
            let end =
                std::iter::repeat_with(|| run.next(&mut record)).find(|it| !matches!(it, Ok(true)));
            assert!(end.unwrap().is_err(), "{cut} of {}", whole.len());
        }
    }
}
