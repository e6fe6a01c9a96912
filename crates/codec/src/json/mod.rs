//! DynamoDB JSON: read the fast way, or with care where that gives up; and written.

mod careful;
mod cursor;
mod fast;
mod numbers;
mod strings;
mod tape;
mod write;

pub(crate) use careful::decode_base64;
pub(crate) use cursor::{Cursor, unescape};
