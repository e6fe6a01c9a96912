//! The memory of batches that the caller is done with, used again.

use super::lines::{BATCH_BYTES, BATCHES_AHEAD};
use bytes::Bytes;
use std::collections::VecDeque;

/// The batches on their way, the one that the caller has, and the one that is filled.
const REMEMBERED: usize = BATCHES_AHEAD + 2;

/// Handles to what was sent last.
///
/// An allocator gives memory of this size back to the system and asks for it anew, and the system
/// clears each page of it: a sixth of the time of reading a compressed file. Whoever keeps a batch,
/// or a part of it, keeps its memory: that is not taken.
#[derive(Debug, Default)]
pub(super) struct SentBuffers(VecDeque<Bytes>);

impl SentBuffers {
    pub(super) fn remember(&mut self, sent: &Bytes) {
        self.0.truncate(REMEMBERED - 1);
        self.0.push_front(sent.clone());
    }

    /// Room for a batch and nothing in it.
    pub(super) fn take_free(&mut self) -> Vec<u8> {
        // The oldest is the first that comes back.
        let Some(free) = self.0.pop_back_if(|sent| sent.is_unique()) else {
            // In one piece at once: growing there would copy most of it again.
            return Vec::with_capacity(BATCH_BYTES);
        };
        let mut buffer = Vec::from(free);
        buffer.clear();
        buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_when_nobody_has_it_any_more() {
        let mut buffers = SentBuffers::default();
        let mut buffer = buffers.take_free();
        let place = buffer.as_ptr();
        buffer.extend_from_slice(b"lines");
        let sent = Bytes::from(buffer);
        buffers.remember(&sent);
        let kept = sent.slice(1..3);
        drop(sent);
        let other = buffers.take_free();
        assert!(other.as_ptr() != place && *kept == *b"in");
        drop(kept);
        let again = buffers.take_free();
        assert_eq!((again.as_ptr(), again.len()), (place, 0));
        assert!(again.capacity() >= BATCH_BYTES);
    }

    #[test]
    fn what_is_kept_for_long_is_forgotten() {
        let mut buffers = SentBuffers::default();
        let kept = vec![Bytes::from(vec![1; 8]); REMEMBERED + 3];
        for sent in &kept {
            buffers.remember(sent);
        }
        assert_eq!(buffers.0.len(), REMEMBERED);
        assert!(buffers.take_free().is_empty());
    }
}
