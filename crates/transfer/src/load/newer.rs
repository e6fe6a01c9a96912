//! Which of two items of one key is newer, by an attribute that says so.

use crate::keys::KeySchema;
use crate::load::item::QueuedItem;
use crate::{TransferError, TransferErrorKind, WriteMode};
use ddbkit_codec::{AttributeValue, Item, RawItem};

/// What says how new an item is: the JSON text of the attribute's value.
#[derive(Debug)]
pub(crate) struct Stamp<'a> {
    pub(crate) attribute: &'a str,
    pub(crate) json: &'a [u8],
    value: AttributeValue,
}

impl<'a> Stamp<'a> {
    /// The stamp of an item of the source; why it has none otherwise.
    pub(crate) fn of(item: &'a QueuedItem, attribute: &'a str) -> Result<Self, String> {
        let (raw, _) = RawItem::from_prefix(&item.json).map_err(|error| error.to_string())?;
        let json = raw.attribute(attribute).map_err(|error| error.to_string())?;
        let json = json.ok_or_else(|| {
            format!("the attribute {attribute} is missing, which says how new the item is")
        })?;
        let value = AttributeValue::from_dynamodb_json(json)
            .map_err(|error| format!("the attribute {attribute} cannot be read: {error}"))?;
        match value {
            AttributeValue::N(_) | AttributeValue::S(_) => Ok(Self { attribute, json, value }),
            _ => Err(format!("the attribute {attribute} is no number or string to compare by")),
        }
    }

    /// Why this cannot be compared with an item that is in the table; `None` when it can.
    pub(crate) fn cannot_be_compared(&self, existing: &Item) -> Option<String> {
        use AttributeValue::{N, S};
        let why = match (&self.value, existing.get(self.attribute)) {
            (N(_), Some(N(_))) | (S(_), Some(S(_))) => return None,
            (_, Some(_)) => "has another type in",
            (_, None) => "is missing in",
        };
        let attribute = self.attribute;
        Some(format!("the attribute {attribute} {why} the item of this key that is in the table"))
    }
}

/// Refuses a mode by which no item is ever newer than another.
pub(crate) fn check(mode: &WriteMode, table: Option<&KeySchema>) -> Result<(), TransferError> {
    let WriteMode::IfNewer(attribute) = mode else { return Ok(()) };
    let why = match table {
        None => "a table that the load creates has no items to be newer than".to_owned(),
        Some(keys) if keys.names().any(|key| key == attribute) => {
            format!("{attribute} is part of the key: it is the same in all items of one key")
        }
        Some(_) => return Ok(()),
    };
    Err(TransferError::new(TransferErrorKind::Options, why))
}
