//! The symbol tables of Ion: names by number.

use super::item::number;
use super::tree::{Ion, Node};
use crate::json::strings::signature;
use crate::{DecodeError, DecodeErrorKind, Name};
use std::collections::HashSet;
use std::sync::Arc;

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

/// A name that a table has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Symbol {
    /// For those who look: a name of its own kind would be asked first where its text is.
    pub(crate) text: Box<str>,
    /// For those who keep it.
    pub(crate) name: Name,
}

/// The symbols that are known: the nine of Ion and those of the stream.
#[derive(Clone, Debug)]
pub(crate) struct Symbols {
    /// By their numbers; the zeroth is unknown. Shared with the tapes that names are shown from.
    all: Arc<Vec<Symbol>>,
    signatures: HashSet<u32>,
    /// Whether one is there twice or is empty: never in what writers of items write.
    is_odd: bool,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut symbols = Self { all: Arc::default(), signatures: HashSet::new(), is_odd: false };
        Arc::make_mut(&mut symbols.all).push(Symbol::default());
        for symbol in SYSTEM {
            symbols.add(symbol);
        }
        symbols
    }
}

impl Symbols {
    pub(crate) fn add(&mut self, symbol: &str) {
        let own = Symbol { text: symbol.into(), name: Name::new(symbol) };
        Arc::make_mut(&mut self.all).push(own);
        let signature = signature(symbol.as_bytes(), 0, symbol.len());
        self.is_odd |= symbol.is_empty() || !self.signatures.insert(signature);
    }

    /// Whether each number is the name of an attribute that no other number is.
    pub(crate) fn are_different(&self) -> bool {
        !self.is_odd && u32::try_from(self.all.len()).is_ok()
    }

    pub(crate) fn get(&self, id: usize) -> Option<&str> {
        self.all.get(id).filter(|_| id > 0).map(|symbol| &*symbol.text)
    }

    /// How many symbols there are, the zeroth included: the number of the next.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// The symbols by their numbers.
    pub(crate) fn all(&self) -> &Arc<Vec<Symbol>> {
        &self.all
    }
}

/// The symbols of a local symbol table, behind those before it or instead of them. Those are given away,
/// because behind a table with a mistake nobody knows what its numbers mean.
pub(super) fn symbols_of(table: Node, before: Symbols) -> Result<Symbols, DecodeError> {
    let at = table.at;
    sound(&table)?;
    let Ion::Struct(fields) = table.value else {
        return Err(DecodeError::new(DecodeErrorKind::Syntax, at));
    };
    let appends = fields.iter().any(|(name, field)| {
        name == "imports" && field.value == Ion::Symbol("$ion_symbol_table".to_owned())
    });
    let mut symbols = if appends { before } else { Symbols::default() };
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

/// Whether what a table has beside its symbols could be read: the careful readers leave it as it is.
fn sound(node: &Node) -> Result<(), DecodeError> {
    match &node.value {
        Ion::Foreign => Err(DecodeError::new(DecodeErrorKind::ForeignType, node.at)),
        Ion::Number(text) => number(text, node.at).map(drop),
        Ion::List(members) => members.iter().try_for_each(sound),
        Ion::Struct(fields) => fields.iter().try_for_each(|(_, field)| sound(field)),
        _ => Ok(()),
    }
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
