//! The offloader: one table, one prefix.

mod builder;
mod commit;
mod expression;
mod item_write;
mod plan;
mod upload;
mod values;

pub use builder::OffloaderBuilder;
pub(crate) use builder::REV_ATTRIBUTE;
use commit::Committed;
pub(crate) use expression::Expressions;
pub use item_write::ItemWrite;
pub(crate) use item_write::Kind;

use crate::{
    AttributeOptions, BlobPointer, Clock, ItemKey, KeyLayout, KeySchema, OffloadError,
    OffloadErrorKind, OffloadPolicy, OffloadedItem, Ownership, PreparedWrite, Seen,
};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

/// Reads and writes the items of one table, whose large attributes are in S3.
///
/// Clones share one state. See the [crate's page](crate) for how to use it.
#[derive(Clone)]
pub struct Offloader {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) table: String,
    pub(crate) schema: KeySchema,
    pub(crate) bucket: String,
    pub(crate) layout: Arc<dyn KeyLayout>,
    pub(crate) ownership: Ownership,
    pub(crate) attributes: BTreeMap<String, AttributeOptions>,
    pub(crate) policy: OffloadPolicy,
    pub(crate) rev_attribute: String,
    pub(crate) clock: Arc<dyn Clock>,
    /// Requests to S3 at a time, of one write or of one reader.
    pub(crate) concurrency: usize,
    /// Bytes of values that one read may hold in memory.
    pub(crate) memory: u64,
}

impl Offloader {
    /// Starts to describe an offloader. Clients are used as they are, with their retries.
    pub fn builder(dynamodb: aws_sdk_dynamodb::Client, s3: aws_sdk_s3::Client) -> OffloaderBuilder {
        OffloaderBuilder::new(dynamodb, s3)
    }

    /// The name of the table.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.shared.table
    }

    /// The bucket of new objects.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.shared.bucket
    }

    /// How keys are made, and the prefix.
    #[must_use]
    pub fn layout(&self) -> &Arc<dyn KeyLayout> {
        &self.shared.layout
    }

    /// The manifest of the prefix, as it was when the offloader was built, with this writer's own write
    /// deadline, which may be shorter than the claimed one.
    #[must_use]
    pub fn ownership(&self) -> &Ownership {
        &self.shared.ownership
    }

    /// The attribute that holds the rev.
    #[must_use]
    pub fn rev_attribute(&self) -> &str {
        &self.shared.rev_attribute
    }

    /// The key of an item, of which other attributes are ignored.
    ///
    /// # Errors
    /// [`InvalidInput`](OffloadErrorKind::InvalidInput) when a key attribute is missing or wrong.
    pub fn item_key(
        &self,
        item: &HashMap<String, AttributeValue>,
    ) -> Result<ItemKey, OffloadError> {
        ItemKey::of_item(&self.shared.table, &self.shared.schema, item)
    }

    /// What is to be seen in an item that was read by other means.
    ///
    /// # Errors
    /// [`InvalidPointer`](OffloadErrorKind::InvalidPointer) and
    /// [`UnsupportedVersion`](OffloadErrorKind::UnsupportedVersion), when one of its pointers is.
    pub fn seen(&self, item: &HashMap<String, AttributeValue>) -> Result<Seen, OffloadError> {
        Seen::in_item(item, &self.shared.rev_attribute)
    }

    /// Creates an item that must not be there yet: one put for each value that goes to S3, and one
    /// conditional write.
    ///
    /// # Errors
    /// [`ConditionFailed`](OffloadErrorKind::ConditionFailed) when it is there already; else as
    /// [`write`](Self::write).
    pub async fn create(
        &self,
        item: HashMap<String, AttributeValue>,
    ) -> Result<OffloadedItem, OffloadError> {
        let written = self.write(ItemWrite::create(item)).await?;
        written.ok_or_else(|| defect("a create left nothing"))
    }

    /// Changes an item: one put for each value that goes to S3, and one conditional write. Without
    /// [`seen`](ItemWrite::seen) the item is read strongly before. A value that is what the item points
    /// to already is not uploaded again.
    ///
    /// # Errors
    /// [`NotFound`](OffloadErrorKind::NotFound) when the item is not there,
    /// [`ConditionFailed`](OffloadErrorKind::ConditionFailed) when it changed since it was seen; else as
    /// [`write`](Self::write).
    pub async fn update(&self, write: ItemWrite) -> Result<OffloadedItem, OffloadError> {
        self.update_counted(write).await.map(|(item, _)| item)
    }

    /// [`update`](Self::update), with the capacity units that `DynamoDB` told.
    pub(crate) async fn update_counted(
        &self,
        write: ItemWrite,
    ) -> Result<(OffloadedItem, Option<f64>), OffloadError> {
        let (written, units) = self.write_counted(write).await?;
        let item = written.ok_or_else(|| {
            let message = "the write deleted the item: use write for it";
            OffloadError::new(OffloadErrorKind::InvalidInput, message)
        })?;
        Ok((item, units))
    }

    /// Deletes an item, on condition that it is as it was seen; its objects are left to the collector.
    /// An item that is not there is as good as deleted.
    ///
    /// # Errors
    /// [`ConditionFailed`](OffloadErrorKind::ConditionFailed) when it changed since it was read; else as
    /// [`write`](Self::write).
    pub async fn delete(&self, key: HashMap<String, AttributeValue>) -> Result<(), OffloadError> {
        self.write(ItemWrite::delete(key)).await.map(drop)
    }

    /// Carries out a write, and gives the item as it then is; `None` when it is deleted.
    ///
    /// Values are held in memory, with their compressed form beside them.
    ///
    /// # Errors
    /// | kind | when |
    /// |---|---|
    /// | `InvalidInput`, `InvalidPointer`, `ForeignPointer` | the write breaks a rule; nothing was sent |
    /// | `S3` | an upload failed; the item is as it was |
    /// | `DeadlineExceeded` | it took too long; the item was as before when read |
    /// | `ConditionFailed`, `NotFound` | the item is not as it was seen |
    /// | `DynamoDb` | the write failed, and was not applied when the item was read |
    /// | `Ambiguous` | the write failed, and so did the read that should tell |
    ///
    /// Nothing is deleted in any case. `ConditionFailed` says that the item does not hold this write. When
    /// an answer was lost it may have held it for a moment, until someone wrote over all of it.
    pub async fn write(&self, write: ItemWrite) -> Result<Option<OffloadedItem>, OffloadError> {
        self.write_counted(write).await.map(|(item, _)| item)
    }

    async fn write_counted(
        &self,
        write: ItemWrite,
    ) -> Result<(Option<OffloadedItem>, Option<f64>), OffloadError> {
        let is_delete = write.kind == Kind::Delete;
        let prepared = match self.upload(write).await {
            Err(error) if is_delete && error.kind() == OffloadErrorKind::NotFound => {
                return Ok((None, None));
            }
            prepared => prepared?,
        };
        let Committed { item, units } = self.commit(&prepared).await?;
        let item = item.map(|item| OffloadedItem::new(self.clone(), item, true)).transpose()?;
        Ok((item, units))
    }

    /// Uploads the values of a write that go to S3, and leaves the write itself to the caller: the first
    /// step of the [two-step form](PreparedWrite).
    ///
    /// # Errors
    /// As [`write`](Self::write), of the steps before the write;
    /// [`NotFound`](OffloadErrorKind::NotFound) when the item to change or delete is not there.
    pub async fn upload(&self, write: ItemWrite) -> Result<PreparedWrite, OffloadError> {
        let started = self.shared.clock.now();
        let deadline = started + self.shared.ownership.timing.write_deadline;
        let key = self.item_key(&write.attributes)?;
        let by_size = matches!(self.shared.policy, OffloadPolicy::WhenItemExceeds(_));
        let must_read = match write.kind {
            Kind::Create => false,
            Kind::Update => write.seen.is_none() || by_size,
            Kind::Delete => write.seen.is_none(),
        };
        let current = if must_read {
            let item = self.read_strongly(&key).await?;
            Some(item.ok_or_else(|| {
                OffloadError::new(OffloadErrorKind::NotFound, format!("{key} is not there"))
            })?)
        } else {
            None
        };
        let now = current.as_ref().map(|item| self.seen(item)).transpose()?;
        if let (Some(now), Some(seen)) = (&now, &write.seen)
            && now.rev != seen.rev
        {
            let message = format!("{key} was changed by someone else: read it again");
            return Err(OffloadError::new(OffloadErrorKind::ConditionFailed, message));
        }
        let seen = write.seen.clone().or(now);
        let uploaded = write.uploaded.clone();
        let deadline = uploaded.values().map(|body| body.deadline).fold(deadline, SystemTime::min);
        let plan = self.plan(write, key, seen, current.as_ref()).await?;

        let pointers =
            plan.uploads.iter().map(|upload| (upload.attribute.clone(), upload.pointer.clone()));
        let uploaded = uploaded.into_iter().map(|(attribute, body)| (attribute, body.pointer));
        let new_pointers: BTreeMap<_, _> = pointers.chain(uploaded).collect();
        self.upload_all(&plan.key, plan.uploads, deadline).await?;

        let mut item: HashMap<_, _> = plan.sets.into_iter().collect();
        if plan.kind != Kind::Delete {
            let rev = AttributeValue::S(plan.rev.clone());
            item.insert(self.shared.rev_attribute.clone(), rev);
        }
        if plan.kind == Kind::Create {
            item.extend(plan.key.to_sdk());
        }
        Ok(PreparedWrite {
            offloader: self.clone(),
            kind: plan.kind,
            key: plan.key,
            rev: plan.rev,
            seen: plan.seen,
            item,
            new_pointers,
            touched: plan.touched,
            expressions: plan.expressions,
            deadline,
        })
    }

    /// The item as it is now.
    pub(crate) async fn read_strongly(
        &self,
        key: &ItemKey,
    ) -> Result<Option<HashMap<String, AttributeValue>>, OffloadError> {
        let get = self.shared.dynamodb.get_item().table_name(&self.shared.table);
        let read = get.set_key(Some(key.to_sdk())).consistent_read(true).send().await;
        let read = read.map_err(|error| OffloadError::dynamodb(format!("reading {key}"), error))?;
        Ok(read.item)
    }

    /// Refuses a pointer that is not of this item: the collector of its own table may delete its object
    /// at any time.
    pub(crate) fn check_owner(
        &self,
        key: &ItemKey,
        pointer: &BlobPointer,
    ) -> Result<(), OffloadError> {
        let owner = self.shared.layout.owner(&pointer.key);
        let wrong = match owner {
            _ if pointer.bucket != self.shared.bucket => "is of another bucket",
            None => "is not under the prefix of this table",
            Some(owner) if owner != key.owner() => "is of another item",
            Some(_) => return Ok(()),
        };
        Err(OffloadError::new(
            OffloadErrorKind::ForeignPointer,
            format!("the pointer of {key} to s3://{}/{} {wrong}", pointer.bucket, pointer.key),
        ))
    }
}

impl fmt::Debug for Offloader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offloader")
            .field("table", &self.shared.table)
            .field("bucket", &self.shared.bucket)
            .field("layout", &self.shared.layout)
            .finish_non_exhaustive()
    }
}

fn defect(what: &str) -> OffloadError {
    OffloadError::new(
        OffloadErrorKind::DynamoDb,
        format!("DynamoDB answered without an item: {what}"),
    )
}
