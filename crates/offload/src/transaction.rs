//! Several items in one transaction.

use crate::offloader::Kind;
use crate::{ItemWrite, OffloadError, OffloadErrorKind, Offloader, PreparedWrite};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::TransactWriteItem;
use std::time::Duration;
use uuid::Uuid;

/// How long `DynamoDB` knows a request token (API reference, `TransactWriteItems`). Nothing is sent
/// again after it: a transaction that lost its answer could be carried out anew.
const TOKEN_LIFETIME: Duration = Duration::from_mins(10);

impl Offloader {
    /// Carries out several writes, all or none of them: the values are uploaded first, then one
    /// `TransactWriteItems` has all conditions. `others` are parts of the caller's own, of any table.
    ///
    /// Every call has a `ClientRequestToken`, so that attempts of the SDK count once. It is known for ten
    /// minutes; the transaction is given up after these, or at the write deadline of the first upload
    /// when that is sooner. `DynamoDB` takes 100 parts and 4 MB.
    ///
    /// # Errors
    /// As [`write`](Self::write): [`ConditionFailed`](OffloadErrorKind::ConditionFailed) when one of the
    /// items is not as it was seen, [`DynamoDb`](OffloadErrorKind::DynamoDb) when the transaction was
    /// refused otherwise, for instance by a conflict with another.
    pub async fn transact(
        &self,
        writes: Vec<ItemWrite>,
        others: Vec<TransactWriteItem>,
    ) -> Result<(), OffloadError> {
        let mut prepared = Vec::with_capacity(writes.len());
        for write in writes {
            prepared.push(self.upload(write).await?);
        }
        let mut parts = others;
        let mut left = TOKEN_LIFETIME;
        for write in &prepared {
            parts.push(write.to_transact_item()?);
            left = left.min(write.time_left()?);
        }
        let transaction = self.shared.dynamodb.transact_write_items();
        let transaction = transaction
            .set_transact_items(Some(parts))
            .client_request_token(Uuid::new_v4().simple().to_string());
        let error = match tokio::time::timeout(left, transaction.send()).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => Error::of(error),
            Err(_) => Error { error: self.too_late(), never_applied: false },
        };
        if error.never_applied {
            return Err(error.error);
        }
        let error = error.error;
        match self.is_any_applied(&prepared).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(error),
            Err(_) => Err(OffloadError::caused(
                OffloadErrorKind::Ambiguous,
                "whether a transaction was carried out is not known: read its items",
                error,
            )),
        }
    }

    /// All parts are applied or none is, so one that shows is enough; others may have been written by
    /// someone else since. Deletes show nothing of their own and count only where there is nothing else.
    async fn is_any_applied(&self, prepared: &[PreparedWrite]) -> Result<bool, OffloadError> {
        let mut all_gone = true;
        for write in prepared {
            let item = self.read_strongly(&write.key).await?;
            let holds = write.is_held_by(item.as_ref());
            if holds && write.kind != Kind::Delete {
                return Ok(true);
            }
            all_gone &= holds;
        }
        Ok(all_gone && !prepared.is_empty())
    }
}

struct Error {
    error: OffloadError,
    /// The request can never have been carried out.
    never_applied: bool,
}

impl Error {
    fn of(
        error: SdkError<TransactWriteItemsError, aws_sdk_dynamodb::config::http::HttpResponse>,
    ) -> Self {
        let never_applied = error.code() == Some("ValidationException")
            || matches!(error, SdkError::ConstructionFailure(_));
        let refused = error.as_service_error().and_then(|error| match error {
            TransactWriteItemsError::TransactionCanceledException(canceled) => {
                let mut reasons = canceled.cancellation_reasons().iter();
                reasons.position(|reason| reason.code() == Some("ConditionalCheckFailed"))
            }
            _ => None,
        });
        let error = match refused {
            Some(part) => OffloadError::caused(
                OffloadErrorKind::ConditionFailed,
                format!(
                    "part {part} of the transaction (the caller's own come first) is not as it was seen"
                ),
                error,
            ),
            None => OffloadError::dynamodb("a transaction", error),
        };
        Self { error, never_applied }
    }
}
