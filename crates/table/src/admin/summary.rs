//! What a table is.

use super::schema::key;
use super::{Billing, Projected};
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::types::{
    IndexStatus, StreamViewType, TableClass, TableDescription, TableStatus,
};
use ddbkit_codec::rules::Key;
use std::time::SystemTime;

/// A table, as `DescribeTable` tells it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TableSummary {
    /// The name.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// The id, which changes when a table is made anew under its name.
    pub id: Option<String>,
    /// The state.
    pub status: TableStatus,
    /// When it was created.
    pub created: Option<SystemTime>,
    /// The primary key.
    pub key: Key,
    /// How many items it had when `DynamoDB` last counted, which is about every six hours.
    pub items: u64,
    /// Their bytes, as old as their number.
    pub bytes: u64,
    /// How capacity is paid for.
    pub billing: Billing,
    /// The table class.
    pub class: TableClass,
    /// The indexes, global ones first.
    pub indexes: Vec<IndexSummary>,
    /// The stream, where it is on.
    pub stream: Option<StreamSummary>,
    /// Whether it is protected against deletion.
    pub deletion_protection: bool,
}

/// A secondary index.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct IndexSummary {
    /// The name.
    pub name: String,
    /// Whether it is global, else local.
    pub is_global: bool,
    /// Its state; local indexes have none of their own.
    pub status: Option<IndexStatus>,
    /// Its key.
    pub key: Key,
    /// The attributes it has.
    pub projected: Projected,
    /// How its capacity is paid for: that of a local index is the table's.
    pub billing: Billing,
    /// How many items are in it, as old as the number of the table.
    pub items: u64,
    /// Their bytes in it.
    pub bytes: u64,
}

/// The stream of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamSummary {
    /// What its records show.
    pub view: StreamViewType,
    /// Its ARN, which changes when the stream is switched off and on.
    pub arn: Option<String>,
}

impl TableSummary {
    /// Of the answer of `DescribeTable`.
    ///
    /// # Errors
    /// [`Service`](TableErrorKind::Service) when the answer has no key, or one that this version does
    /// not know.
    pub fn of(table: &TableDescription) -> Result<Self, TableError> {
        let name = table.table_name().unwrap_or_default().to_owned();
        let defined = table.attribute_definitions();
        let unknown = |what: &str| {
            let message =
                format!("table {name}: the key of {what} is described in a way not known");
            TableError::new(TableErrorKind::Service, message)
        };
        let billing = Billing::described(table.provisioned_throughput());
        let mut indexes = Vec::new();
        for index in table.global_secondary_indexes() {
            let name = index.index_name().unwrap_or_default();
            indexes.push(IndexSummary {
                name: name.to_owned(),
                is_global: true,
                status: index.index_status().cloned(),
                key: key(index.key_schema(), defined).ok_or_else(|| unknown(name))?,
                projected: Projected::described(index.projection()),
                billing: Billing::described(index.provisioned_throughput()),
                items: number(index.item_count()),
                bytes: number(index.index_size_bytes()),
            });
        }
        for index in table.local_secondary_indexes() {
            let name = index.index_name().unwrap_or_default();
            indexes.push(IndexSummary {
                name: name.to_owned(),
                is_global: false,
                status: None,
                key: key(index.key_schema(), defined).ok_or_else(|| unknown(name))?,
                projected: Projected::described(index.projection()),
                billing,
                items: number(index.item_count()),
                bytes: number(index.index_size_bytes()),
            });
        }
        let stream = table.stream_specification().filter(|stream| stream.stream_enabled);
        let stream = stream.and_then(|stream| stream.stream_view_type.clone());
        let class = table.table_class_summary().and_then(|class| class.table_class().cloned());
        Ok(Self {
            arn: table.table_arn().unwrap_or_default().to_owned(),
            id: table.table_id().map(ToOwned::to_owned),
            status: table.table_status().cloned().unwrap_or(TableStatus::from("UNKNOWN")),
            created: table.creation_date_time().and_then(|time| SystemTime::try_from(*time).ok()),
            key: key(table.key_schema(), defined).ok_or_else(|| unknown("the table"))?,
            items: number(table.item_count()),
            bytes: number(table.table_size_bytes()),
            billing,
            class: class.unwrap_or(TableClass::Standard),
            indexes,
            stream: stream.map(|view| StreamSummary {
                view,
                arn: table.latest_stream_arn().map(ToOwned::to_owned),
            }),
            deletion_protection: table.deletion_protection_enabled().unwrap_or_default(),
            name,
        })
    }

    /// The key of the table or of one of its indexes.
    #[must_use]
    pub fn key_of(&self, index: Option<&str>) -> Option<&Key> {
        let Some(name) = index else { return Some(&self.key) };
        self.indexes.iter().find(|index| index.name == name).map(|index| &index.key)
    }
}

fn number(n: Option<i64>) -> u64 {
    n.and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
}
