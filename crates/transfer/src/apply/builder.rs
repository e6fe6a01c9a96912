//! The options of an apply.

use crate::pacing::Pacing;
#[cfg(feature = "offload")]
use crate::pointers::PointerRule;
use aws_sdk_dynamodb::Client;
use ddbkit_flow::{Capacity, Pace};
#[cfg(feature = "offload")]
use ddbkit_offload::KeyLayout;
use ddbkit_store::Store;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
#[cfg(feature = "offload")]
use std::sync::Arc;

/// How it is known that the table has something newer than a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NewerBy {
    /// It is not known: every record is written. So the windows may be applied in their order and
    /// once, to a table that nobody else writes to. What was written since the window is lost, and a
    /// write that DynamoDB makes late, long after its answer was given up, may come after a newer one.
    #[default]
    Order,
    /// By a table of its own that keeps, for each key, the time of the last record that was applied,
    /// also where that deleted the item. Windows may be applied again and in any order. It knows what
    /// went through it; what others write to the table it does not know.
    ///
    /// The table is created where it is not there: its key is `item` (string), and it is paid by
    /// request. Each record is one transaction over both tables, which costs twice the units, and which
    /// global tables with multi-Region strong consistency do not take.
    Bookkeeping(String),
    /// By this attribute, in which each item that is put keeps the time of its record, a number of
    /// microseconds since 1970. Nothing keeps the time of a delete: an older record puts the item
    /// back. So the windows may be applied in their order and once; what is known is that an item in
    /// the table which has a later time stays. Each record is one write with a condition.
    Attribute(String),
}

/// Incremental exports onto a table, ready to [`run`](Apply::run).
///
/// ```no_run
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_store::Store;
/// use ddbkit_transfer::{Apply, NewerBy};
///
/// # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let monday = ExportReader::open(Store::directory("exports/monday")).await?;
/// let tuesday = ExportReader::open(Store::directory("exports/tuesday")).await?;
/// let apply = Apply::builder(client, "Orders-copy")
///     .newer_by(NewerBy::Bookkeeping("Orders-copy-applied".to_owned()))
///     .state(Store::directory("apply-state"))
///     .build();
/// let report = apply.run(vec![monday, tuesday], &Control::new()).await?;
/// println!("{} puts, {} deletes", report.puts, report.deletes);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Apply {
    pub(super) options: ApplyBuilder,
}

/// Sets the options of an [`Apply`].
#[derive(Clone, Debug)]
pub struct ApplyBuilder {
    pub(super) client: Client,
    pub(super) table: String,
    pub(super) newer_by: NewerBy,
    pub(super) workers: NonZeroUsize,
    pub(super) write_capacity: Pace,
    pub(super) rejects: Option<PathBuf>,
    pub(super) state: Option<Store>,
    #[cfg(feature = "offload")]
    pub(super) pointers: Option<PointerRule>,
}

const WORKERS: NonZeroUsize = NonZeroUsize::new(8).expect("not zero");

impl Apply {
    /// An apply to `table` with the default options: nothing newer is known, eight workers, half of
    /// the capacity.
    #[must_use]
    pub fn builder(client: Client, table: impl Into<String>) -> ApplyBuilder {
        ApplyBuilder {
            client,
            table: table.into(),
            newer_by: NewerBy::default(),
            workers: WORKERS,
            write_capacity: Pace::default(),
            rejects: None,
            state: None,
            #[cfg(feature = "offload")]
            pointers: None,
        }
    }
}

impl ApplyBuilder {
    /// How it is known that the table has something newer.
    #[must_use]
    pub fn newer_by(mut self, newer_by: NewerBy) -> Self {
        self.newer_by = newer_by;
        self
    }

    /// How many batches are written at the same time, 8 by default; where something newer may be
    /// known, each record is written by itself, eight times as many at the same time.
    #[must_use]
    pub fn workers(mut self, workers: NonZeroUsize) -> Self {
        self.workers = workers;
        self
    }

    /// The write capacity to use, on average over all workers: units per second, or a share of what
    /// the table and its indexes have. Half of that by default. The same pace is kept with the
    /// bookkeeping table, by what that one has.
    #[must_use]
    pub fn write_capacity(mut self, pace: impl Into<Pace>) -> Self {
        self.write_capacity = pace.into();
        self
    }

    /// The file for records that are refused, as they stand in the export; made only when there are
    /// any. Without one, the first refused record ends the work.
    #[must_use]
    pub fn rejects(mut self, file: impl Into<PathBuf>) -> Self {
        self.rejects = Some(file.into());
        self
    }

    /// Where the work keeps how far it came: the same exports onto the same table with the same place
    /// go on after a kill or an error. Nothing stays there when it is done. The place is for this
    /// work alone, and never within an export.
    #[must_use]
    pub fn state(mut self, store: Store) -> Self {
        self.state = Some(store);
        self
    }

    /// Rejects records with a pointer to a large attribute in S3 that the table must not have; see
    /// [`LoadBuilder::check_pointers`](crate::LoadBuilder::check_pointers).
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn check_pointers(mut self, s3: aws_sdk_s3::Client) -> Self {
        self.pointers = Some(PointerRule { s3, layout: None });
        self
    }

    /// The same for objects of a layout of one's own; see
    /// [`LoadBuilder::check_pointers_with`](crate::LoadBuilder::check_pointers_with).
    #[cfg(feature = "offload")]
    #[must_use]
    pub fn check_pointers_with(
        mut self,
        s3: aws_sdk_s3::Client,
        layout: Arc<dyn KeyLayout>,
    ) -> Self {
        self.pointers = Some(PointerRule { s3, layout: Some(layout) });
        self
    }

    /// The apply with these options.
    #[must_use]
    pub fn build(self) -> Apply {
        Apply { options: self }
    }

    pub(super) fn pacing(&self, capacity: Capacity) -> Pacing {
        Pacing { capacity, asked: self.write_capacity, budget: NonZeroU32::MIN }
    }
}
