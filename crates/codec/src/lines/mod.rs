//! Lines out of plain, gzip and zstd streams.
//!
//! The first bytes of a stream tell how it is compressed. gzip needs the feature `gzip`, zstd the
//! feature `zstd`; without them such a stream is an error that names the feature.

mod batch;
mod error;
mod input;
mod reader;
mod whole;
#[cfg(feature = "ion")]
mod window;

pub(crate) use batch::Position;
pub use batch::{Line, LineBatch};
pub use error::{LineError, LineErrorKind};
pub use reader::LineReader;
pub use whole::read_all;
#[cfg(feature = "ion")]
pub(crate) use window::Window;

/// An item of 400 KB whose every byte is written as `\u0000` has 2.4 MB; Base64 and names add
/// less. This leaves room for white space and for what surrounds the item.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// Lines of DynamoDB JSON without filler come to some hundred to one at most. gzip cannot do more
/// than about 1,000 to one, zstd more than 30,000.
const MOST_EXPANSION: u32 = 10_000;

/// So much may come out of a stream before its expansion counts: short streams of long runs are
/// no bombs.
const NEVER_A_BOMB: u64 = 64 * 1024 * 1024;

/// What a reader of lines lets pass. Memory is bounded by `longest_line` whatever the rest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineOptions {
    /// The longest line in bytes, with its newline; 16 MiB by default.
    pub longest_line: usize,
    /// The most bytes that may come out of the stream, for streams that may be made to fill a
    /// disk or a table; no limit by default.
    pub most_bytes: Option<u64>,
    /// How many bytes may come out of each byte of a compressed stream, on the whole; 10,000 by
    /// default, which only stops what was made to be a bomb. Not looked at for the first 64 MiB.
    pub most_expansion: u32,
}

impl Default for LineOptions {
    fn default() -> Self {
        Self { longest_line: LONGEST_LINE, most_bytes: None, most_expansion: MOST_EXPANSION }
    }
}

impl LineOptions {
    /// In what way so many bytes are more than may come out of a stream.
    fn excess(&self, bytes: u64, compressed: Option<u64>) -> Option<LineErrorKind> {
        if self.most_bytes.is_some_and(|most| bytes > most) {
            return Some(LineErrorKind::TooLarge);
        }
        let most = u64::from(self.most_expansion);
        let is_bomb = |compressed: u64| bytes > compressed.saturating_mul(most);
        let grown = bytes > NEVER_A_BOMB && compressed.is_some_and(is_bomb);
        grown.then_some(LineErrorKind::ExpandsTooMuch)
    }
}
