//! The MD5 of several files that are read or written at the same time.

use super::Md5Sum;
use super::rounds::{self, BLOCK, LANES, START, State};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What has to wait of a file for it to be digested beside others.
const WORTHWHILE: usize = 32 * 1024;

/// What waits of a file for others to come; then it is digested with those that are there.
const LONGEST_WAIT: usize = 1024 * 1024;

/// Files that are digested together. Clones are handles to the same files.
///
/// Memory: the bytes of the last [`LONGEST_WAIT`] of each file, and a piece.
#[derive(Clone, Default)]
pub(crate) struct Md5Lanes(Arc<Mutex<Files>>);

#[derive(Default)]
struct Files {
    open: BTreeMap<u64, File>,
    next: u64,
}

/// One of the files.
struct File {
    state: State,
    length: u64,
    /// Pieces of whole blocks.
    waiting: VecDeque<Bytes>,
    waiting_bytes: usize,
    /// The beginning of a block.
    rest: Vec<u8>,
}

/// The MD5 of one file, fed piece by piece.
pub(crate) struct Md5Hasher {
    lanes: Md5Lanes,
    file: u64,
}

impl fmt::Debug for Md5Lanes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Md5Lanes").finish_non_exhaustive()
    }
}

impl Md5Lanes {
    pub(crate) fn hasher(&self) -> Md5Hasher {
        let mut files = self.files();
        let file = files.next;
        files.next += 1;
        files.open.insert(file, File::default());
        Md5Hasher { lanes: self.clone(), file }
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        // Digesting does not panic, and half a digest would be found out by its sum.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Md5Hasher {
    pub(crate) fn update(&mut self, bytes: &Bytes) {
        let mut files = self.lanes.files();
        let Some(file) = files.open.get_mut(&self.file) else { return };
        file.push(bytes);
        while files.is_time_for(self.file) {
            files.digest_with_others(self.file);
        }
    }

    pub(crate) fn finish(self) -> Md5Sum {
        let mut files = self.lanes.files();
        while files.waiting_of(self.file) > 0 {
            files.digest_with_others(self.file);
        }
        files.open.remove(&self.file).unwrap_or_default().finish()
    }
}

impl Drop for Md5Hasher {
    fn drop(&mut self) {
        self.lanes.files().open.remove(&self.file);
    }
}

impl Files {
    fn waiting_of(&self, file: u64) -> usize {
        self.open.get(&file).map_or(0, |file| file.waiting_bytes)
    }

    fn is_time_for(&self, file: u64) -> bool {
        let waiting = self.waiting_of(file);
        let ready = self.open.values().filter(|file| file.waiting_bytes >= WORTHWHILE);
        waiting >= LONGEST_WAIT || (waiting >= WORTHWHILE && ready.count() >= LANES)
    }

    /// Digests what waits of a file, as far as the others that take part have as much.
    fn digest_with_others(&mut self, own: u64) {
        let others = self.open.iter().filter(|(file, _)| **file != own);
        let mut others: Vec<(usize, u64)> =
            others.map(|(file, other)| (other.waiting_bytes, *file)).collect();
        others.retain(|(waiting, _)| *waiting >= WORTHWHILE);
        others.sort_unstable_by(|a, b| b.cmp(a));
        let others = others.into_iter().take(LANES - 1).map(|(_, file)| file);
        let mut taking_part: Vec<(u64, File)> = [own]
            .into_iter()
            .chain(others)
            .filter_map(|file| Some((file, self.open.remove(&file)?)))
            .collect();
        digest(taking_part.iter_mut().map(|(_, file)| file).collect());
        self.open.extend(taking_part);
    }
}

/// Digests as much of each as waits of all.
fn digest(mut files: Vec<&mut File>) {
    if let [file] = &mut files[..] {
        for piece in mem::take(&mut file.waiting) {
            rounds::one(&mut file.state, &piece);
        }
        file.waiting_bytes = 0;
        return;
    }
    let mut left = files.iter().map(|file| file.waiting_bytes).min().unwrap_or_default();
    while left > 0 {
        // The pieces of all of them end at other places.
        let lengths = files.iter().filter_map(|file| file.waiting.front()).map(Bytes::len);
        let length = lengths.min().unwrap_or_default().min(left);
        if length == 0 {
            return;
        }
        let mut states = [START; LANES];
        let mut pieces: [Bytes; LANES] = Default::default();
        for (file, (state, piece)) in files.iter_mut().zip(states.iter_mut().zip(&mut pieces)) {
            (*state, *piece) = (file.state, file.take(length));
        }
        // A lane without a file digests the first file once more, for nobody.
        let [first, ..] = pieces.clone();
        for piece in pieces.iter_mut().skip(files.len()) {
            piece.clone_from(&first);
        }
        rounds::several(&mut states, pieces.each_ref().map(|piece| &piece[..]));
        for (file, state) in files.iter_mut().zip(states) {
            file.state = state;
        }
        left -= length;
    }
}

impl Default for File {
    fn default() -> Self {
        Self {
            state: START,
            length: 0,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            rest: Vec::with_capacity(BLOCK),
        }
    }
}

impl File {
    fn push(&mut self, bytes: &Bytes) {
        self.length = self.length.wrapping_add(bytes.len() as u64);
        let mut bytes = bytes.clone();
        if !self.rest.is_empty() {
            let missing = bytes.split_to(bytes.len().min(BLOCK - self.rest.len()));
            self.rest.extend_from_slice(&missing);
            if self.rest.len() < BLOCK {
                return;
            }
            let block = mem::replace(&mut self.rest, Vec::with_capacity(BLOCK));
            self.wait(block.into());
        }
        let rest = bytes.split_off(bytes.len() - bytes.len() % BLOCK);
        self.rest.extend_from_slice(&rest);
        self.wait(bytes);
    }

    fn wait(&mut self, blocks: Bytes) {
        if !blocks.is_empty() {
            self.waiting_bytes += blocks.len();
            self.waiting.push_back(blocks);
        }
    }

    /// The next bytes that wait, no more of them than the first piece has.
    fn take(&mut self, length: usize) -> Bytes {
        let Some(mut piece) = self.waiting.pop_front() else { return Bytes::new() };
        let taken = piece.split_to(length.min(piece.len()));
        self.waiting_bytes -= taken.len();
        if !piece.is_empty() {
            self.waiting.push_front(piece);
        }
        taken
    }

    /// The sum of a file of which nothing waits.
    fn finish(mut self) -> Md5Sum {
        // A one, zeros up to the last eight bytes of a block, and the length in bits.
        self.rest.push(0x80);
        let zeros = (BLOCK + BLOCK - 8 - self.rest.len()) % BLOCK;
        self.rest.resize(self.rest.len() + zeros, 0);
        self.rest.extend_from_slice(&self.length.wrapping_mul(8).to_le_bytes());
        rounds::one(&mut self.state, &self.rest);
        let mut sum = [0; 16];
        for (bytes, word) in sum.as_chunks_mut::<4>().0.iter_mut().zip(self.state) {
            *bytes = word.to_le_bytes();
        }
        Md5Sum(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bytes(seed: u64, length: usize) -> Vec<u8> {
        let mut random = fastrand::Rng::with_seed(seed);
        std::iter::repeat_with(|| random.u8(..)).take(length).collect()
    }

    proptest! {
        /// The library that everybody uses is the judge: of files of all lengths, in pieces of all
        /// lengths, some of them dropped half way.
        #[test]
        fn sums_are_those_of_the_library(
            files in prop::collection::vec((0usize..200_000, 1usize..70_000, any::<bool>()), 1..7),
        ) {
            let lanes = Md5Lanes::default();
            let contents: Vec<Bytes> =
                files.iter().map(|(length, _, _)| bytes(*length as u64, *length).into()).collect();
            let mut open: Vec<Option<(Md5Hasher, usize)>> =
                files.iter().map(|_| Some((lanes.hasher(), 0))).collect();
            while open.iter().any(Option::is_some) {
                for (n, (length, step, is_dropped)) in files.iter().enumerate() {
                    let Some((hasher, at)) = &mut open[n] else { continue };
                    let end = (*at + step).min(*length);
                    hasher.update(&contents[n].slice(*at..end));
                    *at = end;
                    if *is_dropped && *at > length / 2 {
                        open[n] = None;
                    } else if end == *length {
                        let (hasher, _) = open[n].take().unwrap();
                        prop_assert_eq!(hasher.finish(), Md5Sum::of(&contents[n]));
                    }
                }
            }
            prop_assert!(lanes.files().open.is_empty());
        }
    }

    #[test]
    fn lengths_around_the_padding() {
        for length in 0..200 {
            let content = bytes(7, length);
            let mut hasher = Md5Lanes::default().hasher();
            hasher.update(&content.clone().into());
            assert_eq!(hasher.finish(), Md5Sum::of(&content), "{length} bytes");
        }
    }

    #[test]
    fn a_file_that_is_alone_does_not_wait_for_ever() {
        let mut hasher = Md5Lanes::default().hasher();
        let piece = Bytes::from(vec![1; 100_000]);
        for _ in 0..40 {
            hasher.update(&piece);
            assert!(hasher.lanes.files().waiting_of(hasher.file) < LONGEST_WAIT);
        }
    }
}
