//! What commands for items have in common.

use clap::{Args, ValueEnum};

/// One item of a table.
#[derive(Args, Debug)]
pub(crate) struct KeyArgs {
    /// Table
    pub(crate) table: String,
    /// Partition key, of the type that the table has; binary in Base64
    #[arg(required_unless_present = "key", conflicts_with = "key")]
    pub(crate) hash: Option<String>,
    /// Sort key
    pub(crate) range: Option<String>,
    /// The key as JSON instead: {"pk":"a","sk":1}
    #[arg(long, value_name = "JSON")]
    pub(crate) key: Option<String>,
}

/// How items look.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct FormatArgs {
    /// Form of items, keys and values, as they are read and as they are printed
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    pub(crate) format: ItemFormat,
}

/// The forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ItemFormat {
    /// Plain JSON, {"pk":"a","n":19.90}; sets and binaries are marked, like {"$numberSet":[1,2]} and
    /// {"$binary":"AQI="}
    Json,
    /// DynamoDB JSON, {"pk":{"S":"a"},"n":{"N":"19.90"}}
    DynamodbJson,
}

/// What the placeholders in expressions stand for.
#[derive(Args, Debug)]
pub(crate) struct ExpressionArgs {
    /// Names in the expressions: {"#n":"name"}
    #[arg(long, visible_alias = "expression-names", value_name = "JSON")]
    pub(crate) expression_attribute_names: Option<String>,
    /// Values in the expressions: {":v":"value"}
    #[arg(long, visible_alias = "expression-values", value_name = "JSON")]
    pub(crate) expression_attribute_values: Option<String>,
}
