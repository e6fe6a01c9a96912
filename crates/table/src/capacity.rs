//! What answers say was consumed.

use crate::requests::units;
use aws_sdk_dynamodb::types::ConsumedCapacity;
use ddbkit_flow::{CapacityLimiter, CapacityUnits};

/// Charges what a write consumed: each global index for itself, local ones with their table. Returns all
/// of it.
pub(crate) fn charge_write(
    limiter: &CapacityLimiter,
    consumed: &ConsumedCapacity,
) -> CapacityUnits {
    let total = units(Some(consumed));
    let mut of_table = total.get();
    for (name, index) in consumed.global_secondary_indexes().into_iter().flatten() {
        let index = index.capacity_units().unwrap_or_default().max(0.0);
        of_table -= index;
        limiter.charge_index(name, CapacityUnits::new(index).unwrap_or_default());
    }
    limiter.charge(CapacityUnits::new(of_table.max(0.0)).unwrap_or_default());
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::types::Capacity;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn what_an_index_used_is_charged_to_it_alone() {
        let limiter = CapacityLimiter::per_second(CapacityUnits::new(10.0).unwrap());
        let index = Capacity::builder().capacity_units(30.0).build();
        let consumed = ConsumedCapacity::builder().capacity_units(50.0);
        let consumed = consumed.global_secondary_indexes("i", index).build();
        assert!((charge_write(&limiter, &consumed).get() - 50.0).abs() < f64::EPSILON);
        let before = Instant::now();
        limiter.ready().await;
        // 20 units of the table, of which a second's worth was there.
        let waited = before.elapsed().as_secs_f64();
        assert!((0.9..2.1).contains(&waited), "{waited}");
    }
}
