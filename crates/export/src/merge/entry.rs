//! An item or a change, as it is sorted.

use super::key::KeyDigest;
use ddbkit_store::sort::Record;

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

/// A digest, a file and a line.
const BYTES: usize = 16 + 4 + 8;

impl EntryKey {
    /// Bytes whose order is that of the keys.
    pub(super) fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        let parts =
            [&self.digest[..], &self.place.file.to_be_bytes(), &self.place.line.to_be_bytes()];
        bytes.iter_mut().zip(parts.iter().copied().flatten()).for_each(|(to, from)| *to = *from);
        bytes
    }

    /// The key of a record whose key these bytes are.
    pub(super) fn of(record: &Record) -> Self {
        let mut rest = &*record.key;
        let digest = take(&mut rest);
        let file = u32::from_be_bytes(take(&mut rest));
        let line = u64::from_be_bytes(take(&mut rest));
        Self { digest, place: Place { file, line } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_the_order_of_the_keys() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut keys: Vec<EntryKey> = std::iter::repeat_with(|| {
            let mut digest = [0; 16];
            digest[15] = random.u8(..4);
            EntryKey { digest, place: Place { file: random.u32(..600), line: random.u64(..600) } }
        })
        .take(500)
        .collect();
        for key in &keys {
            let record = Record { key: key.to_bytes().to_vec(), payload: Vec::new() };
            assert_eq!(EntryKey::of(&record), *key);
        }
        let mut by_bytes = keys.clone();
        by_bytes.sort_by_key(|key| key.to_bytes());
        keys.sort_unstable();
        assert_eq!(by_bytes, keys);
    }
}
