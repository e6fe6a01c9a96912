//! What a caller wants to be written.

use crate::Seen;
use crate::body::UploadedBody;
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Create,
    Update,
    Delete,
}

/// A write of one item: values that may go to S3, and any other change in the same write.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue::{N, S};
/// use ddbkit_offload::ItemWrite;
///
/// let key = [("pk".to_owned(), S("page-1".to_owned()))];
/// let write = ItemWrite::update(key.into())
///     .set("html", S("<html>...".to_owned()))
///     .remove("draft")
///     .add_expression("#views :one")
///     .name("#views", "views")
///     .value(":one", N("1".to_owned()))
///     .condition("attribute_not_exists(#locked)")
///     .name("#locked", "locked");
/// # let _ = write;
/// ```
#[derive(Clone, Debug)]
pub struct ItemWrite {
    pub(crate) kind: Kind,
    /// The whole item of a create, the key of the others.
    pub(crate) attributes: HashMap<String, AttributeValue>,
    pub(crate) sets: BTreeMap<String, AttributeValue>,
    pub(crate) removes: BTreeSet<String>,
    pub(crate) clauses: Clauses,
    pub(crate) condition: Option<String>,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
    pub(crate) seen: Option<Seen>,
    /// Bodies that are in S3 already, by attribute.
    pub(crate) uploaded: BTreeMap<String, UploadedBody>,
}

/// The actions of an update expression, by their clause.
#[derive(Clone, Debug, Default)]
pub(crate) struct Clauses {
    pub(crate) set: Vec<String>,
    pub(crate) remove: Vec<String>,
    pub(crate) add: Vec<String>,
    pub(crate) delete: Vec<String>,
}

impl Clauses {
    /// The expression; `None` when there is no action.
    pub(crate) fn text(&self) -> Option<String> {
        let clauses = [
            ("SET", &self.set),
            ("REMOVE", &self.remove),
            ("ADD", &self.add),
            ("DELETE", &self.delete),
        ];
        let clauses = clauses.into_iter().filter(|(_, actions)| !actions.is_empty());
        let texts: Vec<String> =
            clauses.map(|(clause, actions)| format!("{clause} {}", actions.join(", "))).collect();
        (!texts.is_empty()).then(|| texts.join(" "))
    }

    pub(crate) fn actions(&self) -> impl Iterator<Item = &String> {
        self.set.iter().chain(&self.remove).chain(&self.add).chain(&self.delete)
    }
}

impl ItemWrite {
    fn new(kind: Kind, attributes: HashMap<String, AttributeValue>) -> Self {
        Self {
            kind,
            attributes,
            sets: BTreeMap::new(),
            removes: BTreeSet::new(),
            clauses: Clauses::default(),
            condition: None,
            names: HashMap::new(),
            values: HashMap::new(),
            seen: None,
            uploaded: BTreeMap::new(),
        }
    }

    /// Creates an item that must not be there yet.
    #[must_use]
    pub fn create(item: HashMap<String, AttributeValue>) -> Self {
        Self::new(Kind::Create, item)
    }

    /// Changes the item with this key, which must be there.
    #[must_use]
    pub fn update(key: HashMap<String, AttributeValue>) -> Self {
        Self::new(Kind::Update, key)
    }

    /// Deletes the item with this key.
    #[must_use]
    pub fn delete(key: HashMap<String, AttributeValue>) -> Self {
        Self::new(Kind::Delete, key)
    }

    /// Sets an attribute. Of those that were named to the offloader the policy says which go to S3.
    #[must_use]
    pub fn set(mut self, attribute: impl Into<String>, value: AttributeValue) -> Self {
        let attribute = attribute.into();
        self.removes.remove(&attribute);
        self.sets.insert(attribute, value);
        self
    }

    /// Sets an attribute to a body that [`upload_body`](crate::Offloader::upload_body) has uploaded for
    /// this item. The write is through before the deadline of the body, or it is not made.
    #[must_use]
    pub fn uploaded(mut self, attribute: impl Into<String>, body: UploadedBody) -> Self {
        let attribute = attribute.into();
        self.removes.remove(&attribute);
        self.sets.remove(&attribute);
        self.uploaded.insert(attribute, body);
        self
    }

    /// Removes an attribute.
    #[must_use]
    pub fn remove(mut self, attribute: impl Into<String>) -> Self {
        let attribute = attribute.into();
        self.sets.remove(&attribute);
        self.removes.insert(attribute);
        self
    }

    /// Adds an action to the `SET` clause: `#n = #n + :one`.
    #[must_use]
    pub fn set_expression(mut self, action: impl Into<String>) -> Self {
        self.clauses.set.push(action.into());
        self
    }

    /// Adds a path to the `REMOVE` clause: `#list[0]`.
    #[must_use]
    pub fn remove_expression(mut self, path: impl Into<String>) -> Self {
        self.clauses.remove.push(path.into());
        self
    }

    /// Adds an action to the `ADD` clause: `#n :one`.
    #[must_use]
    pub fn add_expression(mut self, action: impl Into<String>) -> Self {
        self.clauses.add.push(action.into());
        self
    }

    /// Adds an action to the `DELETE` clause: `#set :members`.
    #[must_use]
    pub fn delete_expression(mut self, action: impl Into<String>) -> Self {
        self.clauses.delete.push(action.into());
        self
    }

    /// Adds a condition; all must hold.
    #[must_use]
    pub fn condition(mut self, condition: impl Into<String>) -> Self {
        let condition = condition.into();
        self.condition = Some(match self.condition {
            Some(other) => format!("({other}) AND ({condition})"),
            None => condition,
        });
        self
    }

    /// Says which attribute a name like `#n` stands for; names that start with `#ddbkit` are taken.
    #[must_use]
    pub fn name(mut self, placeholder: impl Into<String>, attribute: impl Into<String>) -> Self {
        self.names.insert(placeholder.into(), attribute.into());
        self
    }

    /// Says which value a name like `:n` stands for; names that start with `:ddbkit` are taken.
    #[must_use]
    pub fn value(mut self, placeholder: impl Into<String>, value: AttributeValue) -> Self {
        self.values.insert(placeholder.into(), value);
        self
    }

    /// What the caller saw of the item: the write is carried out only if it is still so, and without
    /// reading the item first.
    #[must_use]
    pub fn seen(mut self, seen: Seen) -> Self {
        self.seen = Some(seen);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_become_one_expression() {
        let write = ItemWrite::update(HashMap::new())
            .add_expression("#c :one")
            .set_expression("a = :a")
            .set_expression("b = :b")
            .remove_expression("c[0]");
        let text = write.clauses.text();
        assert_eq!(text.as_deref(), Some("SET a = :a, b = :b REMOVE c[0] ADD #c :one"));
        assert_eq!(Clauses::default().text(), None);
    }

    #[test]
    fn later_of_set_and_remove_counts() {
        let value = AttributeValue::Bool(true);
        let write = ItemWrite::update(HashMap::new()).set("a", value.clone()).remove("a");
        assert!(write.sets.is_empty() && write.removes.contains("a"));
        let write = write.set("a", value);
        assert!(write.removes.is_empty() && write.sets.contains_key("a"));
    }
}
