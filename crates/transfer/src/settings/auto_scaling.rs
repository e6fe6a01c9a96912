//! The capacity of a provisioned table that Application Auto Scaling moves.

use crate::{TransferError, TransferErrorKind};
use aws_sdk_applicationautoscaling::Client;
use aws_sdk_applicationautoscaling::types::{
    MetricType, PolicyType, PredefinedMetricSpecification, ScalableDimension, ScalableTarget,
    ScheduledAction, ServiceNamespace, TargetTrackingScalingPolicyConfiguration,
};
use ddbkit_export::{AutoScaling, ScaledCapacity, ScalingPolicy, TableDescriptor};

/// Why it is not read or set where the caller gave no client.
pub(crate) const NO_CLIENT: &str = "no client of Application Auto Scaling was given";

const DYNAMODB: ServiceNamespace = ServiceNamespace::Dynamodb;

/// Adds what moves the capacity of the table and of its indexes; in a table on demand nothing does.
pub(crate) async fn capture(client: Option<&Client>, descriptor: &mut TableDescriptor) {
    if descriptor.create_table.billing_mode != "PROVISIONED" {
        return;
    }
    let found = match client {
        Some(client) => read(client, descriptor).await.map_err(|error| error.to_string()),
        None => Err(NO_CLIENT.to_owned()),
    };
    match found {
        Ok((targets, not_covered)) => {
            descriptor.auto_scaling = targets;
            descriptor.not_covered.extend(not_covered);
        }
        Err(reason) => descriptor.add_not_read("AutoScaling", reason),
    }
}

/// The scaled capacities, and the names of what this description does not hold.
async fn read(
    client: &Client,
    descriptor: &TableDescriptor,
) -> Result<(Vec<AutoScaling>, Vec<String>), TransferError> {
    let table = descriptor.table_name();
    let indexes = &descriptor.create_table.global_secondary_indexes;
    let names = indexes.iter().map(|index| Some(index.index_name.as_str()));
    let (mut scaled, mut not_covered) = (Vec::new(), Vec::new());
    // One resource a request: a table has few indexes, and most have nothing here.
    for index in std::iter::once(None).chain(names) {
        let resource = resource_id(table, index);
        let targets = targets(client, &resource).await?;
        for target in &targets {
            scaled.extend(capacity_of(index, target));
        }
        if !targets.is_empty() {
            add_policies(client, &resource, index, &mut scaled, &mut not_covered).await?;
            not_covered.extend(schedules(client, &resource).await?);
        }
    }
    Ok((scaled, not_covered))
}

/// The name of a table or of an index for Application Auto Scaling.
fn resource_id(table: &str, index: Option<&str>) -> String {
    index.map_or_else(|| format!("table/{table}"), |index| format!("table/{table}/index/{index}"))
}

fn dimension(index: Option<&str>, capacity: ScaledCapacity) -> ScalableDimension {
    match (index, capacity) {
        (None, ScaledCapacity::Read) => ScalableDimension::DynamoDbTableReadCapacityUnits,
        (None, ScaledCapacity::Write) => ScalableDimension::DynamoDbTableWriteCapacityUnits,
        (Some(_), ScaledCapacity::Read) => ScalableDimension::DynamoDbIndexReadCapacityUnits,
        (Some(_), ScaledCapacity::Write) => ScalableDimension::DynamoDbIndexWriteCapacityUnits,
    }
}

fn capacity(index: Option<&str>, found: &ScalableDimension) -> Option<ScaledCapacity> {
    let capacities = [ScaledCapacity::Read, ScaledCapacity::Write];
    capacities.into_iter().find(|capacity| dimension(index, *capacity) == *found)
}

fn metric(capacity: ScaledCapacity) -> MetricType {
    match capacity {
        ScaledCapacity::Read => MetricType::DynamoDbReadCapacityUtilization,
        ScaledCapacity::Write => MetricType::DynamoDbWriteCapacityUtilization,
    }
}

async fn targets(client: &Client, resource: &str) -> Result<Vec<ScalableTarget>, TransferError> {
    let call = client.describe_scalable_targets().service_namespace(DYNAMODB);
    let pages = call.resource_ids(resource).into_paginator().items().send();
    let found = pages.collect::<Result<Vec<_>, _>>().await;
    found.map_err(|error| TransferError::call("DescribeScalableTargets", &error))
}

fn capacity_of(index: Option<&str>, target: &ScalableTarget) -> Option<AutoScaling> {
    Some(AutoScaling {
        index_name: index.map(ToOwned::to_owned),
        capacity: capacity(index, target.scalable_dimension())?,
        min_capacity: target.min_capacity(),
        max_capacity: target.max_capacity(),
        policies: Vec::new(),
    })
}

/// Adds the policies of the resource to the capacities that they move.
async fn add_policies(
    client: &Client,
    resource: &str,
    index: Option<&str>,
    scaled: &mut [AutoScaling],
    not_covered: &mut Vec<String>,
) -> Result<(), TransferError> {
    let call = client.describe_scaling_policies().service_namespace(DYNAMODB);
    let pages = call.resource_id(resource).into_paginator().items().send();
    let found = pages.collect::<Result<Vec<_>, _>>().await;
    let found = found.map_err(|error| TransferError::call("DescribeScalingPolicies", &error))?;
    for policy in found {
        let name = policy.policy_name();
        let capacity = capacity(index, policy.scalable_dimension());
        let target = scaled.iter_mut().find(|target| {
            target.index_name.as_deref() == index && Some(target.capacity) == capacity
        });
        let tracking = policy.target_tracking_scaling_policy_configuration();
        // Metrics of the user's own are no part of the table.
        let tracking =
            tracking.filter(|tracking| tracking.customized_metric_specification().is_none());
        let (Some(target), Some(tracking)) = (target, tracking) else {
            not_covered.push(format!("scaling policy {name}"));
            continue;
        };
        target.policies.push(ScalingPolicy {
            policy_name: name.to_owned(),
            target_value: tracking.target_value(),
            scale_in_cooldown: tracking.scale_in_cooldown(),
            scale_out_cooldown: tracking.scale_out_cooldown(),
            disable_scale_in: tracking.disable_scale_in(),
        });
    }
    Ok(())
}

/// The names of scheduled actions: their times are those of the old table's life.
async fn schedules(client: &Client, resource: &str) -> Result<Vec<String>, TransferError> {
    let call = client.describe_scheduled_actions().service_namespace(DYNAMODB);
    let pages = call.resource_id(resource).into_paginator().items().send();
    let found = pages.collect::<Result<Vec<_>, _>>().await;
    let found = found.map_err(|error| TransferError::call("DescribeScheduledActions", &error))?;
    let names = found.iter().map(ScheduledAction::scheduled_action_name);
    Ok(names.map(|name| format!("scheduled scaling {name}")).collect())
}

/// Lets the capacity of the table or index be moved as described. Doing it again changes nothing.
pub(crate) async fn apply(
    client: Option<&Client>,
    wanted: &TableDescriptor,
    table: &str,
    scaling: &AutoScaling,
) -> Result<(), TransferError> {
    let client = client.ok_or_else(|| TransferError::new(TransferErrorKind::Options, NO_CLIENT))?;
    let index = scaling.index_name.as_deref();
    let (resource, old) = (resource_id(table, index), resource_id(wanted.table_name(), index));
    let dimension = dimension(index, scaling.capacity);
    let call = client
        .register_scalable_target()
        .service_namespace(DYNAMODB)
        .resource_id(&resource)
        .scalable_dimension(dimension.clone())
        .min_capacity(scaling.min_capacity)
        .max_capacity(scaling.max_capacity);
    let answer = call.send().await;
    answer.map_err(|error| TransferError::call("RegisterScalableTarget", &error))?;
    for policy in &scaling.policies {
        let call = client
            .put_scaling_policy()
            // The console names policies after their table.
            .policy_name(policy.policy_name.replace(&old, &resource))
            .service_namespace(DYNAMODB)
            .resource_id(&resource)
            .scalable_dimension(dimension.clone())
            .policy_type(PolicyType::TargetTrackingScaling)
            .target_tracking_scaling_policy_configuration(tracking(policy, scaling.capacity)?);
        let answer = call.send().await;
        answer.map_err(|error| TransferError::call("PutScalingPolicy", &error))?;
    }
    Ok(())
}

fn tracking(
    policy: &ScalingPolicy,
    capacity: ScaledCapacity,
) -> Result<TargetTrackingScalingPolicyConfiguration, TransferError> {
    let metric = PredefinedMetricSpecification::builder().predefined_metric_type(metric(capacity));
    let not_built = |error| {
        let message = format!("scaling policy {} cannot be described", policy.policy_name);
        TransferError::caused(TransferErrorKind::Internal, message, error)
    };
    TargetTrackingScalingPolicyConfiguration::builder()
        .target_value(policy.target_value)
        .predefined_metric_specification(metric.build().map_err(not_built)?)
        .set_scale_in_cooldown(policy.scale_in_cooldown)
        .set_scale_out_cooldown(policy.scale_out_cooldown)
        .set_disable_scale_in(policy.disable_scale_in)
        .build()
        .map_err(not_built)
}
