//! The fast way through DynamoDB JSON: one loop, an explicit stack, eight bytes at a time.
//!
//! It knows the forms that the service and the common libraries write, and gives up on everything
//! else: what is wrong, and what is odd but legal (an attribute twice, a type beside one that is
//! null, bits that a Base64 text has too many). What it gives up on goes to the careful reader,
//! which has the errors with their places and the policies. So whatever is accepted here must be
//! what the careful reader would accept under every policy, with the same meaning.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::numbers::{self, number};
use super::strings::{signature, signature_of_escaped, string};
use crate::scan::{self, byte, word};
use crate::tape::Kind;

/// The input is not in a form that the fast reader knows.
#[derive(Debug)]
pub(crate) struct Odd;

/// The deepest level at which DynamoDB takes a value; an attribute of an item is at level 1.
pub(crate) const LEVELS: usize = 32;

/// Up to so many names or members each is compared with those before it; more are sorted.
pub(crate) const FEW: usize = 40;

/// What becomes of what the reader finds. Places are byte offsets.
pub(crate) trait Sink {
    /// Whether names, numbers and binaries are checked. Without, only brackets, strings and types
    /// are, which is all that it takes to know where things are.
    const CHECKS: bool = true;
    /// The name of an attribute.
    fn name(&mut self, at: usize, len: usize, escaped: bool);
    /// A value that has no others inside, or a member of a set.
    fn scalar(&mut self, kind: Kind, at: usize, len: usize, escaped: bool);
    /// A map, list or set begins. What is returned comes back with its end.
    fn open(&mut self, kind: Kind) -> usize;
    /// A map, list or set ends, with so many children.
    fn close(&mut self, mark: usize, kind: Kind, count: usize);
}

/// A container around the one that is being read.
#[derive(Clone, Copy, Default)]
struct Outer {
    mark: usize,
    count: usize,
    /// Where its names begin among those seen.
    seen: usize,
    /// A bit for each of its names: one that finds its bit unset is new.
    filter: u64,
    is_map: bool,
}

const fn eight(text: [u8; 8]) -> u64 {
    u64::from_le_bytes(text)
}

const S: u64 = eight(*b"\":{\"S\":\"");
const N: u64 = eight(*b"\":{\"N\":\"");
const B: u64 = eight(*b"\":{\"B\":\"");
const M: u64 = eight(*b"\":{\"M\":{");
const L: u64 = eight(*b"\":{\"L\":[");
const SS: u64 = eight(*b"\":{\"SS\":");
const NS: u64 = eight(*b"\":{\"NS\":");
const BS: u64 = eight(*b"\":{\"BS\":");
const BOOL: u64 = eight(*b"\":{\"BOOL");
const NULL: u64 = eight(*b"\":{\"NULL");
const TRUE: u64 = eight(*b"\0\":true}");
const FALSE: u64 = eight(*b"\":false}");

/// Reads the map of attributes whose `{` is at `at`, and returns where it ends.
pub(crate) fn item<S: Sink>(
    bytes: &[u8],
    at: usize,
    seen: &mut Vec<u32>,
    sink: &mut S,
) -> Result<usize, Odd> {
    let at = expect(bytes, at, b'{')?;
    seen.clear();
    body(bytes, at, seen, sink)
}

#[inline(always)]
#[allow(clippy::too_many_lines, reason = "one loop, so that its state stays in registers")]
fn body<K: Sink>(
    bytes: &[u8],
    mut at: usize,
    seen: &mut Vec<u32>,
    sink: &mut K,
) -> Result<usize, Odd> {
    // What is in the innermost is at the last level.
    let mut stack = [Outer::default(); LEVELS - 1];
    let mut depth = 0;
    let (mut count, mut is_map, mut first_seen) = (0, true, 0);
    let mut filter = 0_u64;
    let mut mark = sink.open(Kind::M);
    let mut may_be_empty = true;
    loop {
        // A member: its name, if it is one of a map, and the type of its value.
        let mut is_empty = false;
        if may_be_empty {
            at = skip_space(bytes, at);
            is_empty = byte(bytes, at) == if is_map { b'}' } else { b']' };
        }
        if !is_empty {
            // The word that begins with the quote behind the name.
            let quote;
            let opening = if is_map {
                at = expect(bytes, at, b'"')?;
                let (end, escaped) = string(bytes, at)?;
                if end == at {
                    return Err(Odd);
                }
                if K::CHECKS {
                    let signature = sign(bytes, at, end, escaped);
                    let bit = 1 << (signature >> (u32::BITS - u64::BITS.ilog2()));
                    if filter & bit != 0 && count < FEW {
                        let names = seen.get(first_seen..).unwrap_or_default();
                        if names.contains(&signature) {
                            return Err(Odd);
                        }
                    }
                    filter |= bit;
                    seen.push(signature);
                }
                sink.name(at, end - at, escaped);
                quote = end;
                word(bytes, end)
            } else {
                quote = at.wrapping_sub(2);
                word(bytes, at) << 16 | 0x3a22
            };
            count += 1;
            at = quote.wrapping_add(8);
            let kind = match opening {
                S => Kind::S,
                N => Kind::N,
                B => Kind::B,
                M => Kind::M,
                L => Kind::L,
                BOOL if word(bytes, at) << 8 == TRUE => {
                    at += 6;
                    Kind::True
                }
                BOOL if word(bytes, at) == FALSE => {
                    at += 7;
                    Kind::False
                }
                NULL if word(bytes, at) << 8 == TRUE => {
                    at += 6;
                    Kind::Null
                }
                SS if byte(bytes, at) == b'[' => {
                    at += 1;
                    Kind::Ss
                }
                NS if byte(bytes, at) == b'[' => {
                    at += 1;
                    Kind::Ns
                }
                BS if byte(bytes, at) == b'[' => {
                    at += 1;
                    Kind::Bs
                }
                _ => {
                    let start = if is_map {
                        expect(bytes, quote + 1, b':')?
                    } else {
                        quote.wrapping_add(2)
                    };
                    let (kind, inside) = spaced_type(bytes, start)?;
                    at = inside;
                    kind
                }
            };
            // Its value: `at` is behind the `"`, `{` or `[`, or at the `}` behind a literal.
            match kind {
                Kind::S | Kind::Name => {
                    let (end, escaped) = string(bytes, at)?;
                    sink.scalar(Kind::S, at, end - at, escaped);
                    at = end + 1;
                }
                Kind::N => {
                    let end = if K::CHECKS { number(bytes, at)? } else { string(bytes, at)?.0 };
                    sink.scalar(Kind::N, at, end - at, false);
                    at = expect_quote(bytes, end)?;
                }
                Kind::B => {
                    let end = if K::CHECKS { base64(bytes, at)? } else { string(bytes, at)?.0 };
                    sink.scalar(Kind::B, at, end - at, false);
                    at = expect_quote(bytes, end)?;
                }
                Kind::True | Kind::False | Kind::Null => sink.scalar(kind, 0, 0, false),
                Kind::M | Kind::L => {
                    let outer = stack.get_mut(depth).ok_or(Odd)?;
                    *outer = Outer { mark, count, seen: first_seen, filter, is_map };
                    depth += 1;
                    (count, is_map, first_seen, filter) = (0, kind == Kind::M, seen.len(), 0);
                    mark = sink.open(kind);
                    may_be_empty = true;
                    continue;
                }
                Kind::Ss | Kind::Ns | Kind::Bs => at = set(bytes, at, kind, seen, sink)?,
            }
            at = expect(bytes, at, b'}')?;
        }
        // What is behind it: a comma, or the end of containers.
        loop {
            let next = byte(bytes, at);
            if next == b',' {
                at += 1;
                may_be_empty = false;
                if byte(bytes, at) <= b' ' {
                    at = skip_space(bytes, at);
                }
                break;
            }
            if next == if is_map { b'}' } else { b']' } {
                at += 1;
                if is_map && K::CHECKS {
                    if count > FEW {
                        all_different(seen.get_mut(first_seen..).unwrap_or_default())?;
                    }
                    seen.truncate(first_seen);
                }
                sink.close(mark, if is_map { Kind::M } else { Kind::L }, count);
                if depth == 0 {
                    return Ok(at);
                }
                // The end of `{"M":{...}}`.
                at = expect(bytes, at, b'}')?;
                depth -= 1;
                let outer = stack.get(depth).copied().unwrap_or_default();
                Outer { mark, count, seen: first_seen, filter, is_map } = outer;
                continue;
            }
            let behind = skip_space(bytes, at);
            if behind == at {
                return Err(Odd);
            }
            at = behind;
        }
    }
}

#[inline(always)]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(byte(bytes, at), b' ' | b'\t' | b'\n' | b'\r') {
        at += 1;
    }
    at
}

/// Where it goes on behind this byte, which may have white space before it.
#[inline(always)]
fn expect(bytes: &[u8], at: usize, wanted: u8) -> Result<usize, Odd> {
    if byte(bytes, at) == wanted {
        return Ok(at + 1);
    }
    let at = skip_space(bytes, at);
    if byte(bytes, at) == wanted { Ok(at + 1) } else { Err(Odd) }
}

/// The same without white space: it would belong to the string.
#[inline(always)]
fn expect_quote(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    if byte(bytes, at) == b'"' { Ok(at + 1) } else { Err(Odd) }
}

#[inline(always)]
fn sign(bytes: &[u8], at: usize, end: usize, escaped: bool) -> u32 {
    if escaped { signature_of_escaped(bytes, at, end) } else { signature(bytes, at, end) }
}

/// Where the Base64 text that begins at `at` ends: padded, and with no bits to spare set.
#[inline(always)]
pub(crate) fn base64(bytes: &[u8], at: usize) -> Result<usize, Odd> {
    let end = scan::base64(bytes, at);
    match (end - at) % 4 {
        0 => Ok(end),
        2 if byte(bytes, end) == b'=' && byte(bytes, end + 1) == b'=' => {
            let is_clean = matches!(byte(bytes, end - 1), b'A' | b'Q' | b'g' | b'w');
            if is_clean { Ok(end + 2) } else { Err(Odd) }
        }
        3 if byte(bytes, end) == b'=' => {
            let last = byte(bytes, end - 1);
            if b"AEIMQUYcgkosw048".contains(&last) { Ok(end + 1) } else { Err(Odd) }
        }
        _ => Err(Odd),
    }
}

/// Reads a set whose `[` is just before `at`, and returns where it ends.
#[inline(always)]
fn set<K: Sink>(
    bytes: &[u8],
    mut at: usize,
    kind: Kind,
    seen: &mut Vec<u32>,
    sink: &mut K,
) -> Result<usize, Odd> {
    let mark = sink.open(kind);
    let (mut count, first_seen) = (0, seen.len());
    loop {
        at = expect(bytes, at, b'"')?;
        let end = match kind {
            _ if !K::CHECKS => {
                let (end, escaped) = string(bytes, at)?;
                sink.scalar(kind, at, end - at, escaped);
                end
            }
            Kind::Ns => {
                let end = number(bytes, at)?;
                seen.push(numbers::signature(bytes, at, end));
                sink.scalar(Kind::N, at, end - at, false);
                end
            }
            Kind::Bs => {
                let end = base64(bytes, at)?;
                seen.push(signature(bytes, at, end));
                sink.scalar(Kind::B, at, end - at, false);
                end
            }
            _ => {
                let (end, escaped) = string(bytes, at)?;
                seen.push(sign(bytes, at, end, escaped));
                sink.scalar(Kind::S, at, end - at, escaped);
                end
            }
        };
        count += 1;
        at = skip_space(bytes, expect_quote(bytes, end)?);
        match byte(bytes, at) {
            b',' => at += 1,
            b']' => break,
            _ => return Err(Odd),
        }
    }
    if K::CHECKS {
        all_different(seen.get_mut(first_seen..).unwrap_or_default())?;
        seen.truncate(first_seen);
    }
    sink.close(mark, kind, count);
    Ok(at + 1)
}

/// That no two signatures are equal, so that no two texts are. Equal signatures of different texts
/// are rare enough to leave them to the careful reader.
#[inline(always)]
pub(crate) fn all_different(signatures: &mut [u32]) -> Result<(), Odd> {
    let mut repeated = 0;
    if signatures.len() <= FEW {
        let mut rest = &*signatures;
        while let Some((first, others)) = rest.split_first() {
            // Without an early end, so that the comparisons become vector instructions.
            repeated += others.iter().filter(|other| *other == first).count();
            rest = others;
        }
    } else {
        signatures.sort_unstable();
        repeated = signatures.windows(2).filter(|pair| pair.first() == pair.get(1)).count();
    }
    if repeated > 0 { Err(Odd) } else { Ok(()) }
}

/// The type of the value whose `{` is at `at`, with white space wherever JSON allows it, and where
/// its inside begins.
#[cold]
#[inline(never)]
fn spaced_type(bytes: &[u8], at: usize) -> Result<(Kind, usize), Odd> {
    let at = expect(bytes, at, b'{')?;
    let at = expect(bytes, at, b'"')?;
    let end = scan::special(bytes, at);
    let tag = bytes.get(at..end).unwrap_or_default();
    let at = skip_space(bytes, expect(bytes, expect_quote(bytes, end)?, b':')?);
    let literal = |kind, text: &[u8]| {
        let found = bytes.get(at..).is_some_and(|rest| rest.starts_with(text));
        if found { Ok((kind, at + text.len())) } else { Err(Odd) }
    };
    let (kind, opening) = match tag {
        b"S" => (Kind::S, b'"'),
        b"N" => (Kind::N, b'"'),
        b"B" => (Kind::B, b'"'),
        b"M" => (Kind::M, b'{'),
        b"L" => (Kind::L, b'['),
        b"SS" => (Kind::Ss, b'['),
        b"NS" => (Kind::Ns, b'['),
        b"BS" => (Kind::Bs, b'['),
        b"BOOL" if byte(bytes, at) == b't' => return literal(Kind::True, b"true"),
        b"BOOL" => return literal(Kind::False, b"false"),
        b"NULL" => return literal(Kind::Null, b"true"),
        _ => return Err(Odd),
    };
    Ok((kind, expect(bytes, at, opening)?))
}
