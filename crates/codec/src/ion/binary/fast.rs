//! The fast way through an item of Ion binary to a tape; it gives up on what exports do not have.

use super::decimal;
use super::types::{ANNOTATED, BLOB, BOOL, DECIMAL, Head, LIST, NULL, STRING, STRUCT, var_uint};
use crate::ion::symbols::Symbols;
use crate::json::fast::{FEW, LEVELS, Odd, all_different};
use crate::json::strings::signature;
use crate::tape::{Kind, Node};

/// What is filled.
pub(super) struct Into<'a> {
    pub(super) nodes: &'a mut Vec<Node>,
    /// The strings, one behind the other: to check all at once is faster than one by one, and what
    /// stands in a text need not be checked again where it is taken out.
    pub(super) strings: &'a mut Vec<u8>,
    pub(super) seen: &'a mut Vec<u32>,
}

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
    end: usize,
}

/// Reads the fields of the item from `at` to `end`. The symbols must be different, so that names are
/// where their numbers are.
#[allow(clippy::too_many_lines, reason = "one loop, so that its state stays in registers")]
pub(super) fn item(
    bytes: &[u8],
    mut at: usize,
    mut end: usize,
    symbols: &Symbols,
    Into { nodes, strings, seen }: Into<'_>,
) -> Result<(), Odd> {
    let nothing = Outer { mark: 0, count: 0, seen: 0, filter: 0, kind: Kind::M, end };
    // A set may stand in the deepest list.
    let mut stack = [nothing; LEVELS];
    let mut depth = 0;
    nodes.clear();
    strings.clear();
    seen.clear();
    let (mut count, mut kind, mut first_seen, mut filter) = (0, Kind::M, 0, 0_u64);
    let mut mark = 0;
    nodes.push(Node::open(Kind::M));
    loop {
        while at == end {
            let is_set = !matches!(kind, Kind::M | Kind::L);
            if is_set && count == 0 {
                return Err(Odd);
            }
            if is_set || (kind == Kind::M && count > FEW) {
                all_different(seen.get_mut(first_seen..).unwrap_or_default())?;
            }
            seen.truncate(first_seen);
            let inside = nodes.len() - mark - 1;
            if let Some(node) = nodes.get_mut(mark) {
                *node = Node::new(kind, inside, count, false);
            }
            if depth == 0 {
                return Ok(());
            }
            depth -= 1;
            let outer = stack.get(depth).copied().unwrap_or(nothing);
            Outer { mark, count, seen: first_seen, filter, kind, end } = outer;
        }
        if kind == Kind::M {
            let id = var_uint(bytes, &mut at).ok_or(Odd)?;
            if id == 0 || id >= symbols.count() {
                return Err(Odd);
            }
            let bit = 1 << (id % 64);
            let name = Node::new(Kind::Name, id, 0, true);
            // Symbols that are different are fewer than 2^32.
            #[allow(clippy::cast_possible_truncation, reason = "said above")]
            let id = id as u32;
            if filter & bit != 0
                && count < FEW
                && seen.get(first_seen..).unwrap_or_default().contains(&id)
            {
                return Err(Odd);
            }
            filter |= bit;
            seen.push(id);
            nodes.push(name);
        }
        count += 1;
        let mut head = Head::read(bytes, at, end).ok_or(Odd)?;
        at = head.end;
        let value = match head.kind {
            // Null has the code of a length that is no value.
            NULL if head.code == 15 => Node::new(Kind::Null, 0, 0, false),
            BOOL if head.code < 2 => {
                let kind = if head.code == 0 { Kind::False } else { Kind::True };
                Node::new(kind, 0, 0, false)
            }
            STRING if !head.is_null() => {
                let text = bytes.get(head.start..head.end).unwrap_or_default();
                // Together they are checked below; that none begins within a character, here.
                if text.first().is_some_and(|byte| byte & 0xc0 == 0x80) {
                    return Err(Odd);
                }
                let node = Node::new(Kind::S, strings.len(), text.len(), false);
                strings.extend_from_slice(text);
                node
            }
            DECIMAL if !head.is_null() => {
                decimal::check(bytes.get(head.start..head.end).unwrap_or_default())?;
                Node::new(Kind::N, head.start, head.end - head.start, false)
            }
            BLOB if !head.is_null() => Node::new(Kind::B, head.start, head.end - head.start, false),
            LIST | STRUCT | ANNOTATED if !head.is_null() => {
                let inner = match head.kind {
                    LIST => Kind::L,
                    STRUCT => Kind::M,
                    _ => set(bytes, &mut head, symbols)?,
                };
                let is_deepest = depth == LEVELS - 1 && matches!(inner, Kind::M | Kind::L);
                if is_deepest || !matches!(kind, Kind::M | Kind::L) {
                    return Err(Odd);
                }
                let outer = stack.get_mut(depth).ok_or(Odd)?;
                *outer = Outer { mark, count, seen: first_seen, filter, kind, end };
                depth += 1;
                (kind, count, first_seen, filter) = (inner, 0, seen.len(), 0);
                mark = nodes.len();
                nodes.push(Node::open(kind));
                (at, end) = (head.start, head.end);
                continue;
            }
            _ => return Err(Odd),
        };
        nodes.push(value);
        if !matches!(kind, Kind::M | Kind::L) {
            seen.push(member(kind, value, bytes, head).ok_or(Odd)?);
        }
    }
}

/// The signature of a member of a set, if it is of the kind that the set holds.
fn member(set: Kind, value: Node, bytes: &[u8], head: Head) -> Option<u32> {
    match (set, value.kind()) {
        (Kind::Ss, Kind::S) | (Kind::Bs, Kind::B) => Some(signature(bytes, head.start, head.end)),
        (Kind::Ns, Kind::N) => Some(decimal::signature(bytes.get(head.start..head.end)?)),
        _ => None,
    }
}

/// The kind of the set in an annotation, whose list becomes the head.
fn set(bytes: &[u8], head: &mut Head, symbols: &Symbols) -> Result<Kind, Odd> {
    let mut at = head.start;
    let len = var_uint(bytes, &mut at).ok_or(Odd)?;
    let behind = at + len;
    let annotation = symbols.get(var_uint(bytes, &mut at).ok_or(Odd)?);
    let kind = match annotation {
        Some("$dynamodb_SS") => Kind::Ss,
        Some("$dynamodb_NS") => Kind::Ns,
        Some("$dynamodb_BS") => Kind::Bs,
        _ => return Err(Odd),
    };
    let list = Head::read(bytes, at, head.end).ok_or(Odd)?;
    if at != behind || list.kind != LIST || list.is_null() || list.end != head.end {
        return Err(Odd);
    }
    *head = list;
    Ok(kind)
}
