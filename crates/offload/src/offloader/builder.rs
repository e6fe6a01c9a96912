//! How an offloader comes to be.

use super::{Offloader, Shared};
use crate::{
    AttributeOptions, Clock, DefaultLayout, KeyLayout, KeySchema, OffloadError, OffloadErrorKind,
    OffloadPolicy, Ownership, SystemClock, Timing, check_layout,
};
use aws_sdk_dynamodb::types::{
    GlobalSecondaryIndexDescription as Global, LocalSecondaryIndexDescription as Local,
    TableDescription,
};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

/// The attribute that holds the rev, unless another is named.
pub(crate) const REV_ATTRIBUTE: &str = "ddbkit_rev";

/// Describes an [`Offloader`].
#[derive(Debug)]
#[must_use]
pub struct OffloaderBuilder {
    dynamodb: aws_sdk_dynamodb::Client,
    s3: aws_sdk_s3::Client,
    table: String,
    bucket: String,
    prefix: String,
    layout: Option<Arc<dyn KeyLayout>>,
    attributes: BTreeMap<String, AttributeOptions>,
    policy: OffloadPolicy,
    rev_attribute: String,
    timing: Timing,
    clock: Arc<dyn Clock>,
    concurrency: NonZeroUsize,
    memory: u64,
}

impl OffloaderBuilder {
    pub(super) fn new(dynamodb: aws_sdk_dynamodb::Client, s3: aws_sdk_s3::Client) -> Self {
        Self {
            dynamodb,
            s3,
            table: String::new(),
            bucket: String::new(),
            prefix: String::new(),
            layout: None,
            attributes: BTreeMap::new(),
            policy: OffloadPolicy::default(),
            rev_attribute: REV_ATTRIBUTE.to_owned(),
            timing: Timing::default(),
            clock: Arc::new(SystemClock),
            concurrency: NonZeroUsize::new(8).unwrap_or(NonZeroUsize::MIN),
            memory: 256 * 1024 * 1024,
        }
    }

    /// The name of the table. Required.
    pub fn table(mut self, table: impl Into<String>) -> Self {
        self.table = table.into();
        self
    }

    /// The bucket. Required.
    pub fn bucket(mut self, bucket: impl Into<String>) -> Self {
        self.bucket = bucket.into();
        self
    }

    /// The prefix of all keys, for this table alone; the whole bucket unless set.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Another layout of keys than the [`DefaultLayout`]; it has its own prefix.
    pub fn layout(mut self, layout: Arc<dyn KeyLayout>) -> Self {
        self.layout = Some(layout);
        self
    }

    /// An attribute whose values may go to S3. At least one is needed.
    pub fn attribute(mut self, name: impl Into<String>, options: AttributeOptions) -> Self {
        self.attributes.insert(name.into(), options);
        self
    }

    /// Which values go to S3: above 4 KB unless set.
    pub fn policy(mut self, policy: OffloadPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// The attribute in which a random text changes with every write: `ddbkit_rev` unless set. The same
    /// for all writers of a table.
    pub fn rev_attribute(mut self, name: impl Into<String>) -> Self {
        self.rev_attribute = name.into();
        self
    }

    /// Deadline and grace; the prefix keeps the ones that it was claimed with.
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// The clock of the deadline.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Requests to S3 at a time, of one write or one stream of items: 8 unless set.
    pub fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.concurrency = requests;
        self
    }

    /// Bytes that a read may hold in memory, objects and values together: 256 MiB unless set. An item
    /// whose values need more is refused where it should be read as a whole; a stream of items reads no
    /// further ahead.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }

    /// Reads the key of the table, and claims the prefix for it: one `DescribeTable`, one read of the
    /// manifest and, the first time, one put.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when table or bucket is missing, no attribute is
    /// named, one is a key of the table or of an index, or the layout breaks a rule;
    /// [`DynamoDb`](OffloadErrorKind::DynamoDb) when the table cannot be described; and the errors of
    /// [`Ownership::claim`].
    pub async fn build(self) -> Result<Offloader, OffloadError> {
        let invalid = |message: String| OffloadError::new(OffloadErrorKind::InvalidInput, message);
        if self.table.is_empty() || self.bucket.is_empty() {
            return Err(invalid("an offloader needs a table and a bucket".to_owned()));
        }
        if self.attributes.is_empty() {
            return Err(invalid("no attribute to offload was named".to_owned()));
        }
        for (name, options) in &self.attributes {
            options.validate(name)?;
        }
        let layout: Arc<dyn KeyLayout> = match self.layout {
            Some(_) if !self.prefix.is_empty() => {
                return Err(invalid("a layout has its own prefix: set only one".to_owned()));
            }
            Some(layout) => layout,
            None => Arc::new(DefaultLayout::new(&self.prefix)?),
        };
        check_layout(layout.as_ref())?;

        let described = self.dynamodb.describe_table().table_name(&self.table).send().await;
        let described = described.map_err(|error| {
            OffloadError::dynamodb(format!("describing table {:?}", self.table), error)
        })?;
        let unclear = || {
            let message = format!("table {:?} has no key in its description", self.table);
            OffloadError::new(OffloadErrorKind::DynamoDb, message)
        };
        let description = described.table.ok_or_else(unclear)?;
        let schema = KeySchema::of_table(&description).ok_or_else(unclear)?;
        let keys = all_keys(&description);
        for name in self.attributes.keys().chain([&self.rev_attribute]) {
            if keys.contains(&name.as_str()) {
                return Err(invalid(format!(
                    "attribute {name:?} is a key of table {:?} or of an index of it: keys stay in the item",
                    self.table
                )));
            }
        }
        if self.attributes.contains_key(&self.rev_attribute) {
            return Err(invalid(format!("attribute {:?} holds the rev", self.rev_attribute)));
        }
        let arn = description.table_arn.unwrap_or_default();
        let mut ownership =
            Ownership::new(arn, &self.table, schema.clone(), self.timing, self.clock.now());
        ownership.attributes = self.attributes.keys().cloned().collect();
        let claimed = ownership.claim(&self.s3, &self.bucket, layout.prefix()).await?;
        Ok(Offloader {
            shared: Arc::new(Shared {
                dynamodb: self.dynamodb,
                s3: self.s3,
                table: self.table,
                schema,
                bucket: self.bucket,
                layout,
                // A writer may be stricter than what was claimed, never laxer.
                ownership: Ownership {
                    timing: Timing { grace: claimed.timing.grace, ..self.timing },
                    ..claimed
                },
                attributes: self.attributes,
                policy: self.policy,
                rev_attribute: self.rev_attribute,
                clock: self.clock,
                concurrency: self.concurrency.get(),
                memory: self.memory,
            }),
        })
    }
}

/// The key attributes of the table and of all its indexes.
fn all_keys(table: &TableDescription) -> Vec<&str> {
    let global = table.global_secondary_indexes().iter().map(Global::key_schema);
    let local = table.local_secondary_indexes().iter().map(Local::key_schema);
    let schemas = std::iter::once(table.key_schema()).chain(global).chain(local);
    schemas.flatten().map(|key| key.attribute_name.as_str()).collect()
}
