//! What is stored: buckets, objects, uploads, all under one lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use s3s::{S3Error, S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::blob::{Blob, Received};
use super::checksums::Checksums;
use super::disk::Disk;
use super::multipart::Upload;

/// The headers that are kept with an object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Attributes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) content_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cache_control: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<HashMap<String, String>>,
}

/// The attribute members, which the inputs of S3 share by name only.
macro_rules! attributes_of {
    ($input:expr) => {
        $crate::s3::state::Attributes {
            content_type: $input.content_type.take(),
            content_encoding: $input.content_encoding.take(),
            content_disposition: $input.content_disposition.take(),
            content_language: $input.content_language.take(),
            cache_control: $input.cache_control.take(),
            metadata: $input.metadata.take(),
        }
    };
}

/// Puts attributes into an output.
macro_rules! put_attributes {
    ($attributes:expr => $output:expr) => {{
        let attributes = $attributes;
        $output.content_type.clone_from(&attributes.content_type);
        $output.content_encoding.clone_from(&attributes.content_encoding);
        $output.content_disposition.clone_from(&attributes.content_disposition);
        $output.content_language.clone_from(&attributes.content_language);
        $output.cache_control.clone_from(&attributes.cache_control);
        $output.metadata.clone_from(&attributes.metadata);
    }};
}

pub(super) use {attributes_of, put_attributes};

/// One stored object.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) blob: Blob,
    /// Without quotes.
    pub(super) etag: String,
    pub(super) modified: SystemTime,
    pub(super) attributes: Attributes,
    pub(super) checksums: Checksums,
}

impl Object {
    /// An object of a body that was received in one piece.
    pub(super) fn new(received: Received, attributes: Attributes) -> Self {
        Self {
            blob: received.blob,
            etag: super::blob::hex(&received.md5),
            modified: SystemTime::now(),
            attributes,
            checksums: received.checksums,
        }
    }
}

/// The objects of a bucket by key, in S3's order: that of the UTF-8 bytes.
pub(super) type Bucket = BTreeMap<String, Arc<Object>>;

/// Everything that is stored.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) buckets: BTreeMap<String, Bucket>,
    pub(super) uploads: HashMap<String, Upload>,
}

impl State {
    pub(super) fn bucket(&self, name: &str) -> S3Result<&Bucket> {
        self.buckets.get(name).ok_or_else(|| s3_error!(NoSuchBucket))
    }

    fn bucket_mut(&mut self, name: &str) -> S3Result<&mut Bucket> {
        self.buckets.get_mut(name).ok_or_else(|| s3_error!(NoSuchBucket))
    }

    pub(super) fn object(&self, bucket: &str, key: &str) -> S3Result<Arc<Object>> {
        let object = self.bucket(bucket)?.get(key);
        object.cloned().ok_or_else(|| s3_error!(NoSuchKey))
    }
}

/// The store behind the S3 operations.
#[derive(Debug, Default)]
pub(super) struct ObjectStore {
    state: Mutex<State>,
    /// Where objects are kept; in memory if nowhere.
    pub(super) disk: Option<Disk>,
}

impl ObjectStore {
    /// A store of what a directory holds.
    pub(super) fn on_disk(disk: Disk, buckets: BTreeMap<String, Bucket>) -> Self {
        let state = State { buckets, uploads: HashMap::new() };
        Self { state: Mutex::new(state), disk: Some(disk) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an object visible. The caller has checked its conditions under the same lock.
    pub(super) fn insert(
        &self,
        state: &mut State,
        bucket: &str,
        key: &str,
        object: Object,
    ) -> S3Result<Arc<Object>> {
        let objects = state.bucket_mut(bucket)?;
        let object = match &self.disk {
            Some(disk) => disk.keep(bucket, key, object).map_err(S3Error::internal_error)?,
            None => object,
        };
        let object = Arc::new(object);
        if let Some(replaced) = objects.insert(key.to_owned(), Arc::clone(&object)) {
            self.forget(&replaced);
        }
        Ok(object)
    }

    /// Removes an object, if there is one.
    pub(super) fn remove(&self, state: &mut State, bucket: &str, key: &str) -> S3Result<()> {
        if let Some(removed) = state.bucket_mut(bucket)?.remove(key) {
            self.forget(&removed);
        }
        Ok(())
    }

    fn forget(&self, object: &Object) {
        if let (Some(disk), Blob::File(file)) = (&self.disk, &object.blob) {
            disk.forget(file);
        }
    }
}
