//! The exports that a place on the command line stands for.

use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use ddbkit::export::{
    ExportId, ExportKind, ExportReader, ExportState, ExportSummaryEntry, list_exports, named_export,
};
use ddbkit::store::{Location, Store};

/// The base at a place: the export there, or the only full one of several.
pub(super) async fn base(context: &Context, place: &str) -> Result<ExportReader, Failure> {
    let (store, id) = find(context, place).await?;
    if let Some(id) = id {
        return Ok(ExportReader::open_id(store, &id).await?);
    }
    let full = of_kind(&list_exports(&store).await?, ExportKind::Full);
    match full[..] {
        [only] => Ok(ExportReader::open_id(store, &only).await?),
        // One export, or an error that names those that are there.
        _ => Ok(ExportReader::open(store).await?),
    }
}

/// The incremental exports at a place: the export there, or all incremental ones of several.
pub(super) async fn incrementals(
    context: &Context,
    place: &str,
) -> Result<Vec<ExportReader>, Failure> {
    let (store, id) = find(context, place).await?;
    if let Some(id) = id {
        return Ok(vec![ExportReader::open_id(store, &id).await?]);
    }
    let entries = list_exports(&store).await?;
    if entries.len() < 2 {
        return Ok(vec![ExportReader::open(store).await?]);
    }
    let ids = of_kind(&entries, ExportKind::Incremental);
    if ids.is_empty() {
        let message = format!("{place} holds {} exports, none incremental", entries.len());
        return Err(Failure::other(message));
    }
    // What is left out may be the window that is missed later.
    let is_usable = |entry: &ExportSummaryEntry| {
        entry.id.is_some() && matches!(entry.state, ExportState::Completed(_))
    };
    if let Some(entry) = entries.iter().find(|entry| !is_usable(entry)) {
        let message = format!("{} is not complete, or is not named by its id", entry.location);
        let hint = "wait until it is, or name the folders of those that are to be merged";
        return Err(Failure::other(message).with_hint(hint));
    }
    let mut readers = Vec::new();
    for id in ids {
        readers.push(ExportReader::open_id(store.clone(), &id).await?);
    }
    Ok(readers)
}

/// The store of a place. Where the place is the folder of an export, it is the store of the folder
/// above, because incremental exports have their data beside their folders.
async fn find(context: &Context, place: &str) -> Result<(Store, Option<ExportId>), Failure> {
    let location: Location = place.parse()?;
    Ok(match named_export(&location) {
        Some((above, id)) => (config::store(&above, &context.global).await?, Some(id)),
        None => (config::store(&location, &context.global).await?, None),
    })
}

fn of_kind(entries: &[ExportSummaryEntry], kind: ExportKind) -> Vec<ExportId> {
    let is_of_kind = |state: &ExportState| match state {
        ExportState::Completed(summary) => summary.kind() == kind,
        _ => false,
    };
    entries.iter().filter(|entry| is_of_kind(&entry.state)).filter_map(|entry| entry.id).collect()
}
