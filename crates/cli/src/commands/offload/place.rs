//! From arguments to an offloader and to keys.

use crate::args::ObjectsArgs;
use crate::config::Aws;
use crate::error::Failure;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit::codec::Item;
use ddbkit::offload::{
    AttributeOptions, OffloadErrorKind, OffloadPolicy, Offloader, Ownership, Timing,
};
use ddbkit::store::Location;
use std::collections::HashMap;

/// Builds the offloader of a table. A prefix that has an owner keeps its times.
pub(super) async fn offloader(
    aws: &Aws,
    table: &str,
    objects: &ObjectsArgs,
    attributes: Vec<(String, AttributeOptions)>,
    policy: OffloadPolicy,
) -> Result<Offloader, Failure> {
    let (bucket, prefix) = place(&objects.objects)?;
    let s3 = aws.s3();
    let mut timing = match Ownership::read(&s3, bucket, prefix).await {
        Ok(there) => there.timing,
        Err(error) if error.kind() == OffloadErrorKind::ForeignPrefix => Timing::default(),
        Err(error) => return Err(error.into()),
    };
    timing.write_deadline = objects.write_deadline.unwrap_or(timing.write_deadline);
    timing.grace = objects.grace.unwrap_or(timing.grace);
    let mut builder = Offloader::builder(aws.dynamodb(), s3)
        .table(table)
        .bucket(bucket)
        .prefix(prefix)
        .timing(timing)
        .policy(policy);
    for (name, options) in attributes {
        builder = builder.attribute(name, options);
    }
    Ok(builder.build().await?)
}

/// The attributes that the owner of the prefix keeps there.
pub(super) async fn known_attributes(
    aws: &Aws,
    objects: &ObjectsArgs,
) -> Result<Vec<String>, Failure> {
    let (bucket, prefix) = place(&objects.objects)?;
    let there = Ownership::read(&aws.s3(), bucket, prefix).await?;
    Ok(there.attributes.into_iter().collect())
}

/// Bucket and prefix of `--objects`.
pub(crate) fn place(objects: &Location) -> Result<(&str, &str), Failure> {
    if let Location::S3 { bucket, prefix } = objects {
        return Ok((bucket, prefix));
    }
    let message = format!("--objects is {objects}, which is not in S3");
    Err(Failure::usage(message).with_hint("write it like s3://bucket/prefix"))
}

/// A key that was given as `DynamoDB` JSON.
pub(super) fn key(text: &str) -> Result<HashMap<String, AttributeValue>, Failure> {
    let item = Item::from_dynamodb_json(text.as_bytes()).map_err(|error| {
        Failure::usage(format!("--key is no DynamoDB JSON: {error}"))
            .with_hint(r#"write it like '{"pk":{"S":"page-1"}}'"#)
    })?;
    Ok(item.into())
}
