//! `ddbkit offload gc`.

use super::place::place;
use crate::args::{GcApplyArgs, GcCommand, GcPlanArgs, GcVerifyArgs, PrefixArgs};
use crate::commands::Context;
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, bytes, count, time};
use ddbkit::offload::{
    ApplyOptions, ApplyReport, GarbageCollector, GarbageCollectorBuilder, PlanOptions, PlanReport,
    VerifyOptions, VerifyReport,
};
use ddbkit::store::{Location, Store};
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};
use std::path::Path;

pub(super) async fn run(context: &Context, command: GcCommand) -> Result<Exit, Failure> {
    match command {
        GcCommand::Plan(args) => plan(context, args).await,
        GcCommand::Apply(args) => apply(context, args).await,
        GcCommand::Verify(args) => verify(context, args).await,
    }
}

async fn builder(context: &Context, args: &PrefixArgs) -> Result<GarbageCollectorBuilder, Failure> {
    let (bucket, prefix) = place(&args.objects)?;
    let aws = Aws::load(&context.global).await?;
    let (dynamodb, s3) = (aws.dynamodb(), aws.s3_that_answers().await?);
    let builder = GarbageCollector::builder(dynamodb, s3, &args.table, bucket, prefix)?;
    Ok(builder.segments(args.segments).writers_stopped(args.writers_stopped))
}

/// The store of a file, and its name there.
async fn file(context: &Context, place: &str) -> Result<(Store, String), Failure> {
    let no_file = || Failure::usage(format!("{place:?} names no file"));
    let (location, name) = match place.parse()? {
        Location::Directory(path) => {
            let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(no_file)?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new(".")).to_owned();
            (Location::Directory(folder), name.to_owned())
        }
        Location::S3 { bucket, prefix } => {
            let (above, name) = prefix.rsplit_once('/').unwrap_or(("", &prefix));
            if name.is_empty() {
                return Err(no_file());
            }
            let (prefix, name) = (above.to_owned(), name.to_owned());
            (Location::S3 { bucket, prefix }, name)
        }
    };
    Ok((config::store(&location, &context.global).await?, name))
}

async fn plan(context: &Context, args: GcPlanArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let mut builder = builder(context, &args.prefix).await?;
    if let Some(grace) = args.grace {
        builder = builder.grace(grace);
    }
    let (store, name) = file(context, &args.plan).await?;
    let collector = builder.build().await?;
    let mut options = PlanOptions::default();
    options.max_garbage_share = args.max_garbage;
    options.scratch = args.scratch;
    let control = context.watched("gc plan");
    let report = collector.plan(&options, &store, &name, &control).await?;
    drop(control);
    output.summary(&plan_summary(&report, &args.prefix, &args.plan));
    if output.is_json() {
        output.json(&to_json("offload gc plan", &report)?, false)?;
    }
    Ok(DONE)
}

fn plan_summary(report: &PlanReport, prefix: &PrefixArgs, plan: &str) -> String {
    let grace = SignedDuration::try_from(report.pin.grace).unwrap_or(SignedDuration::MAX);
    let mut text = format!(
        "Found {} objects of garbage, {}, among {} objects",
        count(report.garbage),
        bytes(report.garbage_bytes),
        count(report.objects)
    );
    for (name, number) in [
        ("items", report.items),
        ("referenced", report.referenced),
        ("young", report.young),
        ("foreign", report.foreign),
        ("elsewhere", report.pointers_elsewhere),
        ("uploads", report.stale_uploads),
    ] {
        text += &format!("\n  {name:<10} {}", count(number));
    }
    if let Some(oldest) = report.oldest.and_then(time) {
        text += &format!("\n  oldest     {oldest}");
    }
    text += &format!(
        "\n  grace      {grace:#}: must be longer than the age of any backup that may be restored"
    );
    for object in &report.sample {
        text += &format!("\n    {} {}", bytes(object.size), object.key);
    }
    if report.pointers_without_object > 0 {
        let number = count(report.pointers_without_object);
        text += &format!("\nWARNING: {number} pointers have no object: ddbkit offload gc verify");
    }
    let PrefixArgs { table, objects, .. } = prefix;
    text + &format!(
        "\nDelete it with: ddbkit offload gc apply {table} --objects {objects} --plan {plan}"
    )
}

async fn apply(context: &Context, args: GcApplyArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let collector = builder(context, &args.prefix).await?.build().await?;
    let (store, name) = file(context, &args.plan).await?;
    let mut options = ApplyOptions::default();
    options.objects_per_second = args.rate;
    let control = context.watched("gc apply");
    let applied = collector.apply(&options, &store, &name, &control).await;
    let report = applied.map_err(|error| Failure::from(error).resumable(true))?;
    drop(control);
    output.summary(&apply_summary(&report));
    if output.is_json() {
        output.json(&to_json("offload gc apply", &report)?, false)?;
    }
    Ok(if report.applied.failed == 0 { DONE } else { PARTLY })
}

fn apply_summary(report: &ApplyReport) -> String {
    let applied = &report.applied;
    let mut text = format!(
        "Deleted {} of {} objects, {}",
        count(applied.deleted),
        count(applied.objects()),
        bytes(applied.deleted_bytes)
    );
    for (name, number) in [
        ("gone", applied.gone),
        ("changed", applied.changed),
        ("referenced", applied.referenced),
        ("failed", applied.failed),
        ("unchecked", applied.unchecked),
        ("uploads", report.aborted_uploads),
    ] {
        if number > 0 {
            text += &format!("\n  {name:<10} {}", count(number));
        }
    }
    if let Some(refusal) = &report.refusal {
        text += &format!("\n  refused    {refusal}");
    }
    for list in &report.deleted_lists {
        text += &format!("\n  list       {list}");
    }
    text
}

async fn verify(context: &Context, args: GcVerifyArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let collector = builder(context, &args.prefix).await?.build().await?;
    let mut options = VerifyOptions::default();
    options.hashes = args.hashes;
    let control = context.watched("gc verify");
    let report = collector.verify(&options, &control).await?;
    drop(control);
    if output.is_json() {
        output.json(&to_json("offload gc verify", &report)?, false)?;
    } else {
        print_problems(&report)?;
    }
    output.summary(&format!(
        "Verified {} pointers of {} items, {}: {} do not resolve",
        count(report.pointers),
        count(report.items),
        bytes(report.bytes),
        count(report.bad)
    ));
    Ok(if report.bad == 0 { DONE } else { PARTLY })
}

fn print_problems(report: &VerifyReport) -> Result<(), Failure> {
    let mut lines = String::new();
    for problem in &report.problems {
        let kind = json!(problem.kind);
        let kind = kind.as_str().unwrap_or_default();
        let (owner, attribute, object) = (&problem.owner, &problem.attribute, &problem.object);
        lines += &format!("{kind}\t{owner}\t{attribute:?}\t{object}\n");
    }
    Ok(Output::data(&lines)?)
}

/// A report as the object of `--output json`.
fn to_json(command: &str, report: &impl Serialize) -> Result<Value, Failure> {
    let report = serde_json::to_value(report);
    let mut report = report.map_err(|error| Failure::other(error.to_string()))?;
    if let Some(object) = report.as_object_mut() {
        object.insert("version".to_owned(), json!(1));
        object.insert("command".to_owned(), json!(command));
    }
    Ok(report)
}
