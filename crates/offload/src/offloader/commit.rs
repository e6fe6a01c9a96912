//! The steps *commit* and *resolve*: one conditional write, and what became of it.

use super::Offloader;
use super::item_write::Kind;
use crate::{OffloadError, OffloadErrorKind, PreparedWrite};
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConsumedCapacity, ReturnConsumedCapacity, ReturnValue,
    ReturnValuesOnConditionCheckFailure as OnFailure,
};
use std::collections::HashMap;

type Attributes = HashMap<String, AttributeValue>;

/// A write that did not answer with success.
pub(crate) struct Failure {
    error: OffloadError,
    /// The condition was false. Not yet a proof that this write was not applied: an earlier attempt of
    /// it may have made the condition false.
    refused: bool,
    /// The request can never have been applied.
    never_applied: bool,
    /// The item, where the refusal tells it.
    item: Option<Attributes>,
}

/// A write that was carried out.
pub(crate) struct Committed {
    /// The item as it then was; `None` when it is deleted.
    pub(crate) item: Option<Attributes>,
    /// Capacity units as `DynamoDB` told them; `None` when its answer was lost.
    pub(crate) units: Option<f64>,
}

impl Committed {
    fn new(item: Option<Attributes>, consumed: Option<ConsumedCapacity>) -> Self {
        Self { item, units: consumed.and_then(|consumed| consumed.capacity_units) }
    }
}

impl Offloader {
    /// Sends the write and finds out what became of it.
    pub(crate) async fn commit(&self, prepared: &PreparedWrite) -> Result<Committed, OffloadError> {
        // Dropping the call ends the SDK's attempts; what it sent last dies with its signature.
        let failure = match tokio::time::timeout(prepared.time_left()?, self.send(prepared)).await {
            Ok(Ok(committed)) => return Ok(committed),
            Ok(Err(failure)) => failure,
            Err(_) => {
                Failure { error: self.too_late(), refused: false, never_applied: false, item: None }
            }
        };
        let item = self.resolve(prepared, failure).await?;
        Ok(Committed { item, units: None })
    }

    async fn send(&self, prepared: &PreparedWrite) -> Result<Committed, Failure> {
        let (dynamodb, table) = (&self.shared.dynamodb, &self.shared.table);
        let expressions = &prepared.expressions;
        let (all_old, total) = (OnFailure::AllOld, ReturnConsumedCapacity::Total);
        match prepared.kind {
            Kind::Create => {
                let put =
                    dynamodb.put_item().table_name(table).set_item(Some(prepared.item.clone()));
                let put = put
                    .set_condition_expression(expressions.condition())
                    .set_expression_attribute_names(expressions.some_names())
                    .set_expression_attribute_values(expressions.some_values())
                    .return_consumed_capacity(total.clone())
                    .return_values_on_condition_check_failure(all_old);
                let sent = put.send().await;
                sent.map(|sent| Committed::new(Some(prepared.item.clone()), sent.consumed_capacity))
                    .map_err(|error| {
                        let item = error.as_service_error().and_then(|error| match error {
                            PutItemError::ConditionalCheckFailedException(refusal) => {
                                refusal.item.clone()
                            }
                            _ => None,
                        });
                        Failure::of(prepared, error, item)
                    })
            }
            Kind::Update => {
                let update = dynamodb.update_item().table_name(table);
                let update = update
                    .set_key(Some(prepared.key.to_sdk()))
                    .set_update_expression(expressions.clauses.text())
                    .set_condition_expression(expressions.condition())
                    .set_expression_attribute_names(expressions.some_names())
                    .set_expression_attribute_values(expressions.some_values())
                    .return_values(ReturnValue::AllNew)
                    .return_consumed_capacity(total.clone())
                    .return_values_on_condition_check_failure(all_old);
                update
                    .send()
                    .await
                    .map(|sent| Committed::new(sent.attributes, sent.consumed_capacity))
                    .map_err(|error| {
                        let item = error.as_service_error().and_then(|error| match error {
                            UpdateItemError::ConditionalCheckFailedException(refusal) => {
                                refusal.item.clone()
                            }
                            _ => None,
                        });
                        Failure::of(prepared, error, item)
                    })
            }
            Kind::Delete => {
                let delete = dynamodb.delete_item().table_name(table);
                let delete = delete
                    .set_key(Some(prepared.key.to_sdk()))
                    .set_condition_expression(expressions.condition())
                    .set_expression_attribute_names(expressions.some_names())
                    .set_expression_attribute_values(expressions.some_values())
                    .return_consumed_capacity(total.clone())
                    .return_values_on_condition_check_failure(all_old);
                delete
                    .send()
                    .await
                    .map(|sent| Committed::new(None, sent.consumed_capacity))
                    .map_err(|error| {
                        let item = error.as_service_error().and_then(|error| match error {
                            DeleteItemError::ConditionalCheckFailedException(refusal) => {
                                refusal.item.clone()
                            }
                            _ => None,
                        });
                        Failure::of(prepared, error, item)
                    })
            }
        }
    }

    /// Finds out what became of a write that did not answer with success, by a strong read. An item
    /// that holds what only this write can have written proves that it won, whatever it was answered.
    /// Nothing is deleted: were the proof wrong, the collector would still be right.
    async fn resolve(
        &self,
        prepared: &PreparedWrite,
        failure: Failure,
    ) -> Result<Option<Attributes>, OffloadError> {
        if failure.never_applied {
            return Err(failure.error);
        }
        let item = match failure.item {
            Some(item) => Some(item),
            None => match self.read_strongly(&prepared.key).await {
                Ok(item) => item,
                Err(_) => {
                    return Err(OffloadError::caused(
                        OffloadErrorKind::Ambiguous,
                        format!("whether {} was written is not known: read it", prepared.key),
                        failure.error,
                    ));
                }
            },
        };
        if prepared.is_held_by(item.as_ref()) {
            return Ok(item);
        }
        let (refused, unchanged) = (failure.refused, self.is_as_seen(prepared, item.as_ref()));
        let (kind, what) = match (&item, prepared.kind) {
            (Some(_), Kind::Create) => (OffloadErrorKind::ConditionFailed, "is there already"),
            (None, Kind::Update) => (OffloadErrorKind::NotFound, "is not there"),
            _ if refused && unchanged => {
                (OffloadErrorKind::ConditionFailed, "does not fulfil the caller's condition")
            }
            _ if !unchanged => {
                (OffloadErrorKind::ConditionFailed, "was changed by someone else: read it again")
            }
            // Not applied when it was read.
            _ => return Err(failure.error),
        };
        Err(OffloadError::caused(kind, format!("{} {what}", prepared.key), failure.error))
    }

    /// Whether the item is as the writer saw it, so that the write could still be carried out.
    fn is_as_seen(&self, prepared: &PreparedWrite, item: Option<&Attributes>) -> bool {
        match (item, &prepared.seen) {
            (None, None) => true,
            (Some(item), Some(seen)) => self.seen(item).is_ok_and(|now| {
                let same = |name| now.pointers.get(name) == seen.pointers.get(name);
                now.rev == seen.rev && prepared.touched.iter().all(same)
            }),
            _ => false,
        }
    }
}

impl Failure {
    fn of<E>(
        prepared: &PreparedWrite,
        error: SdkError<E, HttpResponse>,
        item: Option<Attributes>,
    ) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let code = error.code();
        Self {
            refused: code == Some("ConditionalCheckFailedException"),
            // The same request was refused, or would have been, at every attempt.
            never_applied: code == Some("ValidationException")
                || matches!(error, SdkError::ConstructionFailure(_)),
            item,
            error: OffloadError::dynamodb(format!("writing {}", prepared.key), error),
        }
    }
}
