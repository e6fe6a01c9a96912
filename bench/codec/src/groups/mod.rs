//! The cases. A case is one line of a list here: its name, its bytes, and the function that does
//! the work for an item. The bytes are those of the input, or of the output of a writer.

mod gzip;
mod ion_read;
mod ion_write;
mod json_borrowed;
mod json_owned;
mod json_skip;
mod json_struct;
mod json_write;
mod plain;
mod text_facts;

use crate::case::Group;

/// In the order of the table.
pub const ALL: &[&Group] = &[
    &json_borrowed::GROUP,
    &json_owned::GROUP,
    &json_struct::GROUP,
    &json_skip::GROUP,
    &json_write::GROUP,
    &text_facts::GROUP,
    &plain::READ,
    &plain::WRITE,
    &ion_read::TEXT_BORROWED,
    &ion_read::TEXT_OWNED,
    &ion_read::BINARY_BORROWED,
    &ion_read::BINARY_OWNED,
    &ion_write::TEXT,
    &ion_write::BINARY,
    &gzip::GROUP,
];
