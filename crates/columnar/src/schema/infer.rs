//! The columns that hold all items, found by looking at each.

use super::note::{Note, NoteKind, below};
use super::{Column, ColumnType, Schema};
use crate::{ColumnarError, ColumnarErrorKind};
use ddbkit_codec::{ItemRef, ValueRef};
use std::collections::BTreeMap;

/// The most columns, fields of structs counted too. A column costs memory while a file is written.
pub const MAX_COLUMNS: usize = 4096;
/// The most names of a map: one that has more is no record but a dictionary.
const MAX_FIELDS: usize = 512;
/// The most bytes of all names.
const MAX_NAMES: usize = 8 << 20;
/// More digits than this are not read exactly by `DuckDB`, Spark and Athena.
const MAX_DIGITS: i32 = 38;

/// Finds the schema of items by looking at each.
///
/// What has one type becomes a column of it. A number column becomes the narrowest decimal that
/// holds all values exactly; where 38 digits do not, it becomes text. What has several types becomes
/// text of `DynamoDB` JSON, and so does a map of more than 512 names, which is used as a dictionary.
/// All of this is told in notes.
///
/// Holds 4,096 columns and 8 MiB of names at most: some 10 MiB whatever the items are.
///
/// ```
/// use ddbkit_codec::Tape;
/// use ddbkit_columnar::{ColumnType, SchemaInference};
///
/// let mut inference = SchemaInference::default();
/// let mut tape = Tape::new();
/// for line in [r#"{"pk":{"S":"a"},"n":{"N":"1.25"}}"#, r#"{"pk":{"S":"b"},"n":{"N":"300"}}"#] {
///     inference.add(tape.read_line(line.as_bytes())?)?;
/// }
/// let inferred = inference.finish(&["pk"])?;
/// let n = &inferred.schema.columns[1];
/// assert_eq!(n.column_type, ColumnType::Decimal { precision: 5, scale: 2 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct SchemaInference {
    root: Fields,
    room: Room,
    items: u64,
}

/// What was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inferred {
    /// The columns.
    pub schema: Schema,
    /// What they do not keep, or keep in another form.
    pub notes: Vec<Note>,
    /// How many items were looked at.
    pub items: u64,
}

impl SchemaInference {
    /// Looks at an item.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::TooManyColumns`] when all items together have too many attributes; maps
    /// within them become text before that happens.
    pub fn add(&mut self, item: ItemRef<'_>) -> Result<(), ColumnarError> {
        self.items += 1;
        let most = MAX_COLUMNS;
        if self.root.see(item, most, &mut self.room) {
            return Ok(());
        }
        let message = format!(
            "the items have more than {MAX_COLUMNS} attributes: name those that are wanted in a schema"
        );
        Err(ColumnarError::new(ColumnarErrorKind::TooManyColumns, message))
    }

    /// The schema: those attributes first that are given, then all others by their names.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::InvalidSchema`] when there was no item with an attribute.
    pub fn finish(self, first: &[&str]) -> Result<Inferred, ColumnarError> {
        let mut notes = Vec::new();
        let mut columns = self.root.columns("$", &mut notes);
        let rank = |column: &Column| first.iter().position(|name| *name == column.name);
        columns.sort_by_key(|column| rank(column).unwrap_or(usize::MAX));
        if columns.is_empty() {
            let message = "there are no items, so there are no columns: give a schema";
            return Err(ColumnarError::new(ColumnarErrorKind::InvalidSchema, message));
        }
        Ok(Inferred { schema: Schema::new(columns)?, notes, items: self.items })
    }
}

/// How much is held.
#[derive(Debug, Default)]
struct Room {
    columns: usize,
    names: usize,
}

impl Room {
    fn take(&mut self, name: &str) -> bool {
        if self.columns >= MAX_COLUMNS || self.names + name.len() > MAX_NAMES {
            return false;
        }
        self.columns += 1;
        self.names += name.len();
        true
    }
}

/// The attributes of maps at one place.
#[derive(Debug, Default)]
struct Fields(BTreeMap<String, Node>);

impl Fields {
    /// Looks at a map; false when there is no room for it.
    fn see(&mut self, map: ItemRef<'_>, most: usize, room: &mut Room) -> bool {
        for (name, value) in map {
            let name = name.get();
            if !self.0.contains_key(&*name) {
                if self.0.len() >= most || !room.take(&name) {
                    return false;
                }
                self.0.insert(name.clone().into_owned(), Node::default());
            }
            if let Some(node) = self.0.get_mut(&*name) {
                node.see(value, room);
            }
        }
        true
    }

    /// Gives back what it holds.
    fn leave(self, room: &mut Room) {
        for (name, node) in self.0 {
            room.columns -= 1;
            room.names -= name.len();
            node.inside.leave(room);
        }
    }

    fn columns(self, path: &str, notes: &mut Vec<Note>) -> Vec<Column> {
        let mut folded: BTreeMap<String, &str> = BTreeMap::new();
        for name in self.0.keys() {
            if let Some(other) = folded.insert(name.to_lowercase(), name) {
                let detail =
                    format!("differs from {other:?} in case only, which many engines ignore");
                let path = below(path, name);
                notes.push(Note { kind: NoteKind::SameButCase, path, detail });
            }
        }
        let columns = self.0.into_iter().map(|(name, node)| {
            let column_type = node.column_type(&below(path, &name), notes);
            Column { name, column_type }
        });
        columns.collect()
    }
}

/// All values at one place.
#[derive(Debug, Default)]
struct Node {
    /// Which types were seen, as bits of [`Kind`].
    kinds: u16,
    nulls: u64,
    digits: Digits,
    inside: Inside,
    has_too_many: bool,
}

#[derive(Debug, Default)]
enum Inside {
    #[default]
    Nothing,
    Fields(Fields),
    Element(Box<Node>),
}

impl Inside {
    fn leave(self, room: &mut Room) {
        match self {
            Self::Nothing => {}
            Self::Fields(fields) => fields.leave(room),
            Self::Element(node) => node.inside.leave(room),
        }
    }
}

/// How many digits the numbers have before and behind the point.
#[derive(Clone, Copy, Debug, Default)]
struct Digits {
    before: i32,
    behind: i32,
}

impl Digits {
    fn see(&mut self, coefficient: i128, exponent: i32) {
        let count = coefficient.unsigned_abs().checked_ilog10().map_or(0, |log| log + 1);
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        if count > 0 {
            self.before = self.before.max(count.saturating_add(exponent));
            self.behind = self.behind.max(exponent.saturating_neg());
        }
    }

    /// The narrowest decimal that holds all, none where 38 digits do not.
    fn decimal(self) -> Option<ColumnType> {
        let precision = self.before.saturating_add(self.behind).max(1);
        if precision > MAX_DIGITS {
            return None;
        }
        let (precision, scale) = (u8::try_from(precision).ok()?, i8::try_from(self.behind).ok()?);
        Some(ColumnType::Decimal { precision, scale })
    }
}

/// The types but NULL, with their names.
const KINDS: [&str; 9] = ["S", "N", "B", "BOOL", "L", "M", "SS", "NS", "BS"];

fn kind(value: &ValueRef<'_>) -> Option<u16> {
    Some(match value {
        ValueRef::S(_) => 1,
        ValueRef::N(_) => 1 << 1,
        ValueRef::B(_) => 1 << 2,
        ValueRef::Bool(_) => 1 << 3,
        ValueRef::L(_) => 1 << 4,
        ValueRef::M(_) => 1 << 5,
        ValueRef::Ss(_) => 1 << 6,
        ValueRef::Ns(_) => 1 << 7,
        ValueRef::Bs(_) => 1 << 8,
        ValueRef::Null => return None,
    })
}

impl Node {
    fn see(&mut self, value: ValueRef<'_>, room: &mut Room) {
        let Some(kind) = kind(&value) else {
            self.nulls += 1;
            return;
        };
        self.kinds |= kind;
        if self.is_text() {
            std::mem::take(&mut self.inside).leave(room);
            return;
        }
        match value {
            ValueRef::N(number) => {
                let (coefficient, exponent) = number.decimal_parts();
                self.digits.see(coefficient, exponent);
            }
            ValueRef::Ns(set) => set.iter().for_each(|number| {
                let (coefficient, exponent) = number.decimal_parts();
                self.digits.see(coefficient, exponent);
            }),
            ValueRef::L(list) => {
                if let Inside::Nothing = self.inside {
                    self.inside = Inside::Element(Box::default());
                }
                if let Inside::Element(element) = &mut self.inside {
                    list.iter().for_each(|value| element.see(value, room));
                }
            }
            ValueRef::M(map) => {
                if let Inside::Nothing = self.inside {
                    self.inside = Inside::Fields(Fields::default());
                }
                if let Inside::Fields(fields) = &mut self.inside
                    && !fields.see(map, MAX_FIELDS, room)
                {
                    self.has_too_many = true;
                    std::mem::take(&mut self.inside).leave(room);
                }
            }
            _ => {}
        }
    }

    fn is_text(&self) -> bool {
        self.has_too_many || self.kinds.count_ones() > 1
    }

    fn column_type(self, path: &str, notes: &mut Vec<Note>) -> ColumnType {
        let mut note = |kind, detail: String| {
            notes.push(Note { kind, path: path.to_owned(), detail });
        };
        if self.nulls > 0 && self.kinds != 0 {
            let detail = format!(
                "{} values are NULL; they are null like attributes that are not there",
                self.nulls
            );
            note(NoteKind::Nulls, detail);
        }
        if self.kinds.count_ones() > 1 {
            let kinds = KINDS.iter().enumerate();
            let kinds = kinds.filter(|(bit, _)| self.kinds & (1 << bit) != 0);
            let kinds: Vec<&str> = kinds.map(|(_, name)| *name).collect();
            let detail = format!("values of {}: text of DynamoDB JSON", kinds.join(", "));
            note(NoteKind::SeveralTypes, detail);
            return ColumnType::Json;
        }
        if self.has_too_many {
            let detail = "maps of too many names: text of DynamoDB JSON".to_owned();
            note(NoteKind::ManyNames, detail);
            return ColumnType::Json;
        }
        let mut number = |digits: Digits| {
            digits.decimal().unwrap_or_else(|| {
                let detail = "numbers that 38 digits do not hold together: text".to_owned();
                note(NoteKind::WideNumbers, detail);
                ColumnType::NumberText
            })
        };
        match (KINDS.get(self.kinds.trailing_zeros() as usize).copied(), self.inside) {
            (Some("S"), _) => ColumnType::String,
            (Some("N"), _) => number(self.digits),
            (Some("B"), _) => ColumnType::Binary,
            (Some("BOOL"), _) => ColumnType::Bool,
            (Some("SS"), _) => ColumnType::StringSet,
            (Some("NS"), _) => ColumnType::NumberSet(Box::new(number(self.digits))),
            (Some("BS"), _) => ColumnType::BinarySet,
            (Some("L"), Inside::Element(element)) => {
                if element.kinds == 0 && element.nulls == 0 {
                    let detail = "lists without elements only: a list of strings".to_owned();
                    note(NoteKind::EmptyLists, detail);
                    return ColumnType::List(Box::new(ColumnType::String));
                }
                ColumnType::List(Box::new(element.column_type(&format!("{path}[]"), notes)))
            }
            (Some("M"), Inside::Fields(fields)) if !fields.0.is_empty() => {
                ColumnType::Struct(fields.columns(path, notes))
            }
            (Some(_), _) => {
                let detail = "maps without attributes only: text of DynamoDB JSON".to_owned();
                note(NoteKind::EmptyMaps, detail);
                ColumnType::Json
            }
            (None, _) => {
                note(NoteKind::NullOnly, "NULL only: a column of strings".to_owned());
                ColumnType::String
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::Tape;

    fn inferred(lines: &[&str]) -> Inferred {
        let mut inference = SchemaInference::default();
        let mut tape = Tape::new();
        for line in lines {
            inference.add(tape.read_line(line.as_bytes()).unwrap()).unwrap();
        }
        inference.finish(&["pk"]).unwrap()
    }

    fn type_of(values: &[&str]) -> (ColumnType, Vec<NoteKind>) {
        let lines: Vec<String> = values.iter().map(|value| format!(r#"{{"a":{value}}}"#)).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let inferred = inferred(&lines);
        let kinds = inferred.notes.iter().map(|note| note.kind).collect();
        (inferred.schema.columns[0].column_type.clone(), kinds)
    }

    fn decimal(precision: u8, scale: i8) -> ColumnType {
        ColumnType::Decimal { precision, scale }
    }

    #[test]
    fn numbers_become_the_narrowest_decimal_that_holds_all() {
        for (numbers, expected) in [
            (&["0"][..], decimal(1, 0)),
            (&["1", "-12"], decimal(2, 0)),
            (&["0.001", "100"], decimal(6, 3)),
            (&["1.50", "6e2"], decimal(4, 1)),
            (&["0.05"], decimal(2, 2)),
            (&["99999999999999999999999999999999999999"], decimal(38, 0)),
            (&["1e-38"], decimal(38, 38)),
        ] {
            let values: Vec<String> = numbers.iter().map(|n| format!(r#"{{"N":"{n}"}}"#)).collect();
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            assert_eq!(type_of(&values), (expected, vec![]), "{numbers:?}");
        }
        for numbers in [r#"{"NS":["1e20","1e-20"]}"#, r#"{"NS":["1e125"]}"#] {
            let text = ColumnType::NumberSet(Box::new(ColumnType::NumberText));
            assert_eq!(type_of(&[numbers]), (text, vec![NoteKind::WideNumbers]));
        }
    }

    #[test]
    fn what_has_no_one_type_becomes_text_and_is_told() {
        for (values, expected, kind) in [
            (&[r#"{"S":"a"}"#, r#"{"N":"1"}"#][..], ColumnType::Json, NoteKind::SeveralTypes),
            (
                &[r#"{"M":{"x":{"S":"a"}}}"#, r#"{"BOOL":true}"#],
                ColumnType::Json,
                NoteKind::SeveralTypes,
            ),
            (&[r#"{"M":{}}"#], ColumnType::Json, NoteKind::EmptyMaps),
            (&[r#"{"NULL":true}"#], ColumnType::String, NoteKind::NullOnly),
            (&[r#"{"NULL":true}"#, r#"{"BOOL":true}"#], ColumnType::Bool, NoteKind::Nulls),
            (
                &[r#"{"L":[]}"#],
                ColumnType::List(Box::new(ColumnType::String)),
                NoteKind::EmptyLists,
            ),
        ] {
            assert_eq!(type_of(values), (expected, vec![kind]), "{values:?}");
        }
    }

    #[test]
    fn maps_and_lists_are_looked_into() {
        let (column_type, notes) = type_of(&[
            r#"{"L":[{"M":{"x":{"N":"1"}}},{"M":{"y":{"BS":["AQI="]}}}]}"#,
            r#"{"L":[{"M":{"x":{"N":"2.5"}}}]}"#,
        ]);
        let column = |name: &str, column_type| Column { name: name.to_owned(), column_type };
        let fields = vec![column("x", decimal(2, 1)), column("y", ColumnType::BinarySet)];
        assert_eq!(column_type, ColumnType::List(Box::new(ColumnType::Struct(fields))));
        assert_eq!(notes, []);
    }

    #[test]
    fn a_dictionary_becomes_text_and_its_room_is_free_again() {
        let mut inference = SchemaInference::default();
        let mut tape = Tape::new();
        for n in 0..20_000 {
            let line = format!(r#"{{"d":{{"M":{{"user{n}":{{"M":{{"a":{{"S":"x"}}}}}}}}}}}}"#);
            inference.add(tape.read_line(line.as_bytes()).unwrap()).unwrap();
            assert!(inference.room.columns <= MAX_COLUMNS);
        }
        assert_eq!((inference.room.columns, inference.room.names), (1, 1));
        let inferred = inference.finish(&[]).unwrap();
        assert_eq!(inferred.schema.columns[0].column_type, ColumnType::Json);
        assert_eq!(
            inferred.notes[0].to_string(),
            "$.d: maps of too many names: text of DynamoDB JSON"
        );
    }

    #[test]
    fn too_many_attributes_are_an_error() {
        let mut inference = SchemaInference::default();
        let mut tape = Tape::new();
        let error = (0..5000).find_map(|n| {
            let line = format!(r#"{{"a{n}":{{"S":"x"}}}}"#);
            inference.add(tape.read_line(line.as_bytes()).unwrap()).err()
        });
        assert_eq!(error.unwrap().kind(), ColumnarErrorKind::TooManyColumns);
    }

    #[test]
    fn keys_come_first_and_names_that_differ_in_case_are_told() {
        let inferred = inferred(&[r#"{"a":{"S":"x"},"pk":{"S":"x"},"A":{"S":"x"}}"#]);
        let names: Vec<&str> = inferred.schema.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["pk", "A", "a"]);
        assert_eq!(inferred.notes[0].kind, NoteKind::SameButCase);
    }
}
