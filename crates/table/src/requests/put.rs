//! Writing a whole item.

use super::outcome::write_error;
use super::parts::Parts;
use super::versions::Version;
use super::{LostAnswers, Outcome};
use crate::table::{Core, incomplete};
use crate::{Condition, Table, TableError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{
    Put, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};
use ddbkit_codec::Item;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// A write of a whole item; made by [`Table::put`].
#[must_use = "nothing happens before `send`"]
pub struct PutRequest<T> {
    pub(crate) core: Arc<Core>,
    item: Result<Item, TableError>,
    condition: Option<Condition>,
    return_old: bool,
    model: PhantomData<fn() -> T>,
}

impl<T: Serialize> Table<T> {
    /// Writes an item, in the place of the one that has its key.
    pub fn put(&self, value: &T) -> PutRequest<T> {
        PutRequest {
            core: Arc::clone(&self.core),
            item: self.core.encode(value),
            condition: None,
            return_old: false,
            model: PhantomData,
        }
    }
}

impl<T> PutRequest<T> {
    /// Writes only if this is true of the item that is there; all must be, where several are given.
    pub fn condition(mut self, condition: impl Into<Condition>) -> Self {
        condition.into().and_to(&mut self.condition);
        self
    }

    /// Writes only if no item has this key.
    pub fn if_new(self) -> Self {
        let condition = self.core.is_new();
        self.condition(condition)
    }

    /// Writes only over the version that the value has, and counts the version in the item that is
    /// written; see [`Table::save`].
    pub fn versioned(mut self) -> Self {
        let next = self.item.and_then(|mut item| {
            let version = Version::seen_in(&self.core, &item)?;
            version.condition(&self.core).and_to(&mut self.condition);
            item.insert(version.attribute(), version.next());
            Ok(item)
        });
        self.item = next;
        self
    }

    /// Has the outcome hold the item that was replaced.
    pub fn return_old(mut self) -> Self {
        self.return_old = true;
        self
    }

    fn into_parts(self) -> Result<Parts, TableError> {
        Parts::of(self.item?, None, self.condition.as_ref())
    }

    /// The request as a part of a transaction.
    pub(crate) fn into_part(self) -> Result<Put, TableError> {
        self.core.values.refuse("a put in a transaction")?;
        let put = Put::builder().table_name(&self.core.name);
        let parts = self.into_parts()?;
        put.set_item(Some(parts.item.into()))
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.rendered.names)
            .set_expression_attribute_values(parts.rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(incomplete)
    }
}

impl<T: DeserializeOwned> PutRequest<T> {
    /// Sends the request.
    ///
    /// # Errors
    /// [`Encode`](crate::TableErrorKind::Encode) when the value is no item,
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when it has no key of this table,
    /// [`ConditionFailed`](crate::TableErrorKind::ConditionFailed) with the item that is there, or
    /// [`Ambiguous`](crate::TableErrorKind::Ambiguous), when a condition was false, and what calls may
    /// give.
    pub async fn send(self) -> Result<Outcome<T>, TableError> {
        let core = Arc::clone(&self.core);
        #[cfg(feature = "offload")]
        if let Some(offloader) = core.values.offloader() {
            let (item, condition) = (self.item?, self.condition);
            return crate::offloaded::put(&core, offloader, item, condition, self.return_old).await;
        }
        let old = if self.return_old { ReturnValue::AllOld } else { ReturnValue::None };
        let parts = self.into_parts()?;
        let key = core.keys.in_item(&parts.item);
        let lost = LostAnswers::default();
        let call = core.client.put_item().table_name(&core.name);
        let call = call
            .set_item(Some(parts.item.into()))
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.rendered.names)
            .set_expression_attribute_values(parts.rendered.values)
            .return_values(old)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(call.customize().interceptor(lost.clone()).send()).await;
        let answer = answer.map_err(|error| {
            let what = format!("putting {}", core.item(&key));
            write_error(&core, what, error, &lost, |error| match error {
                PutItemError::ConditionalCheckFailedException(failed) => failed.item,
                _ => None,
            })
        })?;
        Outcome::of(&core, answer.attributes, true, answer.consumed_capacity.as_ref()).await
    }
}

impl<T: Serialize + DeserializeOwned> Table<T> {
    /// Writes an item if the one that is there still has the version that this one was read with, and
    /// gives it back with its new version. One that was never saved must be new. Plain puts and
    /// updates do not count versions: change a model that has one with
    /// [`versioned`](PutRequest::versioned) and [`seen`](crate::UpdateRequest::seen).
    ///
    /// Who saves a value that someone else has saved since gets
    /// [`ConditionFailed`](crate::TableErrorKind::ConditionFailed) with the item that is there: read
    /// it, decide again.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when the model has no
    /// [`VERSION`](crate::Model::VERSION) or the attribute is no integer; else as
    /// [`PutRequest::send`].
    ///
    /// ```
    /// use ddbkit_table::{Model, Table, TableErrorKind};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Debug, PartialEq, Serialize, Deserialize)]
    /// struct Page {
    ///     url: String,
    ///     views: u32,
    ///     version: u64,
    /// }
    ///
    /// impl Model for Page {
    ///     const HASH_KEY: &'static str = "url";
    ///     const VERSION: Option<&'static str> = Some("version");
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = ddbkit_local::LocalDynamoDb::start().await?;
    /// # let client = server.client();
    /// # let admin = ddbkit_table::admin::TableAdmin::new(client.clone());
    /// # let key = ddbkit_codec::rules::Key::partition("url", ddbkit_codec::rules::KeyType::S);
    /// # let control = ddbkit_flow::Control::new();
    /// # admin.create(&ddbkit_table::admin::NewTable::new("Pages", key), &control).await?;
    /// # admin.wait_until_ready("Pages", &control).await?;
    /// let pages = Table::<Page>::new(client, "Pages");
    /// let first = pages.save(Page { url: "/".into(), views: 0, version: 0 }).await?;
    /// assert_eq!(first.version, 1);
    ///
    /// // Two who read the same and change it: the second is told.
    /// let mine = Page { url: "/".into(), views: 1, version: first.version };
    /// let theirs = Page { url: "/".into(), views: 1, version: first.version };
    /// assert_eq!(pages.save(mine).await?.version, 2);
    /// let refused = pages.save(theirs).await.unwrap_err();
    /// assert_eq!(refused.kind(), TableErrorKind::ConditionFailed);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub async fn save(&self, value: T) -> Result<T, TableError> {
        let mut request = self.put(&value).versioned();
        let item = request.item?;
        let saved = self.core.decode(item.clone())?;
        request.item = Ok(item);
        request.send().await?;
        Ok(saved)
    }
}
