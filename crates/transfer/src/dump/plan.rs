//! What a dump set out to do, beside its data.

use crate::Selection;
use crate::dump::builder::DumpBuilder;
use crate::{TransferError, TransferErrorKind};
use ddbkit_codec::Item;
use ddbkit_export::ExportReader;
use ddbkit_store::StoreErrorKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `_ddbkit/plan.json`: written once, before the first page, and never changed. It says that the
/// export is ours and was made by a scan, so it is no point in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Plan {
    /// Version of this file's form.
    pub version: u32,
    /// The program that wrote it.
    pub tool: String,
    /// How the items were read: always `scan`.
    pub method: String,
    /// The table.
    pub table_name: String,
    /// `TotalSegments` of the scan.
    pub total_segments: u32,
    /// Whether the reads were strongly consistent.
    pub consistent_read: bool,
    /// The most items that were asked for.
    pub limit: Option<u64>,
    /// Whether the names of attributes were put in order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sort_keys: bool,
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
    pub(crate) fn new(options: &DumpBuilder, total_segments: u32) -> Self {
        let selection = &options.selection;
        let values = &selection.values;
        Self {
            version: 1,
            tool: concat!("ddbkit ", env!("CARGO_PKG_VERSION")).to_owned(),
            method: "scan".to_owned(),
            table_name: options.table.clone(),
            total_segments,
            consistent_read: options.consistent_read,
            limit: options.limit,
            sort_keys: options.sort_keys,
            filter_expression: selection.filter_expression.clone(),
            projection_expression: selection.projection_expression.clone(),
            expression_attribute_names: selection.names.clone(),
            expression_attribute_values: (!values.is_empty()).then(|| values.to_dynamodb_json()),
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
            filter_expression: self.filter_expression.clone(),
            projection_expression: self.projection_expression.clone(),
            names: self.expression_attribute_names.clone(),
            values,
        })
    }
}
