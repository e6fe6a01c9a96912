//! `ddbkit rm`.

use crate::args::RmArgs;
use crate::commands::Context;
use crate::config;
use crate::confirm::confirmed;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, bytes, count};
use ddbkit::export::{Deletion, ExportErrorKind};
use ddbkit::store::Location;
use serde_json::json;

pub(crate) async fn run(context: &Context, args: RmArgs) -> Result<Exit, Failure> {
    let output = &context.output;
    let location: Location = args.source.parse()?;
    let deletion = proven(context, &location, args.source_table.as_deref()).await?;
    let objects: Vec<(String, u64)> = deletion.objects().collect();
    let size: u64 = objects.iter().map(|(_, size)| size).sum();
    let (place, many) = (deletion.place().to_owned(), count(objects.len() as u64));
    let to_json = |deleted: u64, of: &[(String, u64)]| {
        let objects = of.iter().map(|(object, bytes)| json!({"object": object, "bytes": bytes}));
        json!({
            "version": 1,
            "command": "rm",
            "place": place,
            "dry_run": args.dry_run,
            "deleted": deleted,
            "bytes": size,
            "objects": objects.collect::<Vec<_>>(),
        })
    };
    if args.dry_run {
        if output.is_json() {
            output.json(&to_json(0, &objects), false)?;
        } else {
            let lines: String = objects.iter().map(|(object, _)| format!("{object}\n")).collect();
            Output::data(&lines)?;
            output.summary(&format!("Would delete {many} objects, {}", bytes(size)));
        }
        return Ok(DONE);
    }
    let question = format!("Delete {place}: {many} objects, {}?", bytes(size));
    let hint = "--yes deletes without asking";
    if !args.yes && !confirmed(output, &question, "whether to delete it", hint)? {
        output.notice("Nothing is deleted");
        return Ok(DONE);
    }
    let control = context.watched("delete");
    let deleted = deletion.run(&control).await;
    drop(control);
    let deleted = deleted.map_err(|error| Failure::from(error).resumable(true))?;
    if let Location::Directory(folder) = &location {
        // It is empty now, or it holds what is not of the backup.
        std::fs::remove_dir(folder).ok();
    }
    if output.is_json() {
        output.json(&to_json(deleted.objects, &[]), false)?;
    } else {
        let (many, size) = (count(deleted.objects), bytes(deleted.bytes));
        output.summary(&format!("Deleted {place}: {many} objects, {size}"));
    }
    Ok(DONE)
}

/// What is deleted, after proving that it is a backup: a dump or export, or else one of dyndump.
async fn proven(
    context: &Context,
    location: &Location,
    table: Option<&str>,
) -> Result<Deletion, Failure> {
    let not_found = if crate::foreign::is_file(location) {
        Failure::other(format!("{location} is a file, and no dump, export or backup of dyndump"))
    } else {
        let store = config::store(location, &context.global).await?;
        match Deletion::of_export(&store).await {
            Err(error) if *error.kind() == ExportErrorKind::NotFound => error.into(),
            deletion => return Ok(deletion?),
        }
    };
    let found = crate::foreign::at(location, &context.global).await?.ok_or(not_found)?;
    Ok(found.deletion(table).await?)
}
