//! What a dump keeps of the settings of a table.

use crate::scripted::{refused, scripted};
use crate::support::{dump, filled, open};
use ddbkit_export::TableDescriptor;
use ddbkit_store::Store;
use ddbkit_testkit::{KeySchema, backend};
use serde_json::json;

async fn descriptor(store: &Store) -> TableDescriptor {
    open(store).await.descriptor().await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_can_be_read_is_kept() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "settings", 5).await;
    let (client, calls) = scripted(&backend.dynamodb, |operation, body| {
        let answer = match operation {
            "DescribeTimeToLive" => json!({"TimeToLiveDescription":
                {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}}),
            // In two pages.
            "ListTagsOfResource" if body["NextToken"].is_null() => {
                json!({"Tags": [{"Key": "a", "Value": "1"}], "NextToken": "more"})
            }
            "ListTagsOfResource" => json!({"Tags": [{"Key": "b", "Value": "2"}]}),
            "DescribeContinuousBackups" => json!({"ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription":
                {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 7}}}),
            "GetResourcePolicy" => json!({"Policy": "{\"Statement\":[]}", "RevisionId": "1"}),
            "ListContributorInsights" if body["NextToken"].is_null() => {
                json!({"ContributorInsightsSummaries":
                [{"TableName": "T", "ContributorInsightsStatus": "ENABLED"}], "NextToken": "more"})
            }
            "ListContributorInsights" => json!({"ContributorInsightsSummaries": [
                {"IndexName": "off", "ContributorInsightsStatus": "DISABLED"},
                {"IndexName": "on", "ContributorInsightsStatus": "ENABLED",
                 "ContributorInsightsMode": "THROTTLED_KEYS"}]}),
            _ => return None,
        };
        Some((200, answer))
    });
    let store = Store::memory();
    let report = dump(&client, &table, &store).await;
    assert_eq!(report.items, 5);
    assert_eq!(report.not_read, []);
    assert_eq!(calls.of("ListTagsOfResource").len(), 2);

    let kept = descriptor(&store).await;
    assert_eq!(kept.time_to_live.unwrap().attribute_name, "expires");
    let tags: Vec<_> = kept.create_table.tags.iter().map(|tag| (&*tag.key, &*tag.value)).collect();
    assert_eq!(tags, [("a", "1"), ("b", "2")]);
    assert_eq!(kept.point_in_time_recovery.unwrap().recovery_period_in_days, Some(7));
    assert_eq!(kept.resource_policy.as_deref(), Some(r#"{"Statement":[]}"#));
    let insights = kept.contributor_insights.iter();
    let insights: Vec<_> =
        insights.map(|found| (found.index_name.as_deref(), found.mode.as_deref())).collect();
    assert_eq!(insights, [(None, None), (Some("on"), Some("THROTTLED_KEYS"))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_and_ends_nothing() {
    let backend = backend().await;
    let (table, _) = filled(&backend, "unread", 5).await;
    let (client, _) = scripted(&backend.dynamodb, |operation, _| match operation {
        "DescribeTimeToLive" | "ListContributorInsights" => {
            Some(refused("AccessDeniedException", "not authorized"))
        }
        "ListTagsOfResource" | "DescribeContinuousBackups" => {
            Some(refused("UnknownOperationException", "An unknown operation was requested."))
        }
        "GetResourcePolicy" => Some(refused("PolicyNotFoundException", "there is none")),
        _ => None,
    });
    let store = Store::memory();
    let report = dump(&client, &table, &store).await;
    assert_eq!(report.items, 5);
    let not_read = report.not_read.iter();
    let not_read: Vec<_> = not_read.map(|left| (&*left.setting, &*left.reason)).collect();
    let unknown = "UnknownOperationException: An unknown operation was requested.";
    assert_eq!(
        not_read,
        [
            ("TimeToLive", "DescribeTimeToLive failed: AccessDeniedException: not authorized"),
            ("Tags", &*format!("ListTagsOfResource failed: {unknown}")),
            ("PointInTimeRecovery", &*format!("DescribeContinuousBackups failed: {unknown}")),
            (
                "ContributorInsights",
                "ListContributorInsights failed: AccessDeniedException: not authorized"
            ),
        ]
    );
    // That there is no policy is known.
    assert_eq!(descriptor(&store).await.not_read, report.not_read);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_the_real_server_says_what_it_could_not_ask() {
    let backend = backend().await;
    let table = backend.table("asked", KeySchema::default()).await;
    let store = Store::memory();
    let report = dump(&backend.dynamodb, &table, &store).await;
    let kept = descriptor(&store).await;
    assert_eq!(kept.not_read, report.not_read);
    // All local servers know time to live, and none the backups of the service.
    let settings: Vec<_> = report.not_read.iter().map(|left| &*left.setting).collect();
    assert!(!settings.contains(&"TimeToLive"), "{settings:?}");
    assert!(settings.contains(&"PointInTimeRecovery"), "{settings:?}");
}
