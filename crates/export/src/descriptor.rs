//! `_ddbkit/table.json`: all that is needed to create the table again.

mod definition;
mod overrides;
#[cfg(feature = "aws-sdk")]
mod sdk;
mod settings;
#[cfg(test)]
mod tests;

pub use definition::{
    AttributeDefinition, GlobalSecondaryIndex, KeySchemaElement, LocalSecondaryIndex,
    OnDemandThroughput, Projection, ProvisionedThroughput, SseSpecification, StreamSpecification,
    TableDefinition, Tag,
};
pub use overrides::{KmsKey, Override};
pub use settings::{
    AfterCreation, ContributorInsights, NotRead, PointInTimeRecovery, TimeToLive, WarmThroughput,
};

use crate::{ExportError, ExportErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A table as it was when it was dumped.
///
/// The document is JSON with `"version":1`. Its `createTable` part has the names of the
/// `CreateTable` API, so that `jq .createTable | aws dynamodb create-table --cli-input-json` works
/// with it; what `CreateTable` does not take stands beside it. Unknown fields are ignored on
/// reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TableDescriptor {
    /// The version of the document, 1.
    pub version: u32,
    /// The ARN of the table that was described.
    #[serde(default)]
    pub table_arn: Option<String>,
    /// Its UUID, which changes when a table is created again under its name.
    #[serde(default)]
    pub table_id: Option<String>,
    /// The input of `CreateTable`.
    pub create_table: TableDefinition,
    /// Time to live, where it is on. Set with `UpdateTimeToLive` after creation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_to_live: Option<TimeToLive>,
    /// Point-in-time recovery, where it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_in_time_recovery: Option<PointInTimeRecovery>,
    /// The resource-based policy of the table, JSON text as the service gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<String>,
    /// Contributor Insights, for the table and for each index where it is on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contributor_insights: Vec<ContributorInsights>,
    /// What the table was ready for. Creating the table does not ask for it, because it is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm_throughput: Option<WarmThroughput>,
    /// The same of its global secondary indexes, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub index_warm_throughput: BTreeMap<String, WarmThroughput>,
    /// Settings that could not be read, so that it is not known whether the table had them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_read: Vec<NotRead>,
    /// Settings that the table had and that creating it from this document does not bring back, by
    /// their names in `DescribeTable` (`Replicas`, `VectorIndexes`); tags
    /// that only AWS may set (`aws:...`) are named too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_covered: Vec<String>,
}

/// The primary key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySchema {
    /// The partition key.
    pub hash: KeyAttribute,
    /// The sort key, where there is one.
    pub range: Option<KeyAttribute>,
}

/// One attribute of a primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyAttribute {
    /// The attribute.
    pub name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

impl TableDescriptor {
    /// The version that this crate writes, and the highest that it reads.
    pub const VERSION: u32 = 1;

    /// Reads the document.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidSidecar`] when it is no such document or of a later version.
    pub fn from_json(json: &[u8]) -> Result<Self, ExportError> {
        Self::parse(json, "table descriptor")
    }

    pub(crate) fn parse(json: &[u8], object: &str) -> Result<Self, ExportError> {
        let invalid = || ExportError::new(ExportErrorKind::InvalidSidecar, object);
        let descriptor: Self = serde_json::from_slice(json).map_err(|e| invalid().caused_by(e))?;
        if descriptor.version > Self::VERSION {
            let version = descriptor.version;
            return Err(invalid().detail(format!("version {version} is not known")));
        }
        Ok(descriptor)
    }

    /// The document as it is stored, indented for people.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Texts and numbers under text keys always serialize.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The name of the table that was described.
    #[must_use]
    pub fn table_name(&self) -> &str {
        &self.create_table.table_name
    }

    /// The primary key with the types of its attributes.
    ///
    /// # Errors
    /// [`ExportErrorKind::InvalidDescriptor`] when there is no partition key or an attribute of
    /// the key is not defined.
    pub fn key_schema(&self) -> Result<KeySchema, ExportError> {
        let attribute = |key_type: &str| {
            let mut schema = self.create_table.key_schema.iter();
            let Some(element) = schema.find(|element| element.key_type == key_type) else {
                return Ok(None);
            };
            let name = &element.attribute_name;
            let mut definitions = self.create_table.attribute_definitions.iter();
            match definitions.find(|definition| definition.attribute_name == *name) {
                Some(definition) => Ok(Some(KeyAttribute {
                    name: name.clone(),
                    attribute_type: definition.attribute_type.clone(),
                })),
                None => Err(self.invalid(format!("the key attribute {name:?} is not defined"))),
            }
        };
        let hash = attribute("HASH")?.ok_or_else(|| self.invalid("there is no HASH key"))?;
        Ok(KeySchema { hash, range: attribute("RANGE")? })
    }

    /// What has to be set once the data is in, in this order. Tags are part of the `CreateTable`
    /// input too, for accounts that demand them there; setting them again changes nothing.
    #[must_use]
    pub fn after_creation(&self) -> Vec<AfterCreation> {
        let table = &self.create_table;
        let stream = table.stream_specification.clone().filter(|stream| stream.stream_enabled);
        let tags = (!table.tags.is_empty()).then(|| AfterCreation::Tags(table.tags.clone()));
        let protection = table.deletion_protection_enabled.filter(|is_on| *is_on);
        let insights = self.contributor_insights.iter().cloned();
        let steps = [
            tags,
            self.time_to_live.clone().map(AfterCreation::TimeToLive),
            stream.map(AfterCreation::Stream),
            self.point_in_time_recovery.map(AfterCreation::PointInTimeRecovery),
            protection.map(|_| AfterCreation::DeletionProtection),
            self.resource_policy.is_some().then_some(AfterCreation::ResourcePolicy),
        ];
        steps
            .into_iter()
            .flatten()
            .chain(insights.map(AfterCreation::ContributorInsights))
            .collect()
    }

    /// The resource policy for the table of this ARN: where it names the table that was described,
    /// it names the new one, because the service refuses a policy for another resource.
    #[must_use]
    pub fn resource_policy_for(&self, table_arn: &str) -> Option<String> {
        let policy = self.resource_policy.as_deref()?;
        let Some(own) = self.table_arn.as_deref().filter(|arn| !arn.is_empty()) else {
            return Some(policy.to_owned());
        };
        let mut parts = policy.split(own);
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // `table/Orders` is the beginning of `table/Orders-old` too.
            text += if part.starts_with(['"', '/']) { table_arn } else { own };
            text += part;
        }
        Some(text)
    }

    /// Says that a setting could not be read. One entry for each setting, the first reason.
    pub fn add_not_read(&mut self, setting: &str, reason: impl Into<String>) {
        if self.not_read.iter().all(|known| known.setting != setting) {
            let (setting, reason) = (setting.to_owned(), reason.into());
            self.not_read.push(NotRead { setting, reason });
        }
    }

    fn invalid(&self, detail: impl Into<String>) -> ExportError {
        let object = format!("table {:?}", self.create_table.table_name);
        ExportError::new(ExportErrorKind::InvalidDescriptor, object).detail(detail)
    }
}
