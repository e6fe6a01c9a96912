//! Jobs of the service, against answers as AWS gives them.

mod exports;
mod imports;
mod parameters;
mod replay;
