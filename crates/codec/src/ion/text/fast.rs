//! The fast way through Ion text as exports have it: one loop, as for DynamoDB JSON, and giving up
//! on everything else in the same way.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::numbers::{self, number};
use crate::json::fast::{FEW, LEVELS, Odd, Sink, all_different, skip_space};
use crate::json::strings::signature;
use crate::scan::{byte, first, not_word, special, word};
use crate::tape::Kind;

/// A container around the one that is being read.
#[derive(Clone, Copy)]
struct Outer {
    mark: usize,
    count: usize,
    /// Where its names, or the members of the set, begin among those seen.
    seen: usize,
    /// A bit for each of its names: one that finds its bit unset is new.
    filter: u64,
    kind: Kind,
}

const fn four(text: [u8; 4]) -> u64 {
    u32::from_le_bytes(text) as u64
}

const TRUE: u64 = four(*b"true");
const NULL: u64 = four(*b"null");
const FALSE: u64 = u64::from_le_bytes(*b"false\0\0\0");
const FIVE: u64 = 0xff_ffff_ffff;
/// `$dynamodb_SS::[` in two words that share a byte.
const SET: u64 = u64::from_le_bytes(*b"$dynamod");
const SS: u64 = u64::from_le_bytes(*b"db_SS::[");
const NS: u64 = u64::from_le_bytes(*b"db_NS::[");
const BS: u64 = u64::from_le_bytes(*b"db_BS::[");
const SET_LEN: usize = "$dynamodb_SS::[".len();

/// Reads the struct of attributes whose `{` is just before `at`, and returns where it ends.
#[allow(clippy::too_many_lines, reason = "one loop, so that its state stays in registers")]
pub(super) fn item<K: Sink>(
    bytes: &[u8],
    mut at: usize,
    seen: &mut Vec<u32>,
    sink: &mut K,
) -> Result<usize, Odd> {
    let nothing = Outer { mark: 0, count: 0, seen: 0, filter: 0, kind: Kind::M };
    // A set may stand in the deepest list.
    let mut stack = [nothing; LEVELS];
    let mut depth = 0;
    seen.clear();
    let (mut count, mut kind, mut first_seen, mut filter) = (0, Kind::M, 0, 0_u64);
    let mut mark = sink.open(Kind::M);
    let mut may_be_empty = true;
    loop {
        let mut is_empty = false;
        if may_be_empty {
            at = skip_space(bytes, at);
            is_empty = byte(bytes, at) == if kind == Kind::M { b'}' } else { b']' };
        }
        if !is_empty {
            if kind == Kind::M {
                let (start, end, behind) = field(bytes, at)?;
                let name = signature(bytes, start, end);
                let bit = 1 << (name >> (u32::BITS - u64::BITS.ilog2()));
                if filter & bit != 0
                    && count < FEW
                    && seen.get(first_seen..).unwrap_or_default().contains(&name)
                {
                    return Err(Odd);
                }
                filter |= bit;
                seen.push(name);
                sink.name(start, end - start, false);
                at = behind;
            }
            count += 1;
            if byte(bytes, at) <= b' ' {
                at = skip_space(bytes, at);
            }
            let value = match byte(bytes, at) {
                b'"' => {
                    let start = at + 1;
                    let end = special(bytes, start);
                    let (end, escaped) = match byte(bytes, end) {
                        b'"' => (end, false),
                        _ => (super::strings::end_of_escaped(bytes, end)?, true),
                    };
                    if kind == Kind::Ss {
                        seen.push(super::strings::signature(bytes, start, end, escaped));
                    }
                    sink.scalar(Kind::S, start, end - start, escaped);
                    at = end + 1;
                    Kind::S
                }
                b'-' | b'0'..=b'9' => {
                    let found = number(bytes, at)?;
                    if kind == Kind::Ns {
                        seen.push(numbers::signature(bytes, at, &found));
                    }
                    sink.scalar(Kind::N, at, found.len, found.is_unusual);
                    at = found.end;
                    Kind::N
                }
                b't' if word(bytes, at) & 0xffff_ffff == TRUE => {
                    sink.scalar(Kind::True, 0, 0, false);
                    at += 4;
                    Kind::True
                }
                b'f' if word(bytes, at) & FIVE == FALSE => {
                    sink.scalar(Kind::False, 0, 0, false);
                    at += 5;
                    Kind::False
                }
                b'n' if word(bytes, at) & 0xffff_ffff == NULL => {
                    sink.scalar(Kind::Null, 0, 0, false);
                    at += 4;
                    Kind::Null
                }
                b'{' if byte(bytes, at + 1) == b'{' => {
                    let start = at + 2;
                    let end = crate::json::fast::base64(bytes, start)?;
                    if byte(bytes, end) != b'}' || byte(bytes, end + 1) != b'}' {
                        return Err(Odd);
                    }
                    if kind == Kind::Bs {
                        seen.push(signature(bytes, start, end));
                    }
                    sink.scalar(Kind::B, start, end - start, false);
                    at = end + 2;
                    Kind::B
                }
                b'{' => {
                    at += 1;
                    Kind::M
                }
                b'[' => {
                    at += 1;
                    Kind::L
                }
                b'$' if word(bytes, at) == SET => {
                    let set = match word(bytes, at + 7) {
                        SS => Kind::Ss,
                        NS => Kind::Ns,
                        BS => Kind::Bs,
                        _ => return Err(Odd),
                    };
                    at += SET_LEN;
                    set
                }
                _ => return Err(Odd),
            };
            // Sets hold members of one kind.
            match (kind, value) {
                (Kind::M | Kind::L, _)
                | (Kind::Ss, Kind::S)
                | (Kind::Ns, Kind::N)
                | (Kind::Bs, Kind::B) => {}
                _ => return Err(Odd),
            }
            if matches!(value, Kind::M | Kind::L | Kind::Ss | Kind::Ns | Kind::Bs) {
                // The last place is for a set, which is no level of its own.
                let is_deepest = depth == LEVELS - 1 && matches!(value, Kind::M | Kind::L);
                let outer = stack.get_mut(depth).filter(|_| !is_deepest).ok_or(Odd)?;
                *outer = Outer { mark, count, seen: first_seen, filter, kind };
                depth += 1;
                (count, kind, first_seen, filter) = (0, value, seen.len(), 0);
                mark = sink.open(value);
                may_be_empty = true;
                continue;
            }
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
            if next == if kind == Kind::M { b'}' } else { b']' } {
                at += 1;
                let is_set = !matches!(kind, Kind::M | Kind::L);
                if is_set && count == 0 {
                    return Err(Odd);
                }
                if is_set || (kind == Kind::M && count > FEW) {
                    all_different(seen.get_mut(first_seen..).unwrap_or_default())?;
                }
                seen.truncate(first_seen);
                sink.close(mark, kind, count);
                if depth == 0 {
                    return Ok(at);
                }
                depth -= 1;
                let outer = stack.get(depth).copied().unwrap_or(nothing);
                Outer { mark, count, seen: first_seen, filter, kind } = outer;
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

/// The name of the field at `at`: where it begins and ends, and what is behind its colon.
#[inline(always)]
fn field(bytes: &[u8], at: usize) -> Result<(usize, usize, usize), Odd> {
    let mut end = at;
    loop {
        let other = not_word(word(bytes, end), [b'_', b'$']);
        if other == 0 {
            end += 8;
            continue;
        }
        end += first(other);
        break;
    }
    let is_plain =
        byte(bytes, end) == b':' && is_identifier(bytes.get(at..end).unwrap_or_default());
    if is_plain { Ok((at, end, end + 1)) } else { quoted_field(bytes, at) }
}

/// Whether a name may stand without quotes.
pub(super) fn is_bare_name(name: &[u8]) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    is_identifier(name) && name.iter().all(is_word)
}

/// Whether a name may stand without quotes that is known to be of letters, digits, `_` and `$`.
#[inline(always)]
fn is_identifier(name: &[u8]) -> bool {
    match name {
        // Also the number of a symbol, or what some readers take for one.
        [] | [b'$'] | [b'0'..=b'9', ..] | [b'$', b'0'..=b'9', ..] => false,
        [b'n' | b't' | b'f', ..] => !matches!(name, b"null" | b"nan" | b"true" | b"false"),
        _ => true,
    }
}

/// A name in quotes, without escapes.
#[cold]
#[inline(never)]
fn quoted_field(bytes: &[u8], at: usize) -> Result<(usize, usize, usize), Odd> {
    let at = skip_space(bytes, at);
    let quote = byte(bytes, at);
    let is_quote = matches!(quote, b'"' | b'\'')
        && !bytes.get(at..).is_some_and(|rest| rest.starts_with(b"'''"));
    if !is_quote {
        return Err(Odd);
    }
    let start = at + 1;
    let mut end = start;
    while byte(bytes, end) != quote {
        if matches!(byte(bytes, end), b'\\' | b'"' | 0..=0x1f) {
            return Err(Odd);
        }
        end += 1;
    }
    let colon = skip_space(bytes, end + 1);
    if end == start || byte(bytes, colon) != b':' || byte(bytes, colon + 1) == b':' {
        return Err(Odd);
    }
    Ok((start, end, colon + 1))
}
