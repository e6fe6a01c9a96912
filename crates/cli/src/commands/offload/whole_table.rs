//! `ddbkit offload migrate` and `adopt`: work on every item of a table.

use super::place::offloader;
use crate::args::{AdoptArgs, MigrateArgs, RunArgs};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{bytes, count};
use aws_sdk_dynamodb::types::{
    OnDemandThroughput, ProvisionedThroughputDescription as Provisioned, TableDescription,
};
use ddbkit::flow::{CapacityLimiter, CapacityLimits, CapacityUnits, Pace};
use ddbkit::offload::migrate::{Migration, MigrationOptions, MigrationReport};
use ddbkit::offload::{AttributeOptions, OffloadPolicy, Offloader};
use ddbkit::store::Location;
use serde_json::json;
use std::num::NonZeroU32;

pub(crate) async fn migrate(context: &Context, args: MigrateArgs) -> Result<Exit, Failure> {
    let aws = Aws::load(&context.global).await?;
    let policy = match args.above {
        Some(above) => OffloadPolicy::Above(usize::try_from(above.get()).unwrap_or(usize::MAX)),
        None => OffloadPolicy::default(),
    };
    let offloader = of_attributes(&aws, &args.table, &args.run, args.zstd, policy).await?;
    let (migration, direction) = if args.inward {
        (Migration::inward(&offloader), "in")
    } else {
        (Migration::outward(&offloader), "out")
    };
    Work { command: "offload migrate", direction, table: &args.table, args: &args.run }
        .run(context, &aws, &migration)
        .await
}

pub(crate) async fn adopt(context: &Context, args: AdoptArgs) -> Result<Exit, Failure> {
    let aws = Aws::load(&context.global).await?;
    let policy = OffloadPolicy::Always;
    let offloader = of_attributes(&aws, &args.table, &args.run, None, policy).await?;
    let migration = Migration::adopting(&offloader, args.kind.into());
    Work { command: "offload adopt", direction: "adopt", table: &args.table, args: &args.run }
        .run(context, &aws, &migration)
        .await
}

async fn of_attributes(
    aws: &Aws,
    table: &str,
    args: &RunArgs,
    zstd: Option<i32>,
    policy: OffloadPolicy,
) -> Result<Offloader, Failure> {
    let options = match zstd {
        Some(level) => AttributeOptions::new().zstd(level),
        None => AttributeOptions::new(),
    };
    let named = args.attribute.iter().map(|name| (name.clone(), options.clone())).collect();
    offloader(aws, table, &args.objects, named, policy).await
}

struct Work<'a> {
    command: &'static str,
    direction: &'static str,
    table: &'a str,
    args: &'a RunArgs,
}

impl Work<'_> {
    async fn run(
        &self,
        context: &Context,
        aws: &Aws,
        migration: &Migration,
    ) -> Result<Exit, Failure> {
        let state = self.args.state.clone().unwrap_or_else(|| self.default_state());
        let store = config::store(&state, &context.global).await?;
        let described = aws.dynamodb().describe_table().table_name(self.table).send().await;
        let described = described.map_err(|error| Failure::refused(crate::error::line(&error)))?;
        let described = described.table.unwrap_or_else(|| TableDescription::builder().build());
        let options = MigrationOptions {
            segments: self.args.segments.get(),
            reads: limiter(self.args.read_capacity, read_units(&described)),
            write_capacity: limiter(self.args.write_capacity, write_units(&described)),
            ..MigrationOptions::default()
        };
        let control = context.watched(self.direction);
        let report = migration.run(&store, &options, &control).await;
        drop(control);
        let report = report.map_err(|error| Failure::from(error).resumable(true))?;
        self.report(context, &state, &report)
    }

    /// In the current directory, of a name that says what is done with what.
    fn default_state(&self) -> Location {
        let table = self.table.rsplit(['/', ':']).next().unwrap_or(self.table);
        Location::Directory(format!("{table}-offload-{}", self.direction).into())
    }

    fn report(
        &self,
        context: &Context,
        state: &Location,
        report: &MigrationReport,
    ) -> Result<Exit, Failure> {
        let (counts, before) = (&report.counts, &report.before);
        if !counts.add_up() {
            return Err(Failure::other("the counts do not add up: this is a defect"));
        }
        if context.output.is_json() {
            let object = json!({
                "version": 1,
                "command": self.command,
                "direction": self.direction,
                "table": self.table,
                "attributes": self.args.attribute,
                "state": state.to_string(),
                "counts": counts,
                "counts_before": before,
            });
            context.output.json(&object, false)?;
        } else {
            let (changed, values) = (count(counts.changed), count(counts.values));
            let (read, size) = (count(counts.read), bytes(counts.bytes));
            let text = format!("Changed {changed} of {read} items: {values} values, {size}");
            context.output.summary(&text);
            for (number, what) in [
                (
                    counts.changed_by_others,
                    "were changed by others meanwhile, and left as they are",
                ),
                (counts.rejected, "were rejected"),
            ] {
                if number > 0 {
                    context.output.summary(&format!("{} items {what}", count(number)));
                }
            }
            if counts.rejected > 0 {
                context.output.summary(&format!("The reasons are in {state}, below rejects/"));
            }
        }
        let is_whole = counts.rejected == 0 && counts.changed_by_others == 0;
        Ok(if is_whole { DONE } else { PARTLY })
    }
}

/// A limiter of the pace that was asked for, of what the table has.
fn limiter(pace: Pace, there_is: Option<i64>) -> CapacityLimiter {
    #[expect(clippy::cast_precision_loss, reason = "the quotas are far below 2^53")]
    let units = |units: i64| CapacityUnits::new(units as f64).ok();
    // DynamoDB writes 0 or -1 where nothing is set.
    let table = there_is.filter(|units| *units > 0).and_then(units);
    let there_is = CapacityLimits { table, ..CapacityLimits::default() };
    let limiter = CapacityLimiter::unlimited();
    limiter.set_limits(&pace.limits(&there_is, NonZeroU32::MIN));
    limiter
}

fn read_units(table: &TableDescription) -> Option<i64> {
    let provisioned = table.provisioned_throughput().and_then(Provisioned::read_capacity_units);
    let on_demand =
        table.on_demand_throughput().and_then(OnDemandThroughput::max_read_request_units);
    provisioned.filter(|units| *units > 0).or(on_demand)
}

fn write_units(table: &TableDescription) -> Option<i64> {
    let provisioned = table.provisioned_throughput().and_then(Provisioned::write_capacity_units);
    let on_demand =
        table.on_demand_throughput().and_then(OnDemandThroughput::max_write_request_units);
    provisioned.filter(|units| *units > 0).or(on_demand)
}
