//! What an update changes.

use super::{Operand, Path, Placeholders, Raw};
use ddbkit_codec::{AttributeValue, Number};

/// The changes that one update makes to an item, all at once.
///
/// ```
/// use ddbkit_table::{Update, attr};
///
/// let done = Update::new()
///     .set("status", "done")
///     .set_if_absent("first_done_at", "2026-11-21T18:00:00Z")
///     .increment("attempts", 1)
///     .append("history", ["done"])
///     .remove(attr("draft").key("body"));
/// # let _ = done;
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Update {
    actions: Vec<Action>,
    raws: Vec<Raw>,
}

#[derive(Clone, Debug, PartialEq)]
enum Action {
    Set(Path, Operand),
    SetIfAbsent(Path, Operand),
    Increment(Path, Number),
    Append(Path, AttributeValue),
    Prepend(Path, AttributeValue),
    Remove(Path),
    Add(Path, AttributeValue),
    Delete(Path, AttributeValue),
}

/// A clause of an update expression; the actions of one clause stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    Set,
    Remove,
    Add,
    Delete,
}

impl Clause {
    pub(crate) const ALL: [Self; 4] = [Self::Set, Self::Remove, Self::Add, Self::Delete];

    fn keyword(self) -> &'static str {
        match self {
            Self::Set => "SET",
            Self::Remove => "REMOVE",
            Self::Add => "ADD",
            Self::Delete => "DELETE",
        }
    }

    fn of_keyword(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clause| word.eq_ignore_ascii_case(clause.keyword()))
    }
}

impl Update {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn with(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    /// Sets an attribute, or a value within one: to a value, or to what is at another path.
    pub fn set(self, path: impl Into<Path>, to: impl Into<Operand>) -> Self {
        self.with(Action::Set(path.into(), to.into()))
    }

    /// Sets it if nothing is there.
    pub fn set_if_absent(self, path: impl Into<Path>, to: impl Into<Operand>) -> Self {
        self.with(Action::SetIfAbsent(path.into(), to.into()))
    }

    /// Adds to a number that must be there; a negative one takes away.
    pub fn increment(self, path: impl Into<Path>, by: impl Into<Number>) -> Self {
        self.with(Action::Increment(path.into(), by.into()))
    }

    /// Adds elements to the end of a list, which is made where it is not there.
    pub fn append<V: Into<AttributeValue>>(
        self,
        path: impl Into<Path>,
        elements: impl IntoIterator<Item = V>,
    ) -> Self {
        self.with(Action::Append(path.into(), list(elements)))
    }

    /// Adds elements before the first of a list, which is made where it is not there.
    pub fn prepend<V: Into<AttributeValue>>(
        self,
        path: impl Into<Path>,
        elements: impl IntoIterator<Item = V>,
    ) -> Self {
        self.with(Action::Prepend(path.into(), list(elements)))
    }

    /// Removes an attribute, or a value within one.
    pub fn remove(self, path: impl Into<Path>) -> Self {
        self.with(Action::Remove(path.into()))
    }

    /// Adds to a number, which counts as 0 where it is not there, or members to a set.
    pub fn add(self, path: impl Into<Path>, what: impl Into<AttributeValue>) -> Self {
        self.with(Action::Add(path.into(), what.into()))
    }

    /// Takes members out of a set.
    pub fn delete(self, path: impl Into<Path>, members: impl Into<AttributeValue>) -> Self {
        self.with(Action::Delete(path.into(), members.into()))
    }

    /// Adds what an update expression of `DynamoDB` says, for instance
    /// `SET a = a - :n REMOVE b[0]`.
    pub fn raw(mut self, expression: Raw) -> Self {
        self.raws.push(expression);
        self
    }

    /// Takes the actions that set or remove whole attributes out.
    #[cfg(feature = "offload")]
    pub(crate) fn split_plain(&mut self) -> Vec<(String, Option<AttributeValue>)> {
        let mut plain = Vec::new();
        self.actions.retain(|action| {
            let found = match action {
                Action::Set(path, to) => path.whole_attribute().zip(to.as_value().map(Some)),
                Action::Remove(path) => path.whole_attribute().map(|attribute| (attribute, None)),
                _ => None,
            };
            let Some((attribute, value)) = found else { return true };
            plain.push((attribute.to_owned(), value.cloned()));
            false
        });
        plain
    }

    /// The actions of each clause.
    pub(crate) fn actions(&self, placeholders: &mut Placeholders) -> Vec<(Clause, String)> {
        let own: Vec<_> = self.actions.iter().map(|action| action.render(placeholders)).collect();
        let raws = self.raws.iter().flat_map(|raw| {
            placeholders.raw(raw);
            clauses(&raw.text)
        });
        own.into_iter().chain(raws).collect()
    }

    /// The update expression; `None` where nothing changes.
    pub(crate) fn render(&self, placeholders: &mut Placeholders) -> Option<String> {
        let actions = self.actions(placeholders);
        let clauses = Clause::ALL.into_iter().filter_map(|clause| {
            let of_clause = actions.iter().filter(|(own, _)| *own == clause);
            let texts: Vec<_> = of_clause.map(|(_, text)| text.as_str()).collect();
            (!texts.is_empty()).then(|| format!("{} {}", clause.keyword(), texts.join(", ")))
        });
        let clauses: Vec<_> = clauses.collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }
}

impl From<Raw> for Update {
    fn from(raw: Raw) -> Self {
        Self::new().raw(raw)
    }
}

fn list<V: Into<AttributeValue>>(elements: impl IntoIterator<Item = V>) -> AttributeValue {
    AttributeValue::L(elements.into_iter().map(Into::into).collect())
}

impl Action {
    fn render(&self, placeholders: &mut Placeholders) -> (Clause, String) {
        let (clause, path) = match self {
            Self::Set(path, _)
            | Self::SetIfAbsent(path, _)
            | Self::Increment(path, _)
            | Self::Append(path, _)
            | Self::Prepend(path, _) => (Clause::Set, path),
            Self::Remove(path) => (Clause::Remove, path),
            Self::Add(path, _) => (Clause::Add, path),
            Self::Delete(path, _) => (Clause::Delete, path),
        };
        let path = path.render(placeholders);
        let text = match self {
            Self::Set(_, to) => format!("{path} = {}", to.render(placeholders)),
            Self::SetIfAbsent(_, to) => {
                format!("{path} = if_not_exists({path}, {})", to.render(placeholders))
            }
            Self::Increment(_, by) => {
                format!("{path} = {path} + {}", placeholders.value(by.clone().into()))
            }
            Self::Append(_, elements) | Self::Prepend(_, elements) => {
                let none = placeholders.value(AttributeValue::L(Vec::new()));
                let there = format!("if_not_exists({path}, {none})");
                let elements = placeholders.value(elements.clone());
                match self {
                    Self::Append(..) => format!("{path} = list_append({there}, {elements})"),
                    _ => format!("{path} = list_append({elements}, {there})"),
                }
            }
            Self::Remove(_) => path,
            Self::Add(_, value) | Self::Delete(_, value) => {
                format!("{path} {}", placeholders.value(value.clone()))
            }
        };
        (clause, text)
    }
}

/// The clauses of an update expression. Their keywords are reserved, so a word that is one, and no part
/// of a path or placeholder, begins a clause. A text before the first keyword is given to `SET`, where
/// the service says what is wrong with it; it says so of a clause with nothing in it, too.
fn clauses(expression: &str) -> Vec<(Clause, String)> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | ':' | '.');
    let mut found: Vec<(Clause, String)> = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let end = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        match (Clause::of_keyword(piece), found.last_mut()) {
            (Some(clause), _) => found.push((clause, String::new())),
            (None, Some((_, text))) => text.push_str(piece),
            (None, None) if piece.trim().is_empty() => {}
            (None, None) => found.push((Clause::Set, piece.to_owned())),
        }
    }
    for (_, text) in &mut found {
        *text = text.trim().to_owned();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{attr, raw};
    use super::*;

    fn text(update: &Update) -> String {
        update.render(&mut Placeholders::default()).unwrap()
    }

    #[test]
    fn actions_stand_in_their_clauses() {
        let update = Update::new()
            .remove(attr("list").at(0))
            .set("a", 1)
            .add("n", 1)
            .set_if_absent("b", attr("a"))
            .delete("s", AttributeValue::Ss(vec!["x".to_owned()]))
            .increment("c", -2);
        assert_eq!(
            text(&update),
            "SET #_1 = :_0, #_3 = if_not_exists(#_3, #_1), #_5 = #_5 + :_3 REMOVE #_0[0] ADD #_2 :_1 DELETE #_4 :_2"
        );
        assert_eq!(Update::new().render(&mut Placeholders::default()), None);
    }

    #[test]
    fn lists_are_made_where_they_are_not_there() {
        let update = Update::new().append("l", [1]).prepend("m", ["x"]);
        assert_eq!(
            text(&update),
            "SET #_0 = list_append(if_not_exists(#_0, :_0), :_1), #_1 = list_append(:_3, if_not_exists(#_1, :_2))"
        );
    }

    #[test]
    fn a_text_is_taken_apart_by_its_clauses() {
        let expression = "set #set = if_not_exists(a.remove, :add), b = :b REMOVE c[0],d  ADD e :e";
        let expected = [
            (Clause::Set, "#set = if_not_exists(a.remove, :add), b = :b"),
            (Clause::Remove, "c[0],d"),
            (Clause::Add, "e :e"),
        ];
        assert_eq!(clauses(expression), expected.map(|(clause, text)| (clause, text.to_owned())));
        let both = Update::new().set("a", 1).raw(raw("REMOVE x SET y = :y").value(":y", 1));
        assert_eq!(text(&both), "SET #_0 = :_0, y = :y REMOVE x");
        // What the service refuses is not dropped.
        assert_eq!(
            clauses(" SET REMOVE a"),
            [(Clause::Set, String::new()), (Clause::Remove, "a".to_owned())]
        );
        assert_eq!(clauses(" "), []);
    }
}
