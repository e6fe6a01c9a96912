//! The servers and places of the demo.

use crate::commands::Context;
use crate::error::Failure;
use ddbkit::flow::Control;
use ddbkit::store::Store;
use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalS3, LocalS3Options};
use std::path::{Path, PathBuf};

/// The names of the play.
pub(super) const TABLE: &str = "Orders";
pub(super) const COPY: &str = "Orders-copy";
pub(super) const BUCKET: &str = "demo-backups";
pub(super) const PREFIX: &str = "orders";
pub(super) const IMPORTED: &str = "Orders-imported";
pub(super) const EXPORTS: &str = "native";
pub(super) const LARGE: &str = "large";
pub(super) const EXPIRING: &str = "Sessions";
pub(super) const ARCHIVE: &str = "archive/sessions";

/// What all acts share.
pub(super) struct Stage {
    pub(super) server: LocalDynamoDb,
    s3: LocalS3,
    folder: PathBuf,
    pub(super) control: Control,
}

impl Stage {
    /// Starts the servers and makes the folder.
    pub(super) async fn set(context: &Context, keep: Option<PathBuf>) -> Result<Self, Failure> {
        let folder = keep.unwrap_or_else(|| {
            let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S");
            std::env::temp_dir().join(format!("ddbkit-demo-{now}-{}", std::process::id()))
        });
        // Made here, so that a second run never mixes with the first.
        if let Some(above) = folder.parent() {
            std::fs::create_dir_all(above)?;
        }
        std::fs::create_dir(&folder).map_err(|error| {
            Failure::other(format!("cannot create {}: {error}", folder.display()))
                .with_hint("name a folder that does not exist yet")
        })?;
        let s3 = LocalS3::start(LocalS3Options::default()).await.map_err(Failure::from)?;
        let options = LocalDynamoDbOptions::default().with_jobs(&s3);
        let dynamodb = LocalDynamoDb::start_with(options).await.map_err(Failure::from)?;
        s3.create_bucket(BUCKET).await.map_err(Failure::from)?;
        Ok(Self { server: dynamodb, s3, folder, control: context.control.clone() })
    }

    pub(super) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.server.client()
    }

    pub(super) fn s3(&self) -> aws_sdk_s3::Client {
        self.s3.client()
    }

    /// The place of the backups in S3.
    pub(super) fn bucket(&self) -> Store {
        Store::s3(self.s3.client(), BUCKET, PREFIX)
    }

    /// The place of the exports that the service makes.
    pub(super) fn exports(&self) -> Store {
        Store::s3(self.s3.client(), BUCKET, EXPORTS)
    }

    /// The place of the archive.
    pub(super) fn archive(&self) -> Store {
        Store::s3(self.s3.client(), BUCKET, ARCHIVE)
    }

    /// The folder that is left.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn directory(&self) -> Store {
        Store::directory(&self.folder)
    }
}
