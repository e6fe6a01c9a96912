//! Where copied values come from.

use super::BlobFolder;
use crate::body::{BodyStream, stored_proven};
use crate::pointer_check::check_object;
use crate::{BlobPointer, OffloadError};
use aws_sdk_s3::Client;

/// Where the values of pointers are, for a copy of them.
#[derive(Clone, Debug)]
pub enum CopySource {
    /// In a backup.
    Folder(BlobFolder),
    /// In S3, where the pointers lead. The client needs `s3:GetObject` there.
    S3(Client),
}

impl CopySource {
    /// Looks whether a value is there with its length, without reading it.
    ///
    /// # Errors
    /// [`Dangling`](crate::OffloadErrorKind::Dangling) when it is not,
    /// [`Corrupt`](crate::OffloadErrorKind::Corrupt) when its object has another length, and those of
    /// the place.
    pub async fn check(&self, pointer: &BlobPointer) -> Result<(), OffloadError> {
        match self {
            Self::Folder(folder) => folder.check(pointer).await,
            Self::S3(s3) => check_object(s3, pointer).await,
        }
    }

    /// The stored bytes of a value, proven at their end.
    pub(super) async fn read(&self, pointer: &BlobPointer) -> Result<BodyStream, OffloadError> {
        match self {
            Self::Folder(folder) => folder.read(pointer).await,
            Self::S3(s3) => stored_proven(s3, pointer).await,
        }
    }
}
