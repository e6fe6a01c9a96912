//! `ddbkit table`.

mod create;
mod item;
mod key_attribute;
mod read;
mod whole;
mod write;

pub(crate) use create::CreateArgs;
pub(crate) use item::{ExpressionArgs, FormatArgs, ItemFormat, KeyArgs};
pub(crate) use read::{GetArgs, PageArgs, QueryArgs, ScanArgs};
pub(crate) use whole::{
    DescribeArgs, DropArgs, ExistsArgs, ListArgs, StreamArgs, TruncateArgs, TtlArgs,
};
pub(crate) use write::{DeleteArgs, OldArg, PutArgs, UpdateArgs, UpdatedArg};

use clap::Subcommand;

/// Small daily work with a table.
#[derive(Debug, Subcommand)]
pub(crate) enum TableCommand {
    /// Print the names of the tables [API: ListTables]
    List(ListArgs),
    /// Create a table with its indexes, time to live and stream [API: CreateTable]
    Create(CreateArgs),
    /// Tell what a table is: key, indexes, capacity, time to live, stream, tags [API: DescribeTable]
    Describe(DescribeArgs),
    /// Tell by the exit code whether a table, or an item in it, is there: 0 or 1
    Exists(ExistsArgs),
    /// Print an item [API: GetItem]
    Get(GetArgs),
    /// Write items [API: PutItem]
    Put(PutArgs),
    /// Change attributes of an item [API: UpdateItem]
    Update(UpdateArgs),
    /// Delete an item [API: DeleteItem]
    Delete(DeleteArgs),
    /// Print the items of one partition, of a table or an index [API: Query]
    Query(QueryArgs),
    /// Print all items of a table or an index [API: Scan]
    Scan(ScanArgs),
    /// Delete all items of a table [API: Scan, BatchWriteItem]
    Truncate(TruncateArgs),
    /// Show time to live, or switch it on or off [API: DescribeTimeToLive, UpdateTimeToLive]
    Ttl(TtlArgs),
    /// Show the stream, or switch it on or off [API: DescribeTable, UpdateTable]
    Stream(StreamArgs),
    /// Delete a table with everything in it [API: DeleteTable]
    Drop(DropArgs),
}
