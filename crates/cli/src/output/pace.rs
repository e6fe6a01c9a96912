//! Capacity in JSON.

use ddbkit::flow::{CapacityUnits, PaceTaken};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What was asked for, and what it came to; null where there is no limit.
pub(crate) fn to_json(pace: &PaceTaken) -> Value {
    let indexes = pace.limits.indexes.iter();
    let indexes = indexes.map(|(name, units)| (name.clone(), json!(units.map(CapacityUnits::get))));
    json!({
        "asked": pace.asked.to_string(),
        "processes": pace.budget.get(),
        "units_per_second": pace.limits.table.map(CapacityUnits::get),
        "index_units_per_second": indexes.collect::<Map<_, _>>(),
    })
}

pub(crate) fn units_by_name(units: &BTreeMap<String, CapacityUnits>) -> Value {
    units
        .iter()
        .map(|(name, units)| (name.clone(), json!(units.get())))
        .collect::<Map<_, _>>()
        .into()
}
