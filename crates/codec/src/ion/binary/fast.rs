//! The fast way through an item of Ion binary to a tape; it gives up on what exports do not have.
#![allow(clippy::inline_always, reason = "all decoding goes through here")]

use super::decimal;
use super::strings::Strings;
use super::types::{
    ANNOTATED, BLOB, BOOL, DECIMAL, Head, LIST, LONG, NO_VALUE, NULL, ORDERED, STRING, STRUCT,
    var_uint,
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

/// The bytes that are these values.
const ANY_NULL: u8 = NULL << 4 | NO_VALUE;
const FALSE: u8 = BOOL << 4;
const TRUE: u8 = BOOL << 4 | 1;

/// What the first byte of a value says that it is.
#[derive(Clone, Copy)]
enum First {
    String,
    Decimal,
    Blob,
    Null,
    Bool,
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
    firsts[ANY_NULL as usize] = First::Null;
    firsts[FALSE as usize] = First::Bool;
    firsts[TRUE as usize] = First::Bool;
    firsts
};

/// Reads the fields of the item, which are the bytes up to `end`, no more than a tape can hold. The
/// symbols must be different, so that names are where their numbers are.
#[allow(clippy::too_many_lines, reason = "one loop, so that its state stays in registers")]
#[allow(clippy::cast_possible_truncation, reason = "a tape holds less than 32 bits can count")]
pub(super) fn item(
    bytes: &[u8],
    mut end: usize,
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
    let (mut mark, mut at) = (0, 0);
    // The name of the value that is being read.
    let mut name = Node::open(Kind::M);
    nodes.push(name);
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
            name = Node::new(Kind::Name, id, 0, true);
        }
        count += 1;
        let first = byte(bytes, at);
        let mut start = at + 1;
        // The place of the next value depends on this: as little as can be is between.
        let mut len = usize::from(first & 15) - usize::from(first == TRUE);
        if len >= usize::from(LONG) || first == ORDERED {
            len = if first == ANY_NULL { 0 } else { var_uint(bytes, &mut start).ok_or(Odd)? };
        }
        at = start.saturating_add(len);
        if at > end {
            return Err(Odd);
        }
        let what = FIRSTS.get(usize::from(first)).copied().unwrap_or(First::Other);
        let value = match what {
            First::Null => Node::new(Kind::Null, 0, 0, false),
            First::Bool => {
                let kind = if first == TRUE { Kind::True } else { Kind::False };
                Node::new(kind, 0, 0, false)
            }
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
                let (inner, start) = match what {
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
                if kind == Kind::M {
                    nodes.push(name);
                }
                (kind, count, filter) = (inner, 0, 0);
                mark = nodes.len();
                nodes.push(Node::open(kind));
                (at, end) = (start, at);
                continue;
            }
            First::Other => return Err(Odd),
        };
        if kind == Kind::M {
            // Both at once, so that there is one look at the room.
            nodes.extend_from_slice(&[name, value]);
            continue;
        }
        nodes.push(value);
        if kind != Kind::L {
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
