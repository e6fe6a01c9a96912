//! The calls that change one setting each.

use crate::TransferError;
use crate::raw::Session;
use crate::table::TableInfo;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    ContributorInsightsAction, PointInTimeRecoverySpecification, StreamSpecification, Tag,
    TimeToLiveSpecification,
};
use ddbkit_export::{AfterCreation, ContributorInsights, PointInTimeRecovery, TableDescriptor};

/// Makes the call of this setting.
pub(crate) async fn run(
    session: &Session,
    table: &TableInfo,
    wanted: &TableDescriptor,
    step: &AfterCreation,
) -> Result<(), TransferError> {
    match step {
        AfterCreation::Tags(tags) => set_tags(session, table, tags).await,
        AfterCreation::TimeToLive(ttl) => set_time_to_live(session, &ttl.attribute_name).await,
        AfterCreation::Stream(stream) => set_stream(session, stream).await,
        AfterCreation::PointInTimeRecovery(recovery) => set_recovery(session, *recovery).await,
        AfterCreation::DeletionProtection => set_protection(session).await,
        AfterCreation::ResourcePolicy => set_policy(session, table, wanted).await,
        AfterCreation::ContributorInsights(insights) => set_insights(session, insights).await,
        other => Err(not_known(other)),
    }
}

fn not_known(step: &AfterCreation) -> TransferError {
    let message = format!("{} cannot be set by this version", step.name());
    TransferError::new(crate::TransferErrorKind::Internal, message)
}

/// The SDK refuses a value before it is sent.
fn not_built(setting: &str, error: BuildError) -> TransferError {
    let message = format!("{setting} is not described as it must be");
    TransferError::caused(crate::TransferErrorKind::Source, message, error)
}

async fn set_tags(
    session: &Session,
    table: &TableInfo,
    tags: &[ddbkit_export::Tag],
) -> Result<(), TransferError> {
    let build = |tag: &ddbkit_export::Tag| Tag::builder().key(&tag.key).value(&tag.value).build();
    let tags: Result<Vec<_>, _> = tags.iter().map(build).collect();
    let tags = tags.map_err(|error| not_built("a tag", error))?;
    let call = session.client.tag_resource().resource_arn(table.arn()).set_tags(Some(tags));
    call.send().await.map(drop).map_err(|error| TransferError::call("TagResource", &error))
}

async fn set_time_to_live(session: &Session, attribute: &str) -> Result<(), TransferError> {
    let ttl = TimeToLiveSpecification::builder().attribute_name(attribute).enabled(true).build();
    let ttl = ttl.map_err(|error| not_built("time to live", error))?;
    let call = session.client.update_time_to_live().table_name(&*session.table);
    let call = call.time_to_live_specification(ttl).send().await;
    call.map(drop).map_err(|error| TransferError::call("UpdateTimeToLive", &error))
}

async fn set_stream(
    session: &Session,
    stream: &ddbkit_export::StreamSpecification,
) -> Result<(), TransferError> {
    let view = stream.stream_view_type.as_deref().map(Into::into);
    let stream = StreamSpecification::builder().stream_enabled(true).set_stream_view_type(view);
    let stream = stream.build().map_err(|error| not_built("the stream", error))?;
    let call = session.client.update_table().table_name(&*session.table);
    let call = call.stream_specification(stream).send().await;
    call.map(drop).map_err(|error| TransferError::call("UpdateTable", &error))
}

async fn set_protection(session: &Session) -> Result<(), TransferError> {
    let call = session.client.update_table().table_name(&*session.table);
    let call = call.deletion_protection_enabled(true).send().await;
    call.map(drop).map_err(|error| TransferError::call("UpdateTable", &error))
}

async fn set_recovery(
    session: &Session,
    recovery: PointInTimeRecovery,
) -> Result<(), TransferError> {
    let specification = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(true)
        .set_recovery_period_in_days(recovery.recovery_period_in_days)
        .build();
    let specification =
        specification.map_err(|error| not_built("point-in-time recovery", error))?;
    let call = session.client.update_continuous_backups().table_name(&*session.table);
    let call = call.point_in_time_recovery_specification(specification).send().await;
    call.map(drop).map_err(|error| TransferError::call("UpdateContinuousBackups", &error))
}

async fn set_policy(
    session: &Session,
    table: &TableInfo,
    wanted: &TableDescriptor,
) -> Result<(), TransferError> {
    let arn = table.arn();
    let Some(policy) = wanted.resource_policy_for(&arn) else { return Ok(()) };
    let call = session.client.put_resource_policy().resource_arn(arn).policy(policy);
    call.send().await.map(drop).map_err(|error| TransferError::call("PutResourcePolicy", &error))
}

async fn set_insights(
    session: &Session,
    insights: &ContributorInsights,
) -> Result<(), TransferError> {
    let call = session.client.update_contributor_insights().table_name(&*session.table);
    let call = call
        .set_index_name(insights.index_name.clone())
        .contributor_insights_action(ContributorInsightsAction::Enable)
        .set_contributor_insights_mode(insights.mode.as_deref().map(Into::into));
    let call = call.send().await;
    call.map(drop).map_err(|error| TransferError::call("UpdateContributorInsights", &error))
}
