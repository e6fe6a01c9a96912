//! Amazon Ion as text: `$ion_1_0 {Item:{pk:"a",n:103.}}`.

mod careful;
mod fast;
mod numbers;
mod reader;
mod strings;
mod values;
mod write;

pub use reader::IonTextReader;

pub(crate) use numbers::plain;
pub(crate) use strings::unescape;
pub(crate) use values::{Found, TextValues};
