//! Items of answers, as the SDK has decoded them.

use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_codec::Item;
use std::collections::HashMap;

/// An item that DynamoDB answered with; an error for a type that is newer than this program.
pub(crate) fn answered(item: HashMap<String, AttributeValue>) -> Result<Item, TransferError> {
    item.try_into().map_err(|error: ddbkit_codec::FromSdkError| {
        let message = "DynamoDB answered with an item of an unknown type";
        TransferError::caused(TransferErrorKind::Service, message, error)
    })
}
