//! The switch of point-in-time recovery.

use super::answer::{required, seconds};
use super::{Jobs, Refused};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_hours(24);
/// The longest that the service keeps what is needed to restore a table, and its default.
const MOST_DAYS: u64 = 35;

/// The tables that can be restored, by their ids: a table that is made anew under its name cannot.
#[derive(Default)]
pub(super) struct Backups(HashMap<String, Recovery>);

#[derive(Clone, Copy)]
struct Recovery {
    since: SystemTime,
    days: u64,
}

impl Backups {
    /// The earliest time as of which a table can be exported; none when recovery is off.
    pub(super) fn earliest(&self, table_id: &str, now: SystemTime) -> Option<SystemTime> {
        let recovery = self.0.get(table_id)?;
        let span = DAY * u32::try_from(recovery.days).unwrap_or(u32::MAX);
        Some(now.checked_sub(span).map_or(recovery.since, |oldest| oldest.max(recovery.since)))
    }
}

pub(super) async fn update(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let table_id = table_id(jobs, request).await?;
    let Some(wanted) = request.get("PointInTimeRecoverySpecification") else {
        return Err(Refused::validation("PointInTimeRecoverySpecification must not be null"));
    };
    let is_on = wanted.get("PointInTimeRecoveryEnabled").and_then(Value::as_bool).unwrap_or(false);
    let days = match wanted.get("RecoveryPeriodInDays").and_then(Value::as_u64) {
        None => MOST_DAYS,
        Some(days @ 1..=MOST_DAYS) => days,
        Some(_) => return Err(Refused::validation("RecoveryPeriodInDays must be from 1 to 35")),
    };
    let now = jobs.now();
    let recoveries = &mut jobs.lock().backups.0;
    if is_on {
        recoveries.entry(table_id.clone()).or_insert(Recovery { since: now, days }).days = days;
    } else {
        recoveries.remove(&table_id);
    }
    Ok(description(recoveries.get(&table_id), now))
}

pub(super) async fn describe(jobs: &Jobs, request: &Value) -> Result<Value, Refused> {
    let table_id = table_id(jobs, request).await?;
    let now = jobs.now();
    Ok(description(jobs.lock().backups.0.get(&table_id), now))
}

fn description(recovery: Option<&Recovery>, now: SystemTime) -> Value {
    let state = match recovery {
        None => json!({"PointInTimeRecoveryStatus": "DISABLED"}),
        Some(recovery) => json!({
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": recovery.days,
            "EarliestRestorableDateTime": seconds(recovery.since),
            "LatestRestorableDateTime": seconds(now),
        }),
    };
    json!({"ContinuousBackupsDescription": {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": state,
    }})
}

async fn table_id(jobs: &Jobs, request: &Value) -> Result<String, Refused> {
    let name = required(request, "TableName")?;
    let name = name.rsplit('/').next().unwrap_or(name);
    let table = jobs.upstream().table(name).await?;
    let id = table.as_ref().and_then(|table| table.get("TableId")?.as_str());
    id.map(str::to_owned)
        .ok_or_else(|| Refused::new("TableNotFoundException", format!("Table not found: {name}")))
}
