//! Operations on single objects.

use std::path::PathBuf;

use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, DeleteObjectInput,
    DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, ETag, GetObjectInput, GetObjectOutput,
    HeadObjectInput, HeadObjectOutput, MetadataDirective, PutObjectInput, PutObjectOutput,
};
use s3s::{S3Request, S3Result, s3_error};

use super::blob::receive;
use super::checksums::{Claims, checksums_of, put_checksums};
use super::conditions::{check_read, check_write};
use super::state::{Object, ObjectStore, attributes_of, put_attributes};

/// Longest key in bytes of UTF-8 (S3 User Guide, "Naming Amazon S3 objects").
const MAX_KEY_LENGTH: usize = 1024;

/// The most keys of one `DeleteObjects` call.
const MAX_DELETIONS: usize = 1000;

impl ObjectStore {
    /// Where the next body is to be received; in memory if nowhere.
    pub(super) fn incoming(&self) -> Option<PathBuf> {
        self.disk.as_ref().map(super::disk::Disk::incoming)
    }

    pub(super) async fn put(
        &self,
        mut request: S3Request<PutObjectInput>,
    ) -> S3Result<PutObjectOutput> {
        let trailers = request.trailing_headers.take();
        let mut input = request.input;
        self.lock().bucket(&input.bucket)?;
        if input.key.len() > MAX_KEY_LENGTH {
            return Err(s3_error!(KeyTooLongError));
        }
        let claims = Claims::new(input.content_md5.take(), checksums_of!(input), &request.headers);
        let received = receive(input.body.take(), self.incoming(), claims, trailers).await?;
        let object = Object::new(received, attributes_of!(input));

        // From the check to the insert under one lock: that is what makes it atomic.
        let mut state = self.lock();
        let current = state.bucket(&input.bucket)?.get(&input.key);
        check_write(current, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let object = self.insert(&mut state, &input.bucket, &input.key, object)?;
        let mut output = PutObjectOutput {
            e_tag: Some(ETag::Strong(object.etag.clone())),
            ..Default::default()
        };
        put_checksums!(&object.checksums => output);
        Ok(output)
    }

    pub(super) async fn get(&self, input: GetObjectInput) -> S3Result<GetObjectOutput> {
        let object = self.lock().object(&input.bucket, &input.key)?;
        check_read(&object, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let length = object.blob.len();
        let range = match input.range {
            Some(range) => Some(range.check(length)?),
            None => None,
        };
        let wanted = range.clone().unwrap_or(0..length);
        let mut output = GetObjectOutput {
            content_length: i64::try_from(wanted.end - wanted.start).ok(),
            content_range: range
                .as_ref()
                .map(|range| format!("bytes {}-{}/{length}", range.start, range.end - 1)),
            body: Some(object.blob.read(wanted).await?),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(object.modified.into()),
            accept_ranges: Some("bytes".to_owned()),
            ..Default::default()
        };
        put_attributes!(&object.attributes => output);
        // The stored checksum is that of the whole object.
        if range.is_none() && input.checksum_mode.is_some() {
            put_checksums!(&object.checksums => output);
        }
        Ok(output)
    }

    pub(super) fn head(&self, input: &HeadObjectInput) -> S3Result<HeadObjectOutput> {
        let object = self.lock().object(&input.bucket, &input.key)?;
        check_read(&object, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        let mut output = HeadObjectOutput {
            content_length: i64::try_from(object.blob.len()).ok(),
            e_tag: Some(ETag::Strong(object.etag.clone())),
            last_modified: Some(object.modified.into()),
            accept_ranges: Some("bytes".to_owned()),
            ..Default::default()
        };
        put_attributes!(&object.attributes => output);
        if input.checksum_mode.is_some() {
            put_checksums!(&object.checksums => output);
        }
        Ok(output)
    }

    pub(super) fn delete(&self, input: &DeleteObjectInput) -> S3Result<()> {
        let mut state = self.lock();
        let current = state.bucket(&input.bucket)?.get(&input.key);
        check_write(current, input.if_match.as_ref(), None)?;
        self.remove(&mut state, &input.bucket, &input.key)
    }

    pub(super) fn delete_many(&self, input: DeleteObjectsInput) -> S3Result<DeleteObjectsOutput> {
        let mut state = self.lock();
        state.bucket(&input.bucket)?;
        if input.delete.objects.len() > MAX_DELETIONS {
            return Err(s3_error!(MalformedXML));
        }
        let mut deleted = Vec::with_capacity(input.delete.objects.len());
        for object in input.delete.objects {
            self.remove(&mut state, &input.bucket, &object.key)?;
            deleted.push(DeletedObject { key: Some(object.key), ..Default::default() });
        }
        let quiet = input.delete.quiet.unwrap_or_default();
        Ok(DeleteObjectsOutput { deleted: (!quiet).then_some(deleted), ..Default::default() })
    }

    pub(super) async fn copy(&self, mut input: CopyObjectInput) -> S3Result<CopyObjectOutput> {
        let CopySource::Bucket { bucket, key, .. } = &input.copy_source else {
            return Err(s3_error!(NotImplemented));
        };
        let source = self.lock().object(bucket, key)?;
        let if_match = input.copy_source_if_match.as_ref();
        check_read(&source, if_match, input.copy_source_if_none_match.as_ref())
            .map_err(|_| s3_error!(PreconditionFailed))?;
        self.lock().bucket(&input.bucket)?;
        let directive = input.metadata_directive.as_ref().map(MetadataDirective::as_str);
        let attributes = if directive == Some(MetadataDirective::REPLACE) {
            attributes_of!(input)
        } else {
            source.attributes.clone()
        };
        // The copy gets a plain MD5 for an ETag, even where the source was made of parts.
        let body = source.blob.read_all().await?;
        let mut received = receive(Some(body), self.incoming(), Claims::default(), None).await?;
        received.checksums = source.checksums.clone();
        let object = Object::new(received, attributes);
        let mut state = self.lock();
        let object = self.insert(&mut state, &input.bucket, &input.key, object)?;
        Ok(CopyObjectOutput {
            copy_object_result: Some(CopyObjectResult {
                e_tag: Some(ETag::Strong(object.etag.clone())),
                last_modified: Some(object.modified.into()),
                ..Default::default()
            }),
            ..Default::default()
        })
    }
}
