//! The fast way through an item of Ion binary to a tape; it gives up on what exports do not have.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::decimal;
use super::strings::Strings;
use super::types::{
    ANNOTATED, BLOB, DECIMAL, Head, LIST, LONG, NO_VALUE, ORDERED, STRING, STRUCT, var_uint,
};
use crate::ion::symbols::Symbols;
use crate::json::fast::{FEW, LEVELS, Odd, all_different};
use crate::json::strings::signature;
use crate::scan::byte;
use crate::tape::{Kind, Node};

/// What is filled.
pub(super) struct Into<'a> {
    pub(super) nodes: &'a mut Vec<Node>,
    pub(super) strings: &'a mut Strings,
    pub(super) seen: &'a mut Vec<u32>,
}

/// A container around the one that is being read. Its kind is that of its node.
#[derive(Clone, Copy, Default)]
struct Outer {
    /// A bit for each of its names: one that finds its bit unset is new.
    filter: u64,
    mark: u32,
    count: u32,
    end: u32,
}

/// What the first byte of a value says that it is.
#[derive(Clone, Copy)]
enum First {
    String,
    Decimal,
    Blob,
    Null,
    False,
    True,
    List,
    Struct,
    Annotated,
    /// What exports do not have.
    Other,
}

const FIRSTS: [First; 256] = {
    let mut firsts = [First::Other; 256];
    let mut code = 0;
    while code < NO_VALUE {
        firsts[(STRING << 4 | code) as usize] = First::String;
        firsts[(DECIMAL << 4 | code) as usize] = First::Decimal;
        firsts[(BLOB << 4 | code) as usize] = First::Blob;
        firsts[(LIST << 4 | code) as usize] = First::List;
        firsts[(STRUCT << 4 | code) as usize] = First::Struct;
        firsts[(ANNOTATED << 4 | code) as usize] = First::Annotated;
        code += 1;
    }
    firsts[0x0f] = First::Null;
    firsts[0x10] = First::False;
    firsts[0x11] = First::True;
    firsts
};

/// Reads the fields of the item from `at` to the end of the bytes, which are no more than a tape can
/// hold. The symbols must be different, so that names are where their numbers are.
#[allow(clippy::too_many_lines, reason = "one loop, so that its state stays in registers")]
#[allow(clippy::cast_possible_truncation, reason = "a tape holds less than 32 bits can count")]
pub(super) fn item(
    bytes: &[u8],
    mut at: usize,
    symbols: &Symbols,
    Into { nodes, strings, seen }: Into<'_>,
) -> Result<(), Odd> {
    // A set may stand in the deepest list.
    let mut stack = [Outer::default(); LEVELS];
    let mut depth = 0;
    nodes.clear();
    seen.clear();
    let known = symbols.count() - 1;
    let (mut count, mut kind, mut filter) = (0, Kind::M, 0_u64);
    let (mut mark, mut end) = (0, bytes.len());
    nodes.push(Node::open(Kind::M));
    loop {
        while at == end {
            match kind {
                Kind::M if count > FEW => many_different(nodes, mark, seen)?,
                Kind::M | Kind::L => {}
                _ if count == 0 => return Err(Odd),
                _ => {
                    all_different(seen)?;
                    seen.clear();
                }
            }
            let inside = nodes.len() - mark - 1;
            if let Some(node) = nodes.get_mut(mark) {
                *node = Node::new(kind, inside, count, false);
            }
            if depth == 0 {
                return Ok(());
            }
            depth -= 1;
            let outer = stack.get(depth).copied().unwrap_or_default();
            (mark, count, end) = (outer.mark as usize, outer.count as usize, outer.end as usize);
            filter = outer.filter;
            kind = nodes.get(mark).map_or(Kind::M, |node| node.kind());
        }
        if kind == Kind::M {
            let id = var_uint(bytes, &mut at).ok_or(Odd)?;
            // The zeroth is unknown.
            if id.wrapping_sub(1) >= known {
                return Err(Odd);
            }
            let bit = 1 << (id % 64);
            if filter & bit != 0 && count < FEW && has_name(nodes, mark, id) {
                return Err(Odd);
            }
            filter |= bit;
            nodes.push(Node::new(Kind::Name, id, 0, true));
        }
        count += 1;
        let first = byte(bytes, at);
        let mut start = at + 1;
        let mut len = usize::from(first & 15);
        if len >= usize::from(LONG) || first == ORDERED {
            len = if first == 0x0f { 0 } else { var_uint(bytes, &mut start).ok_or(Odd)? };
        }
        let first = FIRSTS.get(usize::from(first)).copied().unwrap_or(First::Other);
        at = match first {
            First::True => start,
            _ => start.saturating_add(len),
        };
        if at > end {
            return Err(Odd);
        }
        let value = match first {
            First::Null => Node::new(Kind::Null, 0, 0, false),
            First::False => Node::new(Kind::False, 0, 0, false),
            First::True => Node::new(Kind::True, 0, 0, false),
            First::String => {
                let at = strings.push(bytes, start, len)?;
                Node::new(Kind::S, at, len, false)
            }
            First::Decimal => {
                decimal::check(bytes.get(start..at).unwrap_or_default())?;
                Node::new(Kind::N, start, len, false)
            }
            First::Blob => Node::new(Kind::B, start, len, false),
            First::List | First::Struct | First::Annotated => {
                let (inner, start) = match first {
                    First::List => (Kind::L, start),
                    First::Struct => (Kind::M, start),
                    _ => set(bytes, start, at, symbols)?,
                };
                let is_deepest = depth == LEVELS - 1 && matches!(inner, Kind::M | Kind::L);
                if is_deepest || !matches!(kind, Kind::M | Kind::L) {
                    return Err(Odd);
                }
                let outer = stack.get_mut(depth).ok_or(Odd)?;
                let (this, inside) = (mark as u32, count as u32);
                *outer = Outer { filter, mark: this, count: inside, end: end as u32 };
                depth += 1;
                (kind, count, filter) = (inner, 0, 0);
                mark = nodes.len();
                nodes.push(Node::open(kind));
                (at, end) = (start, at);
                continue;
            }
            First::Other => return Err(Odd),
        };
        nodes.push(value);
        if !matches!(kind, Kind::M | Kind::L) {
            seen.push(member(kind, value, bytes, start, at).ok_or(Odd)?);
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
        (Kind::Ns, Kind::N) => Some(decimal::signature(bytes.get(start..end)?)),
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
