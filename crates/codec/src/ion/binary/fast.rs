//! The fast way through an item of Ion binary to a tape; it gives up on what exports do not have.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::decimal::{self, Decimal};
use super::strings::Strings;
use super::types::{
    ANNOTATED, BLOB, BOOL, DECIMAL, Head, LIST, LONG, NO_VALUE, NULL, ORDERED, STRING, STRUCT,
    var_uint,
};
use crate::ion::symbols::Symbols;
use crate::json::fast::{FEW, LEVELS, Odd, Sink as _, all_different};
use crate::json::strings::signature;
use crate::scan::byte;
use crate::tape::{Kind, Node};

/// The bytes that are these values.
const ANY_NULL: u8 = NULL << 4 | NO_VALUE;
const FALSE: u8 = BOOL << 4;
const TRUE: u8 = BOOL << 4 | 1;

/// What the first byte of a value says that it is.
#[derive(Clone, Copy)]
enum First {
    String,
    Decimal,
    /// A value that is nothing to check or to copy of.
    Plain(Kind),
    List,
    Struct,
    Annotated,
    /// What exports do not have.
    Other,
}

impl First {
    #[inline(always)]
    fn of(first: u8) -> Self {
        FIRSTS.get(usize::from(first)).copied().unwrap_or(Self::Other)
    }
}

const FIRSTS: [First; 256] = {
    let mut firsts = [First::Other; 256];
    let mut code = 0;
    while code < NO_VALUE {
        firsts[(STRING << 4 | code) as usize] = First::String;
        firsts[(DECIMAL << 4 | code) as usize] = First::Decimal;
        firsts[(BLOB << 4 | code) as usize] = First::Plain(Kind::B);
        firsts[(LIST << 4 | code) as usize] = First::List;
        firsts[(STRUCT << 4 | code) as usize] = First::Struct;
        firsts[(ANNOTATED << 4 | code) as usize] = First::Annotated;
        code += 1;
    }
    firsts[ANY_NULL as usize] = First::Plain(Kind::Null);
    firsts[FALSE as usize] = First::Plain(Kind::False);
    firsts[TRUE as usize] = First::Plain(Kind::True);
    firsts
};

/// Reads an item to a tape.
///
/// There is a function for each kind of container, so that the loop over the fields of a struct has little
/// to keep in mind, which then fits into the registers of the processor.
pub(super) struct Fast<'a> {
    /// The fields of the item, no more than a tape can hold.
    pub(super) bytes: &'a [u8],
    /// They must be different, so that names are where their numbers are.
    pub(super) symbols: &'a Symbols,
    pub(super) nodes: &'a mut Vec<Node>,
    pub(super) strings: &'a mut Strings,
    pub(super) seen: &'a mut Vec<u32>,
}

/// The first byte of a value, and where the value itself is.
struct Value {
    first: u8,
    start: usize,
    end: usize,
}

impl Fast<'_> {
    /// Reads the item, which are the fields up to `end`.
    pub(super) fn item(mut self, end: usize) -> Result<(), Odd> {
        self.nodes.clear();
        self.seen.clear();
        self.map(0, end, 0)
    }

    fn map(&mut self, mut at: usize, end: usize, depth: usize) -> Result<(), Odd> {
        let mark = self.nodes.open(Kind::M);
        let known = self.symbols.count() - 1;
        // In the filter is a bit for each of the names: one that finds its bit unset is new.
        let (mut count, mut filter) = (0, 0_u64);
        while at < end {
            let id = var_uint(self.bytes, &mut at).ok_or(Odd)?;
            // The zeroth is unknown.
            if id.wrapping_sub(1) >= known {
                return Err(Odd);
            }
            let bit = 1 << (id % 64);
            if filter & bit != 0 && count < FEW && has_name(self.nodes, mark, id) {
                return Err(Odd);
            }
            filter |= bit;
            count += 1;
            let name = Node::new(Kind::Name, id, 0, true);
            let value = self.value(at, end)?;
            at = value.end;
            if let Some(node) = self.scalar(&value)? {
                // Both at once, so that there is one look at the room.
                self.nodes.extend_from_slice(&[name, node]);
            } else {
                self.nodes.push(name);
                self.container(&value, depth)?;
            }
        }
        if count > FEW {
            many_different(self.nodes, mark, self.seen)?;
        }
        self.nodes.close(mark, Kind::M, count);
        Ok(())
    }

    fn list(&mut self, mut at: usize, end: usize, depth: usize) -> Result<(), Odd> {
        let (mark, mut count) = (self.nodes.open(Kind::M), 0);
        while at < end {
            let value = self.value(at, end)?;
            (at, count) = (value.end, count + 1);
            match self.scalar(&value)? {
                Some(node) => self.nodes.push(node),
                None => self.container(&value, depth)?,
            }
        }
        self.nodes.close(mark, Kind::L, count);
        Ok(())
    }

    fn set(&mut self, kind: Kind, mut at: usize, end: usize) -> Result<(), Odd> {
        let (mark, mut count) = (self.nodes.open(Kind::M), 0);
        let (mut filter, mut may_repeat) = (0_u64, false);
        while at < end {
            let value = self.value(at, end)?;
            (at, count) = (value.end, count + 1);
            let node = self.scalar(&value)?.ok_or(Odd)?;
            self.nodes.push(node);
            let signature = member(kind, node, self.bytes, value.start, value.end).ok_or(Odd)?;
            self.seen.push(signature);
            let bit = 1 << (signature >> 26);
            may_repeat |= filter & bit != 0;
            filter |= bit;
        }
        if count == 0 {
            return Err(Odd);
        }
        if may_repeat {
            all_different(self.seen)?;
        }
        self.seen.clear();
        self.nodes.close(mark, kind, count);
        Ok(())
    }

    /// What is at `at` and ends by `end`.
    #[inline(always)]
    fn value(&self, at: usize, end: usize) -> Result<Value, Odd> {
        let first = byte(self.bytes, at);
        let mut start = at + 1;
        // The place of the next value depends on this: as little as can be is between.
        let mut len = usize::from(first & 15) - usize::from(first == TRUE);
        if len >= usize::from(LONG) || first == ORDERED {
            len =
                if first == ANY_NULL { 0 } else { var_uint(self.bytes, &mut start).ok_or(Odd)? };
        }
        let stop = start.saturating_add(len);
        if stop > end {
            return Err(Odd);
        }
        Ok(Value { first, start, end: stop })
    }

    /// The node of a value that has no others inside; none for others.
    #[inline(always)]
    fn scalar(&mut self, value: &Value) -> Result<Option<Node>, Odd> {
        let &Value { first, start, end } = value;
        let len = end - start;
        Ok(Some(match First::of(first) {
            First::Plain(kind) => Node::new(kind, start, len, false),
            First::String => {
                Node::new(Kind::S, self.strings.push(self.bytes, start, len)?, len, false)
            }
            First::Decimal => {
                if !decimal::is_usual(byte(self.bytes, start), len) {
                    Decimal::new(self.bytes, start, len).check()?;
                }
                Node::new(Kind::N, start, len, false)
            }
            First::List | First::Struct | First::Annotated => return Ok(None),
            First::Other => return Err(Odd),
        }))
    }

    /// What is inside a value that is no scalar, in a container at this depth.
    fn container(&mut self, value: &Value, depth: usize) -> Result<(), Odd> {
        let &Value { first, start, end } = value;
        // A set may stand in the deepest list.
        let is_deepest = depth + 1 >= LEVELS;
        match First::of(first) {
            First::Annotated => {
                let (kind, start) = set(self.bytes, start, end, self.symbols)?;
                self.set(kind, start, end)
            }
            _ if is_deepest => Err(Odd),
            First::Struct => self.map(start, end, depth + 1),
            _ => self.list(start, end, depth + 1),
        }
    }
}

/// Whether the map that is being read, whose node is at `mark`, has this name.
#[inline(never)]
fn has_name(nodes: &[Node], mark: usize, id: usize) -> bool {
    names(nodes, mark).any(|name| name == id)
}

/// That no two names of a map of many are equal.
#[cold]
#[inline(never)]
#[allow(
    clippy::cast_possible_truncation,
    reason = "symbols that are different are fewer than 2^32"
)]
fn many_different(nodes: &[Node], mark: usize, seen: &mut Vec<u32>) -> Result<(), Odd> {
    seen.extend(names(nodes, mark).map(|id| id as u32));
    all_different(seen)?;
    seen.clear();
    Ok(())
}

/// The numbers of the names in a map, which may not be closed yet.
fn names(nodes: &[Node], mark: usize) -> impl Iterator<Item = usize> {
    let mut rest = nodes.get(mark + 1..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, behind) = rest.split_first()?;
        let (value, behind) = behind.split_first()?;
        let is_container =
            matches!(value.kind(), Kind::M | Kind::L | Kind::Ss | Kind::Ns | Kind::Bs);
        let inside = if is_container { value.inside() } else { 0 };
        rest = behind.get(inside..).unwrap_or_default();
        Some(name.at())
    })
}

/// The signature of a member of a set, if it is of the kind that the set holds.
fn member(set: Kind, value: Node, bytes: &[u8], start: usize, end: usize) -> Option<u32> {
    match (set, value.kind()) {
        (Kind::Ss, Kind::S) | (Kind::Bs, Kind::B) => Some(signature(bytes, start, end)),
        (Kind::Ns, Kind::N) => Some(Decimal::new(bytes, start, value.len()).signature()),
        _ => None,
    }
}

/// The kind of the set in the annotation from `at` to `end`, and where the members of its list begin.
fn set(bytes: &[u8], mut at: usize, end: usize, symbols: &Symbols) -> Result<(Kind, usize), Odd> {
    let len = var_uint(bytes, &mut at).ok_or(Odd)?;
    let behind = at + len;
    let annotation = symbols.get(var_uint(bytes, &mut at).ok_or(Odd)?);
    let kind = match annotation {
        Some("$dynamodb_SS") => Kind::Ss,
        Some("$dynamodb_NS") => Kind::Ns,
        Some("$dynamodb_BS") => Kind::Bs,
        _ => return Err(Odd),
    };
    let list = Head::read(bytes, at, end).ok_or(Odd)?;
    if at != behind || list.kind != LIST || list.is_null() || list.end != end {
        return Err(Odd);
    }
    Ok((kind, list.start))
}
