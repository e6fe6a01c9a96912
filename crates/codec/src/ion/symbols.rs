//! The symbol tables of Ion: names by number.

use super::tree::{Ion, Node};
use crate::json::strings::signature;
use crate::{DecodeError, DecodeErrorKind};

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
    /// Where the text of each symbol ends; that of the zeroth is empty and unknown.
    ends: Vec<usize>,
    /// What tells the symbols apart, as names of attributes are told apart elsewhere.
    signatures: Vec<u32>,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self { text: String::new(), ends: vec![0], signatures: vec![0] };
        for symbol in SYSTEM {
            symbols.add(symbol);
        }
        symbols
    }
}

impl Symbols {
    pub(crate) fn add(&mut self, symbol: &str) {
        self.text.push_str(symbol);
        self.ends.push(self.text.len());
        self.signatures.push(signature(symbol.as_bytes(), 0, symbol.len()));
    }

    /// Where in [`Symbols::text`] the symbol stands, and how long it is.
    #[inline]
    pub(crate) fn place(&self, id: usize) -> Option<(usize, usize)> {
        let start = *self.ends.get(id.checked_sub(1)?)?;
        Some((start, self.ends.get(id)? - start))
    }

    /// The signature of a symbol that has a place.
    #[inline]
    pub(crate) fn signature(&self, id: usize) -> u32 {
        self.signatures.get(id).copied().unwrap_or_default()
    }

    pub(crate) fn get(&self, id: usize) -> Option<&str> {
        let (at, len) = self.place(id)?;
        self.text.get(at..at + len)
    }

    /// How many symbols there are, the zeroth included: the number of the next.
    pub(crate) fn count(&self) -> usize {
        self.ends.len()
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
