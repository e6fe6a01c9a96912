//! The bytes of an object from an async task to a blocking reader.

use crate::checksum::{Md5Hasher, Md5Sum};
use bytes::{Buf as _, Bytes};
use ddbkit_store::{ObjectReader, StoreError};
use std::io::{self, Read};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Chunks on their way; bounds what is read ahead of the decoder.
const CHUNKS_AHEAD: usize = 4;

/// What the task sends. The end is said, so that a task that was stopped is no end.
enum Piece {
    Chunk(Bytes),
    Failed(StoreError),
    End,
}

/// Reads the object on a task of the current runtime until the reader is dropped.
pub(crate) fn start(mut object: ObjectReader, with_md5: bool) -> (FeedReader, AbortHandle) {
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
    let reader = FeedReader {
        receiver,
        chunk: Bytes::new(),
        md5: with_md5.then(Md5Hasher::default),
        bytes: 0,
        state: FeedState::Open,
    };
    (reader, task.abort_handle())
}

/// The blocking end; digests every byte that passes, where that is asked for.
pub(crate) struct FeedReader {
    receiver: mpsc::Receiver<Piece>,
    chunk: Bytes,
    md5: Option<Md5Hasher>,
    bytes: u64,
    state: FeedState,
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

impl FeedReader {
    /// Reads what is left, so that the checksum covers the whole object, and tells how it ended.
    pub(crate) fn finish(mut self) -> FeedEnd {
        while let FeedState::Open = self.state {
            self.next_chunk();
        }
        match self.state {
            FeedState::Failed(error) => FeedEnd::Failed(error),
            FeedState::Open | FeedState::Stopped => FeedEnd::Stopped,
            FeedState::Ended => {
                FeedEnd::Complete { md5: self.md5.map(Md5Hasher::finish), bytes: self.bytes }
            }
        }
    }

    fn next_chunk(&mut self) {
        match self.receiver.blocking_recv() {
            Some(Piece::Chunk(chunk)) => {
                if let Some(md5) = &mut self.md5 {
                    md5.update(&chunk);
                }
                self.bytes += chunk.len() as u64;
                self.chunk = chunk;
            }
            Some(Piece::End) => self.state = FeedState::Ended,
            Some(Piece::Failed(error)) => self.state = FeedState::Failed(error),
            None => self.state = FeedState::Stopped,
        }
    }
}

impl Read for FeedReader {
    /// Fills `out` but at the end: chunks of a store may be a few bytes long, and whoever tells
    /// formats apart by their first bytes wants to see them at once.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(free) = out.get_mut(filled..).filter(|free| !free.is_empty()) {
            if self.chunk.is_empty() {
                match self.state {
                    FeedState::Open => {
                        self.next_chunk();
                        continue;
                    }
                    FeedState::Ended => break,
                    FeedState::Failed(_) | FeedState::Stopped => {
                        return Err(io::Error::other("the object could not be read to its end"));
                    }
                }
            }
            let taken = free.len().min(self.chunk.len());
            let (target, _) = free.split_at_mut(taken);
            self.chunk.copy_to_slice(target);
            filled += taken;
        }
        Ok(filled)
    }
}
