//! The archive as a function of Lambda, behind the event source mapping of a stream.
fn main() {}
