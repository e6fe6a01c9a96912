//! `ddbkit offload`.

mod adopt;
mod gc;
mod get;
mod item;
mod migrate;
mod pointers;
mod put;
mod rm;

pub(crate) use adopt::AdoptArgs;
pub(crate) use gc::{GcApplyArgs, GcCommand, GcPlanArgs, GcVerifyArgs, PrefixArgs};
pub(crate) use get::GetArgs;
pub(crate) use item::{ItemArgs, ObjectsArgs, ValueKind};
pub(crate) use migrate::{MigrateArgs, RunArgs};
pub(crate) use pointers::OffloadedArg;
pub(crate) use put::PutArgs;
pub(crate) use rm::RmArgs;

use clap::Subcommand;

/// What is done with large attributes.
#[derive(Debug, Subcommand)]
pub(crate) enum OffloadCommand {
    /// Store a file as an attribute of an item, in S3 [API: PutObject, UpdateItem, PutItem]
    Put(PutArgs),
    /// Write an attribute that is in S3 to a file, all of it or a range, or print a signed URL
    /// [API: GetItem, GetObject]
    Get(GetArgs),
    /// Remove an attribute, or a whole item; the object is left to the collector [API: UpdateItem,
    /// DeleteItem]
    Rm(RmArgs),
    /// Move attributes of a whole table to S3, or back [API: Scan, PutObject, UpdateItem]
    Migrate(MigrateArgs),
    /// Take over the objects that pynamodb_mate has stored for a table [API: Scan, GetObject,
    /// PutObject, UpdateItem]
    Adopt(AdoptArgs),
    /// Collect the objects that no item points to any more
    #[command(subcommand)]
    Gc(GcCommand),
}
