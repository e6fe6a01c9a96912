//! The switch of point-in-time recovery.

use super::stage::{HOUR, stage};
use crate::clients::{TABLE, create_table};
use aws_sdk_dynamodb::primitives::DateTime;
use aws_sdk_dynamodb::types::{PointInTimeRecoveryDescription, PointInTimeRecoveryStatus};
use ddbkit_local::LocalDynamoDb;

async fn recovery(client: &aws_sdk_dynamodb::Client) -> PointInTimeRecoveryDescription {
    let answer = client.describe_continuous_backups().table_name(TABLE).send().await.unwrap();
    let backups = answer.continuous_backups_description.unwrap();
    backups.point_in_time_recovery_description.unwrap()
}

#[tokio::test]
async fn recovery_is_switched_and_its_window_grows() {
    let stage = stage().await;
    let status = recovery(&stage.client).await.point_in_time_recovery_status;
    assert_eq!(status, Some(PointInTimeRecoveryStatus::Disabled));
    stage.recovery(true).await;
    let before = recovery(&stage.client).await;
    assert_eq!(before.point_in_time_recovery_status, Some(PointInTimeRecoveryStatus::Enabled));
    assert_eq!(before.recovery_period_in_days, Some(35));
    stage.dynamodb.advance_clock(HOUR).unwrap();
    let after = recovery(&stage.client).await;
    assert_eq!(after.earliest_restorable_date_time, before.earliest_restorable_date_time);
    let latest = |state: &PointInTimeRecoveryDescription| {
        state.latest_restorable_date_time.map(|time: DateTime| time.secs())
    };
    assert!(latest(&after).unwrap() - latest(&before).unwrap() >= 3_600);
    stage.recovery(false).await;
    let status = recovery(&stage.client).await.point_in_time_recovery_status;
    assert_eq!(status, Some(PointInTimeRecoveryStatus::Disabled));
}

#[tokio::test]
async fn a_table_that_is_made_anew_has_no_recovery() {
    let stage = stage().await;
    stage.recovery(true).await;
    stage.client.delete_table().table_name(TABLE).send().await.unwrap();
    let gone = stage.client.describe_continuous_backups().table_name(TABLE).send().await;
    assert!(gone.unwrap_err().into_service_error().is_table_not_found_exception());
    create_table(&stage.dynamodb).await;
    let status = recovery(&stage.client).await.point_in_time_recovery_status;
    assert_eq!(status, Some(PointInTimeRecoveryStatus::Disabled));
}

#[tokio::test]
async fn a_server_without_jobs_knows_none_of_this() {
    let dynamodb = LocalDynamoDb::start().await.unwrap();
    let client = crate::clients::without_retries(&dynamodb);
    assert!(client.list_exports().send().await.is_err());
    assert!(client.describe_continuous_backups().table_name(TABLE).send().await.is_err());
}
