//! Which part of a table a dump takes.

use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_codec::Item;
use std::collections::{BTreeMap, HashMap};

/// The filter and projection of a scan, in DynamoDB's expression syntax. The default takes
/// everything.
///
/// A filter does not lower the cost: DynamoDB charges what it evaluates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
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
        self.filter_expression.is_none() && self.projection_expression.is_none()
    }

    pub(crate) fn sdk_names(&self) -> Option<HashMap<String, String>> {
        let names = self.names.iter().map(|(name, of)| (name.clone(), of.clone()));
        (!self.names.is_empty()).then(|| names.collect())
    }

    pub(crate) fn sdk_values(&self) -> Option<HashMap<String, AttributeValue>> {
        (!self.values.is_empty()).then(|| self.values.clone().into())
    }
}
