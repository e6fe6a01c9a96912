//! Events as the SDK's records.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{
    AttributeValue, Identity, OperationType, Record, StreamRecord, StreamViewType,
};
use aws_smithy_types::DateTime;

use super::{Change, StreamEvent};

/// The attribute that the fake's table has TTL on.
pub const TTL_ATTRIBUTE: &str = "expires";

type Image = HashMap<String, AttributeValue>;

pub(super) fn record(event: &StreamEvent) -> Record {
    let seconds = event.created_ms / 1000;
    let image = |version: &u64| image(event, *version, seconds);
    let stream = StreamRecord::builder()
        .approximate_creation_date_time(DateTime::from_secs(seconds.cast_signed()))
        .keys("pk", AttributeValue::S(event.key.clone()))
        .set_old_image(event.before.as_ref().map(image))
        .set_new_image(event.after.as_ref().map(image))
        .sequence_number(&event.sequence)
        .size_bytes(100)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let service =
        || Identity::builder().r#type("Service").principal_id("dynamodb.amazonaws.com").build();
    Record::builder()
        .event_id(&event.event_id)
        .event_name(match event.change {
            Change::Insert => OperationType::Insert,
            Change::Modify => OperationType::Modify,
            Change::UserDelete | Change::TtlDelete => OperationType::Remove,
        })
        .event_version("1.1")
        .event_source("aws:dynamodb")
        .aws_region("us-east-1")
        .dynamodb(stream.build())
        .set_user_identity((event.change == Change::TtlDelete).then(service))
        .build()
}

fn image(event: &StreamEvent, version: u64, seconds: u64) -> Image {
    let expired = seconds.saturating_sub(60);
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(event.key.clone())),
        ("version".to_owned(), AttributeValue::N(version.to_string())),
        (TTL_ATTRIBUTE.to_owned(), AttributeValue::N(expired.to_string())),
    ])
}
