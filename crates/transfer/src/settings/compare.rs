//! What a table has of what was asked for.

use ddbkit_export::{AfterCreation, TableDescriptor};

/// Whether the table has the setting, so that setting it again may be refused.
pub(crate) fn has(found: &TableDescriptor, step: &AfterCreation) -> bool {
    let table = &found.create_table;
    match step {
        AfterCreation::Tags(tags) => tags.iter().all(|tag| table.tags.contains(tag)),
        AfterCreation::TimeToLive(wanted) => found.time_to_live.as_ref() == Some(wanted),
        AfterCreation::Stream(wanted) => table.stream_specification.as_ref() == Some(wanted),
        AfterCreation::PointInTimeRecovery(wanted) => found
            .point_in_time_recovery
            .is_some_and(|found| wanted.recovery_period_in_days.is_none() || found == *wanted),
        AfterCreation::DeletionProtection => table.deletion_protection_enabled == Some(true),
        AfterCreation::ContributorInsights(wanted) => {
            found.contributor_insights.iter().any(|found| {
                found.index_name == wanted.index_name
                    && (wanted.mode.is_none() || found.mode == wanted.mode)
            })
        }
        // A policy comes back in the words of the service; putting it twice is no error.
        _ => false,
    }
}

/// Settings that were part of creating the table and that it does not have: some servers take what
/// they do not know and leave it out.
pub(crate) fn differs_from_creation(
    wanted: &TableDescriptor,
    found: &TableDescriptor,
) -> Vec<(&'static str, String)> {
    let (wanted, found) = (&wanted.create_table, &found.create_table);
    let mut differences = Vec::new();
    let mut check = |setting, wanted: Option<String>, found: Option<String>| {
        if let Some(wanted) = wanted
            && found.as_ref() != Some(&wanted)
        {
            let found = found.unwrap_or_else(|| "none".to_owned());
            let reason = format!("{wanted} was asked for, the table has {found}");
            differences.push((setting, reason));
        }
    };
    check("BillingMode", Some(wanted.billing_mode.clone()), Some(found.billing_mode.clone()));
    let class = |class: &Option<String>| class.clone().unwrap_or_else(|| "STANDARD".to_owned());
    check("TableClass", Some(class(&wanted.table_class)), Some(class(&found.table_class)));
    let sse = |sse: &Option<ddbkit_export::SseSpecification>| {
        sse.as_ref().filter(|sse| sse.enabled).map(|_| "KMS".to_owned())
    };
    check("SSESpecification", sse(&wanted.sse_specification), sse(&found.sse_specification));
    let limits = |limits: Option<ddbkit_export::OnDemandThroughput>| {
        let units = |n: Option<i64>| n.map_or_else(|| "any".to_owned(), |n| n.to_string());
        limits.map(|limits| {
            let (read, write) = (limits.max_read_request_units, limits.max_write_request_units);
            format!("{}:{}", units(read), units(write))
        })
    };
    check(
        "OnDemandThroughput",
        limits(wanted.on_demand_throughput),
        limits(found.on_demand_throughput),
    );
    for index in &wanted.global_secondary_indexes {
        let same = found
            .global_secondary_indexes
            .iter()
            .find(|other| other.index_name == index.index_name);
        check(
            "GlobalSecondaryIndexes",
            Some(index.index_name.clone()),
            same.map(|same| same.index_name.clone()),
        );
        check(
            "OnDemandThroughput of an index",
            limits(index.on_demand_throughput),
            same.and_then(|same| limits(same.on_demand_throughput)),
        );
    }
    for index in &wanted.local_secondary_indexes {
        let same =
            found.local_secondary_indexes.iter().find(|other| other.index_name == index.index_name);
        check(
            "LocalSecondaryIndexes",
            Some(index.index_name.clone()),
            same.map(|same| same.index_name.clone()),
        );
    }
    differences
}
