//! Whether a table is set so that it can be archived.

use crate::{ArchiveError, ArchiveErrorKind};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    StreamSpecification, StreamViewType, TableDescription, TableStatus, TimeToLiveSpecification,
    TimeToLiveStatus,
};
use std::time::Duration;

/// How long a stream may take until it is there, in half seconds.
const PATIENCE: u32 = 120;

/// What is archived: a table that is set for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArchiveTarget {
    /// The name of the table.
    pub table: String,
    /// The ARN of the table.
    pub table_arn: String,
    /// The ARN of its stream.
    pub stream_arn: String,
    /// The attribute that TTL goes by.
    pub ttl_attribute: String,
    /// Whether the table is part of a global table: deletes by TTL of other regions cannot be told
    /// from deletes by users here.
    pub is_global: bool,
}

/// What a table lacks so that it can be archived.
///
/// ```
/// # async fn example(client: aws_sdk_dynamodb::Client) -> Result<(), ddbkit_archive::ArchiveError> {
/// use ddbkit_archive::Preflight;
///
/// let mut table = Preflight::look(&client, "Sessions").await?;
/// if !table.missing.is_empty() {
///     table = table.enable(&client, Some("expires")).await?;
/// }
/// let target = table.ready(Some("expires"))?;
/// println!("{} is read from {}", target.table, target.stream_arn);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preflight {
    table: String,
    table_arn: String,
    /// The stream, if it is on and has old images.
    stream_arn: Option<String>,
    /// The TTL attribute, if TTL is on.
    ttl_attribute: Option<String>,
    is_global: bool,
    /// What is wrong and can be switched on, in words.
    pub missing: Vec<String>,
}

impl Preflight {
    /// Looks at a table.
    ///
    /// # Errors
    /// [`Preflight`](ArchiveErrorKind::Preflight) when the table is not there, or has a stream without
    /// old images: its view type cannot be changed, and switching it off and on again would be another
    /// stream for everybody who reads it. [`DynamoDb`](ArchiveErrorKind::DynamoDb) when it cannot be
    /// looked at.
    pub async fn look(client: &Client, table: &str) -> Result<Self, ArchiveError> {
        let described = describe(client, table).await?;
        let what = || format!("DescribeTable of {table}");
        let lacks = |part: &str| {
            let message = format!("{} failed: there is no {part} in the answer", what());
            ArchiveError::new(ArchiveErrorKind::DynamoDb, message)
        };
        let mut missing = Vec::new();
        let stream_arn = stream_of(&described, table)?;
        if stream_arn.is_none() {
            missing
                .push("its stream is off (OLD_IMAGE or NEW_AND_OLD_IMAGES is needed)".to_owned());
        }
        let ttl = client.describe_time_to_live().table_name(table).send().await;
        let ttl = ttl.map_err(|error| {
            ArchiveError::call(format!("DescribeTimeToLive of {table}"), &error)
        })?;
        let ttl = ttl.time_to_live_description;
        let is_on = ttl
            .as_ref()
            .and_then(|ttl| ttl.time_to_live_status.as_ref())
            .is_some_and(|on| matches!(on, TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
        let ttl_attribute = ttl.and_then(|ttl| ttl.attribute_name).filter(|_| is_on);
        if ttl_attribute.is_none() {
            missing.push("its TTL is off".to_owned());
        }
        Ok(Self {
            table: described.table_name.clone().ok_or_else(|| lacks("name"))?,
            table_arn: described.table_arn.clone().ok_or_else(|| lacks("ARN"))?,
            stream_arn,
            ttl_attribute,
            is_global: !described.replicas().is_empty(),
            missing,
        })
    }

    /// The table, if it lacks nothing. `wanted` is the TTL attribute that it has to have, if one is
    /// wanted.
    ///
    /// # Errors
    /// [`Preflight`](ArchiveErrorKind::Preflight) with everything that is missing.
    pub fn ready(self, wanted: Option<&str>) -> Result<ArchiveTarget, ArchiveError> {
        let refuse = |what: String| {
            let message = format!("table {} cannot be archived: {what}", self.table);
            Err(ArchiveError::new(ArchiveErrorKind::Preflight, message))
        };
        match (self.stream_arn, self.ttl_attribute, wanted) {
            (Some(_), Some(found), Some(wanted)) if found != wanted => {
                refuse(format!("its TTL goes by attribute {found}, not {wanted}"))
            }
            (Some(stream_arn), Some(ttl_attribute), _) => Ok(ArchiveTarget {
                table: self.table,
                table_arn: self.table_arn,
                stream_arn,
                ttl_attribute,
                is_global: self.is_global,
            }),
            _ => refuse(self.missing.join(", and ")),
        }
    }

    /// Switches on what is missing: a stream with old images, TTL by this attribute. What is on
    /// stays as it is.
    ///
    /// # Errors
    /// [`InvalidInput`](ArchiveErrorKind::InvalidInput) without an attribute where TTL is off, or when
    /// the service refuses.
    pub async fn enable(
        self,
        client: &Client,
        attribute: Option<&str>,
    ) -> Result<Self, ArchiveError> {
        let table = self.table;
        if self.ttl_attribute.is_none() && attribute.is_none() {
            return Err(ArchiveError::invalid(format!(
                "TTL of {table} is off; name the attribute that it shall go by"
            )));
        }
        if self.stream_arn.is_none() {
            let stream = StreamSpecification::builder()
                .stream_enabled(true)
                .stream_view_type(StreamViewType::OldImage)
                .build();
            let stream = stream.map_err(|error| {
                ArchiveError::invalid("a stream cannot be described").caused_by(error)
            })?;
            let update = client.update_table().table_name(&table).stream_specification(stream);
            update.send().await.map_err(|error| {
                ArchiveError::call(format!("UpdateTable of {table} (stream)"), &error)
            })?;
            wait_for_stream(client, &table).await?;
        }
        if let (None, Some(attribute)) = (&self.ttl_attribute, attribute) {
            let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute);
            let ttl = ttl.build().map_err(|error| {
                ArchiveError::invalid("TTL cannot be described").caused_by(error)
            })?;
            let update = client.update_time_to_live().table_name(&table);
            update.time_to_live_specification(ttl).send().await.map_err(|error| {
                ArchiveError::call(format!("UpdateTimeToLive of {table}"), &error)
            })?;
        }
        Self::look(client, &table).await
    }
}

async fn describe(client: &Client, table: &str) -> Result<TableDescription, ArchiveError> {
    let answer = client.describe_table().table_name(table).send().await;
    let answer = answer.map_err(|error| {
        if error.code() == Some("ResourceNotFoundException") {
            let message = format!("there is no table {table} in this region and account");
            return ArchiveError::new(ArchiveErrorKind::Preflight, message);
        }
        ArchiveError::call(format!("DescribeTable of {table}"), &error)
    })?;
    answer.table.ok_or_else(|| {
        let message = format!("DescribeTable of {table} failed: the answer is empty");
        ArchiveError::new(ArchiveErrorKind::DynamoDb, message)
    })
}

/// The stream, if it is on.
fn stream_of(described: &TableDescription, table: &str) -> Result<Option<String>, ArchiveError> {
    let Some(stream) = &described.stream_specification else { return Ok(None) };
    if !stream.stream_enabled {
        return Ok(None);
    }
    match &stream.stream_view_type {
        Some(StreamViewType::OldImage | StreamViewType::NewAndOldImages) => {
            Ok(described.latest_stream_arn.clone())
        }
        other => {
            let message = format!(
                "the stream of {table} has {}; it must have OLD_IMAGE or NEW_AND_OLD_IMAGES. The view \
                 type of a stream cannot be changed: switch it off, and on again with another, when \
                 its other readers can bear that",
                other.as_ref().map_or("no view type", StreamViewType::as_str)
            );
            Err(ArchiveError::new(ArchiveErrorKind::Preflight, message))
        }
    }
}

async fn wait_for_stream(client: &Client, table: &str) -> Result<(), ArchiveError> {
    for _ in 0..PATIENCE {
        let described = describe(client, table).await?;
        let is_active = described.table_status == Some(TableStatus::Active);
        if is_active && stream_of(&described, table)?.is_some() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let message = format!("the stream of {table} was switched on and does not come");
    Err(ArchiveError::new(ArchiveErrorKind::DynamoDb, message))
}
