//! The symbol tables of Ion: names by number.

use super::tree::{Ion, Node};
use crate::json::strings::signature;
use crate::tape::{Kind, LONGEST, Node as Name};
use crate::{DecodeError, DecodeErrorKind};
use std::collections::HashSet;

/// The nine symbols that Ion itself has, from 1.
const SYSTEM: [&str; 9] = [
    "$ion",
    "$ion_1_0",
    "$ion_symbol_table",
    "name",
    "version",
    "imports",
    "symbols",
    "max_id",
    "$ion_shared_symbol_table",
];

/// A symbol that tables have.
pub(crate) const SYMBOL_TABLE: usize = 3;

/// The symbols that are known: the nine of Ion and those of the stream, one after the other in one
/// text.
#[derive(Clone, Debug)]
pub(crate) struct Symbols {
    text: String,
    /// Where in the text each symbol stands, as the name of an attribute; the zeroth is unknown.
    names: Vec<Name>,
    /// What of the symbols there were already: none in what writers write.
    signatures: HashSet<u32>,
    is_repeated: bool,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self {
            text: String::new(),
            names: vec![Name::new(Kind::Name, 0, 0, true)],
            signatures: HashSet::new(),
            is_repeated: false,
        };
        for symbol in SYSTEM {
            symbols.add(symbol);
        }
        symbols
    }
}

impl Symbols {
    pub(crate) fn add(&mut self, symbol: &str) {
        self.names.push(Name::new(Kind::Name, self.text.len(), symbol.len(), true));
        self.text.push_str(symbol);
        let signature = signature(symbol.as_bytes(), 0, symbol.len());
        self.is_repeated |= !self.signatures.insert(signature);
    }

    /// Whether each symbol has one number, and all can be pointed at.
    pub(crate) fn are_different(&self) -> bool {
        !self.is_repeated && self.text.len() <= LONGEST
    }

    /// The symbol as the name of an attribute, that points into [`Symbols::text`]; none if it is
    /// not known or empty.
    #[inline]
    pub(crate) fn node(&self, id: usize) -> Option<Name> {
        self.names.get(id).copied().filter(|name| name.len() > 0)
    }

    pub(crate) fn get(&self, id: usize) -> Option<&str> {
        let name = self.names.get(id).filter(|_| id > 0)?;
        self.text.get(name.at()..name.at() + name.len())
    }

    /// How many symbols there are, the zeroth included: the number of the next.
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }

    /// The text that places are in.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// The symbols of a local symbol table.
pub(super) fn symbols_of(table: Node, before: &Symbols) -> Result<Symbols, DecodeError> {
    let at = table.at;
    let Ion::Struct(fields) = table.value else {
        return Err(DecodeError::new(DecodeErrorKind::Syntax, at));
    };
    let appends = fields.iter().any(|(name, field)| {
        name == "imports" && field.value == Ion::Symbol("$ion_symbol_table".to_owned())
    });
    let mut symbols = if appends { before.clone() } else { Symbols::default() };
    for (name, field) in fields {
        match (name.as_str(), field.value) {
            ("symbols", Ion::List(list)) => {
                for symbol in list {
                    let Ion::String(text) = symbol.value else {
                        return Err(DecodeError::new(DecodeErrorKind::UnknownSymbol, symbol.at));
                    };
                    symbols.add(&text);
                }
            }
            // Tables that are shared are kept elsewhere, and exports have none.
            ("imports", Ion::List(list)) if !list.is_empty() => {
                return Err(DecodeError::new(DecodeErrorKind::UnknownSymbol, field.at));
            }
            _ => {}
        }
    }
    Ok(symbols)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_count_from_one() {
        let mut symbols = Symbols::default();
        symbols.add("pk");
        assert_eq!(symbols.get(0), None);
        assert_eq!(symbols.get(1), Some("$ion"));
        assert_eq!(symbols.get(SYMBOL_TABLE), Some("$ion_symbol_table"));
        assert_eq!(symbols.get(10), Some("pk"));
        assert_eq!(symbols.get(11), None);
    }
}
