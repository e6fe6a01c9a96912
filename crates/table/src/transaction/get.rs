//! Several items as they were at one moment.

use super::CancellationReason;
use crate::requests::GetRequest;
use crate::table::Core;
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{Get, ReturnConsumedCapacity, TransactGetItem};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityUnits, consumed_units};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Reads of one or more tables that see no transaction half done. Costs twice a consistent read.
///
/// ```no_run
/// use ddbkit_table::GetTransaction;
/// # async fn example<T: ddbkit_table::Model, U: ddbkit_table::Model>(
/// #     accounts: ddbkit_table::Table<T>,
/// #     transfers: ddbkit_table::Table<U>,
/// # ) -> Result<(), ddbkit_table::TableError> {
///
/// let mut got = GetTransaction::new(accounts.client())
///     .get(accounts.get("a"))
///     .get(transfers.get("a-1"))
///     .send()
///     .await?;
/// let account: Option<T> = got.take(0)?;
/// let transfer: Option<U> = got.take(1)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing happens before `send`"]
pub struct GetTransaction {
    client: Client,
    parts: Vec<(Arc<Core>, Result<Get, TableError>)>,
}

impl GetTransaction {
    /// A transaction without reads.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone(), parts: Vec::new() }
    }

    /// Adds a read. `DynamoDB` takes 100 of them, no two of one item.
    pub fn get<T>(mut self, request: GetRequest<T>) -> Self {
        self.parts.push((Arc::clone(&request.core), request.into_part()));
        self
    }

    /// Sends the transaction.
    ///
    /// # Errors
    /// [`TransactionCanceled`](TableErrorKind::TransactionCanceled) with the
    /// [reasons](TableError::reasons), [`InvalidInput`](TableErrorKind::InvalidInput) with the number of
    /// the read, from 0, and what calls may give.
    pub async fn send(self) -> Result<GotItems, TableError> {
        let (mut cores, mut gets) = (Vec::new(), Vec::new());
        for (position, (core, get)) in self.parts.into_iter().enumerate() {
            let get =
                get.map_err(|error| error.within(&format!("part {position} of a transaction")))?;
            cores.push(core);
            gets.push(TransactGetItem::builder().get(get).build());
        }
        if gets.is_empty() {
            return Err(TableError::input("a transaction without parts"));
        }
        let what = format!("a transaction of {} reads", gets.len());
        let call = self.client.transact_get_items().set_transact_items(Some(gets));
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(call.send()).await;
        let answer = answer.map_err(|error| {
            let reasons = match error.as_service_error() {
                Some(TransactGetItemsError::TransactionCanceledException(canceled)) => {
                    CancellationReason::all(canceled.cancellation_reasons())
                }
                _ => Vec::new(),
            };
            TableError::call(what, error).with_reasons(reasons)
        })?;
        let consumed = consumed_units(answer.consumed_capacity());
        let mut items = Vec::with_capacity(cores.len());
        let answers = answer.responses.unwrap_or_default();
        for (core, answer) in cores.into_iter().zip(answers) {
            let item = match answer.item.filter(|item| !item.is_empty()) {
                Some(item) => core.values.hydrate(&core, item, false).await?,
                None => None,
            };
            let item = item.map(|item| core.item_of_sdk(item)).transpose()?;
            items.push((core, item));
        }
        Ok(GotItems { items, consumed })
    }
}

/// What a [`GetTransaction`] read.
#[derive(Debug)]
pub struct GotItems {
    items: Vec<(Arc<Core>, Option<Item>)>,
    consumed: CapacityUnits,
}

impl GotItems {
    /// Takes the item of the read with this number, from 0; `None` when it was not there.
    ///
    /// # Errors
    /// [`Decode`](TableErrorKind::Decode) when the item is no `T`,
    /// [`InvalidInput`](TableErrorKind::InvalidInput) when there are not so many reads.
    pub fn take<T: DeserializeOwned>(&mut self, position: usize) -> Result<Option<T>, TableError> {
        let Some((core, item)) = self.items.get_mut(position) else {
            let message = format!("the transaction has no read number {position}");
            return Err(TableError::new(TableErrorKind::InvalidInput, message));
        };
        item.take().map(|item| core.decode(item)).transpose()
    }

    /// Read capacity units that `DynamoDB` says the transaction consumed.
    #[must_use]
    pub fn consumed(&self) -> CapacityUnits {
        self.consumed
    }
}
