//! Amazon Ion as binary.

mod careful;
mod decimal;
mod fast;
mod reader;
mod types;
mod write;

pub use reader::IonBinaryReader;
pub use write::IonBinaryWriter;

pub(crate) use decimal::plain;
