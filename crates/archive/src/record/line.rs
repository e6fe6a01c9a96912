//! A record as a line of a data file.

use super::ArchiveRecord;
use crate::ArchiveError;
use ddbkit_codec::{EventName, Item, StreamViewType};
use serde::{Deserialize, Serialize};

/// What stands on a line of a data file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineFormat {
    /// `{"Item":{...}}` with the item as it was before it was deleted, so that everything that
    /// reads exports reads archives.
    #[default]
    Item,
    /// The whole record, in the shape in which Lambda gets it.
    Record,
}

impl ArchiveRecord {
    /// Appends the record as one line, with its line break.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ArchiveErrorKind::InvalidInput) for a record without an old image:
    /// nothing of the item could be archived.
    pub fn write_line(&self, format: LineFormat, line: &mut Vec<u8>) -> Result<(), ArchiveError> {
        let Some(image) = &self.old_image else {
            return Err(ArchiveError::invalid(format!(
                "record {} has no old image; the stream must have OLD_IMAGE or NEW_AND_OLD_IMAGES",
                self.event_id
            )));
        };
        match format {
            LineFormat::Item => {
                line.extend_from_slice(b"{\"Item\":");
                image.write_dynamodb_json(line);
                line.push(b'}');
            }
            LineFormat::Record => self.write_record(image, line),
        }
        line.push(b'\n');
        Ok(())
    }

    fn write_record(&self, image: &Item, line: &mut Vec<u8>) {
        let event = match self.event_name {
            EventName::Insert => "INSERT",
            EventName::Modify => "MODIFY",
            EventName::Remove => "REMOVE",
        };
        text(line, "{\"eventID\":", &self.event_id);
        text(line, ",\"eventName\":", event);
        if let Some(version) = &self.event_version {
            text(line, ",\"eventVersion\":", version);
        }
        line.extend_from_slice(b",\"eventSource\":\"aws:dynamodb\"");
        if let Some(region) = &self.aws_region {
            text(line, ",\"awsRegion\":", region);
        }
        if let Some(user) = &self.user_identity {
            text(line, ",\"userIdentity\":{\"type\":", &user.kind);
            text(line, ",\"principalId\":", &user.principal_id);
            line.push(b'}');
        }
        let head = format!(",\"dynamodb\":{{\"ApproximateCreationDateTime\":{}", self.created);
        line.extend_from_slice(head.as_bytes());
        line.extend_from_slice(b",\"Keys\":");
        self.keys.write_dynamodb_json(line);
        line.extend_from_slice(b",\"OldImage\":");
        image.write_dynamodb_json(line);
        if let Some(sequence) = &self.sequence {
            text(line, ",\"SequenceNumber\":", sequence.as_str());
        }
        if let Some(size) = self.size_bytes {
            line.extend_from_slice(format!(",\"SizeBytes\":{size}").as_bytes());
        }
        if let Some(view) = self.view_type {
            text(line, ",\"StreamViewType\":", view_type(view));
        }
        line.extend_from_slice(b"}}");
    }
}

fn view_type(view: StreamViewType) -> &'static str {
    match view {
        StreamViewType::KeysOnly => "KEYS_ONLY",
        StreamViewType::NewImage => "NEW_IMAGE",
        StreamViewType::OldImage => "OLD_IMAGE",
        StreamViewType::NewAndOldImages => "NEW_AND_OLD_IMAGES",
    }
}

/// Appends what stands before a text, and the text as JSON.
fn text(line: &mut Vec<u8>, before: &str, text: &str) {
    line.extend_from_slice(before.as_bytes());
    line.extend_from_slice(serde_json::Value::from(text).to_string().as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use ddbkit_codec::UserIdentity;

    fn record() -> ArchiveRecord {
        let mut record = ArchiveRecord::new(
            "e\"1",
            EventName::Remove,
            "4421584500000000017450439092".parse().unwrap(),
            1_479_499_740,
        );
        record.keys = Item::from_iter([("pk", "ä\n")]);
        record.old_image = Some(Item::from_iter([("pk", "ä\n"), ("a", "b")]));
        record.event_version = Some("1.1".to_owned());
        record.aws_region = Some("eu-west-1".to_owned());
        record.size_bytes = Some(26);
        record.view_type = Some(StreamViewType::OldImage);
        record.user_identity = Some(UserIdentity {
            kind: "Service".to_owned(),
            principal_id: "dynamodb.amazonaws.com".to_owned(),
        });
        record
    }

    #[test]
    fn a_record_comes_back_from_its_line() {
        let mut line = Vec::new();
        record().write_line(LineFormat::Record, &mut line).unwrap();
        assert_eq!(std::str::from_utf8(&line).unwrap().lines().count(), 1);
        assert_eq!(ArchiveRecord::from_json(&line).unwrap(), record());
    }

    #[test]
    fn an_item_line_is_that_of_an_export() {
        let mut line = Vec::new();
        record().write_line(LineFormat::Item, &mut line).unwrap();
        let text = std::str::from_utf8(&line).unwrap();
        assert_eq!(text, "{\"Item\":{\"pk\":{\"S\":\"ä\\n\"},\"a\":{\"S\":\"b\"}}}\n");
    }

    #[test]
    fn without_an_old_image_there_is_no_line() {
        let mut record = record();
        record.old_image = None;
        let error = record.write_line(LineFormat::Item, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("OLD_IMAGE"), "{error}");
    }
}
