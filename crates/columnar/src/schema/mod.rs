//! What columns there are, and of which types.

mod infer;
mod note;

pub use infer::{Inferred, MAX_COLUMNS, SchemaInference};
pub(crate) use note::below;
pub use note::{Note, NoteKind};

use crate::{ColumnarError, ColumnarErrorKind};
use serde::{Deserialize, Serialize};

/// The columns of a file, in their order.
///
/// As JSON: `{"version":1,"columns":[{"name":"pk","type":"string"},...]}`, where a type is one of
/// `"string"`, `"binary"`, `"bool"`, `"number-text"`, `"json"`, `"string-set"`, `"binary-set"`,
/// `{"decimal":{"precision":10,"scale":2}}`, `{"list":TYPE}`, `{"number-set":TYPE}` with a decimal or
/// `"number-text"`, and `{"struct":[{"name":...,"type":...},...]}`. Every column may be null.
///
/// ```
/// use ddbkit_columnar::{ColumnType, Schema};
///
/// let json = br#"{"version":1,"columns":[
///     {"name":"pk","type":"string"},
///     {"name":"price","type":{"decimal":{"precision":10,"scale":2}}}]}"#;
/// let schema = Schema::from_json(json)?;
/// assert_eq!(schema.columns[1].column_type, ColumnType::Decimal { precision: 10, scale: 2 });
/// assert_eq!(Schema::from_json(schema.to_json().as_bytes())?, schema);
/// # Ok::<(), ddbkit_columnar::ColumnarError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schema {
    /// The version of the document, 1.
    pub version: u32,
    /// The columns.
    pub columns: Vec<Column>,
}

/// A column, or a field of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The name of the attribute.
    pub name: String,
    /// What stands in it.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
}

/// What stands in a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ColumnType {
    /// S, as text.
    String,
    /// N, as an exact decimal of at most 76 digits; only up to 38 are read exactly everywhere.
    Decimal {
        /// How many digits there are in all, 1 to 76.
        precision: u8,
        /// How many of them stand behind the point.
        scale: i8,
    },
    /// N, as text, where no decimal holds all values.
    NumberText,
    /// B, as bytes.
    Binary,
    /// BOOL.
    Bool,
    /// L.
    List(Box<ColumnType>),
    /// M.
    Struct(Vec<Column>),
    /// SS, as a list of strings.
    StringSet,
    /// NS, as a list of decimals or of texts.
    NumberSet(Box<ColumnType>),
    /// BS, as a list of binaries.
    BinarySet,
    /// Any value, as text of `DynamoDB` JSON: `{"S":"a"}`.
    Json,
}

/// The deepest a type may be: as deep as values of `DynamoDB`.
const MAX_DEPTH: usize = 32;

impl Schema {
    /// Columns of their own.
    ///
    /// # Errors
    /// [`ColumnarErrorKind::InvalidSchema`] when there are none or too many, a name is empty or there
    /// twice, or a type is none that there is.
    ///
    /// ```
    /// use ddbkit_columnar::{Column, ColumnType, ColumnarErrorKind, Schema};
    ///
    /// let column = |name: &str, column_type| Column { name: name.to_owned(), column_type };
    /// let price = ColumnType::Decimal { precision: 10, scale: 2 };
    /// let schema = Schema::new(vec![column("pk", ColumnType::String), column("price", price)])?;
    /// assert_eq!(schema.columns[1].name, "price");
    ///
    /// let twice = vec![column("pk", ColumnType::String), column("pk", ColumnType::Json)];
    /// assert_eq!(Schema::new(twice).unwrap_err().kind(), ColumnarErrorKind::InvalidSchema);
    /// # Ok::<(), ddbkit_columnar::ColumnarError>(())
    /// ```
    pub fn new(columns: Vec<Column>) -> Result<Self, ColumnarError> {
        let mut count = 0;
        check_columns(&columns, "$", 0, &mut count)?;
        Ok(Self { version: 1, columns })
    }

    /// Reads the document.
    ///
    /// # Errors
    /// As [`Schema::new`], and when it is no such document or of a later version.
    pub fn from_json(json: &[u8]) -> Result<Self, ColumnarError> {
        let invalid = |why: String| ColumnarError::new(ColumnarErrorKind::InvalidSchema, why);
        let schema: Self = serde_json::from_slice(json)
            .map_err(|error| invalid(format!("the schema is not valid: {error}")))?;
        if schema.version != 1 {
            return Err(invalid(format!("version {} of schemas is not known", schema.version)));
        }
        Self::new(schema.columns)
    }

    /// The document on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers under text keys always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn check_columns(
    columns: &[Column],
    path: &str,
    depth: usize,
    count: &mut usize,
) -> Result<(), ColumnarError> {
    let refuse = |why: String| Err(ColumnarError::new(ColumnarErrorKind::InvalidSchema, why));
    *count += columns.len();
    if columns.is_empty() {
        return refuse(format!("{path} has no columns"));
    }
    if *count > MAX_COLUMNS {
        return refuse(format!("there are more than {MAX_COLUMNS} columns"));
    }
    let mut names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    names.sort_unstable();
    if let Some([name, ..]) = names.windows(2).find(|pair| pair.first() == pair.get(1)) {
        return refuse(format!("{path} has the column {name:?} twice"));
    }
    columns.iter().try_for_each(|column| {
        let path = below(path, &column.name);
        if column.name.is_empty() {
            return refuse(format!("{path} has no name"));
        }
        check_type(&column.column_type, &path, depth + 1, count)
    })
}

fn check_type(
    column_type: &ColumnType,
    path: &str,
    depth: usize,
    count: &mut usize,
) -> Result<(), ColumnarError> {
    let refuse = |why: &str| {
        let message = format!("the type of {path} {why}");
        Err(ColumnarError::new(ColumnarErrorKind::InvalidSchema, message))
    };
    if depth > MAX_DEPTH {
        return refuse("is deeper than 32 levels");
    }
    match column_type {
        ColumnType::Decimal { precision, scale } => {
            let is_good = (1..=76).contains(precision)
                && u8::try_from(*scale).is_ok_and(|scale| scale <= *precision);
            if is_good { Ok(()) } else { refuse("is no decimal of 1 to 76 digits") }
        }
        ColumnType::List(element) => check_type(element, path, depth + 1, count),
        ColumnType::NumberSet(element) => match element.as_ref() {
            ColumnType::Decimal { .. } | ColumnType::NumberText => {
                check_type(element, path, depth + 1, count)
            }
            _ => refuse("is a number set of no numbers"),
        },
        ColumnType::Struct(columns) => check_columns(columns, path, depth, count),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_schema_is_refused_with_its_place() {
        let schema = |columns: &str| {
            let json = format!(r#"{{"version":1,"columns":[{columns}]}}"#);
            Schema::from_json(json.as_bytes()).map_err(|error| error.to_string())
        };
        assert!(schema(r#"{"name":"a","type":{"number-set":"number-text"}}"#).is_ok());
        for (columns, why) in [
            ("", "has no columns"),
            (r#"{"name":"","type":"string"}"#, "has no name"),
            (r#"{"name":"a","type":"text"}"#, "unknown variant"),
            (r#"{"name":"a","type":"string"},{"name":"a","type":"bool"}"#, "\"a\" twice"),
            (r#"{"name":"a","type":{"decimal":{"precision":77,"scale":0}}}"#, "$.a is no decimal"),
            (r#"{"name":"a","type":{"decimal":{"precision":3,"scale":4}}}"#, "$.a is no decimal"),
            (r#"{"name":"a","type":{"number-set":"string"}}"#, "$.a is a number set of no"),
            (r#"{"name":"a","type":{"struct":[]}}"#, "$.a has no columns"),
        ] {
            let error = schema(columns).unwrap_err();
            assert!(error.contains(why), "{columns}: {error}");
        }
        assert!(Schema::from_json(br#"{"version":2,"columns":[]}"#).is_err());
    }
}
