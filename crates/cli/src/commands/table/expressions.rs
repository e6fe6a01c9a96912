//! Expressions in the words of the API, with what their placeholders stand for.

use crate::args::table::{ExpressionArgs, FormatArgs};
use crate::error::Failure;
use ddbkit::codec::{AttributeValue, Item};
use ddbkit::table::{Path, Raw, attr, raw};
use std::collections::BTreeMap;

/// The names and values of one request.
#[derive(Default)]
pub(super) struct Placeholders {
    names: BTreeMap<String, String>,
    values: Vec<(String, AttributeValue)>,
}

impl Placeholders {
    /// What the options say.
    pub(super) fn parse(args: &ExpressionArgs, format: FormatArgs) -> Result<Self, Failure> {
        let names = match &args.expression_attribute_names {
            None => BTreeMap::new(),
            Some(text) => serde_json::from_str(text).map_err(|error| {
                let message = format!("--expression-attribute-names is no JSON of names: {error}");
                Failure::usage(message).with_hint("write it like '{\"#n\":\"name\"}'")
            })?,
        };
        let values = match &args.expression_attribute_values {
            None => Item::new(),
            Some(text) => format.format.item("--expression-attribute-values", text.as_bytes())?,
        };
        Ok(Self { names, values: values.into_iter().collect() })
    }

    /// An expression with all of them: expressions of one request share what placeholders stand for.
    pub(super) fn raw(&self, expression: &str) -> Raw {
        let named = self
            .names
            .iter()
            .fold(raw(expression), |raw, (placeholder, name)| raw.name(placeholder, name));
        self.values
            .iter()
            .fold(named, |raw, (placeholder, value)| raw.value(placeholder, value.clone()))
    }

    /// Refuses placeholders where no expression has them: they would be passed over in silence.
    pub(super) fn for_none(&self) -> Result<(), Failure> {
        if self.names.is_empty() && self.values.is_empty() {
            return Ok(());
        }
        let message =
            "--expression-attribute-names and -values are for expressions, and there is none";
        Err(Failure::usage(message))
    }
}

/// The path of an attribute as people write it: `address.city`, `tags[0]`. Names with dots or brackets
/// in them need an expression.
pub(super) fn path(option: &str, text: &str) -> Result<Path, Failure> {
    let wrong = || {
        let message = format!("{option}: {text:?} is no path of an attribute");
        Failure::usage(message).with_hint("write it like address.city or tags[0]")
    };
    let mut path = None;
    for part in text.split('.') {
        let (name, indexes) = part.split_at(part.find('[').unwrap_or(part.len()));
        if name.is_empty() {
            return Err(wrong());
        }
        let mut next = match path {
            None => attr(name),
            Some(path) => Path::key(path, name),
        };
        let mut rest = indexes;
        while !rest.is_empty() {
            let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let (index, behind) = inner.ok_or_else(wrong)?;
            next = next.at(index.parse().map_err(|_| wrong())?);
            rest = behind;
        }
        path = Some(next);
    }
    path.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_names_and_places() {
        let of = |text| path("--set", text).unwrap();
        assert_eq!(of("a"), attr("a"));
        assert_eq!(of("a.b[0][12].c"), attr("a").key("b").at(0).at(12).key("c"));
        for wrong in ["", ".", "a.", "a..b", "[0]", "a[", "a[]", "a[x]", "a[0]b", "a[-1]"] {
            assert!(path("--set", wrong).is_err(), "{wrong}");
        }
    }
}
