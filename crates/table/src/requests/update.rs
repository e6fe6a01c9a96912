//! Changing parts of an item.

use super::outcome::write_error;
use super::parts::Parts;
use super::versions::Version;
use super::{LostAnswers, Outcome};
use crate::table::{Core, incomplete};
use crate::{Condition, Key, Table, TableError, Update, attr};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
    Update as TransactUpdate,
};
use ddbkit_codec::Item;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// An update of one item, that gives back an `R`; made by [`Table::update`].
#[must_use = "nothing happens before `send`"]
pub struct UpdateRequest<T, R = T> {
    pub(crate) core: Arc<Core>,
    key: Result<Item, TableError>,
    update: Update,
    condition: Option<Condition>,
    returned: ReturnValue,
    model: PhantomData<fn() -> (T, R)>,
}

impl<T> Table<T> {
    /// Changes the item with this key. One that is not there is made: an update that must not do that
    /// says [`if_exists`](UpdateRequest::if_exists).
    pub fn update(&self, key: impl Into<Key>, update: impl Into<Update>) -> UpdateRequest<T> {
        UpdateRequest {
            core: Arc::clone(&self.core),
            key: self.core.keys.item_of(key.into()),
            update: update.into(),
            condition: None,
            returned: ReturnValue::None,
            model: PhantomData,
        }
    }
}

impl<T, R> UpdateRequest<T, R> {
    /// Changes only if this is true of the item; all must be, where several are given.
    pub fn condition(mut self, condition: impl Into<Condition>) -> Self {
        condition.into().and_to(&mut self.condition);
        self
    }

    /// Changes only an item that is there.
    pub fn if_exists(self) -> Self {
        let condition = attr(self.core.keys.hash_name()).exists();
        self.condition(condition)
    }

    /// Has the outcome hold the item as it was.
    pub fn return_old(self) -> UpdateRequest<T> {
        self.returning(ReturnValue::AllOld)
    }

    /// Has the outcome hold the item as it is now.
    pub fn return_new(self) -> UpdateRequest<T> {
        self.returning(ReturnValue::AllNew)
    }

    /// Has the outcome hold the changed attributes as they were, and those alone.
    pub fn return_updated_old<P>(self) -> UpdateRequest<T, P> {
        self.returning(ReturnValue::UpdatedOld)
    }

    /// Has the outcome hold the changed attributes as they are now, and those alone.
    ///
    /// ```
    /// use ddbkit_table::{Model, Table, Update};
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
    /// #[derive(Debug, PartialEq, Deserialize)]
    /// struct Views {
    ///     views: u32,
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
    /// pages.put(&Page { url: "/".into(), views: 1, version: 1 }).send().await?;
    ///
    /// let view = || pages.update("/", Update::new().increment("views", 1)).if_exists();
    /// let old = view().return_old().send().await?.item.ok_or("it is there")?;
    /// assert_eq!((old.views, old.version), (1, 1));
    /// let before = view().return_updated_old::<Views>().send().await?.item;
    /// assert_eq!(before, Some(Views { views: 2 }));
    /// let now = view().return_updated_new::<Views>().send().await?.item;
    /// assert_eq!(now, Some(Views { views: 4 }));
    /// // The same attribute alone, read.
    /// let read = pages.get("/").project::<Views>(["views"]).send().await?.item;
    /// assert_eq!(read, now);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub fn return_updated_new<P>(self) -> UpdateRequest<T, P> {
        self.returning(ReturnValue::UpdatedNew)
    }

    fn returning<P>(self, returned: ReturnValue) -> UpdateRequest<T, P> {
        let Self { core, key, update, condition, .. } = self;
        UpdateRequest { core, key, update, condition, returned, model: PhantomData }
    }

    fn into_parts(self) -> Result<Parts, TableError> {
        Parts::of(self.key?, Some(&self.update), self.condition.as_ref())
    }

    /// The request as a part of a transaction.
    pub(crate) fn into_part(self) -> Result<TransactUpdate, TableError> {
        self.core.values.refuse("an update in a transaction")?;
        let update = TransactUpdate::builder().table_name(&self.core.name);
        let parts = self.into_parts()?;
        update
            .set_key(Some(parts.item.into()))
            .set_update_expression(parts.update)
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.rendered.names)
            .set_expression_attribute_values(parts.rendered.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(incomplete)
    }
}

impl<T: Serialize, R> UpdateRequest<T, R> {
    /// Changes only the version that this value has, and counts it; see [`Table::save`].
    pub fn seen(mut self, value: &T) -> Self {
        let seen = self.core.encode(value).and_then(|item| Version::seen_in(&self.core, &item));
        match seen {
            Ok(version) => {
                version.condition(&self.core).and_to(&mut self.condition);
                self.update = self.update.set(version.attribute(), version.next());
            }
            Err(error) => self.key = Err(error),
        }
        self
    }
}

impl<T, R: DeserializeOwned> UpdateRequest<T, R> {
    /// Sends the request.
    ///
    /// A change that is no assignment, like [`Update::add`], may count twice when an answer is lost,
    /// because the SDK sends it again. A condition, or a [`Transaction`](crate::Transaction), prevents
    /// that.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when the key cannot be one of this table,
    /// [`ConditionFailed`](crate::TableErrorKind::ConditionFailed) with the item that is there, or
    /// [`Ambiguous`](crate::TableErrorKind::Ambiguous), when a condition was false, and what calls may
    /// give.
    pub async fn send(self) -> Result<Outcome<R>, TableError> {
        let core = Arc::clone(&self.core);
        #[cfg(feature = "offload")]
        if let Some(offloader) = core.values.offloader() {
            let (key, update) = (self.key?, self.update);
            return crate::offloaded::update(
                &core,
                offloader,
                key,
                update,
                self.condition,
                &self.returned,
            )
            .await;
        }
        let returned = self.returned.clone();
        let is_whole = matches!(returned, ReturnValue::AllOld | ReturnValue::AllNew);
        let parts = self.into_parts()?;
        let lost = LostAnswers::default();
        let call = core.client.update_item().table_name(&core.name);
        let call = call
            .set_key(Some(parts.item.clone().into()))
            .set_update_expression(parts.update)
            .set_condition_expression(parts.condition)
            .set_expression_attribute_names(parts.rendered.names)
            .set_expression_attribute_values(parts.rendered.values)
            .return_values(returned)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(call.customize().interceptor(lost.clone()).send()).await;
        let answer = answer.map_err(|error| {
            let what = format!("updating {}", core.item(&parts.item));
            write_error(&core, what, error, &lost, |error| match error {
                UpdateItemError::ConditionalCheckFailedException(failed) => failed.item,
                _ => None,
            })
        })?;
        Outcome::of(&core, answer.attributes, is_whole, answer.consumed_capacity.as_ref()).await
    }
}
