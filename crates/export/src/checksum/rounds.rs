//! The rounds of MD5 (RFC 1321): of one message, or of several at once.
//!
//! Each step of MD5 waits for the one before it, so one message leaves most of a processor idle.
//! With a lane of a vector register for each message, four take hardly longer than one.

use wide::u32x4;

/// The bytes that one turn of the rounds takes.
pub(super) const BLOCK: usize = 64;

/// Messages in one vector.
pub(super) const LANES: usize = 4;

/// What MD5 has computed of a message so far: A, B, C, D.
pub(super) type State = [u32; 4];

/// The state before the first block.
pub(super) const START: State = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];

/// Takes the blocks of a message into its state; what is behind the last whole block is not looked at.
pub(super) fn one(state: &mut State, blocks: &[u8]) {
    for block in blocks.as_chunks::<BLOCK>().0 {
        let words = words(block);
        *state = rounds(*state, &words);
    }
}

/// Takes as many blocks of each message as the shortest has.
pub(super) fn several(states: &mut [State; LANES], blocks: [&[u8]; LANES]) {
    let mut lanes: [u32x4; 4] = transposed(*states).map(u32x4::new);
    let [a, b, c, d] = blocks.map(|blocks| blocks.as_chunks::<BLOCK>().0);
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        let (a, b, c, d) = (words(a), words(b), words(c), words(d));
        let mut message = [u32x4::ZERO; 16];
        for (word, (((a, b), c), d)) in message.iter_mut().zip(a.into_iter().zip(b).zip(c).zip(d)) {
            *word = u32x4::new([a, b, c, d]);
        }
        lanes = rounds(lanes, &message);
    }
    *states = transposed(lanes.map(u32x4::to_array));
}

fn words(block: &[u8; BLOCK]) -> [u32; 16] {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

fn transposed([a, b, c, d]: [[u32; 4]; 4]) -> [[u32; 4]; 4] {
    let mut columns = [[0; 4]; 4];
    for (column, (((a, b), c), d)) in columns.iter_mut().zip(a.into_iter().zip(b).zip(c).zip(d)) {
        *column = [a, b, c, d];
    }
    columns
}

/// A word of each message.
trait Word: Copy {
    fn of(word: u32) -> Self;
    fn plus(self, other: Self) -> Self;
    fn and(self, other: Self) -> Self;
    fn or(self, other: Self) -> Self;
    fn xor(self, other: Self) -> Self;
    fn rotated(self, bits: u32) -> Self;

    fn not(self) -> Self {
        self.xor(Self::of(u32::MAX))
    }
}

impl Word for u32 {
    fn of(word: u32) -> Self {
        word
    }

    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn and(self, other: Self) -> Self {
        self & other
    }

    fn or(self, other: Self) -> Self {
        self | other
    }

    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    fn rotated(self, bits: u32) -> Self {
        self.rotate_left(bits)
    }
}

impl Word for u32x4 {
    fn of(word: u32) -> Self {
        Self::splat(word)
    }

    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn and(self, other: Self) -> Self {
        self & other
    }

    fn or(self, other: Self) -> Self {
        self | other
    }

    fn xor(self, other: Self) -> Self {
        self ^ other
    }

    fn rotated(self, bits: u32) -> Self {
        (self << bits) | (self >> (32 - bits))
    }
}

/// `floor(2^32 * abs(sin(i + 1)))`, four for each turn of a loop.
const SINES: [[[u32; 4]; 4]; 4] = [
    [
        [0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee],
        [0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501],
        [0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be],
        [0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821],
    ],
    [
        [0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa],
        [0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8],
        [0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed],
        [0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a],
    ],
    [
        [0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c],
        [0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70],
        [0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05],
        [0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665],
    ],
    [
        [0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039],
        [0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1],
        [0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1],
        [0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391],
    ],
];

/// The word of the block that each step takes.
const ORDER: [[[usize; 4]; 4]; 4] = [
    [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]],
    [[1, 6, 11, 0], [5, 10, 15, 4], [9, 14, 3, 8], [13, 2, 7, 12]],
    [[5, 8, 11, 14], [1, 4, 7, 10], [13, 0, 3, 6], [9, 12, 15, 2]],
    [[0, 7, 14, 5], [12, 3, 10, 1], [8, 15, 6, 13], [4, 11, 2, 9]],
];

/// By how many bits each of four steps rotates.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

#[inline]
fn rounds<W: Word>(state: [W; 4], block: &[W; 16]) -> [W; 4] {
    let mixed = round::<W, 0>(state, block, |b, c, d| d.xor(b.and(c.xor(d))));
    // The parts have no bit in common. As a sum, the half without `b` does not wait for it.
    let mixed = round::<W, 1>(mixed, block, |b, c, d| d.and(b).plus(d.not().and(c)));
    let mixed = round::<W, 2>(mixed, block, |b, c, d| b.xor(c.xor(d)));
    let mixed = round::<W, 3>(mixed, block, |b, c, d| c.xor(b.or(d.not())));
    let mut sums = state;
    for (sum, mixed) in sums.iter_mut().zip(mixed) {
        *sum = sum.plus(mixed);
    }
    sums
}

#[inline]
fn round<W: Word, const R: usize>(
    state: [W; 4],
    block: &[W; 16],
    mix: impl Fn(W, W, W) -> W,
) -> [W; 4] {
    let [mut a, mut b, mut c, mut d] = state;
    let [first, second, third, fourth] = TURNS[R];
    for (sines, order) in SINES[R].iter().zip(&ORDER[R]) {
        let add = |n: usize| block[order[n]].plus(W::of(sines[n]));
        a = b.plus(a.plus(add(0)).plus(mix(b, c, d)).rotated(first));
        d = a.plus(d.plus(add(1)).plus(mix(a, b, c)).rotated(second));
        c = d.plus(c.plus(add(2)).plus(mix(d, a, b)).rotated(third));
        b = c.plus(b.plus(add(3)).plus(mix(c, d, a)).rotated(fourth));
    }
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The abbreviation of RFC 1321's own test, padded by hand.
    #[test]
    fn one_block_of_the_standard() {
        let mut block = [0; BLOCK];
        block[..4].copy_from_slice(b"abc\x80");
        block[56] = 24;
        let mut state = START;
        one(&mut state, &block);
        let bytes: Vec<u8> = state.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(bytes, *b"\x90\x01\x50\x98\x3c\xd2\x4f\xb0\xd6\x96\x3f\x7d\x28\xe1\x7f\x72");
    }

    #[test]
    fn each_lane_is_as_if_it_were_alone() {
        let messages: [Vec<u8>; LANES] = [3, 1, 4, 2]
            .map(|seed: u8| (0..=255).cycle().step_by(seed.into()).take(BLOCK * 5).collect());
        let mut together = [START; LANES];
        several(&mut together, [0, 1, 2, 3].map(|n| &messages[n][..]));
        for (state, message) in together.iter().zip(&messages) {
            let mut alone = START;
            one(&mut alone, message);
            assert_eq!(*state, alone);
        }
    }
}
