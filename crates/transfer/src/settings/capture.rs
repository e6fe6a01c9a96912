//! Everything that DynamoDB tells about a table, for its description beside the dump.

use crate::TransferError;
use crate::raw::Session;
use crate::table::TableInfo;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{Builder, Config};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{
    ContinuousBackupsDescription, ContributorInsightsSummary, Tag, TimeToLiveDescription,
};
use ddbkit_export::TableDescriptor;
use std::error::Error as StdError;
use std::fmt;

/// Describes the table with all its settings. What cannot be read, because the caller may not or the
/// server does not know it, is listed in the descriptor with the reason: data comes first, and who
/// restores it must know that it is not known.
pub(crate) async fn capture(
    session: &Session,
    table: &TableInfo,
) -> Result<TableDescriptor, TransferError> {
    let mut descriptor = table.descriptor(session)?;
    let arn = table.arn();
    let (time_to_live, tags, backups, policy, insights) = session
        .control()
        .run(async {
            tokio::join!(
                time_to_live(session),
                tags(session, &arn),
                continuous_backups(session),
                resource_policy(session, &arn),
                contributor_insights(session),
            )
        })
        .await?;
    match time_to_live {
        Ok(description) => description.iter().for_each(|ttl| descriptor.set_time_to_live(ttl)),
        Err(reason) => descriptor.add_not_read("TimeToLive", reason),
    }
    match tags {
        Ok(tags) => descriptor.set_tags(&tags),
        Err(reason) => descriptor.add_not_read("Tags", reason),
    }
    match backups {
        Ok(backups) => backups.iter().for_each(|found| descriptor.set_continuous_backups(found)),
        Err(reason) => descriptor.add_not_read("PointInTimeRecovery", reason),
    }
    match policy {
        Ok(policy) => descriptor.resource_policy = policy,
        Err(reason) => descriptor.add_not_read("ResourcePolicy", reason),
    }
    match insights {
        Ok(summaries) => {
            for found in summaries {
                let (status, mode) =
                    (found.contributor_insights_status(), found.contributor_insights_mode());
                descriptor.add_contributor_insights(found.index_name(), status, mode);
            }
        }
        Err(reason) => descriptor.add_not_read("ContributorInsights", reason),
    }
    Ok(descriptor)
}

/// A setting is asked for a few times only: a dump does not wait for one.
fn few_attempts() -> Builder {
    Config::builder().retry_config(RetryConfig::standard().with_max_attempts(3))
}

/// Why a setting could not be read, in one line.
fn reason<E, R>(call: &str, error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + StdError + 'static,
    R: fmt::Debug + 'static,
{
    TransferError::call(call, error).to_string()
}

async fn time_to_live(session: &Session) -> Result<Option<TimeToLiveDescription>, String> {
    let call = session.client.describe_time_to_live().table_name(&*session.table).customize();
    let answer = call.config_override(few_attempts()).send().await;
    let answer = answer.map_err(|error| reason("DescribeTimeToLive", &error))?;
    Ok(answer.time_to_live_description)
}

async fn tags(session: &Session, arn: &str) -> Result<Vec<Tag>, String> {
    let (mut tags, mut next) = (Vec::new(), None);
    loop {
        let call = session.client.list_tags_of_resource().resource_arn(arn).set_next_token(next);
        let answer = call.customize().config_override(few_attempts()).send().await;
        let answer = answer.map_err(|error| reason("ListTagsOfResource", &error))?;
        tags.extend(answer.tags.unwrap_or_default());
        next = answer.next_token;
        if next.is_none() {
            return Ok(tags);
        }
    }
}

async fn continuous_backups(
    session: &Session,
) -> Result<Option<ContinuousBackupsDescription>, String> {
    let call = session.client.describe_continuous_backups().table_name(&*session.table).customize();
    let answer = call.config_override(few_attempts()).send().await;
    let answer = answer.map_err(|error| reason("DescribeContinuousBackups", &error))?;
    Ok(answer.continuous_backups_description)
}

async fn resource_policy(session: &Session, arn: &str) -> Result<Option<String>, String> {
    let call = session.client.get_resource_policy().resource_arn(arn).customize();
    match call.config_override(few_attempts()).send().await {
        Ok(answer) => Ok(answer.policy),
        // That there is none is told as an error.
        Err(error) if error.code() == Some("PolicyNotFoundException") => Ok(None),
        Err(error) => Err(reason("GetResourcePolicy", &error)),
    }
}

/// Those of the table and of each of its global secondary indexes.
async fn contributor_insights(
    session: &Session,
) -> Result<Vec<ContributorInsightsSummary>, String> {
    let (mut found, mut next) = (Vec::new(), None);
    loop {
        let call = session.client.list_contributor_insights().table_name(&*session.table);
        let call = call.set_next_token(next).customize().config_override(few_attempts());
        let answer = call.send().await;
        let answer = answer.map_err(|error| reason("ListContributorInsights", &error))?;
        found.extend(answer.contributor_insights_summaries.unwrap_or_default());
        next = answer.next_token;
        if next.is_none() {
            return Ok(found);
        }
    }
}
