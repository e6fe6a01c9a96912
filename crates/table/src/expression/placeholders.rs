//! The names and values of one request.

use super::Raw;
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use ddbkit_codec::AttributeValue;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Collects what placeholders stand for, while expressions are rendered.
#[derive(Debug, Default)]
pub(crate) struct Placeholders {
    /// The attributes of `#_0`, `#_1`..
    names: Vec<String>,
    /// The values of `:_0`, `:_1`..
    values: Vec<AttributeValue>,
    given_names: HashMap<String, String>,
    given_values: HashMap<String, AttributeValue>,
    fault: Option<String>,
}

/// The maps of a request; it takes none that is empty.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) names: Option<HashMap<String, String>>,
    pub(crate) values: Option<HashMap<String, Sdk>>,
}

impl Placeholders {
    /// The placeholder of an attribute's name, one for each attribute.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let known = self.names.iter().position(|own| own == attribute);
        let number = known.unwrap_or_else(|| {
            self.names.push(attribute.to_owned());
            self.names.len() - 1
        });
        format!("#_{number}")
    }

    /// A placeholder of this value.
    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        self.values.push(value);
        format!(":_{}", self.values.len() - 1)
    }

    /// Takes the placeholders of a text.
    pub(crate) fn raw(&mut self, raw: &Raw) {
        for (placeholder, attribute) in &raw.names {
            let fault = wrong_placeholder(placeholder, '#')
                .or_else(|| put(&mut self.given_names, placeholder, attribute));
            self.fault = self.fault.take().or(fault);
        }
        for (placeholder, value) in &raw.values {
            let fault = wrong_placeholder(placeholder, ':')
                .or_else(|| put(&mut self.given_values, placeholder, value));
            self.fault = self.fault.take().or(fault);
        }
    }

    pub(crate) fn finish(self) -> Result<Rendered, TableError> {
        if let Some(fault) = self.fault {
            return Err(TableError::new(TableErrorKind::InvalidInput, fault));
        }
        let names = numbered("#_", self.names).chain(self.given_names).collect::<HashMap<_, _>>();
        let values = numbered(":_", self.values).chain(self.given_values);
        let values: HashMap<_, _> =
            values.map(|(placeholder, value)| (placeholder, Sdk::from(value))).collect();
        Ok(Rendered {
            names: (!names.is_empty()).then_some(names),
            values: (!values.is_empty()).then_some(values),
        })
    }
}

fn numbered<T>(prefix: &str, all: Vec<T>) -> impl Iterator<Item = (String, T)> {
    all.into_iter().enumerate().map(move |(number, one)| (format!("{prefix}{number}"), one))
}

fn wrong_placeholder(placeholder: &str, sigil: char) -> Option<String> {
    match placeholder.strip_prefix(sigil) {
        None => Some(format!("the placeholder {placeholder:?} must start with {sigil:?}")),
        Some(rest) if rest.starts_with('_') => {
            Some(format!("the placeholder {placeholder:?} is taken: those with \"_\" are ours"))
        }
        Some(_) => None,
    }
}

/// One placeholder stands for one thing in all expressions of a request.
fn put<T: Clone + PartialEq>(
    given: &mut HashMap<String, T>,
    placeholder: &str,
    what: &T,
) -> Option<String> {
    match given.entry(placeholder.to_owned()) {
        Entry::Occupied(known) if known.get() != what => {
            Some(format!("the placeholder {placeholder:?} stands for two things in one request"))
        }
        Entry::Occupied(_) => None,
        Entry::Vacant(place) => {
            place.insert(what.clone());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{attr, raw};
    use super::*;

    fn fault(raws: &[Raw]) -> String {
        let mut placeholders = Placeholders::default();
        for raw in raws {
            placeholders.raw(raw);
        }
        placeholders.finish().unwrap_err().to_string()
    }

    #[test]
    fn an_attribute_has_one_placeholder() {
        let mut placeholders = Placeholders::default();
        let path = attr("a.b").key("size").at(3).key("a.b");
        assert_eq!(path.render(&mut placeholders), "#_0.#_1[3].#_0");
        let names = placeholders.finish().unwrap().names.unwrap();
        assert_eq!(names["#_0"], "a.b");
        assert_eq!(names["#_1"], "size");
    }

    #[test]
    fn placeholders_of_texts_that_cannot_be_are_refused() {
        assert!(fault(&[raw("n = :n").name("n", "n")]).contains("must start with '#'"));
        assert!(fault(&[raw("#_0 = :n").name("#_0", "n")]).contains("is taken"));
        let twice = [raw("a = :a").value(":a", 1), raw("b = :a").value(":a", 2)];
        assert!(fault(&twice).contains("stands for two things"));
    }

    #[test]
    fn a_request_without_expressions_has_no_maps() {
        let rendered = Placeholders::default().finish().unwrap();
        assert!(rendered.names.is_none() && rendered.values.is_none());
    }
}
