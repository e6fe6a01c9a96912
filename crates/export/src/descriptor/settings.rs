//! Settings that stand beside the input of `CreateTable`.

use super::{StreamSpecification, Tag};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Time to live of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLive {
    /// The attribute with the time of expiry, in seconds since 1970.
    pub attribute_name: String,
}

/// Continuous backups from which the table can be restored as of any second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PointInTimeRecovery {
    /// How far back, 1 to 35 days; none is the service's default of 35.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_period_in_days: Option<i32>,
}

/// `CloudWatch` Contributor Insights on the table or on one index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContributorInsights {
    /// The index; none is the table itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// `ACCESSED_AND_THROTTLED_KEYS` or `THROTTLED_KEYS`; none is the service's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

/// Throughput that a table or an index is ready for at once, in units per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct WarmThroughput {
    /// Read units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_units_per_second: Option<i64>,
    /// Write units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_units_per_second: Option<i64>,
}

impl fmt::Display for WarmThroughput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (read, write) = (self.read_units_per_second, self.write_units_per_second);
        write!(f, "{}:{}", read.unwrap_or_default(), write.unwrap_or_default())
    }
}

/// A setting that could not be read when the table was described, so that nobody takes it for unset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotRead {
    /// Its name, as in [`AfterCreation::name`], or `AutoScaling`.
    pub setting: String,
    /// What the server said, or why it was not asked.
    pub reason: String,
}

/// A setting that is made when the data is in, or that some servers refuse in `CreateTable`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterCreation {
    /// Set these with `TagResource`, where the server does not take tags in `CreateTable`.
    Tags(Vec<Tag>),
    /// Turn time to live on with `UpdateTimeToLive`.
    TimeToLive(TimeToLive),
    /// Turn the stream on with `UpdateTable`; before the data is in, each put would be in it.
    Stream(StreamSpecification),
    /// Turn it on with `UpdateContinuousBackups`.
    PointInTimeRecovery(PointInTimeRecovery),
    /// Turn it on with `UpdateTable`; before, a load that failed would leave what cannot be deleted.
    DeletionProtection,
    /// Set it with `PutResourcePolicy`, for the table as
    /// [`TableDescriptor::resource_policy_for`](super::TableDescriptor::resource_policy_for) has it.
    ResourcePolicy,
    /// Turn it on with `UpdateContributorInsights`.
    ContributorInsights(ContributorInsights),
}

impl AfterCreation {
    /// The name of the setting, for reports.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Tags(_) => "Tags",
            Self::TimeToLive(_) => "TimeToLive",
            Self::Stream(_) => "Stream",
            Self::PointInTimeRecovery(_) => "PointInTimeRecovery",
            Self::DeletionProtection => "DeletionProtection",
            Self::ResourcePolicy => "ResourcePolicy",
            Self::ContributorInsights(_) => "ContributorInsights",
        }
    }
}
