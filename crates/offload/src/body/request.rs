//! The options of an attribute, in requests.

use crate::{AttributeOptions, metadata};
use aws_sdk_s3::operation::create_multipart_upload::builders::CreateMultipartUploadFluentBuilder;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;

/// The builders of requests have the same members by name only. The checksum is not among them: bodies
/// have a SHA-256, by which parts are known again.
macro_rules! with_options {
    ($call:ident, $options:ident) => {{
        let tags = tags($options);
        let mut call = $call
            .set_content_type($options.content_type.clone())
            .set_server_side_encryption($options.encryption.clone())
            .set_ssekms_key_id($options.kms_key_id.clone())
            .set_bucket_key_enabled($options.bucket_key)
            .set_storage_class($options.storage_class.clone())
            .set_tagging((!tags.is_empty()).then_some(tags));
        for (name, value) in &$options.metadata {
            call = call.metadata(name, value);
        }
        call
    }};
}

pub(super) fn put(
    call: PutObjectFluentBuilder,
    options: &AttributeOptions,
) -> PutObjectFluentBuilder {
    with_options!(call, options)
}

pub(super) fn create_upload(
    call: CreateMultipartUploadFluentBuilder,
    options: &AttributeOptions,
) -> CreateMultipartUploadFluentBuilder {
    with_options!(call, options)
}

fn tags(options: &AttributeOptions) -> String {
    let encoded = |text: &String| metadata::percent_encoded(text.as_bytes());
    let tags =
        options.tags.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    tags.collect::<Vec<_>>().join("&")
}
