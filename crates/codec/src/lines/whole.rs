//! Whole streams in memory.

use super::{LineBatch, LineError, LineOptions, LineReader};
use memchr::memchr_iter;

/// Puts all lines of a whole stream that is in memory, plain, gzip or zstd, in place of what is in
/// the batch: the fastest way for objects that fit in memory twice.
///
/// With the feature `libdeflate` a gzip stream of one member, like the objects of an export, is
/// inflated in one call by libdeflate, about 1.6 times as fast as piece by piece. The text may
/// have `most_bytes` and no more; use [`LineReader`] for streams that may be larger. The batch
/// keeps its memory from one call to the next.
///
/// ```
/// use ddbkit_codec::lines::{LineBatch, read_all};
///
/// let mut batch = LineBatch::default();
/// read_all(b"{\"pk\":{\"S\":\"a\"}}\n{\"pk\":{\"S\":\"b\"}}\n", 64 << 20, &mut batch)?;
/// assert_eq!(batch.iter().count(), 2);
/// # Ok::<(), ddbkit_codec::lines::LineError>(())
/// ```
///
/// # Errors
/// As [`LineReader::next_batch`], with [`TooLarge`] when there are more than
/// `most_bytes`. The batch is empty then.
///
/// [`TooLarge`]: super::LineErrorKind::TooLarge
pub fn read_all(bytes: &[u8], most_bytes: usize, batch: &mut LineBatch) -> Result<(), LineError> {
    batch.first_line = 1;
    batch.first_offset = 0;
    let read = read(bytes, most_bytes, &mut batch.bytes);
    if read.is_err() {
        batch.bytes.clear();
    }
    let newlines = memchr_iter(b'\n', &batch.bytes).count();
    let is_open = batch.bytes.last().is_some_and(|last| *last != b'\n');
    batch.lines = newlines as u64 + u64::from(is_open);
    read
}

fn read(bytes: &[u8], most_bytes: usize, out: &mut Vec<u8>) -> Result<(), LineError> {
    #[cfg(feature = "libdeflate")]
    if inflate::one_member(bytes, most_bytes, out).is_some() {
        return Ok(());
    }
    out.clear();
    let most = Some(most_bytes as u64);
    let options = LineOptions { longest_line: most_bytes, most_bytes: most, ..Default::default() };
    let mut reader = LineReader::with_options(bytes, options);
    let mut part = LineBatch::default();
    while reader.next_batch(&mut part)? {
        out.extend_from_slice(&part.bytes);
    }
    Ok(())
}

#[cfg(feature = "libdeflate")]
mod inflate {
    use super::super::input::Compression;
    use libdeflater::Decompressor;
    use memchr::memmem;

    /// Checksum and length of the text, at the end of each member.
    const TRAILER: usize = 8;
    /// Deflate cannot make more out of one byte.
    const MOST_EXPANSION: usize = 1_032;

    /// Inflates a gzip stream of one member. `None` for every other stream, and what is wrong with
    /// it is not known.
    pub(super) fn one_member(bytes: &[u8], most_bytes: usize, out: &mut Vec<u8>) -> Option<()> {
        if Compression::of(bytes) != Compression::Gzip {
            return None;
        }
        let trailer: [u8; TRAILER] = *bytes.last_chunk()?;
        let [_, _, _, _, length @ ..] = trailer;
        let length = usize::try_from(u32::from_le_bytes(length)).ok()?;
        if length > most_bytes || length / MOST_EXPANSION > bytes.len() {
            return None;
        }
        // Memory that was there before is not set to zero again.
        out.resize(length, 0);
        let inflated = Decompressor::new().gzip_decompress(bytes, out).ok()?;
        // The call does not say how much it read. The member ends with the trailer of its text; if
        // that stands at the very end and nowhere before, then there is one member and no more.
        let is_alone = memmem::find(bytes, &trailer) == Some(bytes.len() - TRAILER);
        (inflated == length && is_alone).then_some(())
    }
}
