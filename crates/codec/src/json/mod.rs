//! DynamoDB JSON: read the fast way, or with care where that gives up; and written.

mod careful;
mod cursor;
pub(crate) mod fast;
mod numbers;
pub(crate) mod out;
mod places;
mod size;
mod space;
pub(crate) mod strings;
mod tape;
mod v1;
mod write;
mod write_ref;

pub(crate) use careful::{decode_base64, repeated};
pub(crate) use cursor::{Cursor, unescape};
pub(crate) use places::{attributes, element, end_of_item, framed_attributes, framed_item, member};
pub(crate) use space::{without_space_before, without_space_behind};
