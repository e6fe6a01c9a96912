//! Items as Ion binary.

use super::decimal;
use super::types::{
    ANNOTATED, BLOB, BOOL, DECIMAL, LIST, LONG, NO_VALUE, STRING, STRUCT, VERSION, put_var_uint,
    var_uint_len, write_var_uint,
};
use crate::ion::symbols::Symbols;
use crate::{AttributeValue, Item, ItemRef, ListRef, Number, ValueRef};
use std::collections::HashMap;

/// Writes items as Ion binary, one value `{Item:{...}}` each, behind one another.
///
/// Names are written once: before an item with new names comes a symbol table that adds them to
/// those before. What one writer wrote is one stream, and can be read from its start only.
///
/// Numbers keep their value, not their spelling, as in Ion text.
#[derive(Clone, Debug, Default)]
pub struct IonBinaryWriter {
    symbols: Symbols,
    ids: HashMap<String, usize>,
    /// For each symbol the one that came after it last: items mostly have the same names in the same
    /// order, and comparing is faster than hashing.
    next: Vec<usize>,
    last: usize,
    /// The names that are new in the item that is being written.
    new: Vec<String>,
    item: Vec<u8>,
}

impl IonBinaryWriter {
    /// A writer that has written nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends an item; before the first also the version of Ion.
    pub fn write(&mut self, item: &Item, buffer: &mut Vec<u8>) {
        self.framed(buffer, |writer, out| writer.owned_map(item, out));
    }

    /// Appends an item that was read to a tape.
    ///
    /// From DynamoDB JSON to Ion, without values in between:
    ///
    /// ```
    /// use ddbkit_codec::ion::{IonBinaryReader, IonBinaryWriter};
    /// use ddbkit_codec::{DecodeOptions, Tape};
    ///
    /// let line = br#"{"Item":{"pk":{"S":"a"},"n":{"N":"600"}}}"#;
    /// let (mut tape, mut ion) = (Tape::new(), Vec::new());
    /// IonBinaryWriter::new().write_ref(tape.read_line(line)?, &mut ion);
    ///
    /// let mut reader = IonBinaryReader::with_options(&ion, DecodeOptions::default());
    /// let item = reader.next_item(&mut tape)?.expect("there is one");
    /// assert_eq!(item.to_dynamodb_json(), r#"{"pk":{"S":"a"},"n":{"N":"600"}}"#);
    /// # Ok::<(), ddbkit_codec::DecodeError>(())
    /// ```
    pub fn write_ref(&mut self, item: ItemRef<'_>, buffer: &mut Vec<u8>) {
        self.framed(buffer, |writer, out| writer.borrowed_map(item, out));
    }

    fn framed(&mut self, buffer: &mut Vec<u8>, write: impl FnOnce(&mut Self, &mut Vec<u8>)) {
        if self.next.is_empty() {
            buffer.extend_from_slice(&VERSION);
        }
        let mut out = std::mem::take(&mut self.item);
        out.clear();
        container(STRUCT, &mut out, |out| {
            self.name("Item", out);
            write(self, out);
        });
        self.table(buffer);
        buffer.extend_from_slice(&out);
        self.item = out;
    }

    /// The symbol table that adds the new names.
    fn table(&mut self, buffer: &mut Vec<u8>) {
        /// What Ion calls these symbols.
        const TABLE: usize = 3;
        const IMPORTS: usize = 6;
        const SYMBOLS: usize = 7;
        const SYMBOL: u8 = 7;
        if self.new.is_empty() {
            return;
        }
        let new = std::mem::take(&mut self.new);
        container(ANNOTATED, buffer, |out| {
            write_var_uint(1, out);
            write_var_uint(TABLE, out);
            container(STRUCT, out, |out| {
                write_var_uint(IMPORTS, out);
                out.extend_from_slice(&[SYMBOL << 4 | 1, low(TABLE)]);
                write_var_uint(SYMBOLS, out);
                container(LIST, out, |out| {
                    for name in &new {
                        scalar(STRING, name.as_bytes(), out);
                    }
                });
            });
        });
    }

    /// The number of a name.
    fn name(&mut self, name: &str, out: &mut Vec<u8>) {
        let guess = self.next.get(self.last).copied().unwrap_or_default();
        let id = if self.symbols.get(guess) == Some(name) { guess } else { self.id(name) };
        self.last = id;
        write_var_uint(id, out);
    }

    fn id(&mut self, name: &str) -> usize {
        let id = if let Some(id) = self.ids.get(name) {
            *id
        } else {
            let id = self.symbols.count();
            self.symbols.add(name);
            self.ids.insert(name.to_owned(), id);
            self.new.push(name.to_owned());
            id
        };
        self.next.resize(self.symbols.count(), 0);
        if let Some(next) = self.next.get_mut(self.last) {
            *next = id;
        }
        id
    }

    fn owned_map(&mut self, map: &Item, out: &mut Vec<u8>) {
        container(STRUCT, out, |out| {
            for (name, value) in map.iter() {
                self.name(name, out);
                self.owned(value, out);
            }
        });
    }

    fn owned(&mut self, value: &AttributeValue, out: &mut Vec<u8>) {
        match value {
            AttributeValue::S(text) => scalar(STRING, text.as_bytes(), out),
            AttributeValue::N(own) => number(own, out),
            AttributeValue::B(bytes) => scalar(BLOB, bytes, out),
            AttributeValue::Bool(flag) => out.push(BOOL << 4 | u8::from(*flag)),
            AttributeValue::Null => out.push(NO_VALUE),
            AttributeValue::M(map) => self.owned_map(map, out),
            AttributeValue::L(list) => container(LIST, out, |out| {
                for value in list {
                    self.owned(value, out);
                }
            }),
            AttributeValue::Ss(set) => self.set("$dynamodb_SS", out, |out| {
                for text in set {
                    scalar(STRING, text.as_bytes(), out);
                }
            }),
            AttributeValue::Ns(set) => self.set("$dynamodb_NS", out, |out| {
                for own in set {
                    number(own, out);
                }
            }),
            AttributeValue::Bs(set) => self.set("$dynamodb_BS", out, |out| {
                for bytes in set {
                    scalar(BLOB, bytes, out);
                }
            }),
        }
    }

    fn borrowed_map(&mut self, map: ItemRef<'_>, out: &mut Vec<u8>) {
        container(STRUCT, out, |out| {
            for (name, value) in map {
                self.name(&name.get(), out);
                self.borrowed(value, out);
            }
        });
    }

    fn borrowed(&mut self, value: ValueRef<'_>, out: &mut Vec<u8>) {
        match value {
            ValueRef::S(text) => scalar(STRING, text.get().as_bytes(), out),
            ValueRef::N(own) => number(&own.to_number(), out),
            ValueRef::B(binary) => scalar(BLOB, &binary.to_vec(), out),
            ValueRef::Bool(flag) => out.push(BOOL << 4 | u8::from(flag)),
            ValueRef::Null => out.push(NO_VALUE),
            ValueRef::M(map) => self.borrowed_map(map, out),
            ValueRef::L(list) => self.borrowed_list(list, out),
            ValueRef::Ss(set) => self.set("$dynamodb_SS", out, |out| {
                for text in set.iter() {
                    scalar(STRING, text.get().as_bytes(), out);
                }
            }),
            ValueRef::Ns(set) => self.set("$dynamodb_NS", out, |out| {
                for own in set.iter() {
                    number(&own.to_number(), out);
                }
            }),
            ValueRef::Bs(set) => self.set("$dynamodb_BS", out, |out| {
                for binary in set.iter() {
                    scalar(BLOB, &binary.to_vec(), out);
                }
            }),
        }
    }

    fn borrowed_list(&mut self, list: ListRef<'_>, out: &mut Vec<u8>) {
        container(LIST, out, |out| {
            for value in list {
                self.borrowed(value, out);
            }
        });
    }

    fn set(&mut self, annotation: &str, out: &mut Vec<u8>, members: impl FnOnce(&mut Vec<u8>)) {
        let id = self.ids.get(annotation).copied();
        let id = id.unwrap_or_else(|| self.id(annotation));
        container(ANNOTATED, out, |out| {
            let mut annotations = Vec::with_capacity(2);
            write_var_uint(id, &mut annotations);
            write_var_uint(annotations.len(), out);
            out.extend_from_slice(&annotations);
            container(LIST, out, members);
        });
    }
}

fn number(number: &Number, out: &mut Vec<u8>) {
    container(DECIMAL, out, |out| decimal::write(number.parts(), out));
}

fn scalar(kind: u8, bytes: &[u8], out: &mut Vec<u8>) {
    head(kind, bytes.len(), out);
    out.extend_from_slice(bytes);
}

fn head(kind: u8, len: usize, out: &mut Vec<u8>) {
    if len < usize::from(LONG) && !(kind == STRUCT && len == 1) {
        out.push(kind << 4 | low(len));
    } else {
        out.push(kind << 4 | LONG);
        write_var_uint(len, out);
    }
}

/// Writes what is inside, and then its head before it: most containers are short, and moving them by
/// a byte costs less than knowing their length before.
fn container(kind: u8, out: &mut Vec<u8>, inside: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.push(0);
    inside(out);
    let len = out.len() - start - 1;
    if len < usize::from(LONG) && !(kind == STRUCT && len == 1) {
        if let Some(first) = out.get_mut(start) {
            *first = kind << 4 | low(len);
        }
        return;
    }
    // What is inside is moved to make room for its length.
    let extra = var_uint_len(len);
    out.resize(start + 1 + extra + len, 0);
    out.copy_within(start + 1..start + 1 + len, start + 1 + extra);
    if let Some((first, rest)) = out.get_mut(start..).and_then(<[u8]>::split_first_mut) {
        *first = kind << 4 | LONG;
        put_var_uint(len, rest.get_mut(..extra).unwrap_or_default());
    }
}

/// The low byte of a small number.
fn low(value: usize) -> u8 {
    value.to_le_bytes()[0]
}
