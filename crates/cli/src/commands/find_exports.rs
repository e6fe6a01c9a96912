//! The exports that a place on the command line stands for.

use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use ddbkit::export::{
    ExportId, ExportKind, ExportReader, ExportState, ExportSummaryEntry, list_exports, named_export,
};
use ddbkit::store::{Location, Store};

/// The export at a place, or the only full one of several.
pub(super) async fn full(context: &Context, place: &Location) -> Result<ExportReader, Failure> {
    let (store, id) = find(context, place).await?;
    if let Some(id) = id {
        return Ok(ExportReader::open_id(store, &id).await?);
    }
    let entries = list_exports(&store).await?;
    let mut full = entries.iter().filter(|entry| kind(entry) == Some(ExportKind::Full));
    match (full.next().and_then(|entry| entry.id), full.next()) {
        (Some(only), None) => Ok(ExportReader::open_id(store, &only).await?),
        // One export, or an error that names those that are there.
        _ => Ok(ExportReader::open(store).await?),
    }
}

/// The export at a place, or all incremental ones of several.
pub(super) async fn incremental(
    context: &Context,
    place: &Location,
) -> Result<Vec<ExportReader>, Failure> {
    let (store, id) = find(context, place).await?;
    if let Some(id) = id {
        return Ok(vec![ExportReader::open_id(store, &id).await?]);
    }
    let entries = list_exports(&store).await?;
    if entries.len() < 2 {
        return Ok(vec![ExportReader::open(store).await?]);
    }
    let mut readers = Vec::new();
    for entry in entries {
        // What is left out may be the window that is missed later.
        let location = &entry.location;
        let Some((kind, id)) = kind(&entry).zip(entry.id) else {
            let message = format!("{location} is not complete, or is not named by its id");
            let hint = "wait until it is, or name the folders of those that are wanted";
            return Err(Failure::other(message).with_hint(hint));
        };
        if kind == ExportKind::Incremental {
            readers.push(ExportReader::open_id(store.clone(), &id).await?);
        } else {
            context.output.notice(&format!("{location} is a full export and is left out"));
        }
    }
    if readers.is_empty() {
        return Err(Failure::other(format!("there is no incremental export in {place}")));
    }
    Ok(readers)
}

/// The store of a place. Where the place is the folder of an export, it is the store of the folder
/// above, because incremental exports have their data beside their folders.
async fn find(context: &Context, place: &Location) -> Result<(Store, Option<ExportId>), Failure> {
    Ok(match named_export(place) {
        Some((above, id)) => (config::store(&above, &context.global).await?, Some(id)),
        None => (config::store(place, &context.global).await?, None),
    })
}

/// The kind of an export that is complete.
fn kind(entry: &ExportSummaryEntry) -> Option<ExportKind> {
    match &entry.state {
        ExportState::Completed(summary) => Some(summary.kind()),
        _ => None,
    }
}
