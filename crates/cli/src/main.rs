//! The `ddbkit` program.

fn main() {}
