//! What it costs.

use serde::Serialize;

/// What moving every attribute above a size to S3 would change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OffloadSaving {
    /// Values of more bytes than this would move.
    pub above: u64,
    /// How many values.
    pub attributes: u64,
    /// How many items have one.
    pub items: u64,
    /// Bytes of these values.
    pub bytes_moved: u64,
    /// Bytes of all items after that, pointers included.
    pub bytes_left: u64,
    /// Write units of writing every item once, as it is.
    pub write_units_before: f64,
    /// Write units of writing every item once, after that.
    pub write_units_after: f64,
    /// Dollars of storage a month that are saved, what S3 takes for the bytes subtracted. Requests to S3
    /// are not in it.
    pub monthly_saving: f64,
}

/// What things cost, in dollars, by a list of prices.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Costs {
    /// The prices that it was computed from.
    pub prices: Prices,
    /// Storage a month, the overhead of each item included; indexes, backups and free tiers are not.
    pub storage_month: f64,
    /// One scan, eventually consistent, on demand.
    pub read_once: f64,
    /// Writing every item once, on demand, without indexes.
    pub write_once: f64,
    /// A native full export.
    pub export_once: f64,
    /// A native import of the same items.
    pub import_once: f64,
}

/// A list of prices in dollars. AWS changes prices, and this is no promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Prices {
    /// The region whose prices these are.
    pub region: String,
    /// The day of which the list is, and where it is from.
    pub as_of: String,
    /// A million write request units.
    pub per_million_wru: f64,
    /// A million read request units.
    pub per_million_rru: f64,
    /// A GB (2^30 bytes) in a table for a month.
    pub gb_month: f64,
    /// A GB in S3 for a month.
    pub s3_gb_month: f64,
    /// A GB of table for a full export.
    pub export_gb: f64,
    /// A GB of uncompressed data for an import.
    pub import_gb: f64,
}
