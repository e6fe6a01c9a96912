//! What it costs.

use crate::{InspectError, InspectErrorKind, as_f64};
use ddbkit_codec::rules::{Consistency, STORAGE_OVERHEAD, page_units};
use ddbkit_export::lint::ImportCost;
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
///
/// A GB of a table and of S3 is 2^30 bytes, a GB of an export or import 10^9, as in the sizes that these
/// are billed for.
///
/// ```
/// use ddbkit_inspect::{Prices, ProfileOptions, Profiler, Source, SourceKind};
///
/// let mut prices = Prices::default();
/// prices.set("gb_month", 0.283)?; // another region
/// let mut profiler = Profiler::new(&ProfileOptions::default().prices(prices));
/// profiler.add_line(br#"{"pk":{"S":"a"}}"#)?;
///
/// let costs = profiler.finish(Source::new("example", SourceKind::Lines)).costs;
/// assert!(costs.prices.as_of.ends_with("gb_month as given"));
/// assert!(costs.storage_month > 0.0 && costs.storage_month < 0.000_001);
/// # Ok::<(), ddbkit_inspect::InspectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Prices {
    /// The region whose prices these are.
    pub region: String,
    /// Of when the list is, and where it is from.
    pub as_of: String,
    /// A million write request units.
    pub per_million_wru: f64,
    /// A million read request units.
    pub per_million_rru: f64,
    /// A GB in a table for a month.
    pub gb_month: f64,
    /// A GB in S3 for a month.
    pub s3_gb_month: f64,
    /// A GB of table for a full export.
    pub export_gb: f64,
    /// A GB of uncompressed data for an import.
    pub import_gb: f64,
}

impl Default for Prices {
    /// The public list of us-east-1, since the on-demand prices were halved on 2024-11-01: tables of the
    /// standard class, S3 Standard for the first 50 TB, no free tiers.
    fn default() -> Self {
        Self {
            region: "us-east-1".to_owned(),
            as_of: "2024-11-01, public price lists of DynamoDB and S3".to_owned(),
            per_million_wru: 0.625,
            per_million_rru: 0.125,
            gb_month: 0.25,
            s3_gb_month: 0.023,
            export_gb: 0.10,
            import_gb: ImportCost::DOLLARS_PER_GB,
        }
    }
}

impl Prices {
    /// Changes one price by the name of its field, like `gb_month`, and says so in `as_of`.
    ///
    /// # Errors
    /// [`InspectErrorKind::InvalidPrice`] when there is no such price, or it is negative or no number.
    pub fn set(&mut self, name: &str, dollars: f64) -> Result<(), InspectError> {
        let invalid = |message| Err(InspectError::new(InspectErrorKind::InvalidPrice, message));
        let price = match name {
            "per_million_wru" => &mut self.per_million_wru,
            "per_million_rru" => &mut self.per_million_rru,
            "gb_month" => &mut self.gb_month,
            "s3_gb_month" => &mut self.s3_gb_month,
            "export_gb" => &mut self.export_gb,
            "import_gb" => &mut self.import_gb,
            _ => return invalid(format!("there is no price {name:?}")),
        };
        if !dollars.is_finite() || dollars < 0.0 {
            return invalid(format!("the price {name} is no amount of dollars"));
        }
        *price = dollars;
        self.as_of += &format!("; {name} as given");
        Ok(())
    }

    /// What is saved each month when a table of so many bytes has so many left and these moved.
    pub(crate) fn moved_to_s3(&self, before: u64, left: u64, moved: u64) -> f64 {
        (gb(before) - gb(left)) * self.gb_month - gb(moved) * self.s3_gb_month
    }
}

impl Costs {
    pub(crate) fn of(
        items: u64,
        bytes: u64,
        json_bytes: u64,
        write_units: f64,
        prices: Prices,
    ) -> Self {
        let storage = gb(bytes) + gb(items) * as_f64(STORAGE_OVERHEAD as u64);
        // Pages are rounded up to 4 KB each, which is less than 1 % of a page.
        let pages = usize::try_from(bytes).unwrap_or(usize::MAX);
        let read_units = page_units([pages], Consistency::Eventual);
        Self {
            storage_month: storage * prices.gb_month,
            read_once: read_units / MILLION * prices.per_million_rru,
            write_once: write_units / MILLION * prices.per_million_wru,
            export_once: as_f64(bytes) / BILLED_GB * prices.export_gb,
            import_once: as_f64(json_bytes) / BILLED_GB * prices.import_gb,
            prices,
        }
    }
}

const MILLION: f64 = 1e6;
/// Bytes of a GB of exports and imports.
const BILLED_GB: f64 = 1e9;
/// Bytes of a GB of storage.
const GB: f64 = 1_073_741_824.0;

fn gb(bytes: u64) -> f64 {
    as_f64(bytes) / GB
}
