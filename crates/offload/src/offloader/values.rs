//! Values as they come from a caller.

use super::Offloader;
use super::plan::Plan;
use crate::pointer::holds_pointer;
use crate::{BlobPointer, OffloadError, OffloadErrorKind};
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use ddbkit_codec::AttributeValue;
use std::collections::BTreeMap;

impl Offloader {
    /// The values that are values, in the codec's form. A pointer is taken only if it is the item's own
    /// and current one, and then stays.
    pub(super) fn without_pointers(
        &self,
        plan: &mut Plan,
        values: BTreeMap<String, SdkValue>,
    ) -> Result<BTreeMap<String, AttributeValue>, OffloadError> {
        let mut values_alone = BTreeMap::new();
        for (name, value) in values {
            let value = codec_value(&name, value)?;
            let Some(pointer) = BlobPointer::from_attribute(&value) else {
                if holds_pointer(&value) {
                    return Err(OffloadError::new(
                        OffloadErrorKind::InvalidPointer,
                        format!(
                            "attribute {name:?} has a pointer within: the collector would not see it"
                        ),
                    ));
                }
                values_alone.insert(name, value);
                continue;
            };
            let pointer = pointer.map_err(|error| error.of_attribute(&name))?;
            let own = plan.seen.as_ref().and_then(|seen| seen.pointers.get(&name));
            if own == Some(&pointer) {
                plan.unchanged.insert(name);
                continue;
            }
            self.check_owner(&plan.key, &pointer).map_err(|error| error.of_attribute(&name))?;
            return Err(OffloadError::new(
                OffloadErrorKind::InvalidPointer,
                format!(
                    "attribute {name:?} is a pointer that the item does not hold now: give the value"
                ),
            ));
        }
        Ok(values_alone)
    }
}

/// A value of the SDK, with the attribute named that has one that is none.
pub(super) fn codec_value(name: &str, value: SdkValue) -> Result<AttributeValue, OffloadError> {
    AttributeValue::try_from(value).map_err(|error| {
        let message = format!("attribute {name:?} has a value that DynamoDB does not take");
        OffloadError::caused(OffloadErrorKind::InvalidInput, message, error)
    })
}
