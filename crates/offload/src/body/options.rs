//! What S3 is told of an object beside its bytes.

use aws_sdk_s3::operation::create_multipart_upload::builders::CreateMultipartUploadFluentBuilder;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};

/// stub of core's
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ObjectOptions {
    pub content_type: Option<String>,
    pub metadata: Vec<(String, String)>,
    pub sse: Option<ServerSideEncryption>,
    pub kms_key_id: Option<String>,
    pub storage_class: Option<StorageClass>,
    pub tagging: Option<String>,
}

macro_rules! apply {
    ($self:ident, $call:ident) => {{
        let mut call = $call
            .set_content_type($self.content_type.clone())
            .set_server_side_encryption($self.sse.clone())
            .set_ssekms_key_id($self.kms_key_id.clone())
            .set_storage_class($self.storage_class.clone())
            .set_tagging($self.tagging.clone());
        for (name, value) in &$self.metadata {
            call = call.metadata(name, value);
        }
        call
    }};
}

impl ObjectOptions {
    pub(super) fn put(&self, call: PutObjectFluentBuilder) -> PutObjectFluentBuilder {
        apply!(self, call)
    }

    pub(super) fn create_upload(
        &self,
        call: CreateMultipartUploadFluentBuilder,
    ) -> CreateMultipartUploadFluentBuilder {
        apply!(self, call)
    }
}
