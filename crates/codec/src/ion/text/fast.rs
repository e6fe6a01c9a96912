//! The fast way through Ion text as exports have it; it gives up on everything else, as that through
//! DynamoDB JSON does.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::numbers::{self, number};
use super::strings;
use crate::json::fast::{FEW, LEVELS, Odd, Sink as _, all_different, base64, skip_space};
use crate::json::strings::signature;
use crate::scan::{byte, first, not_word, special, word};
use crate::tape::{Kind, Node};

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

/// Reads an item to a tape.
///
/// There is a function for each kind of container, as for Ion binary: the loop over the fields of a struct
/// has little to keep in mind.
pub(super) struct Fast<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) nodes: &'a mut Vec<Node>,
    pub(super) seen: &'a mut Vec<u32>,
}

impl Fast<'_> {
    /// Reads the struct of attributes whose `{` is just before `at`, and returns where it ends.
    pub(super) fn item(mut self, at: usize) -> Result<usize, Odd> {
        self.nodes.clear();
        self.seen.clear();
        self.map(at, 0)
    }

    fn map(&mut self, at: usize, depth: usize) -> Result<usize, Odd> {
        let (mark, first_seen) = (self.nodes.open(Kind::M), self.seen.len());
        // In the filter is a bit for each of the names: one that finds its bit unset is new.
        let (mut count, mut filter) = (0, 0_u64);
        let mut at = skip_space(self.bytes, at);
        let mut goes_on = byte(self.bytes, at) != b'}';
        at += usize::from(!goes_on);
        while goes_on {
            let (start, end, behind) = field(self.bytes, at)?;
            let name = signature(self.bytes, start, end);
            let bit = 1 << (name >> (u32::BITS - u64::BITS.ilog2()));
            if filter & bit != 0
                && count < FEW
                && self.seen.get(first_seen..).unwrap_or_default().contains(&name)
            {
                return Err(Odd);
            }
            filter |= bit;
            self.seen.push(name);
            count += 1;
            let name = Node::new(Kind::Name, start, end - start, false);
            at = to_value(self.bytes, behind);
            if let Some(node) = self.scalar(&mut at)? {
                // Both at once, so that there is one look at the room.
                self.nodes.extend_from_slice(&[name, node]);
            } else {
                self.nodes.push(name);
                at = self.container(at, depth)?;
            }
            goes_on = is_comma(self.bytes, &mut at, b'}')?;
        }
        if count > FEW {
            all_different(self.seen.get_mut(first_seen..).unwrap_or_default())?;
        }
        self.seen.truncate(first_seen);
        self.nodes.close(mark, Kind::M, count);
        Ok(at)
    }

    fn list(&mut self, at: usize, depth: usize) -> Result<usize, Odd> {
        let (mark, mut count) = (self.nodes.open(Kind::M), 0);
        let mut at = skip_space(self.bytes, at);
        let mut goes_on = byte(self.bytes, at) != b']';
        at += usize::from(!goes_on);
        while goes_on {
            count += 1;
            match self.scalar(&mut at)? {
                Some(node) => self.nodes.push(node),
                None => at = self.container(at, depth)?,
            }
            goes_on = is_comma(self.bytes, &mut at, b']')?;
        }
        self.nodes.close(mark, Kind::L, count);
        Ok(at)
    }

    /// A set whose `$` is at `at`.
    fn set(&mut self, at: usize) -> Result<usize, Odd> {
        let kind = match (word(self.bytes, at), word(self.bytes, at + 7)) {
            (SET, SS) => Kind::Ss,
            (SET, NS) => Kind::Ns,
            (SET, BS) => Kind::Bs,
            _ => return Err(Odd),
        };
        let (mark, first_seen, mut count) = (self.nodes.open(Kind::M), self.seen.len(), 0);
        let mut at = skip_space(self.bytes, at + SET_LEN);
        let mut goes_on = true;
        while goes_on {
            count += 1;
            // An empty set is odd: this is no scalar.
            let node = self.scalar(&mut at)?.ok_or(Odd)?;
            self.nodes.push(node);
            self.seen.push(member(kind, node, self.bytes).ok_or(Odd)?);
            goes_on = is_comma(self.bytes, &mut at, b']')?;
        }
        all_different(self.seen.get_mut(first_seen..).unwrap_or_default())?;
        self.seen.truncate(first_seen);
        self.nodes.close(mark, kind, count);
        Ok(at)
    }

    /// The node of the value at `at` if it has no others inside, and `at` behind it; none for others.
    #[inline(always)]
    fn scalar(&mut self, at: &mut usize) -> Result<Option<Node>, Odd> {
        let (bytes, start) = (self.bytes, *at);
        let (node, end) = match byte(bytes, start) {
            b'"' => {
                let start = start + 1;
                let end = special(bytes, start);
                let (end, escaped) = match byte(bytes, end) {
                    b'"' => (end, false),
                    _ => (strings::end_of_escaped(bytes, end)?, true),
                };
                (Node::new(Kind::S, start, end - start, escaped), end + 1)
            }
            b'-' | b'0'..=b'9' => {
                let found = number(bytes, start)?;
                (Node::new(Kind::N, start, found.len, found.is_unusual), found.end)
            }
            b't' if word(bytes, start) & 0xffff_ffff == TRUE => {
                (Node::new(Kind::True, 0, 0, false), start + 4)
            }
            b'f' if word(bytes, start) & FIVE == FALSE => {
                (Node::new(Kind::False, 0, 0, false), start + 5)
            }
            b'n' if word(bytes, start) & 0xffff_ffff == NULL => {
                (Node::new(Kind::Null, 0, 0, false), start + 4)
            }
            b'{' if byte(bytes, start + 1) == b'{' => {
                let start = start + 2;
                let end = base64(bytes, start)?;
                if byte(bytes, end) != b'}' || byte(bytes, end + 1) != b'}' {
                    return Err(Odd);
                }
                (Node::new(Kind::B, start, end - start, false), end + 2)
            }
            b'{' | b'[' | b'$' => return Ok(None),
            _ => return Err(Odd),
        };
        *at = end;
        Ok(Some(node))
    }

    /// What is at `at` and is no scalar, in a container at this depth, and where it ends.
    fn container(&mut self, at: usize, depth: usize) -> Result<usize, Odd> {
        // A set may stand in the deepest list.
        let is_deepest = depth + 1 >= LEVELS;
        match byte(self.bytes, at) {
            b'$' => self.set(at),
            _ if is_deepest => Err(Odd),
            b'{' => self.map(at + 1, depth + 1),
            _ => self.list(at + 1, depth + 1),
        }
    }
}

/// The signature of a member of a set, if it is of the kind that the set holds.
#[inline(always)]
fn member(set: Kind, value: Node, bytes: &[u8]) -> Option<u32> {
    let (start, end) = (value.at(), value.at() + value.len());
    match (set, value.kind()) {
        (Kind::Ss, Kind::S) => Some(strings::signature(bytes, start, end, value.flag())),
        (Kind::Ns, Kind::N) => Some(numbers::signature(bytes, start, end, value.flag())),
        (Kind::Bs, Kind::B) => Some(signature(bytes, start, end)),
        _ => None,
    }
}

/// Where what comes begins, which is seldom behind space.
#[inline(always)]
fn to_value(bytes: &[u8], at: usize) -> usize {
    if byte(bytes, at) <= b' ' { skip_space(bytes, at) } else { at }
}

/// Whether a comma is behind a value and not the end of what it is in; `at` is behind either.
#[inline(always)]
fn is_comma(bytes: &[u8], at: &mut usize, end: u8) -> Result<bool, Odd> {
    let place = to_value(bytes, *at);
    let next = byte(bytes, place);
    *at = place + 1;
    if next == b',' {
        *at = to_value(bytes, *at);
        return Ok(true);
    }
    if next == end { Ok(false) } else { Err(Odd) }
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
    is_identifier(name) && name.iter().copied().all(is_in_word)
}

/// Whether a word without quotes goes on with this byte.
pub(super) fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
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
