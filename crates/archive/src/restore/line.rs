//! A line of an archive as an item to write.

use super::{RestoreChoice, RestoredTtl};
use crate::{ArchiveRecord, LineFormat};
use ddbkit_codec::{AttributeValue, Number, Tape};

/// The item on a line as DynamoDB JSON; `None` where it is not chosen.
///
/// # Errors
/// In words, when the line holds no item.
pub(super) fn restore(
    line: &[u8],
    format: LineFormat,
    created: Option<u64>,
    choice: &RestoreChoice,
    ttl: &RestoredTtl,
) -> Result<Option<Vec<u8>>, String> {
    let (mut item, created) = match format {
        LineFormat::Item => {
            let mut tape = Tape::new();
            let item = tape.read_line(line).map_err(|error| error.to_string())?;
            (item.to_item(), created)
        }
        LineFormat::Record => {
            let record = ArchiveRecord::from_json(line).map_err(|error| error.to_string())?;
            let image = record.old_image.ok_or("the record has no old image")?;
            (image, Some(record.created))
        }
    };
    if !choice.takes_time(created) || !choice.takes_key_of(&item) {
        return Ok(None);
    }
    if let Some(attribute) = &ttl.attribute {
        match ttl.value {
            None => drop(item.remove(attribute)),
            Some(value) => {
                item.insert(attribute.as_str(), AttributeValue::N(Number::from(value)));
            }
        }
    }
    let mut text = Vec::with_capacity(line.len());
    item.write_dynamodb_json(&mut text);
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    const LINE: &[u8] = br#"{"Item":{"pk":{"S":"a"},"ttl":{"N":"5"},"n":{"N":"1.50"}}}"#;

    fn restored(ttl: &RestoredTtl) -> String {
        let text = restore(LINE, LineFormat::Item, None, &RestoreChoice::all(), ttl);
        String::from_utf8(text.unwrap().unwrap()).unwrap()
    }

    #[test]
    fn the_ttl_goes_stays_or_is_another() {
        let dropped = restored(&RestoredTtl::dropped("ttl"));
        assert_eq!(dropped, r#"{"pk":{"S":"a"},"n":{"N":"1.50"}}"#);
        let set = restored(&RestoredTtl::set("ttl", UNIX_EPOCH + Duration::from_secs(77)));
        assert_eq!(set, r#"{"pk":{"S":"a"},"ttl":{"N":"77"},"n":{"N":"1.50"}}"#);
        let kept = restored(&RestoredTtl::kept());
        assert_eq!(kept, r#"{"pk":{"S":"a"},"ttl":{"N":"5"},"n":{"N":"1.50"}}"#);
    }

    #[test]
    fn a_record_has_its_own_time() {
        let record = br#"{"eventID":"1","eventName":"REMOVE","dynamodb":{
            "ApproximateCreationDateTime":100,"Keys":{"pk":{"S":"a"}},
            "OldImage":{"pk":{"S":"a"}},"SequenceNumber":"7"}}"#;
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let restored = |from| {
            let choice = RestoreChoice::all().deleted_from(at(from));
            restore(record, LineFormat::Record, None, &choice, &RestoredTtl::kept()).unwrap()
        };
        assert_eq!(restored(100).unwrap(), br#"{"pk":{"S":"a"}}"#);
        assert_eq!(restored(101), None);
    }

    #[test]
    fn what_is_no_item_is_told() {
        let (choice, ttl) = (RestoreChoice::all(), RestoredTtl::kept());
        assert!(restore(b"{", LineFormat::Item, None, &choice, &ttl).is_err());
        assert!(restore(LINE, LineFormat::Record, None, &choice, &ttl).is_err());
    }
}
