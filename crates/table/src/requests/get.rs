//! Reading an item by its key.

use super::Outcome;
use crate::expression::{Placeholders, projection};
use crate::table::Core;
use crate::{Key, Path, Table, TableError};
use aws_sdk_dynamodb::types::{Get, ReturnConsumedCapacity};
use ddbkit_codec::Item;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// A read of one item; made by [`Table::get`].
#[must_use = "nothing happens before `send`"]
pub struct GetRequest<T> {
    pub(crate) core: Arc<Core>,
    key: Key,
    consistent: bool,
    projection: Vec<Path>,
    item: PhantomData<fn() -> T>,
}

impl<T> Table<T> {
    /// Reads the item with this key.
    ///
    /// ```no_run
    /// # async fn example<T: ddbkit_table::Model>(
    /// #     table: ddbkit_table::Table<T>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// let found = table.get("https://example.org").consistent().send().await?;
    /// let (item, units) = (found.item, found.consumed);
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, key: impl Into<Key>) -> GetRequest<T> {
        GetRequest {
            core: Arc::clone(&self.core),
            key: key.into(),
            consistent: false,
            projection: Vec::new(),
            item: PhantomData,
        }
    }

    /// Whether there is an item with this key, as of all writes that were answered before: a
    /// consistent read of its key attributes.
    ///
    /// # Errors
    /// As [`GetRequest::send`].
    pub async fn exists(&self, key: impl Into<Key> + Send) -> Result<bool, TableError> {
        let request = self.get(key).consistent().project::<Item>([] as [&str; 0]);
        Ok(request.send().await?.item.is_some())
    }
}

impl<T> GetRequest<T> {
    /// Reads what all writes that were answered before have made, for twice the capacity.
    pub fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// Reads the key and these alone, into a type that has only them.
    pub fn project<P>(self, paths: impl IntoIterator<Item = impl Into<Path>>) -> GetRequest<P> {
        let projection = self.core.keys.with_paths(paths);
        let Self { core, key, consistent, .. } = self;
        GetRequest { core, key, consistent, projection, item: PhantomData }
    }

    /// The request as a part of a transaction.
    pub(crate) fn into_part(self) -> Result<Get, TableError> {
        let mut placeholders = Placeholders::default();
        let projection = projection(&self.projection, &mut placeholders);
        let rendered = placeholders.finish()?;
        let key = self.core.keys.item_of(self.key)?;
        let get = Get::builder().table_name(&self.core.name).set_key(Some(key.into()));
        let get = get.set_projection_expression(projection);
        let get = get.set_expression_attribute_names(rendered.names).build();
        get.map_err(crate::table::incomplete)
    }
}

impl<T: DeserializeOwned> GetRequest<T> {
    /// Sends the request. No item is no error.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::TableErrorKind::InvalidInput) when the key cannot be one of this table,
    /// [`Decode`](crate::TableErrorKind::Decode) when the item is no `T`, and what calls may give.
    pub async fn send(self) -> Result<Outcome<T>, TableError> {
        let mut placeholders = Placeholders::default();
        let projection = projection(&self.projection, &mut placeholders);
        let rendered = placeholders.finish()?;
        let (core, is_whole) = (self.core, self.projection.is_empty());
        let key = core.keys.item_of(self.key)?;
        let call = core.client.get_item().table_name(&core.name);
        let call = call.set_key(Some(key.clone().into())).consistent_read(self.consistent);
        let call = call.set_projection_expression(projection);
        let call = call.set_expression_attribute_names(rendered.names);
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(call.send()).await;
        let answer = answer
            .map_err(|error| TableError::call(format!("reading {}", core.item(&key)), error))?;
        Outcome::of(&core, answer.item, is_whole, answer.consumed_capacity.as_ref()).await
    }
}
