//! The two-step form: upload first, write with a call of one's own.

use crate::offloader::{Expressions, Kind, Offloader};
use crate::{BlobPointer, ItemKey, OffloadError, OffloadErrorKind, Seen};
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, Put, ReturnValuesOnConditionCheckFailure as OnFailure,
    TransactWriteItem, Update,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, SystemTime};

/// A write whose values are uploaded and that only needs to be sent: with
/// [`Offloader::write`](crate::Offloader::write), or by a call of one's own, for instance as a part of
/// a larger transaction.
///
/// Who sends it keeps three rules, without which an object may be deleted that an item points to:
///
/// 1. Send the [condition](Self::condition_expression), and the [rev](Self::item_attributes) with it.
/// 2. Send it before the [deadline](Self::deadline), and stop sending at it:
///    `tokio::time::timeout(prepared.time_left()?, call)`.
/// 3. Delete nothing when it fails. Ask [`resolve`](Self::resolve) what became of it.
///
/// ```
/// use aws_sdk_dynamodb::types::AttributeValue::S;
/// # use ddbkit_offload::AttributeOptions;
/// use ddbkit_offload::{ItemWrite, Offloader, Resolution};
/// use std::collections::HashMap;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
/// # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
/// # let pages = Offloader::builder(dynamodb.clone(), s3.clone()).table(&table).bucket(&bucket);
/// # let pages = pages.prefix("pages").attribute("html", AttributeOptions::new()).build().await?;
/// let item = HashMap::from([
///     ("url".to_owned(), S("/".to_owned())),
///     ("html".to_owned(), S("<p>Hello</p>".repeat(1000))),
/// ]);
/// let prepared = pages.upload(ItemWrite::create(item.clone())).await?;
/// let call = dynamodb.transact_write_items().transact_items(prepared.to_transact_item()?);
/// let answer = tokio::time::timeout(prepared.time_left()?, call.send()).await;
/// assert_eq!(prepared.resolve(&answer).await?, Resolution::Applied);
///
/// // The library's own transaction does these steps, for any number of writes.
/// let key = HashMap::from([("url".to_owned(), S("/".to_owned()))]);
/// let change = ItemWrite::update(key.clone()).set("html", S("<p>Bye</p>".repeat(1000)));
/// pages.transact(vec![change], Vec::new()).await?;
/// assert!(pages.write(ItemWrite::delete(key)).await?.is_none());
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct PreparedWrite {
    pub(crate) offloader: Offloader,
    pub(crate) kind: Kind,
    pub(crate) key: ItemKey,
    pub(crate) rev: String,
    pub(crate) seen: Option<Seen>,
    /// The item of a create; of an update, what it sets.
    pub(crate) item: HashMap<String, AttributeValue>,
    pub(crate) new_pointers: BTreeMap<String, BlobPointer>,
    /// The attributes on whose pointers the write has a condition.
    pub(crate) touched: BTreeSet<String>,
    pub(crate) expressions: Expressions,
    pub(crate) deadline: SystemTime,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The item holds what this write wrote.
    Applied,
    /// The item does not hold it: it was not applied when it was read, or someone wrote since.
    NotApplied,
}

impl PreparedWrite {
    /// The item's key.
    #[must_use]
    pub fn key(&self) -> &ItemKey {
        &self.key
    }

    /// What a create puts: the whole item. What an update sets: attributes that stay in the item,
    /// pointers of those that went to S3, and the new rev.
    #[must_use]
    pub fn item_attributes(&self) -> &HashMap<String, AttributeValue> {
        &self.item
    }

    /// The pointers to what was uploaded, by attribute.
    #[must_use]
    pub fn pointers(&self) -> &BTreeMap<String, BlobPointer> {
        &self.new_pointers
    }

    /// The update expression, `SET #ddbkit0 = :ddbkit0, ...`; `None` when it is no update.
    #[must_use]
    pub fn update_expression(&self) -> Option<String> {
        (self.kind == Kind::Update).then(|| self.expressions.clauses.text()).flatten()
    }

    /// The condition on which all safety rests.
    #[must_use]
    pub fn condition_expression(&self) -> Option<String> {
        self.expressions.condition()
    }

    /// The names in both expressions, as a request takes them.
    #[must_use]
    pub fn expression_attribute_names(&self) -> Option<HashMap<String, String>> {
        self.expressions.some_names()
    }

    /// The values in both expressions, as a request takes them.
    #[must_use]
    pub fn expression_attribute_values(&self) -> Option<HashMap<String, AttributeValue>> {
        self.expressions.some_values()
    }

    /// When the write must be through: the start of the upload and the write deadline.
    #[must_use]
    pub fn deadline(&self) -> SystemTime {
        self.deadline
    }

    /// The time until the deadline.
    ///
    /// # Errors
    /// [`DeadlineExceeded`](OffloadErrorKind::DeadlineExceeded) when there is none left.
    pub fn time_left(&self) -> Result<Duration, OffloadError> {
        self.offloader.time_left(self.deadline)
    }

    /// The write as a part of a transaction.
    ///
    /// # Errors
    /// [`DeadlineExceeded`](OffloadErrorKind::DeadlineExceeded) when it is too late for it.
    pub fn to_transact_item(&self) -> Result<TransactWriteItem, OffloadError> {
        self.time_left()?;
        let (table, key) = (self.key.table(), self.key.to_sdk());
        let item = TransactWriteItem::builder();
        let incomplete = |error| {
            let message = "a part of a transaction is not complete";
            OffloadError::caused(OffloadErrorKind::InvalidInput, message, error)
        };
        let item = match self.kind {
            Kind::Create => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(self.item.clone()))
                    .set_condition_expression(self.condition_expression())
                    .set_expression_attribute_names(self.expression_attribute_names())
                    .set_expression_attribute_values(self.expression_attribute_values())
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(incomplete)?,
            ),
            Kind::Update => item.update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key))
                    .set_update_expression(self.update_expression())
                    .set_condition_expression(self.condition_expression())
                    .set_expression_attribute_names(self.expression_attribute_names())
                    .set_expression_attribute_values(self.expression_attribute_values())
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(incomplete)?,
            ),
            Kind::Delete => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key))
                    .set_condition_expression(self.condition_expression())
                    .set_expression_attribute_names(self.expression_attribute_names())
                    .set_expression_attribute_values(self.expression_attribute_values())
                    .return_values_on_condition_check_failure(OnFailure::AllOld)
                    .build()
                    .map_err(incomplete)?,
            ),
        };
        Ok(item.build())
    }

    /// Says what became of the write, given what its call answered.
    ///
    /// After a success nothing is read. After any error, also one that says that the condition was
    /// false, the item is read strongly: an earlier attempt of the same call may have been carried out.
    ///
    /// # Errors
    /// [`Ambiguous`](OffloadErrorKind::Ambiguous) when the item cannot be read either.
    pub async fn resolve<T: Sync, E: Sync>(
        &self,
        answer: &Result<T, E>,
    ) -> Result<Resolution, OffloadError> {
        if answer.is_ok() {
            return Ok(Resolution::Applied);
        }
        let item = self.offloader.read_strongly(&self.key).await.map_err(|error| {
            let message = format!("whether {} was written is not known: read it", self.key);
            OffloadError::caused(OffloadErrorKind::Ambiguous, message, error)
        })?;
        Ok(if self.is_held_by(item.as_ref()) {
            Resolution::Applied
        } else {
            Resolution::NotApplied
        })
    }

    /// Whether an item holds what only this write can have written: its rev, or one of its keys, when
    /// someone wrote another attribute since. A delete shows in that nothing is there.
    pub(crate) fn is_held_by(&self, item: Option<&HashMap<String, AttributeValue>>) -> bool {
        let Some(item) = item else { return self.kind == Kind::Delete };
        if self.kind == Kind::Delete {
            return false;
        }
        let rev = item.get(self.offloader.rev_attribute()).and_then(|rev| rev.as_s().ok());
        let holds = |(name, pointer): (&String, &BlobPointer)| {
            let own = item.get(name).and_then(BlobPointer::from_sdk);
            own.is_some_and(|own| own.is_ok_and(|own| own.key == pointer.key))
        };
        rev == Some(&self.rev) || self.new_pointers.iter().any(holds)
    }
}
