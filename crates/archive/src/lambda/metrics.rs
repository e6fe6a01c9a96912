//! What became of an event, as metrics.

use super::LambdaReport;
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The namespace of the metrics.
const NAMESPACE: &str = "ddbkit/archive";

impl LambdaReport {
    /// One line of log from which `CloudWatch` makes metrics of the table: `HoursToLoss`, `Records`,
    /// `Archived`, `AlreadyArchived`, `Left`, `Files` and `LostValues`, in the namespace `ddbkit/archive` (`CloudWatch`
    /// Logs user guide, "Embedded metric format"). The shard stands in the line and is no dimension: each
    /// would be a metric of its own, and shards come and go.
    ///
    /// `HoursToLoss` is the time that the event had left when it was done: the stream keeps records for
    /// `retention`, and this is what remains of that for its oldest record. Without records there is none.
    ///
    /// ```
    /// use ddbkit_archive::LambdaReport;
    /// use std::time::{Duration, SystemTime};
    ///
    /// let (now, day) = (SystemTime::now(), Duration::from_secs(24 * 3600));
    /// let line = LambdaReport::default().metrics("Orders", now, day);
    /// assert!(line.contains(r#""Namespace":"ddbkit/archive""#) && !line.trim_end().contains('\n'));
    /// ```
    #[must_use]
    pub fn metrics(&self, table: &str, now: SystemTime, retention: Duration) -> String {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let left = self.oldest.map(|oldest| {
            let age = Duration::from_secs(now.as_secs().saturating_sub(oldest));
            retention.saturating_sub(age).as_secs_f64() / 3600.0
        });
        let counts = ["Records", "Archived", "AlreadyArchived", "Left", "Files", "LostValues"];
        let counts = counts.map(|name| json!({"Name": name, "Unit": "Count"}));
        let hours = left.map(|_| json!({"Name": "HoursToLoss", "Unit": "None"}));
        let metrics: Vec<_> = counts.into_iter().chain(hours).collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
                "CloudWatchMetrics": [
                    {"Namespace": NAMESPACE, "Dimensions": [["Table"]], "Metrics": metrics},
                ],
            },
            "Table": table,
            "Shard": self.shard,
            "Records": self.records,
            "Archived": self.archived,
            "AlreadyArchived": self.already_archived,
            "Left": self.left,
            "Files": self.files,
            "LostValues": self.values.lost,
        });
        if let Some(left) = left {
            line["HoursToLoss"] = json!(left);
        }
        line.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn line(oldest: Option<u64>) -> Value {
        let report = LambdaReport {
            shard: Some("shardId-1".to_owned()),
            records: 5,
            archived: 4,
            already_archived: 1,
            files: 1,
            oldest,
            ..LambdaReport::default()
        };
        let now = UNIX_EPOCH + Duration::from_secs(100_000);
        serde_json::from_str(&report.metrics("Orders", now, Duration::from_hours(24))).unwrap()
    }

    #[test]
    fn every_metric_that_is_named_has_its_value_and_dimension() {
        for oldest in [Some(100_000 - 6 * 3600), None] {
            let line = line(oldest);
            let told = &line["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(told["Dimensions"], json!([["Table"]]));
            assert_eq!(line["Table"], "Orders");
            let metrics = told["Metrics"].as_array().unwrap();
            for metric in metrics {
                assert!(line[metric["Name"].as_str().unwrap()].is_number(), "{metric} {line}");
            }
            let has_hours = metrics.iter().any(|metric| metric["Name"] == "HoursToLoss");
            assert_eq!(has_hours, oldest.is_some());
            assert_eq!(line["_aws"]["Timestamp"], 100_000_000);
        }
        assert_eq!(line(Some(100_000 - 6 * 3600))["HoursToLoss"], 18.0);
        assert_eq!(line(Some(0))["HoursToLoss"], 0.0);
    }
}
