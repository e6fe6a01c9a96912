//! What answers say was consumed.

use crate::{CapacityLimiter, CapacityUnits};
use aws_sdk_dynamodb::types::ConsumedCapacity;

/// All that a request consumed, of one table or of several; none where the server tells none.
///
/// ```
/// use aws_sdk_dynamodb::types::ConsumedCapacity;
/// use ddbkit_flow::{CapacityUnits, consumed_units};
///
/// let told = ConsumedCapacity::builder().capacity_units(2.5).build();
/// assert_eq!(consumed_units(Some(&told)), CapacityUnits::new(2.5)?);
/// assert_eq!(consumed_units(&[told.clone(), told]), CapacityUnits::new(5.0)?);
/// assert_eq!(consumed_units(None), CapacityUnits::ZERO);
/// # Ok::<(), ddbkit_flow::InvalidCapacity>(())
/// ```
#[must_use]
pub fn consumed_units<'a>(told: impl IntoIterator<Item = &'a ConsumedCapacity>) -> CapacityUnits {
    told.into_iter().map(|consumed| units(consumed.capacity_units())).sum()
}

/// What of it was consumed of each global index, where the request asked for `INDEXES`.
pub fn consumed_by_index(
    consumed: &ConsumedCapacity,
) -> impl Iterator<Item = (&str, CapacityUnits)> {
    let indexes = consumed.global_secondary_indexes().into_iter().flatten();
    indexes.map(|(name, index)| (name.as_str(), units(index.capacity_units())))
}

fn units(told: Option<f64>) -> CapacityUnits {
    CapacityUnits::new(told.unwrap_or_default().max(0.0)).unwrap_or_default()
}

impl CapacityLimiter {
    /// Charges what an answer says was consumed: each global index for itself, local ones with their
    /// table. Returns all of it.
    ///
    /// ```
    /// use aws_sdk_dynamodb::types::{Capacity, ConsumedCapacity};
    /// use ddbkit_flow::{CapacityLimiter, CapacityUnits, consumed_by_index};
    ///
    /// let of_index = Capacity::builder().capacity_units(1.0).build();
    /// let told = ConsumedCapacity::builder().capacity_units(3.0);
    /// let told = told.global_secondary_indexes("by-date", of_index).build();
    /// let limiter = CapacityLimiter::unlimited();
    /// assert_eq!(limiter.charge_answer(&told), CapacityUnits::new(3.0)?);
    /// let by_index: Vec<_> = consumed_by_index(&told).collect();
    /// assert_eq!(by_index, [("by-date", CapacityUnits::new(1.0)?)]);
    /// # Ok::<(), ddbkit_flow::InvalidCapacity>(())
    /// ```
    #[must_use = "what was consumed belongs in a report"]
    pub fn charge_answer(&self, consumed: &ConsumedCapacity) -> CapacityUnits {
        let total = consumed_units(Some(consumed));
        let mut of_table = total.get();
        for (name, index) in consumed_by_index(consumed) {
            of_table -= index.get();
            self.charge_index(name, index);
        }
        self.charge(units(Some(of_table)));
        total
    }
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
        assert!((limiter.charge_answer(&consumed).get() - 50.0).abs() < f64::EPSILON);
        let before = Instant::now();
        limiter.ready().await;
        // 20 units of the table, of which a second's worth was there.
        let waited = before.elapsed().as_secs_f64();
        assert!((0.9..2.1).contains(&waited), "{waited}");
    }
}
