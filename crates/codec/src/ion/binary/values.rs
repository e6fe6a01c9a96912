//! The values of Ion binary, one after the other.

use super::careful;
use super::fast::Fast;
use super::strings::{PADDING, Strings};
use super::types::{ANNOTATED, Head, NULL, STRUCT, VERSION, var_uint};
use crate::ion::item::item_of;
use crate::ion::symbols::{SYMBOL_TABLE, Symbols, symbols_of};
use crate::tape::{Binary, LONGEST, Source};
use crate::{DecodeError, DecodeErrorKind, DecodeOptions, Item, ItemRef, Tape};
use std::sync::Arc;

/// What a reader of Ion binary knows between two values.
#[derive(Clone, Debug)]
pub(crate) struct BinaryValues {
    options: DecodeOptions,
    symbols: Symbols,
}

/// What came next.
pub(crate) enum Next {
    /// An item on the tape.
    OnTape,
    /// An item that the fast reader does not know, at this place.
    Odd(usize),
    /// The value is not all there.
    More,
    End,
}

impl BinaryValues {
    pub(crate) fn new(options: DecodeOptions) -> Self {
        Self { options, symbols: Symbols::default() }
    }

    /// The item on the tape.
    pub(crate) fn shown(tape: &Tape) -> ItemRef<'_> {
        Tape::item(&tape.nodes, Source::IonBinary(&tape.binary))
    }

    /// The item that the fast reader does not know.
    pub(crate) fn odd(&self, bytes: &[u8], at: usize, end: usize) -> Result<Item, DecodeError> {
        let node = careful::value(bytes, at, end, &self.symbols, 0)?.0;
        let node = node.ok_or_else(|| DecodeError::new(DecodeErrorKind::NoItem, at))?;
        item_of(node, self.options)
    }

    /// What comes next, and `at` behind it.
    pub(crate) fn next(
        &mut self,
        bytes: &[u8],
        at: &mut usize,
        tape: &mut Tape,
    ) -> Result<Next, DecodeError> {
        loop {
            let (start, end) = (*at, bytes.len());
            let rest = bytes.get(start..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Next::End);
            }
            if rest.len() < VERSION.len() && VERSION.starts_with(rest) {
                return Ok(Next::More);
            }
            if rest.starts_with(&VERSION) {
                self.symbols = Symbols::default();
                *at += VERSION.len();
                continue;
            }
            let Some(head) = Head::read(bytes, start, end) else { return Ok(Next::More) };
            *at = head.end;
            match head.kind {
                NULL if !head.is_null() => {}
                ANNOTATED if is_table(bytes, head) => {
                    let table = careful::value(bytes, start, end, &self.symbols, 0)?.0;
                    if let Some(table) = table {
                        self.symbols = symbols_of(table, std::mem::take(&mut self.symbols))?;
                    }
                }
                STRUCT if !head.is_null() && self.fast(bytes, head, tape) => {
                    return Ok(Next::OnTape);
                }
                _ => return Ok(Next::Odd(start)),
            }
        }
    }

    /// The fast way: an item in its frame.
    fn fast(&self, bytes: &[u8], head: Head, tape: &mut Tape) -> bool {
        let bytes = bytes.get(head.start..head.end).unwrap_or_default();
        if bytes.len() > LONGEST || !self.symbols.are_different() {
            return false;
        }
        let mut at = 0;
        let Some(id) = var_uint(bytes, &mut at) else { return false };
        if self.symbols.get(id) != Some("Item") {
            return false;
        }
        let Some(item) = Head::read(bytes, at, bytes.len()) else { return false };
        if item.kind != STRUCT || item.is_null() || item.end != bytes.len() {
            return false;
        }
        let Binary { bytes: copy, text, symbols: kept } = &mut tape.binary;
        copy.clear();
        copy.extend_from_slice(bytes.get(item.start..).unwrap_or_default());
        let end = copy.len();
        copy.extend_from_slice(&[0; PADDING]);
        let symbols = self.symbols.all();
        if !kept.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, symbols)) {
            *kept = Some(Arc::clone(symbols));
        }
        let mut strings = Strings::new(std::mem::take(text));
        let Tape { nodes, seen, .. } = tape;
        let fast = Fast { bytes: copy, symbols: &self.symbols, nodes, strings: &mut strings, seen };
        let is_read = fast.item(end).is_ok();
        match strings.into_text() {
            Some(strings) => *text = strings,
            None => return false,
        }
        is_read
    }
}

/// Whether an annotated value is a symbol table.
fn is_table(bytes: &[u8], head: Head) -> bool {
    let mut at = head.start;
    let _len = var_uint(bytes, &mut at);
    var_uint(bytes, &mut at) == Some(SYMBOL_TABLE)
}
