//! Which part of a table a dump takes.

use crate::table::TableInfo;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_codec::Item;
use std::collections::{BTreeMap, HashMap};

/// The part of a table that a scan or query takes, in DynamoDB's expression syntax. The default takes
/// everything.
///
/// A filter does not lower the cost: DynamoDB charges what it evaluates. A key condition does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// `IndexName`: the index to read instead of the table. It has those items that have its key, with
    /// the attributes that it projects. A global index cannot be read strongly consistently.
    pub index_name: Option<String>,
    /// `KeyConditionExpression`: a Query of one partition, read by one worker in the order of its sort
    /// key, instead of a Scan.
    pub key_condition_expression: Option<String>,
    /// `FilterExpression`: items for which it is false are left out.
    pub filter_expression: Option<String>,
    /// `ProjectionExpression`: the attributes to keep, all without it.
    pub projection_expression: Option<String>,
    /// `ExpressionAttributeNames`, with the leading `#`.
    pub names: BTreeMap<String, String>,
    /// `ExpressionAttributeValues`, with the leading `:`.
    pub values: Item,
}

impl Selection {
    /// Whether everything is taken.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.filter_expression.is_none()
            && self.projection_expression.is_none()
            && self.index_name.is_none()
            && self.key_condition_expression.is_none()
    }

    /// Whether it is read by a Query.
    pub(crate) fn is_query(&self) -> bool {
        self.key_condition_expression.is_some()
    }

    /// Whether it can be read strongly consistently from this table.
    pub(crate) fn can_be_consistent(&self, table: &TableInfo) -> bool {
        self.index_name.as_ref().is_none_or(|name| {
            let mut global = table.description.global_secondary_indexes().iter();
            !global.any(|index| index.index_name() == Some(name))
        })
    }

    /// Refuses what this table does not have.
    pub(crate) fn check(
        &self,
        table: &TableInfo,
        consistent_read: bool,
    ) -> Result<(), TransferError> {
        let Some(name) = &self.index_name else { return Ok(()) };
        let refuse = |why: &str| {
            let message = format!(
                "index {name} of {}: {why}",
                table.description.table_name().unwrap_or_default()
            );
            Err(TransferError::new(TransferErrorKind::Options, message))
        };
        let mut local = table.description.local_secondary_indexes().iter();
        if !self.can_be_consistent(table) {
            if consistent_read {
                return refuse("a global index cannot be read strongly consistently");
            }
        } else if !local.any(|index| index.index_name() == Some(name)) {
            return refuse("there is no such index");
        }
        Ok(())
    }

    pub(crate) fn sdk_names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().map(|(name, of)| (name.clone(), of.clone()));
        (!self.names.is_empty()).then(|| names.collect())
    }

    pub(crate) fn sdk_values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone().into())
    }
}
