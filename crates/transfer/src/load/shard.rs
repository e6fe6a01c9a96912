//! A part of a load, for several processes that share it.

use std::fmt;
use std::num::NonZeroUsize;

/// One of `of` equal parts of a load: the data files `f` with `f % of == index`, counted from 0 in
/// the order of the manifest.
///
/// ```
/// use ddbkit_transfer::Shard;
///
/// let shard: Shard = "0/3".parse().unwrap();
/// assert_eq!((shard.index(), shard.of()), (0, 3));
/// assert!("3/3".parse::<Shard>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    of: NonZeroUsize,
}

/// Why a text is no shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardError;

impl Shard {
    /// The part of this index, from 0, of so many. `None` when there is no such part.
    #[must_use]
    pub fn new(index: usize, of: NonZeroUsize) -> Option<Self> {
        (index < of.get()).then_some(Self { index, of })
    }

    /// Which part, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.index
    }

    /// Of how many parts.
    #[must_use]
    pub fn of(self) -> usize {
        self.of.get()
    }

    /// Whether the data file of this index is in the part.
    pub(crate) fn has(self, file: usize) -> bool {
        file % self.of == self.index
    }
}

impl std::str::FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (index, of) = text.split_once('/').ok_or(ShardError)?;
        let (index, of) = (index.parse().ok(), of.parse().ok());
        index.zip(of).and_then(|(index, of)| Self::new(index, of)).ok_or(ShardError)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl fmt::Display for ShardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a shard is I/N with I from 0 and less than N, like 0/3")
    }
}

impl std::error::Error for ShardError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_in_one_shard() {
        let of = NonZeroUsize::new(3).unwrap();
        for file in 0..10 {
            let shards = (0..3).filter_map(|index| Shard::new(index, of));
            assert_eq!(shards.filter(|shard| shard.has(file)).count(), 1);
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "1", "3/3", "4/3", "0/0", "-1/3", "1/3/5", "a/b", "1/ 3"] {
            assert_eq!(text.parse::<Shard>(), Err(ShardError), "{text}");
        }
        assert_eq!("2/3".parse::<Shard>().unwrap().to_string(), "2/3");
    }
}
