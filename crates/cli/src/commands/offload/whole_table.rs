//! `ddbkit offload migrate` and `adopt`: work on every item of a table.

use super::place::offloader;
use crate::args::{AdoptArgs, MigrateArgs, RunArgs};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{bytes, count};
use aws_sdk_dynamodb::types::TableDescription;
use ddbkit::flow::Capacity;
use ddbkit::offload::migrate::{Migration, MigrationOptions, MigrationReport};
use ddbkit::offload::{AttributeOptions, OffloadPolicy, Offloader};
use ddbkit::store::Location;
use ddbkit::transfer::TablePace;
use serde_json::json;

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
        let pace = |capacity, asked| TablePace::start(aws.dynamodb(), &described, capacity, asked);
        let reads = pace(Capacity::Read, self.args.read_capacity);
        let writes = pace(Capacity::Write, self.args.write_capacity);
        let options = MigrationOptions {
            segments: self.args.segments.get(),
            reads: reads.limiter(),
            write_capacity: writes.limiter(),
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
