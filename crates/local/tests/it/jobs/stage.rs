//! Servers with jobs, tables and buckets for them.

use crate::clients::{BUCKET, TABLE, create_table, put};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::PointInTimeRecoverySpecification;
use ddbkit_export::ExportErrorKind;
use ddbkit_export::jobs::{ExportJob, ExportScope, StartExport, WaitOptions};
use ddbkit_flow::Control;
use ddbkit_local::{LocalDynamoDb, LocalDynamoDbOptions, LocalS3};
use ddbkit_store::Store;
use std::time::Duration;

/// Often enough for a test.
pub(super) const FAST: WaitOptions =
    WaitOptions { interval: Duration::from_millis(10), timeout: Some(Duration::from_mins(1)) };
pub(super) const HOUR: Duration = Duration::from_hours(1);

pub(super) struct Stage {
    pub(super) dynamodb: LocalDynamoDb,
    pub(super) s3: LocalS3,
    pub(super) client: Client,
    pub(super) control: Control,
    pub(super) table_arn: String,
}

/// A table whose jobs last an hour of the server's clock, and an empty bucket.
pub(super) async fn stage() -> Stage {
    let s3 = crate::clients::s3().await;
    let options = LocalDynamoDbOptions::default().with_jobs(&s3).job_duration(HOUR);
    let dynamodb = LocalDynamoDb::start_with(options).await.unwrap();
    create_table(&dynamodb).await;
    let client = crate::clients::without_retries(&dynamodb);
    let table_arn = ddbkit_export::jobs::table_arn(&client, TABLE).await.unwrap();
    Stage { dynamodb, s3, client, control: Control::new(), table_arn }
}

impl Stage {
    /// With so many items and point-in-time recovery.
    pub(super) async fn filled(items: u32) -> Self {
        let stage = stage().await;
        for n in 0..items {
            put(&stage.client, &format!("item {n}")).await.unwrap();
        }
        stage.recovery(true).await;
        stage
    }

    pub(super) async fn recovery(&self, is_on: bool) {
        let wanted =
            PointInTimeRecoverySpecification::builder().point_in_time_recovery_enabled(is_on);
        let update = self.client.update_continuous_backups().table_name(TABLE);
        let wanted = wanted.build().unwrap();
        update.point_in_time_recovery_specification(wanted).send().await.unwrap();
    }

    pub(super) fn export(&self, scope: ExportScope) -> StartExport {
        ExportJob::start(&self.client, &self.table_arn, BUCKET, scope)
    }

    /// What the service refuses a start with.
    pub(super) async fn refusal(&self, start: StartExport) -> (String, String) {
        let error = start.send().await.unwrap_err();
        let ExportErrorKind::Refused(code) = error.kind() else { panic!("{error:?}") };
        (code.clone(), error.to_string())
    }

    /// Lets the jobs that run come to their end.
    pub(super) fn an_hour_passes(&self) {
        self.dynamodb.advance_clock(HOUR).unwrap();
    }

    pub(super) fn bucket(&self, prefix: &str) -> Store {
        Store::s3(self.s3.client(), BUCKET, prefix)
    }
}
