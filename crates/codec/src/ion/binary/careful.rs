//! All of Ion binary, as it is.

use super::decimal;
use super::types::{
    ANNOTATED, BLOB, BOOL, CLOB, DECIMAL, FLOAT, Head, LIST, NEGATIVE, NULL, POSITIVE, SEXP,
    STRING, STRUCT, SYMBOL, TIMESTAMP, var_uint,
};
use crate::ion::symbols::Symbols;
use crate::ion::tree::{Ion, Node};
use crate::{DecodeError, DecodeErrorKind};

/// Deeper than any item is, with the frame and the list around it.
const LEVELS: usize = 40;

/// The value at `at`, and where it ends; nothing for padding.
pub(super) fn value(
    bytes: &[u8],
    at: usize,
    end: usize,
    symbols: &Symbols,
    level: usize,
) -> Result<(Option<Node>, usize), DecodeError> {
    let wrong = |kind| DecodeError::new(kind, at);
    if level > LEVELS {
        return Err(wrong(DecodeErrorKind::TooDeep));
    }
    let head = Head::read(bytes, at, end).ok_or_else(|| {
        let is_cut = at >= end || end == bytes.len();
        wrong(if is_cut { DecodeErrorKind::UnexpectedEnd } else { DecodeErrorKind::Syntax })
    })?;
    let inside = bytes.get(head.start..head.end).unwrap_or_default();
    let plain = |value| Ok((Some(Node { annotations: Vec::new(), value, at }), head.end));
    if head.kind == NULL && !head.is_null() {
        return Ok((None, head.end));
    }
    if head.is_null() && head.kind < ANNOTATED {
        return plain(Ion::Null { typed: head.kind != NULL });
    }
    plain(match head.kind {
        BOOL if head.code < 2 => Ion::Bool(head.code == 1),
        POSITIVE | NEGATIVE => {
            let magnitude = decimal::digits(inside);
            let magnitude = magnitude.ok_or_else(|| wrong(DecodeErrorKind::NumberPrecision))?;
            if head.kind == NEGATIVE && magnitude == "0" {
                return Err(wrong(DecodeErrorKind::InvalidNumber));
            }
            let sign = if head.kind == NEGATIVE { "-" } else { "" };
            Ion::Number(format!("{sign}{magnitude}"))
        }
        DECIMAL => {
            let text = decimal::text(inside);
            Ion::Number(text.ok_or_else(|| wrong(DecodeErrorKind::NumberRange))?)
        }
        STRING => match std::str::from_utf8(inside) {
            Ok(text) => Ion::String(text.to_owned()),
            Err(error) => {
                let at = head.start + error.valid_up_to();
                return Err(DecodeError::new(DecodeErrorKind::Encoding, at));
            }
        },
        SYMBOL => {
            let mut id = 0_usize;
            for byte in inside {
                id = id.checked_mul(256).ok_or_else(|| wrong(DecodeErrorKind::UnknownSymbol))?
                    | usize::from(*byte);
            }
            let symbol = symbols.get(id).ok_or_else(|| wrong(DecodeErrorKind::UnknownSymbol))?;
            Ion::Symbol(symbol.to_owned())
        }
        BLOB => Ion::Blob(inside.to_vec()),
        LIST => Ion::List(list(bytes, head, symbols, level)?),
        STRUCT => Ion::Struct(structure(bytes, head, symbols, level)?),
        FLOAT | TIMESTAMP | CLOB | SEXP => Ion::Foreign,
        ANNOTATED => {
            let node = annotated(bytes, head, symbols, level, at)?;
            return Ok((Some(node), head.end));
        }
        _ => return Err(wrong(DecodeErrorKind::Syntax)),
    })
}

fn list(
    bytes: &[u8],
    head: Head,
    symbols: &Symbols,
    level: usize,
) -> Result<Vec<Node>, DecodeError> {
    let mut nodes = Vec::new();
    let mut at = head.start;
    while at < head.end {
        let (node, behind) = value(bytes, at, head.end, symbols, level + 1)?;
        nodes.extend(node);
        at = behind;
    }
    Ok(nodes)
}

fn structure(
    bytes: &[u8],
    head: Head,
    symbols: &Symbols,
    level: usize,
) -> Result<Vec<(String, Node)>, DecodeError> {
    let mut fields = Vec::new();
    let mut at = head.start;
    while at < head.end {
        let start = at;
        let id = var_uint(bytes, &mut at).filter(|_| at <= head.end);
        let id = id.ok_or_else(|| DecodeError::new(DecodeErrorKind::Syntax, start))?;
        let name = symbols.get(id);
        let (node, behind) =
            value(bytes, at, head.end, symbols, level + 1).map_err(|error| match name {
                Some(name) => error.under_name(name),
                None => error,
            })?;
        if let Some(node) = node {
            let unknown = || DecodeError::new(DecodeErrorKind::UnknownSymbol, start);
            fields.push((name.ok_or_else(unknown)?.to_owned(), node));
        }
        at = behind;
    }
    Ok(fields)
}

fn annotated(
    bytes: &[u8],
    head: Head,
    symbols: &Symbols,
    level: usize,
    start: usize,
) -> Result<Node, DecodeError> {
    let wrong = |kind| DecodeError::new(kind, start);
    let mut at = head.start;
    let len = var_uint(bytes, &mut at).ok_or_else(|| wrong(DecodeErrorKind::Syntax))?;
    let behind = at.checked_add(len).filter(|behind| len > 0 && *behind < head.end);
    let behind = behind.ok_or_else(|| wrong(DecodeErrorKind::Syntax))?;
    let mut annotations = Vec::new();
    while at < behind {
        let id = var_uint(bytes, &mut at).ok_or_else(|| wrong(DecodeErrorKind::Syntax))?;
        let symbol = symbols.get(id).ok_or_else(|| wrong(DecodeErrorKind::UnknownSymbol))?;
        annotations.push(symbol.to_owned());
    }
    let (node, stop) = value(bytes, at, head.end, symbols, level + 1)?;
    match node {
        Some(node) if at == behind && stop == head.end && node.annotations.is_empty() => {
            Ok(Node { annotations, value: node.value, at: start })
        }
        _ => Err(wrong(DecodeErrorKind::Syntax)),
    }
}
