//! What a table has of capacity.

use aws_sdk_dynamodb::types::{
    OnDemandThroughput, ProvisionedThroughputDescription, TableDescription,
};
use ddbkit_flow::{CapacityLimiter, CapacityLimits, CapacityUnits, Pace};
use std::num::NonZeroU32;

/// Which of the two capacities of a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Capacity {
    Read,
    Write,
}

impl Capacity {
    /// A limiter at this pace.
    pub(super) fn limiter(self, pace: Pace, table: &TableDescription) -> CapacityLimiter {
        let limiter = CapacityLimiter::unlimited();
        limiter.set_limits(&pace.limits(&self.of(table), NonZeroU32::MIN));
        limiter
    }

    /// What the table and its global indexes have.
    fn of(self, table: &TableDescription) -> CapacityLimits {
        let indexes = table.global_secondary_indexes().iter().filter_map(|index| {
            let limit = self.limit(index.provisioned_throughput(), index.on_demand_throughput());
            Some((index.index_name()?.to_owned(), limit))
        });
        CapacityLimits {
            table: self.limit(table.provisioned_throughput(), table.on_demand_throughput()),
            indexes: indexes.collect(),
        }
    }

    /// What is provisioned, else the maximum on demand; 0 and -1 stand for those that are not set.
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
        CapacityUnits::new(u32::try_from(set).ok()?.into()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::GlobalSecondaryIndexDescription;

    #[test]
    fn the_pace_is_a_part_of_what_is_set() {
        let throughput = ProvisionedThroughputDescription::builder();
        let throughput = throughput.read_capacity_units(0).write_capacity_units(100).build();
        let maximum = OnDemandThroughput::builder().max_read_request_units(40).build();
        let index = GlobalSecondaryIndexDescription::builder()
            .index_name("i")
            .provisioned_throughput(throughput.clone());
        let table = TableDescription::builder()
            .provisioned_throughput(throughput)
            .on_demand_throughput(maximum)
            .global_secondary_indexes(index.build())
            .build();
        let limit = |units: f64| CapacityUnits::new(units).ok();
        assert_eq!(Capacity::Read.of(&table).table, limit(40.0));
        let write = Capacity::Write.of(&table);
        assert_eq!((write.table, write.indexes["i"]), (limit(100.0), limit(100.0)));
        let half = Capacity::Write.limiter(Pace::default(), &table);
        assert_eq!(half.rate(), limit(50.0));
        let free = TableDescription::builder().build();
        assert_eq!(Capacity::Write.of(&free), CapacityLimits::default());
    }
}
