//! `ddbkit archive restore`.

use crate::args::ArchiveRestoreArgs;
use crate::commands::{Context, dry_run, load};
use crate::config::{self, Aws};
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::count;
use aws_sdk_dynamodb::Client;
use ddbkit::archive::{ArchivedItems, RestoreChoice, RestoreCounts, RestoredTtl};
use ddbkit::store::Location;
use ddbkit::transfer::Load;
use serde_json::json;

pub(super) async fn run(context: &Context, args: ArchiveRestoreArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let location: Location = args.archive.parse()?;
    let store = config::store(&location, &context.global).await?;
    let choice = choice(&args)?;
    let aws = Aws::load(&context.global).await?;
    let (client, table) = (aws.dynamodb(), &args.table);
    let attribute = ttl_attribute(&args, &client).await?;
    let (ttl, what) = match (attribute, args.expires) {
        (None, _) => (RestoredTtl::kept(), "as they were".to_owned()),
        (Some(name), None) => (RestoredTtl::dropped(&name), format!("without {name}")),
        (Some(name), Some(time)) => {
            (RestoredTtl::set(&name, time.into()), format!("with {name} at {time}"))
        }
    };
    let items = ArchivedItems::open(store, choice, ttl).await?;
    let counts = items.counts();
    let rejects = args.rejects.clone().unwrap_or_else(|| load::default_rejects(table, None));
    let mut load = Load::builder(client, table)
        .workers(args.workers)
        .write_capacity(args.write_capacity)
        .check_pointers(aws.s3())
        .rejects(rejects);
    if let Some(rejects) = args.max_errors {
        load = load.max_errors(rejects);
    }
    let load = load.build();
    if args.dry_run {
        let control = context.watched("read");
        let estimate = load.estimate_source(items, &control).await;
        drop(control);
        return dry_run::load(context, &estimate?, None);
    }
    let (of, region) = (&items.archive().table, aws.region());
    output.notice(&format!(
        "Restoring items of {of} from {location} into {table} ({region}), {what}; items that are \
         there stay"
    ));
    let control = context.watched("restore");
    let report = load.from_source(items, &control).await;
    drop(control);
    let report = report.map_err(|error| Failure::from(error).resumable(true))?;
    let left = format!("\n  {:>12}  archived, and not asked for", count(counts.left_out()));
    output.summary(&(load::summary(&report) + &left));
    if output.is_json() {
        let mut object = load::to_json(&report);
        object["command"] = json!("archive restore");
        object["archive"] = archive(&args.archive, &counts);
        output.json(&object, false)?;
    }
    Ok(if report.rejected == 0 { DONE } else { PARTLY })
}

fn archive(place: &str, counts: &RestoreCounts) -> serde_json::Value {
    json!({
        "place": place,
        "files": counts.files(),
        "records": counts.read(),
        "left_out": counts.left_out(),
    })
}

fn choice(args: &ArchiveRestoreArgs) -> Result<RestoreChoice, Failure> {
    let mut choice = RestoreChoice::all();
    if let Some(from) = args.from {
        choice = choice.deleted_from(from.into());
    }
    if let Some(until) = args.until {
        choice = choice.deleted_until(until.into());
    }
    if !args.keys.is_empty() {
        choice = choice.keys(args.keys.clone())?;
    }
    Ok(choice)
}

/// The attribute that is changed; `None` where items come back as they were.
async fn ttl_attribute(
    args: &ArchiveRestoreArgs,
    client: &Client,
) -> Result<Option<String>, Failure> {
    if args.keep_ttl || args.ttl_attribute.is_some() {
        return Ok(args.ttl_attribute.clone());
    }
    let answer = client.describe_time_to_live().table_name(&args.table).send().await;
    let answer = answer.map_err(|error| {
        let error = aws_sdk_dynamodb::Error::from(error);
        Failure::refused(format!("the TTL of {} is not known: {error}", args.table))
            .with_hint("--ttl-attribute NAME tells it, --keep-ttl leaves it")
    })?;
    let described = answer.time_to_live_description;
    described.and_then(|described| described.attribute_name).map(Some).ok_or_else(|| {
        Failure::usage(format!("the table {} has no TTL", args.table))
            .with_hint("--ttl-attribute NAME tells which attribute to drop, --keep-ttl keeps all")
    })
}
