//! One machine's part of work that several machines share.

use crate::{TransferError, TransferErrorKind};
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// Part `index` of `count`, counted from 0, as an AWS Batch array or a Kubernetes Indexed Job counts
/// its members. The members need not talk to each other: which part of the work is whose follows
/// from the two numbers.
///
/// ```
/// use ddbkit_transfer::Shard;
///
/// let third: Shard = "2/8".parse()?;
/// assert_eq!((third.index(), third.count()), (2, 8));
/// assert!(third.has(10) && !third.has(11));
/// assert!("8/8".parse::<Shard>().is_err());
/// # Ok::<(), ddbkit_transfer::TransferError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shard {
    index: u32,
    count: NonZeroU32,
}

impl Shard {
    /// All of it: the only part.
    pub const WHOLE: Self = Self { index: 0, count: NonZeroU32::MIN };

    /// Part `index` of `count`; `None` unless `index` is less.
    ///
    /// ```
    /// use ddbkit_transfer::Shard;
    ///
    /// let three = 3.try_into().unwrap();
    /// assert!(Shard::new(2, three).is_some() && Shard::new(3, three).is_none());
    /// ```
    #[must_use]
    pub fn new(index: u32, count: NonZeroU32) -> Option<Self> {
        (index < count.get()).then_some(Self { index, count })
    }

    /// Which part it is, from 0.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// How many parts there are.
    #[must_use]
    pub fn count(self) -> u32 {
        self.count.get()
    }

    pub(crate) fn count_nonzero(self) -> NonZeroU32 {
        self.count
    }

    /// Whether the piece of work of that number is in this part: each `count`-th piece is.
    #[must_use]
    pub fn has(self, piece: usize) -> bool {
        piece % self.count.get() as usize == self.index as usize
    }
}

impl Default for Shard {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = TransferError;

    fn from_str(text: &str) -> Result<Self, TransferError> {
        let parsed = text
            .split_once('/')
            .and_then(|(index, count)| Self::new(index.parse().ok()?, count.parse().ok()?));
        parsed.ok_or_else(|| {
            let message =
                format!("{text:?} is no shard: I/N with I from 0 to N-1 is expected, like 0/4");
            TransferError::new(TransferErrorKind::Options, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_is_in_one_shard() {
        let count = NonZeroU32::new(3).unwrap();
        let shards: Vec<_> = (0..3).filter_map(|index| Shard::new(index, count)).collect();
        for piece in 0..20 {
            assert_eq!(shards.iter().filter(|shard| shard.has(piece)).count(), 1, "{piece}");
            assert!(Shard::WHOLE.has(piece));
        }
    }

    #[test]
    fn a_shard_is_written_as_it_is_read() {
        assert_eq!("0/4".parse::<Shard>().unwrap().to_string(), "0/4");
        for wrong in ["", "4", "4/4", "1/0", "-1/4", "a/b", "0/4/2", "0 / 4"] {
            let error = wrong.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains("is no shard"), "{error}");
        }
    }
}
