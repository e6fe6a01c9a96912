//! The fast way through an item of Ion binary to a tape; it gives up on what exports do not have.

use super::decimal;
use super::types::{ANNOTATED, BLOB, BOOL, DECIMAL, Head, LIST, NULL, STRING, STRUCT, var_uint};
use crate::ion::symbols::Symbols;
use crate::json::fast::{FEW, LEVELS, Odd, Sink, all_different};
use crate::json::strings::signature;
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
    end: usize,
}

/// Reads the fields of the item from `at` to `end`. Names are put in the sink with the flag, because
/// they stand in the symbol table.
#[allow(clippy::too_many_lines, reason = "one loop, so that its state stays in registers")]
pub(super) fn item<K: Sink>(
    bytes: &[u8],
    mut at: usize,
    mut end: usize,
    symbols: &Symbols,
    seen: &mut Vec<u32>,
    sink: &mut K,
) -> Result<(), Odd> {
    let nothing = Outer { mark: 0, count: 0, seen: 0, filter: 0, kind: Kind::M, end };
    // A set may stand in the deepest list.
    let mut stack = [nothing; LEVELS];
    let mut depth = 0;
    seen.clear();
    let (mut count, mut kind, mut first_seen, mut filter) = (0, Kind::M, 0, 0_u64);
    let mut mark = sink.open(Kind::M);
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
            sink.close(mark, kind, count);
            if depth == 0 {
                return Ok(());
            }
            depth -= 1;
            let outer = stack.get(depth).copied().unwrap_or(nothing);
            Outer { mark, count, seen: first_seen, filter, kind, end } = outer;
        }
        if kind == Kind::M {
            let id = var_uint(bytes, &mut at).ok_or(Odd)?;
            let (start, len) = symbols.place(id).filter(|(_, len)| *len > 0).ok_or(Odd)?;
            let name = symbols.signature(id);
            let bit = 1 << (name >> (u32::BITS - u64::BITS.ilog2()));
            if filter & bit != 0
                && count < FEW
                && seen.get(first_seen..).unwrap_or_default().contains(&name)
            {
                return Err(Odd);
            }
            filter |= bit;
            seen.push(name);
            sink.name(start, len, true);
        }
        count += 1;
        let mut head = Head::read(bytes, at, end).ok_or(Odd)?;
        let mut value = match (head.kind, head.code) {
            (NULL, 15) => {
                sink.scalar(Kind::Null, 0, 0, false);
                Kind::Null
            }
            (BOOL, 0) => {
                sink.scalar(Kind::False, 0, 0, false);
                Kind::False
            }
            (BOOL, 1) => {
                sink.scalar(Kind::True, 0, 0, false);
                Kind::True
            }
            (NULL | BOOL, _) | (_, 15) => return Err(Odd),
            (STRING, _) => Kind::S,
            (DECIMAL, _) => Kind::N,
            (BLOB, _) => Kind::B,
            (LIST, _) => Kind::L,
            (STRUCT, _) => Kind::M,
            (ANNOTATED, _) => set(bytes, &mut head, symbols)?,
            _ => return Err(Odd),
        };
        let (start, stop) = (head.start, head.end);
        at = stop;
        match value {
            Kind::S => {
                let text = bytes.get(start..stop).unwrap_or_default();
                std::str::from_utf8(text).map_err(|_| Odd)?;
                if kind == Kind::Ss {
                    seen.push(signature(bytes, start, stop));
                }
                sink.scalar(Kind::S, start, stop - start, false);
            }
            Kind::N => {
                let decimal = bytes.get(start..stop).unwrap_or_default();
                decimal::check(decimal)?;
                if kind == Kind::Ns {
                    seen.push(decimal::signature(decimal));
                }
                sink.scalar(Kind::N, start, stop - start, false);
            }
            Kind::B => {
                if kind == Kind::Bs {
                    seen.push(signature(bytes, start, stop));
                }
                sink.scalar(Kind::B, start, stop - start, false);
            }
            _ => {}
        }
        // Sets hold members of one kind.
        match (kind, value) {
            (Kind::M | Kind::L, _)
            | (Kind::Ss, Kind::S)
            | (Kind::Ns, Kind::N)
            | (Kind::Bs, Kind::B) => {}
            _ => return Err(Odd),
        }
        if matches!(value, Kind::M | Kind::L | Kind::Ss | Kind::Ns | Kind::Bs) {
            let is_deepest = depth == LEVELS - 1 && matches!(value, Kind::M | Kind::L);
            let outer = stack.get_mut(depth).filter(|_| !is_deepest).ok_or(Odd)?;
            *outer = Outer { mark, count, seen: first_seen, filter, kind, end };
            depth += 1;
            std::mem::swap(&mut kind, &mut value);
            (count, first_seen, filter) = (0, seen.len(), 0);
            mark = sink.open(kind);
            (at, end) = (start, stop);
        }
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
