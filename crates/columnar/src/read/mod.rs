//! Items out of columns: Parquet and CSV, read row by row.

mod csv;
mod parquet;
mod scalar;
mod shape;
mod text;
mod time;
mod value;

pub use csv::{CsvReadOptions, CsvReader};
pub use parquet::{ParquetInfo, ParquetReader};

/// What stands in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadRow {
    /// Its number, from 1; of CSV the line on which it begins.
    pub number: u64,
    /// The item as DynamoDB JSON on one line, `{"pk":{"S":"a"}}`; of a row that is no item what of it
    /// can be told, in a form that is no item either.
    pub text: Vec<u8>,
    /// Why it is no item, where it is none: the path of the attribute and what is wrong with it.
    pub refused: Option<String>,
}
