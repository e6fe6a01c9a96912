//! Records as the SDK gives them.

use aws_sdk_dynamodbstreams::types::{
    AttributeValue, Identity, OperationType, Record, StreamRecord, StreamViewType,
};
use aws_smithy_types::DateTime;
use std::collections::HashMap;

/// Records on a page, the most that the service gives.
pub const PAGE: u64 = 1000;
/// 2026-03-01T05:30:00Z
pub const BEGIN: i64 = 1_772_343_000;

/// A page of records, of which one in `of` is a delete by TTL; the others are changes.
pub fn page(page: u64, of: u64) -> Vec<Record> {
    (page * PAGE..(page + 1) * PAGE).map(|n| record(n, n % of == 0)).collect()
}

/// Record `n`; its item has about 300 bytes of DynamoDB JSON.
pub fn record(n: u64, by_ttl: bool) -> Record {
    let seconds = BEGIN + i64::try_from(n / 1000).unwrap_or_default();
    let image = || {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(format!("customer#{:08}", n % 10_000))),
            ("sk".to_owned(), AttributeValue::S(format!("session#{n:012}"))),
            ("expires".to_owned(), AttributeValue::N((seconds - 60).to_string())),
            ("agent".to_owned(), AttributeValue::S("Mozilla/5.0 (X11; Linux x86_64)".to_owned())),
            ("visits".to_owned(), AttributeValue::N((n * 7919 % 1000).to_string())),
            ("admin".to_owned(), AttributeValue::Bool(n.is_multiple_of(17))),
            (
                "tags".to_owned(),
                AttributeValue::L(vec![
                    AttributeValue::S(format!("t{}", n % 97)),
                    AttributeValue::S("web".to_owned()),
                ]),
            ),
        ])
    };
    let stream = StreamRecord::builder()
        .approximate_creation_date_time(DateTime::from_secs(seconds))
        .keys("pk", AttributeValue::S(format!("customer#{:08}", n % 10_000)))
        .keys("sk", AttributeValue::S(format!("session#{n:012}")))
        .set_old_image(Some(image()))
        .set_new_image((!by_ttl).then(image))
        .sequence_number(format!("{}", 100_000_000_000_000_000_000_000_u128 + u128::from(n) * 1009))
        .size_bytes(250)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let service =
        || Identity::builder().r#type("Service").principal_id("dynamodb.amazonaws.com").build();
    Record::builder()
        .event_id(format!("{n:032x}"))
        .event_name(if by_ttl { OperationType::Remove } else { OperationType::Modify })
        .event_version("1.1")
        .event_source("aws:dynamodb")
        .aws_region("us-east-1")
        .dynamodb(stream.build())
        .set_user_identity(by_ttl.then(service))
        .build()
}
