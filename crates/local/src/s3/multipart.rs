//! Multipart uploads.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use md5::{Digest, Md5};
use s3s::dto::{
    CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, ETag, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Part,
    UploadPartInput, UploadPartOutput,
};
use s3s::{S3Error, S3Request, S3Result, s3_error};

use super::blob::{Blob, BlobFile, Received, hex, receive};
use super::checksums::{Checksums, Claims, checksums_of, put_checksums};
use super::conditions::check_write;
use super::state::{Attributes, Object, ObjectStore, State, attributes_of};

/// Every part but the last has at least so many bytes (S3 User Guide, "multipart upload limits").
const MIN_PART_SIZE: u64 = 5 * 1024 * 1024;

/// An upload that is neither completed nor aborted.
#[derive(Debug)]
pub(super) struct Upload {
    bucket: String,
    key: String,
    attributes: Attributes,
    parts: BTreeMap<i32, Arc<Received>>,
    initiated: SystemTime,
}

impl State {
    fn upload(&mut self, id: &str, bucket: &str, key: &str) -> S3Result<&mut Upload> {
        let upload = self.uploads.get_mut(id);
        upload
            .filter(|upload| upload.bucket == bucket && upload.key == key)
            .ok_or_else(|| s3_error!(NoSuchUpload))
    }
}

impl ObjectStore {
    pub(super) fn create_upload(
        &self,
        mut input: CreateMultipartUploadInput,
    ) -> S3Result<CreateMultipartUploadOutput> {
        let mut state = self.lock();
        state.bucket(&input.bucket)?;
        let id = format!("{:032x}", fastrand::u128(..));
        let upload = Upload {
            bucket: input.bucket.clone(),
            key: input.key.clone(),
            attributes: attributes_of!(input),
            parts: BTreeMap::new(),
            initiated: SystemTime::now(),
        };
        state.uploads.insert(id.clone(), upload);
        Ok(CreateMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(id),
            ..Default::default()
        })
    }

    pub(super) async fn upload_part(
        &self,
        mut request: S3Request<UploadPartInput>,
    ) -> S3Result<UploadPartOutput> {
        let trailers = request.trailing_headers.take();
        let mut input = request.input;
        self.lock().upload(&input.upload_id, &input.bucket, &input.key)?;
        let claims = Claims::new(input.content_md5.take(), checksums_of!(input), &request.headers);
        let part = receive(input.body.take(), self.incoming(), claims, trailers).await?;
        let mut output =
            UploadPartOutput { e_tag: Some(ETag::Strong(hex(&part.md5))), ..Default::default() };
        put_checksums!(&part.checksums => output);
        let mut state = self.lock();
        let upload = state.upload(&input.upload_id, &input.bucket, &input.key)?;
        upload.parts.insert(input.part_number, Arc::new(part));
        Ok(output)
    }

    pub(super) fn list_parts(&self, input: ListPartsInput) -> S3Result<ListPartsOutput> {
        let mut state = self.lock();
        let upload = state.upload(&input.upload_id, &input.bucket, &input.key)?;
        let parts = upload.parts.iter().map(|(number, part)| {
            let mut listed = Part {
                part_number: Some(*number),
                size: i64::try_from(part.blob.len()).ok(),
                e_tag: Some(ETag::Strong(hex(&part.md5))),
                ..Default::default()
            };
            put_checksums!(&part.checksums => listed);
            listed
        });
        Ok(ListPartsOutput {
            parts: Some(parts.collect()),
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            is_truncated: Some(false),
            ..Default::default()
        })
    }

    pub(super) fn list_uploads(
        &self,
        input: ListMultipartUploadsInput,
    ) -> S3Result<ListMultipartUploadsOutput> {
        let state = self.lock();
        state.bucket(&input.bucket)?;
        let prefix = input.prefix.as_deref().unwrap_or_default();
        let mut uploads: Vec<_> = state
            .uploads
            .iter()
            .filter(|(_, upload)| upload.bucket == input.bucket && upload.key.starts_with(prefix))
            .collect();
        uploads.sort_by_key(|(_, upload)| (&upload.key, upload.initiated));
        let uploads = uploads.into_iter().map(|(id, upload)| MultipartUpload {
            key: Some(upload.key.clone()),
            upload_id: Some(id.clone()),
            initiated: Some(upload.initiated.into()),
            ..Default::default()
        });
        Ok(ListMultipartUploadsOutput {
            uploads: Some(uploads.collect()),
            bucket: Some(input.bucket),
            prefix: input.prefix,
            is_truncated: Some(false),
            ..Default::default()
        })
    }

    pub(super) fn abort_upload(&self, id: &str, bucket: &str, key: &str) -> S3Result<()> {
        let mut state = self.lock();
        state.upload(id, bucket, key)?;
        state.uploads.remove(id);
        Ok(())
    }

    pub(super) async fn complete_upload(
        &self,
        input: CompleteMultipartUploadInput,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let listed = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let (parts, attributes) = {
            let mut state = self.lock();
            let upload = state.upload(&input.upload_id, &input.bucket, &input.key)?;
            (select(&upload.parts, &listed)?, upload.attributes.clone())
        };
        let mut md5 = Md5::new();
        for part in &parts {
            md5.update(part.md5);
        }
        let etag = format!("{}-{}", hex(&md5.finalize()), parts.len());
        let file = self.incoming();
        let blob = tokio::task::spawn_blocking(move || join(&parts, file))
            .await
            .map_err(S3Error::internal_error)?
            .map_err(S3Error::internal_error)?;
        let object = Object {
            blob,
            etag: etag.clone(),
            modified: SystemTime::now(),
            attributes,
            checksums: Checksums::default(),
        };
        let mut state = self.lock();
        // Someone else may have completed or aborted it in between.
        state.upload(&input.upload_id, &input.bucket, &input.key)?;
        let current = state.bucket(&input.bucket)?.get(&input.key);
        check_write(current, input.if_match.as_ref(), input.if_none_match.as_ref())?;
        self.insert(&mut state, &input.bucket, &input.key, object)?;
        state.uploads.remove(&input.upload_id);
        Ok(CompleteMultipartUploadOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            e_tag: Some(ETag::Strong(etag)),
            ..Default::default()
        })
    }
}

/// The parts that a completion lists, in its order, if it may list them so.
fn select(
    parts: &BTreeMap<i32, Arc<Received>>,
    listed: &[CompletedPart],
) -> S3Result<Vec<Arc<Received>>> {
    let mut selected: Vec<Arc<Received>> = Vec::with_capacity(listed.len());
    let mut last = 0;
    for part in listed {
        let number = part.part_number.unwrap_or_default();
        if number <= last {
            return Err(s3_error!(InvalidPartOrder));
        }
        last = number;
        if selected.last().is_some_and(|before| before.blob.len() < MIN_PART_SIZE) {
            return Err(s3_error!(EntityTooSmall));
        }
        let stored = parts.get(&number).ok_or_else(|| s3_error!(InvalidPart))?;
        if part.e_tag.as_ref().is_none_or(|etag| etag.value() != hex(&stored.md5)) {
            return Err(s3_error!(InvalidPart));
        }
        selected.push(Arc::clone(stored));
    }
    if selected.is_empty() {
        return Err(s3_error!(MalformedXML));
    }
    Ok(selected)
}

/// Joins parts to one blob, in a file of that name if one is given.
fn join(parts: &[Arc<Received>], file: Option<PathBuf>) -> io::Result<Blob> {
    let Some(path) = file else {
        let mut joined = Vec::new();
        for part in parts {
            if let Blob::Memory(bytes) = &part.blob {
                joined.extend_from_slice(bytes);
            }
        }
        return Ok(Blob::Memory(joined.into()));
    };
    let mut joined = File::create(&path)?;
    let mut length = 0;
    for part in parts {
        if let Blob::File(file) = &part.blob {
            length += io::copy(&mut File::open(file.path())?, &mut joined)?;
        }
    }
    Ok(Blob::File(Arc::new(BlobFile::temporary(path, length))))
}
