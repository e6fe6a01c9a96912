//! `_ddbkit/table.json`: all that is needed to create the table again.

#[cfg(feature = "aws-sdk")]
mod sdk;
#[cfg(test)]
mod tests;

use crate::{ExportError, ExportErrorKind};
use serde::{Deserialize, Serialize};

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
    /// Settings that the table had and that creating it from this document does not bring back, by
    /// their names in `DescribeTable` (`Replicas`, `VectorIndexes`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_covered: Vec<String>,
}

/// The input of `CreateTable`, names and values as in the API.
///
/// Values of open sets (`BillingMode`, `ProjectionType`, ...) are texts, so that a document with a
/// value of a later API version can still be read and used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableDefinition {
    /// The name of the table that was described.
    pub table_name: String,
    /// The attributes that the keys of the table and its indexes use.
    pub attribute_definitions: Vec<AttributeDefinition>,
    /// The primary key.
    pub key_schema: Vec<KeySchemaElement>,
    /// `PROVISIONED` or `PAY_PER_REQUEST`.
    pub billing_mode: String,
    /// Capacity of a provisioned table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Limits of an on-demand table, where it has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<OnDemandThroughput>,
    /// Local secondary indexes; they can only be made together with the table.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_secondary_indexes: Vec<LocalSecondaryIndex>,
    /// Global secondary indexes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub global_secondary_indexes: Vec<GlobalSecondaryIndex>,
    /// The stream, where it was enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_specification: Option<StreamSpecification>,
    /// Encryption with a KMS key; none is the key that AWS owns.
    #[serde(default, rename = "SSESpecification", skip_serializing_if = "Option::is_none")]
    pub sse_specification: Option<SseSpecification>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table_class: Option<String>,
    /// Whether the table refuses to be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion_protection_enabled: Option<bool>,
    /// The table's tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// The type of one key attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttributeDefinition {
    /// The attribute.
    pub attribute_name: String,
    /// `S`, `N` or `B`.
    pub attribute_type: String,
}

/// One attribute of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeySchemaElement {
    /// The attribute.
    pub attribute_name: String,
    /// `HASH` or `RANGE`.
    pub key_type: String,
}

/// Provisioned capacity, in units per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProvisionedThroughput {
    /// Read capacity units.
    pub read_capacity_units: i64,
    /// Write capacity units.
    pub write_capacity_units: i64,
}

/// Limits of on-demand capacity, in request units per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnDemandThroughput {
    /// Read request units; none is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_read_request_units: Option<i64>,
    /// Write request units; none is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_write_request_units: Option<i64>,
}

/// Which attributes an index holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Projection {
    /// `KEYS_ONLY`, `INCLUDE` or `ALL`.
    pub projection_type: String,
    /// The attributes of `INCLUDE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub non_key_attributes: Vec<String>,
}

/// A local secondary index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LocalSecondaryIndex {
    /// The index.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeySchemaElement>,
    /// What it holds.
    pub projection: Projection,
}

/// A global secondary index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GlobalSecondaryIndex {
    /// The index.
    pub index_name: String,
    /// Its key.
    pub key_schema: Vec<KeySchemaElement>,
    /// What it holds.
    pub projection: Projection,
    /// Its capacity in a provisioned table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioned_throughput: Option<ProvisionedThroughput>,
    /// Its limits in an on-demand table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_demand_throughput: Option<OnDemandThroughput>,
}

/// The stream of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StreamSpecification {
    /// Whether there is a stream.
    pub stream_enabled: bool,
    /// `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_view_type: Option<String>,
}

/// Encryption at rest with a key in KMS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SseSpecification {
    /// Whether a KMS key is used.
    pub enabled: bool,
    /// `KMS`.
    #[serde(default, rename = "SSEType", skip_serializing_if = "Option::is_none")]
    pub sse_type: Option<String>,
    /// The key; it must exist where the table is created.
    #[serde(default, rename = "KMSMasterKeyId", skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
}

/// Time to live of items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TimeToLive {
    /// The attribute with the time of expiry, in seconds since 1970.
    pub attribute_name: String,
}

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
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

/// A setting that `CreateTable` does not take, or that some servers refuse in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AfterCreation {
    /// Turn time to live on with `UpdateTimeToLive`.
    TimeToLive(TimeToLive),
    /// Set these with `TagResource`, where the server does not take tags in `CreateTable`.
    Tags(Vec<Tag>),
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

    /// What has to be set once the table is active. Tags are part of the `CreateTable` input too;
    /// setting them again changes nothing.
    #[must_use]
    pub fn after_creation(&self) -> Vec<AfterCreation> {
        let mut steps = Vec::new();
        if let Some(time_to_live) = &self.time_to_live {
            steps.push(AfterCreation::TimeToLive(time_to_live.clone()));
        }
        if !self.create_table.tags.is_empty() {
            steps.push(AfterCreation::Tags(self.create_table.tags.clone()));
        }
        steps
    }

    fn invalid(&self, detail: impl Into<String>) -> ExportError {
        let object = format!("table {:?}", self.create_table.table_name);
        ExportError::new(ExportErrorKind::InvalidDescriptor, object).detail(detail)
    }
}
