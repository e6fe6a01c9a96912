//! One entry of the tape.
#![allow(clippy::inline_always, reason = "the decoders spend their time here")]

/// What a node stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Kind {
    Name,
    S,
    N,
    B,
    True,
    False,
    Null,
    M,
    L,
    Ss,
    Ns,
    Bs,
}

const KINDS: [Kind; 16] = [
    Kind::Name,
    Kind::S,
    Kind::N,
    Kind::B,
    Kind::True,
    Kind::False,
    Kind::Null,
    Kind::M,
    Kind::L,
    Kind::Ss,
    Kind::Ns,
    Kind::Bs,
    // Four bits have room for more; these are never written.
    Kind::Null,
    Kind::Null,
    Kind::Null,
    Kind::Null,
];

/// A name or a value in eight bytes, without a lifetime, so that the vector of them can be used
/// again for the next item.
///
/// | bits | of a name or scalar | of a container |
/// |---|---|---|
/// | 0 to 32 | where its text begins | how many nodes are inside |
/// | 32 to 59 | how long the text is | how many children it has |
/// | 59 | a string has escapes, a number is unusual (in Ion binary: `at` is the number of a symbol) | |
/// | 60 to 64 | kind | kind |
///
/// The children of a container follow it, in the order in which they were read; each child of a map
/// is two nodes, the name and the value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node(u64);

/// The longest item in bytes that a tape can hold: lengths have 27 bits.
pub(crate) const LONGEST: usize = (1 << 27) - 1;

impl Node {
    #[inline(always)]
    pub(crate) fn new(kind: Kind, at: usize, len: usize, flag: bool) -> Self {
        debug_assert!(u32::try_from(at).is_ok() && len <= LONGEST, "the item is too long");
        let len = (len & LONGEST) as u64;
        Self((at as u64 & 0xffff_ffff) | len << 32 | u64::from(flag) << 59 | (kind as u64) << 60)
    }

    /// A container, to be replaced when it is closed.
    #[inline(always)]
    pub(crate) fn open(kind: Kind) -> Self {
        Self::new(kind, 0, 0, false)
    }

    #[inline(always)]
    pub(crate) fn kind(self) -> Kind {
        KINDS[(self.0 >> 60) as usize & 15]
    }

    /// Where the text begins.
    #[inline(always)]
    pub(crate) fn at(self) -> usize {
        (self.0 & 0xffff_ffff) as usize
    }

    /// How long the text is.
    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        (self.0 >> 32) as usize & LONGEST
    }

    #[inline(always)]
    pub(crate) fn flag(self) -> bool {
        self.0 >> 59 & 1 == 1
    }

    /// How many nodes are inside a container.
    #[inline(always)]
    pub(crate) fn inside(self) -> usize {
        self.at()
    }

    /// How many children a container has.
    #[inline(always)]
    pub(crate) fn count(self) -> usize {
        self.len()
    }
}
