//! Sorted runs in unnamed files, and their merge.

use super::key::KeyDigest;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};
use std::mem;
use std::path::Path;
use zstd::stream::raw::CParameter;
use zstd::stream::read::Decoder;
use zstd::stream::write::Encoder;

/// Fast, and a third of the bytes.
const ZSTD_LEVEL: i32 = 1;
/// Window of the compressor, as a power of two: what each open run holds.
const WINDOW_LOG: u32 = 17;
/// Bytes that are read from a run, or written to it, at once.
const BUFFER: usize = 32 * 1024;
/// Digest, file, line and length in front of an item.
const HEAD: usize = 16 + 4 + 8 + 4;

/// Where an entry came from: files are numbered through all exports, those of the base first, then
/// those of the windows by time. So of two entries with one key the later is the newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: u32,
    pub(super) line: u64,
}

/// What entries are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct EntryKey {
    pub(super) digest: KeyDigest,
    pub(super) place: Place,
}

/// An item of the base, or what a change record left of one.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) key: EntryKey,
    /// The JSON of the item; empty where it was deleted.
    pub(super) item: Vec<u8>,
}

/// A sorted run.
pub(super) struct Run {
    file: File,
    /// Bytes as stored.
    pub(super) bytes: u64,
}

pub(super) struct RunWriter {
    out: BufWriter<Encoder<'static, BufWriter<File>>>,
}

impl RunWriter {
    pub(super) fn create(scratch: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(scratch)?);
        let mut encoder = Encoder::new(file, ZSTD_LEVEL)?;
        encoder.set_parameter(CParameter::WindowLog(WINDOW_LOG))?;
        encoder.include_checksum(true)?;
        Ok(Self { out: BufWriter::with_capacity(BUFFER, encoder) })
    }

    pub(super) fn write(&mut self, key: &EntryKey, item: &[u8]) -> io::Result<()> {
        // An item is far smaller than 4 GiB: lines are refused long before.
        let length = u32::try_from(item.len()).map_err(io::Error::other)?;
        self.out.write_all(&key.digest)?;
        self.out.write_all(&key.place.file.to_le_bytes())?;
        self.out.write_all(&key.place.line.to_le_bytes())?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(item)
    }

    pub(super) fn finish(self) -> io::Result<Run> {
        let encoder = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut file = encoder.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        let bytes = file.stream_position()?;
        file.rewind()?;
        Ok(Run { file, bytes })
    }
}

/// A run with its next entry.
struct RunReader {
    input: Decoder<'static, BufReader<File>>,
    next: Entry,
}

impl RunReader {
    /// Reads the next entry in; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        let mut head = [0; HEAD];
        let Some(first) = head.first_chunk_mut::<1>() else { return Ok(false) };
        if self.input.read(first)? == 0 {
            return Ok(false);
        }
        self.input.read_exact(&mut head[1..])?;
        let mut rest = &head[..];
        let digest = take(&mut rest);
        let file = u32::from_le_bytes(take(&mut rest));
        let line = u64::from_le_bytes(take(&mut rest));
        let length = u32::from_le_bytes(take(&mut rest));
        self.next.key = EntryKey { digest, place: Place { file, line } };
        self.next.item.clear();
        let read = (&mut self.input).take(length.into()).read_to_end(&mut self.next.item)?;
        if read == length as usize { Ok(true) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
    match bytes.split_first_chunk() {
        Some((first, rest)) => {
            *bytes = rest;
            *first
        }
        None => [0; N],
    }
}

/// Entries of several runs in order.
pub(super) struct Merged {
    runs: Vec<RunReader>,
    /// The next entry of each run that is not at its end, smallest on top.
    heads: BinaryHeap<Reverse<(EntryKey, usize)>>,
}

impl Merged {
    pub(super) fn new(runs: Vec<Run>) -> io::Result<Self> {
        let open = |run: Run| {
            let input = Decoder::with_buffer(BufReader::with_capacity(BUFFER, run.file))?;
            Ok(RunReader { input, next: Entry::default() })
        };
        let mut merged = Self {
            runs: runs.into_iter().map(open).collect::<io::Result<_>>()?,
            heads: BinaryHeap::new(),
        };
        for at in 0..merged.runs.len() {
            merged.advance(at)?;
        }
        Ok(merged)
    }

    /// Puts the next entry into `entry`; false at the end.
    pub(super) fn next(&mut self, entry: &mut Entry) -> io::Result<bool> {
        let Some(Reverse((key, at))) = self.heads.pop() else { return Ok(false) };
        if let Some(run) = self.runs.get_mut(at) {
            entry.key = key;
            mem::swap(&mut entry.item, &mut run.next.item);
        }
        self.advance(at)?;
        Ok(true)
    }

    fn advance(&mut self, at: usize) -> io::Result<()> {
        if let Some(run) = self.runs.get_mut(at)
            && run.advance()?
        {
            self.heads.push(Reverse((run.next.key, at)));
        }
        Ok(())
    }
}
