//! Amazon Ion as binary.

mod careful;
mod decimal;
mod fast;
mod reader;
mod strings;
mod types;
mod values;
mod write;

pub use reader::IonBinaryReader;
pub use write::IonBinaryWriter;

pub(crate) use decimal::Decimal;
pub(crate) use types::VERSION;
pub(crate) use values::{BinaryValues, Next};
