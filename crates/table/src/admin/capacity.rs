//! What a table has of capacity, and what answers say was used of it.

use crate::TableError;
use aws_sdk_dynamodb::types::{
    ConsumedCapacity, OnDemandThroughput, ProvisionedThroughputDescription, TableDescription,
};
use ddbkit_flow::{CapacityLimiter, CapacityLimits, CapacityUnits, Control, Pace, ProgressEvent};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

/// Which of the two capacities of a table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Capacity {
    Read,
    Write,
}

/// A limiter at a pace, and the sum of what was used.
pub(super) struct Meter {
    limiter: CapacityLimiter,
    consumed: Mutex<CapacityUnits>,
}

impl Meter {
    pub(super) fn new(capacity: Capacity, pace: Pace, table: &TableDescription) -> Self {
        let limiter = CapacityLimiter::unlimited();
        limiter.set_limits(&pace.limits(&capacity.of(table), NonZeroU32::MIN));
        Self { limiter, consumed: Mutex::default() }
    }

    /// Waits until the pace allows another request.
    pub(super) async fn ready(&self, control: &Control) -> Result<(), TableError> {
        Ok(control.run(self.limiter.ready()).await?)
    }

    /// `DynamoDB` asked to slow down.
    pub(super) fn throttled(&self, control: &Control) {
        control.emit(&ProgressEvent::Throttled);
        self.limiter.throttled();
    }

    /// Charges what an answer says: each global index for itself, local ones with their table.
    pub(super) fn charge(&self, consumed: &ConsumedCapacity, control: &Control) {
        let total = units(consumed.capacity_units());
        let mut of_table = total.get();
        for (name, index) in consumed.global_secondary_indexes().into_iter().flatten() {
            let index = units(index.capacity_units());
            of_table -= index.get();
            self.limiter.charge_index(name, index);
        }
        self.limiter.charge(units(Some(of_table)));
        *self.consumed.lock().unwrap_or_else(PoisonError::into_inner) += total;
        control.emit(&ProgressEvent::Consumed(total));
    }

    pub(super) fn consumed(&self) -> CapacityUnits {
        *self.consumed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn units(units: Option<f64>) -> CapacityUnits {
    CapacityUnits::new(units.unwrap_or_default().max(0.0)).unwrap_or(CapacityUnits::ZERO)
}

impl Capacity {
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
    use aws_sdk_dynamodb::types::{Capacity as Used, GlobalSecondaryIndexDescription};

    #[test]
    fn the_pace_is_a_part_of_what_is_set() {
        let throughput = ProvisionedThroughputDescription::builder();
        let throughput = throughput.read_capacity_units(0).write_capacity_units(100).build();
        let maximum = OnDemandThroughput::builder().max_read_request_units(40).build();
        let table = TableDescription::builder()
            .provisioned_throughput(throughput.clone())
            .on_demand_throughput(maximum)
            .global_secondary_indexes(
                GlobalSecondaryIndexDescription::builder()
                    .index_name("i")
                    .provisioned_throughput(throughput)
                    .build(),
            )
            .build();
        let limit = |units: f64| CapacityUnits::new(units).ok();
        assert_eq!(Capacity::Read.of(&table).table, limit(40.0));
        let write = Capacity::Write.of(&table);
        assert_eq!((write.table, write.indexes["i"]), (limit(100.0), limit(100.0)));
        let free = TableDescription::builder().build();
        assert_eq!(Capacity::Write.of(&free), CapacityLimits::default());
    }

    #[tokio::test(start_paused = true)]
    async fn what_an_index_used_is_charged_to_it_alone() {
        let throughput = ProvisionedThroughputDescription::builder().write_capacity_units(10);
        let table = TableDescription::builder().provisioned_throughput(throughput.build()).build();
        let meter = Meter::new(Capacity::Write, "100%".parse().unwrap(), &table);
        let index = Used::builder().capacity_units(30.0).build();
        let consumed = ConsumedCapacity::builder().capacity_units(50.0);
        let consumed = consumed.global_secondary_indexes("i", index).build();
        let control = Control::new();
        meter.charge(&consumed, &control);
        let before = tokio::time::Instant::now();
        meter.ready(&control).await.unwrap();
        // 20 units of the table, of which a second's worth was there.
        let waited = before.elapsed().as_secs_f64();
        assert!((0.9..2.1).contains(&waited), "{waited}");
        assert!((meter.consumed().get() - 50.0).abs() < f64::EPSILON);
    }
}
