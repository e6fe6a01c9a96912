//! Several writes, all or none.

use super::CancellationReason;
use crate::requests::{Parts, PutRequest, RemoveRequest, UpdateRequest};
use crate::table::incomplete;
use crate::{Condition, Key, Table, TableError};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    ConditionCheck, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use ddbkit_flow::{CapacityUnits, consumed_units};

/// Writes to one or more tables of an account and region that are done together or not at all.
///
/// ```no_run
/// use ddbkit_table::{Transaction, Update, attr};
/// # async fn example<T: ddbkit_table::Model, U: ddbkit_table::Model>(
/// #     accounts: ddbkit_table::Table<T>,
/// #     transfers: ddbkit_table::Table<U>,
/// #     transfer: U,
/// # ) -> Result<(), ddbkit_table::TableError> {
///
/// let done = Transaction::new(accounts.client())
///     .part(accounts.update("a", Update::new().increment("cents", -100)).condition(attr("cents").ge(100)))
///     .part(accounts.update("b", Update::new().increment("cents", 100)).if_exists())
///     .part(transfers.put(&transfer).if_new())
///     .part(accounts.check("bank", attr("closed").not_exists()))
///     .send()
///     .await;
/// if let Err(error) = done {
///     for reason in error.reasons() {
///         eprintln!("part {} was refused: {:?}", reason.position, reason.kind);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "nothing happens before `send`"]
pub struct Transaction {
    client: Client,
    parts: Vec<Part>,
    token: Option<String>,
}

/// A part of a [`Transaction`]: a put, an update or a removal that was not sent, or a
/// [check](Table::check).
#[derive(Debug)]
#[must_use = "a part does nothing before its transaction is sent"]
pub struct Part(Result<TransactWriteItem, TableError>);

impl<T> Table<T> {
    /// A part of a transaction that writes nothing, and cancels all of it if this is not true of the
    /// item with this key.
    pub fn check(&self, key: impl Into<Key>, condition: impl Into<Condition>) -> Part {
        let (key, condition) = (key.into(), condition.into());
        let check = || {
            let parts = Parts::of(self.core.keys.item_of(key)?, None, Some(&condition))?;
            let check = ConditionCheck::builder()
                .table_name(self.name())
                .set_key(Some(parts.item.into()))
                .set_condition_expression(parts.condition)
                .set_expression_attribute_names(parts.rendered.names)
                .set_expression_attribute_values(parts.rendered.values)
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                );
            let check = check.build().map_err(incomplete)?;
            Ok(TransactWriteItem::builder().condition_check(check).build())
        };
        Part(check())
    }
}

impl<T> From<PutRequest<T>> for Part {
    fn from(request: PutRequest<T>) -> Self {
        Self(request.into_part().map(|put| TransactWriteItem::builder().put(put).build()))
    }
}

impl<T, R> From<UpdateRequest<T, R>> for Part {
    fn from(request: UpdateRequest<T, R>) -> Self {
        let update = request.into_part();
        Self(update.map(|update| TransactWriteItem::builder().update(update).build()))
    }
}

impl<T> From<RemoveRequest<T>> for Part {
    fn from(request: RemoveRequest<T>) -> Self {
        let delete = request.into_part();
        Self(delete.map(|delete| TransactWriteItem::builder().delete(delete).build()))
    }
}

impl Transaction {
    /// A transaction without parts.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone(), parts: Vec::new(), token: None }
    }

    /// Adds a part. `DynamoDB` takes 100 of them, no two of one item, and 4 MB.
    pub fn part(mut self, part: impl Into<Part>) -> Self {
        self.parts.push(part.into());
        self
    }

    /// Names the transaction: one of this name that was carried out in the last ten minutes is not
    /// carried out again. Without it each call has a name of its own, by which the attempts of the SDK
    /// count once.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sends the transaction, and tells the capacity units that it consumed.
    ///
    /// # Errors
    /// [`TransactionCanceled`](crate::TableErrorKind::TransactionCanceled) with the
    /// [reasons](TableError::reasons), [`InvalidInput`](crate::TableErrorKind::InvalidInput) and
    /// [`Encode`](crate::TableErrorKind::Encode) with the number of the part, from 0, and what calls may give.
    pub async fn send(self) -> Result<CapacityUnits, TableError> {
        let parts = self.parts.into_iter().enumerate().map(|(position, part)| {
            part.0.map_err(|error| error.within(&format!("part {position} of a transaction")))
        });
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            return Err(TableError::input("a transaction without parts"));
        }
        let what = format!("a transaction of {} parts", parts.len());
        let call = self.client.transact_write_items().set_transact_items(Some(parts));
        let call = call.set_client_request_token(self.token);
        let call = call.return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = Box::pin(call.send()).await;
        let answer = answer.map_err(|error| {
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                    CancellationReason::all(canceled.cancellation_reasons())
                }
                _ => Vec::new(),
            };
            TableError::call(what, error).with_reasons(reasons)
        })?;
        Ok(consumed_units(answer.consumed_capacity()))
    }
}
