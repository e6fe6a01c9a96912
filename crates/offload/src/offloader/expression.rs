//! The parts of a conditional write.

use super::item_write::Clauses;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// What names of ours start with; the caller's must not.
pub(crate) const OURS: &str = "ddbkit";

/// Expressions with their names and values, those of the caller and ours.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expressions {
    pub(crate) clauses: Clauses,
    pub(crate) conditions: Vec<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Expressions {
    /// The placeholder of an attribute's name.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let ours = |placeholder: &String| placeholder.starts_with("#ddbkit");
        let known = self.names.iter().find(|(own, name)| ours(own) && *name == attribute);
        if let Some((placeholder, _)) = known {
            return placeholder.clone();
        }
        let placeholder = format!("#{OURS}{}", self.names.len());
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// The placeholder of a value.
    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":{OURS}{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(crate) fn set(&mut self, attribute: &str, value: AttributeValue) {
        let (name, value) = (self.name(attribute), self.value(value));
        self.clauses.set.push(format!("{name} = {value}"));
    }

    pub(crate) fn remove(&mut self, attribute: &str) {
        let name = self.name(attribute);
        self.clauses.remove.push(name);
    }

    /// All conditions; `None` when there is none.
    pub(crate) fn condition(&self) -> Option<String> {
        match self.conditions.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => {
                Some(many.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" AND "))
            }
        }
    }

    /// The names, as a request takes them: an empty map is refused.
    pub(crate) fn some_names(&self) -> Option<HashMap<String, String>> {
        (!self.names.is_empty()).then(|| self.names.clone())
    }

    pub(crate) fn some_values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }
}

/// Whether a path in an expression starts with this attribute, or with this placeholder of one.
pub(crate) fn mentions(expression: &str, attribute: &str) -> bool {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | ':' | '.');
    let mut paths = expression.split(|c| !is_path(c));
    paths.any(|path| path.split('.').next() == Some(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_attribute_has_one_placeholder() {
        let mut expressions = Expressions::default();
        let first = expressions.name("a");
        assert_eq!(expressions.name("a"), first);
        assert_ne!(expressions.name("b"), first);
        assert_eq!(expressions.names.len(), 2);
    }

    #[test]
    fn names_are_found_in_expressions() {
        assert!(mentions("a = if_not_exists(body, :b)", "body"));
        assert!(mentions("body.x = :b", "body"));
        assert!(!mentions("#body = :body", "body"));
        assert!(!mentions("body2 = :b", "body"));
        assert!(!mentions("a.body = :b, c[0].body = :b", "body"), "a member of another attribute");
        assert!(mentions("a = #b[0].x", "#b"));
    }

    #[test]
    fn conditions_are_joined() {
        let mut expressions = Expressions::default();
        assert_eq!(expressions.condition(), None);
        expressions.conditions.push("a OR b".to_owned());
        assert_eq!(expressions.condition().as_deref(), Some("a OR b"));
        expressions.conditions.push("c".to_owned());
        assert_eq!(expressions.condition().as_deref(), Some("(a OR b) AND (c)"));
    }
}
