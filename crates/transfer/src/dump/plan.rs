//! What a dump set out to do, beside its data.

use crate::Selection;
use crate::dump::builder::DumpBuilder;
use crate::table::TableInfo;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::primitives::DateTime;
use ddbkit_codec::Item;
use ddbkit_export::{Compression, ExportId, ExportReader, OutputFormat, S3Location, WriterOptions};
use ddbkit_store::StoreErrorKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `_ddbkit/plan.json`: written once, before the first page, and never changed. It says that the
/// export is ours and was made by a scan, so it is no point in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct Plan {
    /// Version of this file's form.
    pub version: u32,
    /// The program that wrote it.
    pub tool: String,
    /// How the items were read: `scan`, or `query` where there is a key condition.
    pub method: String,
    /// The export that it makes: its folder below `AWSDynamoDB/`.
    #[serde(default)]
    pub export_id: String,
    /// The name that was given to the dump, by which other processes find it.
    #[serde(default)]
    pub dump_id: Option<String>,
    /// The table.
    pub table_name: String,
    /// Its ARN.
    #[serde(default)]
    pub table_arn: String,
    /// Its `TableId`, where the server gives one.
    #[serde(default)]
    pub table_id: Option<String>,
    /// Its `CreationDateTime`, in seconds since 1970.
    #[serde(default)]
    pub table_created: Option<i64>,
    /// `TotalSegments` of the scan. A `LastEvaluatedKey` is valid for these alone.
    pub total_segments: u32,
    /// How many processes share the segments: the one of number I has each segment S with
    /// S % shards = I.
    #[serde(default = "one")]
    pub shards: u32,
    /// Whether the reads were strongly consistent.
    pub consistent_read: bool,
    /// The most items that were asked for.
    pub limit: Option<u64>,
    /// How the items are written.
    #[serde(default, skip_serializing_if = "is_json")]
    pub format: OutputFormat,
    /// How the data files are compressed.
    #[serde(default)]
    pub compression: Compression,
    /// Whether the content digest is taken.
    #[serde(default)]
    pub digest: bool,
    /// Where in S3 the tree lies or will be copied to.
    #[serde(default)]
    pub s3_location: Option<String>,
    /// Whether `exportType` is left out of the summary.
    #[serde(default)]
    pub strict_aws: bool,
    /// Whether the names of attributes were put in order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sort_keys: bool,
    /// Whether values that are in S3 were written in the place of their pointers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inline_pointers: bool,
    /// Whether values that are in S3 were copied beside the data, below `_ddbkit/blobs/`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copy_pointers: bool,
    /// `IndexName`: the index that was read instead of the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index_name: Option<String>,
    /// `KeyConditionExpression`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_condition_expression: Option<String>,
    /// `FilterExpression`.
    pub filter_expression: Option<String>,
    /// `ProjectionExpression`.
    pub projection_expression: Option<String>,
    /// `ExpressionAttributeNames`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expression_attribute_names: BTreeMap<String, String>,
    /// `ExpressionAttributeValues` as DynamoDB JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression_attribute_values: Option<String>,
}

impl Plan {
    pub(crate) fn new(options: &DumpBuilder, id: ExportId, table: &TableInfo) -> Self {
        let description = &table.description;
        let selection = &options.selection;
        let values = &selection.values;
        Self {
            version: 1,
            tool: concat!("ddbkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            method: if selection.is_query() { "query" } else { "scan" }.to_owned(),
            export_id: id.to_string(),
            dump_id: options.dump_id.clone(),
            table_name: description.table_name().unwrap_or(&options.table).to_owned(),
            table_arn: table.arn(),
            table_id: table.id(),
            table_created: description.creation_date_time().map(DateTime::secs),
            total_segments: options.segments_for(table.bytes()),
            shards: options.shard.count(),
            consistent_read: options.consistent_read,
            limit: options.limit,
            format: options.format,
            compression: options.compression,
            digest: options.digest,
            s3_location: options.s3_location.as_ref().map(url),
            strict_aws: options.strict_aws,
            sort_keys: options.sort_keys,
            inline_pointers: options.inlines_pointers(),
            copy_pointers: options.copies_pointers(),
            index_name: selection.index_name.clone(),
            key_condition_expression: selection.key_condition_expression.clone(),
            filter_expression: selection.filter_expression.clone(),
            projection_expression: selection.projection_expression.clone(),
            expression_attribute_names: selection.names.clone(),
            expression_attribute_values: (!values.is_empty()).then(|| values.to_dynamodb_json()),
        }
    }

    /// Why a dump with this plan cannot go on with one that was begun with `earlier`. Where
    /// `TotalSegments` was not asked for, it is taken from there.
    pub(crate) fn refuses(&self, earlier: &Self, fixed_segments: bool) -> Option<String> {
        if self.version != earlier.version {
            return Some(format!("it is of version {}", earlier.version));
        }
        if self.table_name != earlier.table_name {
            return Some(format!("it is of table {}", earlier.table_name));
        }
        let is_same = match (&self.table_id, &earlier.table_id) {
            (Some(own), Some(other)) => own == other,
            _ => {
                (&self.table_arn, self.table_created) == (&earlier.table_arn, earlier.table_created)
            }
        };
        if !is_same {
            let name = &self.table_name;
            return Some(format!("its table {name} is another one, or was made anew since"));
        }
        let own = Self { total_segments: earlier.total_segments, ..self.clone() };
        let own = if fixed_segments { self.options() } else { own.options() };
        let other = earlier.options();
        let names = own.keys().chain(other.keys());
        let differs = |name: &&String| own.get(*name) != other.get(*name);
        let name = names.filter(|name| !Self::FACTS.contains(&name.as_str())).find(differs)?;
        Some(format!("its {name} differs"))
    }

    /// What a plan tells beside the options.
    const FACTS: [&str; 5] = ["tool", "exportId", "tableArn", "tableId", "tableCreated"];

    fn options(&self) -> serde_json::Map<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(options)) => options,
            // Texts, numbers and flags under text keys always serialize.
            _ => serde_json::Map::new(),
        }
    }

    /// How the export is written.
    pub(crate) fn writer(&self) -> WriterOptions {
        let location = self.s3_location.as_deref().and_then(|url| url.strip_prefix("s3://"));
        let s3_location = location.map(|rest| {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            S3Location { bucket: bucket.to_owned(), prefix: prefix.to_owned() }
        });
        WriterOptions {
            format: self.format,
            compression: self.compression,
            s3_location,
            strict_aws: self.strict_aws,
            ..WriterOptions::default()
        }
    }

    pub(crate) fn to_json(&self) -> String {
        // Texts, numbers and flags under text keys always serialize.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The plan of an export, `None` when it was not made by a dump.
    ///
    /// # Errors
    /// [`TransferErrorKind::Source`] when the plan is there and cannot be read.
    pub async fn read(reader: &ExportReader) -> Result<Option<Self>, TransferError> {
        let (store, key) = (reader.root_store(), "_ddbkit/plan.json");
        let bytes = match store.get(key).await {
            Ok((_, bytes)) => bytes,
            Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
            Err(error) => {
                let message = "the plan of the dump cannot be read";
                return Err(TransferError::caused(TransferErrorKind::Source, message, error));
            }
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            let message = format!("{} is no plan of a dump", store.describe(key));
            TransferError::caused(TransferErrorKind::Source, message, error)
        })
    }

    /// What part of the table the dump took.
    ///
    /// # Errors
    /// [`TransferErrorKind::Source`] when the values are no DynamoDB JSON.
    pub fn selection(&self) -> Result<Selection, TransferError> {
        let values = self.expression_attribute_values.as_deref().map(str::as_bytes);
        let values = values.map_or(Ok(Item::new()), Item::from_dynamodb_json).map_err(|error| {
            let message = "the expression values in the plan of the dump cannot be read";
            TransferError::caused(TransferErrorKind::Source, message, error)
        })?;
        Ok(Selection {
            index_name: self.index_name.clone(),
            key_condition_expression: self.key_condition_expression.clone(),
            filter_expression: self.filter_expression.clone(),
            projection_expression: self.projection_expression.clone(),
            names: self.expression_attribute_names.clone(),
            values,
        })
    }
}

fn url(location: &S3Location) -> String {
    format!("s3://{}/{}", location.bucket, location.prefix)
}

/// What dumps of earlier versions do not tell, because there was nothing else.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_json(format: &OutputFormat) -> bool {
    *format == OutputFormat::DynamodbJson
}

fn one() -> u32 {
    1
}
