//! Records of the SDK.

use super::ArchiveRecord;
use crate::{ArchiveError, ArchiveErrorKind};
use aws_sdk_dynamodbstreams::types::{
    AttributeValue as Sdk, OperationType, Record, StreamViewType as SdkViewType,
};
use aws_smithy_types::Blob;
use ddbkit_codec::{AttributeValue, EventName, Item, StreamViewType, UserIdentity};
use std::collections::HashMap;

/// Takes a record of `GetRecords`. Of inserts and changes neither keys nor images are taken.
impl TryFrom<Record> for ArchiveRecord {
    type Error = ArchiveError;

    fn try_from(record: Record) -> Result<Self, ArchiveError> {
        let change = record.dynamodb.ok_or_else(|| wrong("?", "no body"))?;
        let number = change.sequence_number.ok_or_else(|| wrong("?", "no sequence number"))?;
        let fail = |what: &str| wrong(&number, what);
        let event_name = match &record.event_name {
            Some(OperationType::Insert) => EventName::Insert,
            Some(OperationType::Modify) => EventName::Modify,
            Some(OperationType::Remove) => EventName::Remove,
            // DynamoDB Local 3 gives deletes by time to live such a name.
            _ => return Err(fail("an event name that is not known; nothing tells what happened")),
        };
        let created = change.approximate_creation_date_time.ok_or_else(|| fail("no time"))?;
        let is_delete = event_name == EventName::Remove;
        let image = |sdk: Option<HashMap<String, Sdk>>| {
            let image = sdk.filter(|_| is_delete).map(item).transpose();
            image.map_err(|what| fail(&format!("an image that cannot be read ({what})")))
        };
        let user_identity = match record.user_identity.map(|user| (user.r#type, user.principal_id))
        {
            None => None,
            Some((Some(kind), Some(principal_id))) => Some(UserIdentity { kind, principal_id }),
            // A server that spells the members in its own way: taken for a user's delete, the
            // item would be lost in silence.
            Some(_) => return Err(fail("an identity that the SDK cannot read")),
        };
        Ok(Self {
            event_id: record.event_id.ok_or_else(|| fail("no event id"))?,
            event_name,
            event_version: record.event_version,
            aws_region: record.aws_region,
            user_identity,
            sequence: Some(number.parse().map_err(|_| fail("a sequence number of wrong form"))?),
            created: u64::try_from(created.secs()).map_err(|_| fail("a time before 1970"))?,
            keys: image(change.keys)?.unwrap_or_default(),
            old_image: image(change.old_image)?,
            size_bytes: change.size_bytes.and_then(|size| u64::try_from(size).ok()),
            view_type: change.stream_view_type.as_ref().and_then(view_type),
        })
    }
}

fn wrong(number: &str, what: &str) -> ArchiveError {
    let message = format!("the record with sequence number {number} has {what}");
    ArchiveError::new(ArchiveErrorKind::Streams, message)
}

fn view_type(sdk: &SdkViewType) -> Option<StreamViewType> {
    match sdk {
        SdkViewType::KeysOnly => Some(StreamViewType::KeysOnly),
        SdkViewType::NewImage => Some(StreamViewType::NewImage),
        SdkViewType::OldImage => Some(StreamViewType::OldImage),
        SdkViewType::NewAndOldImages => Some(StreamViewType::NewAndOldImages),
        _ => None,
    }
}

/// The attributes of an image; names come once, as they come from a map. In the order of their
/// names: two workers that read the same record must write the same line.
fn item(sdk: HashMap<String, Sdk>) -> Result<Item, String> {
    let mut attributes: Vec<_> = sdk.into_iter().collect();
    attributes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let values = attributes.into_iter().map(|(name, sdk)| Ok((name, value(sdk)?)));
    values.collect()
}

fn value(sdk: Sdk) -> Result<AttributeValue, String> {
    let number = |text: String| text.parse().map_err(|_| "a number of wrong form".to_owned());
    Ok(match sdk {
        Sdk::S(text) => AttributeValue::S(text),
        Sdk::N(text) => AttributeValue::N(number(text)?),
        Sdk::B(blob) => AttributeValue::B(blob.into_inner()),
        Sdk::Bool(flag) => AttributeValue::Bool(flag),
        Sdk::Null(_) => AttributeValue::Null,
        Sdk::L(list) => AttributeValue::L(list.into_iter().map(value).collect::<Result<_, _>>()?),
        Sdk::M(map) => AttributeValue::M(item(map)?),
        Sdk::Ss(set) => AttributeValue::Ss(set),
        Sdk::Ns(set) => AttributeValue::Ns(set.into_iter().map(number).collect::<Result<_, _>>()?),
        Sdk::Bs(set) => AttributeValue::Bs(set.into_iter().map(Blob::into_inner).collect()),
        _ => return Err("a type of value that is newer than this program".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RecordClass, Replicated};
    use aws_sdk_dynamodbstreams::types::{Identity, StreamRecord};
    use aws_smithy_types::DateTime;

    fn record(event: OperationType) -> Record {
        let image = HashMap::from([
            ("pk".to_owned(), Sdk::S("a".into())),
            ("b".to_owned(), Sdk::L(vec![Sdk::N("1.50".into()), Sdk::Null(true)])),
            ("a".to_owned(), Sdk::Ns(vec!["2".into(), "1".into()])),
        ]);
        let change = StreamRecord::builder()
            .approximate_creation_date_time(DateTime::from_secs(1_479_499_740))
            .keys("pk", Sdk::S("a".into()))
            .set_old_image(Some(image))
            .sequence_number("4421584500000000017450439092")
            .size_bytes(26)
            .stream_view_type(SdkViewType::NewAndOldImages);
        let user =
            Identity::builder().r#type("Service").principal_id("dynamodb.amazonaws.com").build();
        Record::builder()
            .event_id("1")
            .event_name(event)
            .dynamodb(change.build())
            .user_identity(user)
            .build()
    }

    #[test]
    fn a_delete_has_its_image_in_the_order_of_names() {
        let delete = ArchiveRecord::try_from(record(OperationType::Remove)).unwrap();
        assert_eq!(delete.class(&Replicated::Left), RecordClass::TtlDelete);
        assert_eq!(
            delete.old_image.unwrap().to_dynamodb_json(),
            r#"{"a":{"NS":["2","1"]},"b":{"L":[{"N":"1.50"},{"NULL":true}]},"pk":{"S":"a"}}"#
        );
        assert_eq!(delete.created, 1_479_499_740);
    }

    #[test]
    fn an_insert_keeps_no_images() {
        let insert = ArchiveRecord::try_from(record(OperationType::Insert)).unwrap();
        assert_eq!(insert.class(&Replicated::Left), RecordClass::Insert);
        assert!(insert.old_image.is_none() && insert.keys.is_empty());
    }

    #[test]
    fn an_identity_that_cannot_be_read_is_an_error() {
        let mut delete = record(OperationType::Remove);
        delete.user_identity = Some(Identity::builder().build());
        let error = ArchiveRecord::try_from(delete).unwrap_err();
        assert!(error.to_string().ends_with("an identity that the SDK cannot read"), "{error}");
    }

    #[test]
    fn an_event_that_is_not_known_is_an_error() {
        let error = ArchiveRecord::try_from(record(OperationType::from("UNKNOWN"))).unwrap_err();
        assert_eq!(error.kind(), ArchiveErrorKind::Streams);
        assert!(error.to_string().contains("4421584500000000017450439092"), "{error}");
    }
}
