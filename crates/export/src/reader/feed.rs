//! The bytes of an object for a reader that blocks.

use crate::checksum::{Md5Hasher, Md5Sum};
use bytes::{Buf as _, Bytes};
use ddbkit_store::{FileReader, ObjectReader, StoreError};
use std::io::{self, Read};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Chunks on their way; bounds what is read ahead of the decoder.
const CHUNKS_AHEAD: usize = 4;

/// How much is read at once of what nobody wants but the checksum.
const REST: usize = 16 * 1024;

/// What the task sends. The end is said, so that a task that was stopped is no end.
enum Piece {
    Chunk(Bytes),
    Failed(StoreError),
    End,
}

/// The bytes of the object, and the task of the current runtime that reads ahead, which ends when the
/// feed is dropped. A file needs none: it is read where its bytes are wanted, while they are hot.
pub(crate) fn start(object: ObjectReader, with_md5: bool) -> (FeedReader, Option<AbortHandle>) {
    let (source, task) = match object.into_file() {
        Ok(file) => (Source::File(file), None),
        Err(object) => {
            let (pieces, task) = read_ahead(*object);
            (Source::Task { pieces, chunk: Bytes::new() }, Some(task))
        }
    };
    let md5 = with_md5.then(Md5Hasher::default);
    (FeedReader { source, md5, bytes: 0, state: FeedState::Open }, task)
}

fn read_ahead(mut object: ObjectReader) -> (mpsc::Receiver<Piece>, AbortHandle) {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    let task = tokio::spawn(async move {
        loop {
            let piece = match object.next_chunk().await {
                Ok(Some(chunk)) => Piece::Chunk(chunk),
                Ok(None) => Piece::End,
                Err(error) => Piece::Failed(error),
            };
            let is_last = !matches!(piece, Piece::Chunk(_));
            if sender.send(piece).await.is_err() || is_last {
                return;
            }
        }
    });
    (receiver, task.abort_handle())
}

/// The blocking end; digests every byte that passes, where that is asked for.
pub(crate) struct FeedReader {
    source: Source,
    md5: Option<Md5Hasher>,
    bytes: u64,
    state: FeedState,
}

enum Source {
    File(FileReader),
    Task { pieces: mpsc::Receiver<Piece>, chunk: Bytes },
}

enum FeedState {
    Open,
    Ended,
    Failed(StoreError),
    /// The task was stopped before the end.
    Stopped,
}

/// How the bytes ended.
pub(crate) enum FeedEnd {
    /// All bytes were read.
    Complete { md5: Option<Md5Sum>, bytes: u64 },
    /// The store failed half way.
    Failed(StoreError),
    /// The task was stopped before the end.
    Stopped,
}

impl Source {
    /// Some bytes, or in what way there are no more.
    fn read(&mut self, out: &mut [u8]) -> Result<usize, FeedState> {
        match self {
            Self::File(file) => match file.read(out) {
                Ok(0) => Err(FeedState::Ended),
                read => read.map_err(FeedState::Failed),
            },
            Self::Task { pieces, chunk } => {
                while chunk.is_empty() {
                    *chunk = match pieces.blocking_recv() {
                        Some(Piece::Chunk(chunk)) => chunk,
                        Some(Piece::End) => return Err(FeedState::Ended),
                        Some(Piece::Failed(error)) => return Err(FeedState::Failed(error)),
                        None => return Err(FeedState::Stopped),
                    };
                }
                let length = out.len().min(chunk.len());
                let (target, _) = out.split_at_mut(length);
                chunk.copy_to_slice(target);
                Ok(length)
            }
        }
    }
}

impl FeedReader {
    /// Reads what is left, so that the checksum covers the whole object, and tells how it ended. It stops
    /// when nobody wants to know any more.
    pub(crate) fn finish(mut self, is_wanted: impl Fn() -> bool) -> FeedEnd {
        let mut rest = [0; REST];
        while matches!(self.state, FeedState::Open) && is_wanted() {
            self.some(&mut rest);
        }
        match self.state {
            FeedState::Failed(error) => FeedEnd::Failed(error),
            FeedState::Open | FeedState::Stopped => FeedEnd::Stopped,
            FeedState::Ended => {
                FeedEnd::Complete { md5: self.md5.map(Md5Hasher::finish), bytes: self.bytes }
            }
        }
    }

    /// Reads some bytes; none when there are no more, and the state says why.
    fn some(&mut self, out: &mut [u8]) -> usize {
        match self.source.read(out) {
            Ok(length) => {
                if let (Some(md5), Some(bytes)) = (&mut self.md5, out.get(..length)) {
                    md5.update(bytes);
                }
                self.bytes += length as u64;
                length
            }
            Err(state) => {
                self.state = state;
                0
            }
        }
    }
}

impl Read for FeedReader {
    /// Fills `out` but at the end: chunks of a store may be a few bytes long, and whoever tells
    /// formats apart by their first bytes wants to see them at once.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(free) = out.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.state {
                FeedState::Open => filled += self.some(free),
                FeedState::Ended => break,
                FeedState::Failed(_) | FeedState::Stopped => {
                    return Err(io::Error::other("the object could not be read to its end"));
                }
            }
        }
        Ok(filled)
    }
}
