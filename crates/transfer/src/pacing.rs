//! From what DynamoDB says of a table to the pace of the work on it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    OnDemandThroughput, ProvisionedThroughputDescription, TableDescription,
};
use ddbkit_flow::{CapacityLimiter, CapacityLimits, CapacityUnits, Pace, PaceTaken};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// How often the limits of the table are asked for again: autoscaling changes them within minutes.
const REFRESH: Duration = Duration::from_mins(1);

/// Which of the two capacities of a table the work uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// That of reads.
    Read,
    /// That of writes.
    Write,
}

/// The pace of other work on a table, taken as dumps and loads take theirs: what a share comes to is asked
/// of `DescribeTable` every minute, because autoscaling changes it. Dropping it ends that.
///
/// ```
/// use ddbkit_flow::{CapacityUnits, Control, Pace};
/// use ddbkit_transfer::{Capacity, TablePace};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (client, control) = (servers.dynamodb.clone(), Control::new());
/// # let orders = servers.table("orders", key()).await;
/// let described = client.describe_table().table_name(&orders).send().await?.table.unwrap();
/// let hundred = Pace::PerSecond(CapacityUnits::new(100.0)?);
/// let pace = TablePace::start(client, &described, Capacity::Write, hundred);
///
/// // Before each request of the work, and after its answer.
/// pace.limiter().ready().await;
/// pace.limiter().charge(CapacityUnits::new(12.5)?);
/// assert_eq!(pace.limiter().rate(), CapacityUnits::new(100.0).ok());
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Debug)]
pub struct TablePace {
    limiter: CapacityLimiter,
    _refresh: Option<Refresh>,
}

impl TablePace {
    /// Takes the pace that is asked for of a table that was described. To be called in a Tokio runtime.
    #[must_use]
    pub fn start(
        client: Client,
        table: &TableDescription,
        capacity: Capacity,
        asked: Pace,
    ) -> Self {
        let pacing = Pacing { capacity, asked, budget: NonZeroU32::MIN };
        let limiter = CapacityLimiter::unlimited();
        limiter.set_limits(&pacing.taken(table).limits);
        let name = table.table_name().unwrap_or_default().into();
        let refresh = Refresh::start(client, name, limiter.clone(), pacing);
        Self { limiter, _refresh: refresh }
    }

    /// The limiter that keeps it.
    #[must_use]
    pub fn limiter(&self) -> CapacityLimiter {
        self.limiter.clone()
    }
}

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pacing {
    pub(crate) capacity: Capacity,
    pub(crate) asked: Pace,
    /// How many processes share the budget.
    pub(crate) budget: NonZeroU32,
}

impl Pacing {
    pub(crate) fn taken(&self, table: &TableDescription) -> PaceTaken {
        let limits = self.asked.limits(&self.there_is(table), self.budget);
        PaceTaken { asked: self.asked, budget: self.budget, limits }
    }

    /// What the table and its indexes have.
    fn there_is(&self, table: &TableDescription) -> CapacityLimits {
        let indexes = table.global_secondary_indexes().iter().filter_map(|index| {
            let limit = self.limit(index.provisioned_throughput(), index.on_demand_throughput());
            Some((index.index_name()?.to_owned(), limit))
        });
        let table_limit = self.limit(table.provisioned_throughput(), table.on_demand_throughput());
        CapacityLimits { table: table_limit, indexes: indexes.collect() }
    }

    /// What is provisioned, else the maximum on demand. DynamoDB writes 0 units and a maximum of -1
    /// for those that are not set.
    fn limit(
        &self,
        provisioned: Option<&ProvisionedThroughputDescription>,
        on_demand: Option<&OnDemandThroughput>,
    ) -> Option<CapacityUnits> {
        let (provisioned, on_demand) = match self.capacity {
            Capacity::Read => (
                provisioned.and_then(ProvisionedThroughputDescription::read_capacity_units),
                on_demand.and_then(OnDemandThroughput::max_read_request_units),
            ),
            Capacity::Write => (
                provisioned.and_then(ProvisionedThroughputDescription::write_capacity_units),
                on_demand.and_then(OnDemandThroughput::max_write_request_units),
            ),
        };
        let units = provisioned.filter(|units| *units > 0);
        let units = units.or(on_demand.filter(|units| *units > 0))?;
        #[expect(clippy::cast_precision_loss, reason = "the quotas are far below 2^53")]
        let units = units as f64;
        CapacityUnits::new(units).ok()
    }
}

/// Asks for the limits of the table now and then, until it is dropped.
#[derive(Debug)]
pub(crate) struct Refresh(tokio::task::AbortHandle);

impl Refresh {
    /// Starts, where a change of the table changes the pace.
    pub(crate) fn start(
        client: Client,
        table: Arc<str>,
        limiter: CapacityLimiter,
        pacing: Pacing,
    ) -> Option<Self> {
        if !matches!(pacing.asked, Pace::Share(_)) {
            return None;
        }
        let task = tokio::spawn(async move {
            loop {
                tokio::time::sleep(REFRESH).await;
                // Without an answer the limits that are known stay.
                let answer = client.describe_table().table_name(&*table).send().await;
                if let Some(table) = answer.ok().and_then(|answer| answer.table) {
                    limiter.set_limits(&pacing.taken(&table).limits);
                }
            }
        });
        Some(Self(task.abort_handle()))
    }
}

impl Drop for Refresh {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription;

    fn units(n: f64) -> Option<CapacityUnits> {
        CapacityUnits::new(n).ok()
    }

    fn provisioned(read: i64, write: i64) -> ProvisionedThroughputDescription {
        let throughput = ProvisionedThroughputDescription::builder();
        throughput.read_capacity_units(read).write_capacity_units(write).build()
    }

    fn half(capacity: Capacity) -> Pacing {
        Pacing { capacity, asked: Pace::default(), budget: NonZeroU32::MIN }
    }

    #[test]
    fn half_of_what_is_provisioned_of_the_table_and_each_index() {
        let index = GlobalSecondaryIndexDescription::builder()
            .index_name("by-date")
            .provisioned_throughput(provisioned(30, 10))
            .build();
        let table = TableDescription::builder()
            .provisioned_throughput(provisioned(1000, 200))
            .global_secondary_indexes(index)
            .build();
        let write = half(Capacity::Write).taken(&table).limits;
        assert_eq!((write.table, write.indexes["by-date"]), (units(100.0), units(5.0)));
        let read = half(Capacity::Read).taken(&table).limits;
        assert_eq!((read.table, read.indexes["by-date"]), (units(500.0), units(15.0)));
    }

    #[test]
    fn a_maximum_on_demand_is_a_limit_and_none_is_none() {
        let on_demand = |read, write| {
            let maximum = OnDemandThroughput::builder();
            let maximum = maximum.max_read_request_units(read).max_write_request_units(write);
            TableDescription::builder()
                .provisioned_throughput(provisioned(0, 0))
                .on_demand_throughput(maximum.build())
                .build()
        };
        assert_eq!(half(Capacity::Read).taken(&on_demand(60, -1)).limits.table, units(30.0));
        assert_eq!(half(Capacity::Write).taken(&on_demand(60, -1)).limits.table, None);
        let nothing = TableDescription::builder().build();
        assert_eq!(half(Capacity::Read).taken(&nothing).limits.table, None);
    }
}
