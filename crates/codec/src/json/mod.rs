//! DynamoDB JSON, read and written without a step in between.

mod cursor;
mod read;
mod write;

pub(crate) use cursor::Cursor;
