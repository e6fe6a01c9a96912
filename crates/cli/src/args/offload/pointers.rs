//! What becomes of pointers outside of `ddbkit offload`.

use clap::ValueEnum;

/// Pointers to large attributes, where items leave a table or come to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OffloadedArg {
    /// The pointers stay; a load rejects those of another table or item, and those whose object is gone
    Keep,
    /// The values take the place of their pointers; not more than 16 MiB each in a dump
    Inline,
    /// A dump holds the values beside its data; a load gives the items objects of their own below
    /// --objects, with the values of the dump or, where it holds none, from where the pointers lead
    Copy,
}
