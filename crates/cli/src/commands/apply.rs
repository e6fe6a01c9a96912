//! `ddbkit apply`.

mod report;

use crate::args::ApplyArgs;
use crate::commands::{Context, find_exports};
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use ddbkit::export::ExportReader;
use ddbkit::store::Location;
use ddbkit::transfer::{Apply, NewerBy};
use jiff::Timestamp;
use std::path::PathBuf;

pub(crate) async fn run(context: &Context, args: ApplyArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let mut exports = Vec::new();
    for place in &args.exports {
        exports.extend(find_exports::incremental(context, place).await?);
    }
    let table = &args.table;
    let aws = Aws::load(&context.global).await?;
    let newer_by = newer_by(&args);
    let apply = Apply::builder(aws.dynamodb(), table)
        .newer_by(newer_by.clone())
        .workers(args.workers)
        .write_capacity(args.write_capacity)
        .rejects(args.rejects.clone().unwrap_or_else(|| default_rejects(table)))
        .check_pointers(aws.s3());
    if args.dry_run {
        let control = context.watched("read");
        let estimate = apply.build().estimate(exports, &control).await;
        drop(control);
        let estimate = estimate?;
        if output.is_json() {
            output.json(&report::estimate_json(&estimate), false)?;
        } else {
            output.summary(&report::estimate_text(&estimate));
        }
        return Ok(if estimate.rejected == 0 { DONE } else { PARTLY });
    }
    let state = args.state.clone().unwrap_or_else(|| default_state(table, &exports));
    let apply = apply.state(config::store(&state, &context.global).await?).build();
    let (count, region) = (exports.len(), aws.region());
    let what = if count == 1 { "an incremental export" } else { "incremental exports" };
    output.notice(&format!("Applying {what} to {table} ({region}): {}", notice(&newer_by)));
    let control = context.watched("apply");
    let report = apply.run(exports, &control).await;
    drop(control);
    if let Location::Directory(folder) = &state {
        // It is empty now, or it is not ours.
        std::fs::remove_dir(folder).ok();
    }
    let report = report.map_err(|error| Failure::from(error).resumable(true))?;
    if report.table_was_replaced {
        output.notice(
            "The table was made anew since this was interrupted: all windows were applied to it",
        );
    }
    if output.is_json() {
        output.json(&report::to_json(&report), false)?;
    } else {
        output.summary(&report::text(&report));
    }
    Ok(if report.rejected + report.rejected_earlier.lines == 0 { DONE } else { PARTLY })
}

fn newer_by(args: &ApplyArgs) -> NewerBy {
    match (&args.bookkeeping, &args.timestamp_attribute) {
        (Some(table), _) => NewerBy::Bookkeeping(table.clone()),
        (None, Some(name)) => NewerBy::Attribute(name.clone()),
        (None, None) => NewerBy::Order,
    }
}

/// What is known of newer data, said before the first write.
fn notice(newer_by: &NewerBy) -> String {
    match newer_by {
        NewerBy::Bookkeeping(table) => format!("what is newer is known by table {table}"),
        NewerBy::Attribute(name) => format!(
            "what is newer is known by attribute {name}, but not what was deleted; windows must be \
             applied in order and once"
        ),
        NewerBy::Order => {
            "batches that replace whatever is there; windows must be applied in order \
                           and once, to a table that nobody else writes to"
                .to_owned()
        }
    }
}

/// In the current directory, of a name that says what goes where, so that the same command finds it.
fn default_state(table: &str, exports: &[ExportReader]) -> Location {
    let first = exports.iter().min_by_key(|export| export.summary().export_from_time);
    let first = first.and_then(ExportReader::id).map(|id| id.to_string());
    let first = first.unwrap_or_else(|| "export".to_owned());
    Location::Directory(format!("{}-apply-{first}", short(table)).into())
}

/// In the current directory, of a name that says whose and when.
fn default_rejects(table: &str) -> PathBuf {
    let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    format!("{}-rejects-{time}.json", short(table)).into()
}

/// A table may be named by its ARN.
fn short(table: &str) -> &str {
    table.rsplit(['/', ':']).next().unwrap_or(table)
}
