//! What a request for one item gives.

use super::LostAnswers;
use crate::table::Core;
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue as Sdk, ConsumedCapacity};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityUnits, consumed_units};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt;

/// The answer to a request for one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome<T> {
    /// The item, where there is one and it was asked for.
    pub item: Option<T>,
    /// Read or write capacity units that `DynamoDB` says the request consumed.
    pub consumed: CapacityUnits,
}

impl<T: DeserializeOwned> Outcome<T> {
    /// `is_whole` when all attributes of the item were asked for.
    pub(crate) async fn of(
        core: &Core,
        item: Option<HashMap<String, Sdk>>,
        is_whole: bool,
        consumed: Option<&ConsumedCapacity>,
    ) -> Result<Self, TableError> {
        let item = match item.filter(|item| !item.is_empty()) {
            Some(item) => core.values.hydrate(core, item, is_whole).await?,
            None => None,
        };
        let item = item.map(|item| core.decode_sdk(item)).transpose()?;
        Ok(Self { item, consumed: consumed_units(consumed) })
    }
}

/// The error of a write, with the item that was there when its condition was false.
pub(super) fn write_error<E, R>(
    core: &Core,
    what: impl fmt::Display,
    error: SdkError<E, R>,
    lost: &LostAnswers,
    existing: impl FnOnce(E) -> Option<HashMap<String, Sdk>>,
) -> TableError
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    let refused = match error {
        SdkError::ServiceError(refused)
            if refused.err().code() == Some("ConditionalCheckFailedException") =>
        {
            refused.into_err()
        }
        error => return TableError::call(what, error),
    };
    let (kind, message) = if lost.is_any() {
        let why =
            "its condition was false, after an answer was lost: read the item, it may be done";
        (TableErrorKind::Ambiguous, format!("{what}: {why}"))
    } else {
        (TableErrorKind::ConditionFailed, format!("{what}: its condition was false"))
    };
    let existing: Option<Item> = existing(refused).and_then(|item| core.item_of_sdk(item).ok());
    TableError::new(kind, message).with_existing(existing)
}
