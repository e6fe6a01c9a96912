//! What a table has of capacity.

use crate::{CapacityLimits, CapacityUnits};
use aws_sdk_dynamodb::types::{
    OnDemandThroughput, ProvisionedThroughputDescription, TableDescription,
};

/// Which of the two capacities of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// That of reads.
    Read,
    /// That of writes.
    Write,
}

impl Capacity {
    /// What the table and each of its global indexes have: what is provisioned, else the maximum that is
    /// set for requests on demand.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::{ProvisionedThroughputDescription, TableDescription};
    /// use ddbkit_flow::{Capacity, CapacityUnits};
    ///
    /// let has = ProvisionedThroughputDescription::builder().read_capacity_units(40).build();
    /// let table = TableDescription::builder().provisioned_throughput(has).build();
    /// assert_eq!(Capacity::Read.of(&table).table, Some(CapacityUnits::new(40.0)?));
    /// assert_eq!(Capacity::Write.of(&table).table, None);
    /// # Ok::<(), ddbkit_flow::InvalidCapacity>(())
    /// ```
    #[must_use]
    pub fn of(self, table: &TableDescription) -> CapacityLimits {
        let indexes = table.global_secondary_indexes().iter().filter_map(|index| {
            let limit = self.limit(index.provisioned_throughput(), index.on_demand_throughput());
            Some((index.index_name()?.to_owned(), limit))
        });
        CapacityLimits {
            table: self.limit(table.provisioned_throughput(), table.on_demand_throughput()),
            indexes: indexes.collect(),
        }
    }

    /// DynamoDB writes 0 units and a maximum of -1 for those that are not set.
    fn limit(
        self,
        provisioned: Option<&ProvisionedThroughputDescription>,
        on_demand: Option<&OnDemandThroughput>,
    ) -> Option<CapacityUnits> {
        let (provisioned, on_demand) = match self {
            Self::Read => (
                provisioned.and_then(|it| it.read_capacity_units),
                on_demand.and_then(|it| it.max_read_request_units),
            ),
            Self::Write => (
                provisioned.and_then(|it| it.write_capacity_units),
                on_demand.and_then(|it| it.max_write_request_units),
            ),
        };
        let set = [provisioned, on_demand].into_iter().flatten().find(|units| *units > 0)?;
        #[expect(clippy::cast_precision_loss, reason = "the quotas are far below 2^53")]
        let units = set as f64;
        CapacityUnits::new(units).ok()
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

    #[test]
    fn what_is_provisioned_of_the_table_and_each_index() {
        let index = GlobalSecondaryIndexDescription::builder()
            .index_name("by-date")
            .provisioned_throughput(provisioned(30, 10))
            .build();
        let table = TableDescription::builder()
            .provisioned_throughput(provisioned(1000, 200))
            .global_secondary_indexes(index)
            .build();
        let write = Capacity::Write.of(&table);
        assert_eq!((write.table, write.indexes["by-date"]), (units(200.0), units(10.0)));
        let read = Capacity::Read.of(&table);
        assert_eq!((read.table, read.indexes["by-date"]), (units(1000.0), units(30.0)));
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
        assert_eq!(Capacity::Read.of(&on_demand(60, -1)).table, units(60.0));
        assert_eq!(Capacity::Write.of(&on_demand(60, -1)).table, None);
        let nothing = TableDescription::builder().build();
        assert_eq!(Capacity::Read.of(&nothing), CapacityLimits::default());
    }
}
