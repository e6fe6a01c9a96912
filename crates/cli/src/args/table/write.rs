//! `ddbkit table put`, `update` and `delete`.

use super::{ExpressionArgs, FormatArgs, KeyArgs};
use crate::args::pair::pair;
use crate::args::wait::duration;
use clap::{Args, ValueEnum};
use std::time::Duration;

/// Which items.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table put Domain --item '{\"url\":\"https://example.org/a\",\"domain\":\"example.org\"}'
  ddbkit table put Orders --item @order.json --condition-expression 'attribute_not_exists(pk)'
  ddbkit table put Sessions --item '{\"id\":\"s-1\"}' --ttl 10s
  ddbkit table put Orders --item @orders.jsonl

A file or standard input has a line of JSON for each item, or one item over several lines that begin with
a line of {. They are written one after the other, in their order; a line that is no item, or that DynamoDB
refuses, is told with its number, the others are written, and the exit code is 1. For many items take
`ddbkit load`, which writes in batches.")]
pub(crate) struct PutArgs {
    /// Table
    pub(crate) table: String,
    /// The item as JSON, @FILE, or - for standard input
    #[arg(long, value_name = "JSON")]
    pub(crate) item: String,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
    /// Set the attribute of the table's time to live to now and this much, like 10s or 30 days
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) ttl: Option<Duration>,
    /// Write only if this is true of the item that is there
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) condition_expression: Option<String>,
    #[command(flatten)]
    pub(crate) expressions: ExpressionArgs,
    /// What to print of each item that is replaced
    #[arg(long, value_name = "WHAT", default_value = "NONE")]
    pub(crate) return_values: OldArg,
}

/// What becomes of an item.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table update Log 2026-03-14T09:26:53Z --set status=done --return-values UPDATED_NEW
  ddbkit table update Orders customer-1 17 --set 'address.city=Rome' --add visits=1 --remove note
  ddbkit table update Orders customer-1 17 --delete 'tags={\"$stringSet\":[\"new\"]}'
  ddbkit table update Orders customer-1 17 --update-expression 'SET #t = #t + :d' --expression-attribute-names '{\"#t\":\"total\"}' --expression-attribute-values '{\":d\":5}'

A value is JSON where it can be read as JSON, and a string otherwise: --set n=1 is a number, --set n=one a
string, and --set 'n=\"1\"' a string too. An item that is not there is created, unless a condition forbids it.")]
pub(crate) struct UpdateArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Give an attribute a value
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// Remove an attribute
    #[arg(long, value_name = "PATH")]
    pub(crate) remove: Vec<String>,
    /// Add to a number, or members to a set
    #[arg(long, value_name = "PATH=VALUE", value_parser = pair)]
    pub(crate) add: Vec<(String, String)>,
    /// Delete members from a set
    #[arg(long, value_name = "PATH=SET", value_parser = pair)]
    pub(crate) delete: Vec<(String, String)>,
    /// The change in the words of the API
    #[arg(long, value_name = "EXPRESSION", required_unless_present_any = ["set", "remove", "add", "delete"])]
    pub(crate) update_expression: Option<String>,
    /// Change only if this is true of the item that is there
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) condition_expression: Option<String>,
    #[command(flatten)]
    pub(crate) expressions: ExpressionArgs,
    /// What to print of the item
    #[arg(long, value_name = "WHAT", default_value = "NONE")]
    pub(crate) return_values: UpdatedArg,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// Which item.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit table delete Domain https://example.org/a
  ddbkit table delete Orders customer-1 17 --condition-expression 'attribute_exists(pk)' --return-values ALL_OLD

Deleting an item that is not there is no error, unless a condition says so.")]
pub(crate) struct DeleteArgs {
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Delete only if this is true of the item
    #[arg(long, value_name = "EXPRESSION")]
    pub(crate) condition_expression: Option<String>,
    #[command(flatten)]
    pub(crate) expressions: ExpressionArgs,
    /// What to print of the item that is deleted
    #[arg(long, value_name = "WHAT", default_value = "NONE")]
    pub(crate) return_values: OldArg,
    #[command(flatten)]
    pub(crate) format: FormatArgs,
}

/// What is wanted of an item that was there, in the words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum OldArg {
    /// Nothing
    None,
    /// The item as it was
    AllOld,
}

/// What is wanted of an item that was changed, in the words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum UpdatedArg {
    /// Nothing
    None,
    /// The item as it was
    AllOld,
    /// What was changed, as it was
    UpdatedOld,
    /// The item as it is
    AllNew,
    /// What was changed, as it is
    UpdatedNew,
}
