//! The names that most programs need, of the features that are on: `use ddbkit::prelude::*;`.
//!
//! Errors and options are not among them, because several crates have some of one kind: they are
//! worth seeing with their module, like `transfer::TransferError`.

#[cfg(feature = "archive")]
pub use ddbkit_archive::{ArchiveSink, TtlArchiver};
#[cfg(feature = "codec")]
pub use ddbkit_codec::{AttributeValue, Item, Number, RawItem, Tape};
#[cfg(feature = "columnar")]
pub use ddbkit_columnar::{CsvWriter, ParquetWriter, SchemaInference};
#[cfg(feature = "jobs")]
pub use ddbkit_export::jobs::{ExportJob, ImportJob};
#[cfg(feature = "export")]
pub use ddbkit_export::{ExportReader, ExportWriter, TableDescriptor};
#[cfg(feature = "flow")]
pub use ddbkit_flow::{CapacityLimiter, CapacityUnits, Control, Progress, ProgressEvent};
#[cfg(feature = "foreign")]
pub use ddbkit_foreign::ForeignReader;
#[cfg(feature = "inspect")]
pub use ddbkit_inspect::{Profile, Profiler};
#[cfg(feature = "offload")]
pub use ddbkit_offload::{BlobPointer, GarbageCollector, OffloadPolicy, Offloader};
#[cfg(feature = "store")]
pub use ddbkit_store::{Location, Store};
#[cfg(feature = "table")]
pub use ddbkit_table::{Index, Key, Model, Table, attr};
#[cfg(feature = "transfer")]
pub use ddbkit_transfer::{Apply, Dump, Load};
