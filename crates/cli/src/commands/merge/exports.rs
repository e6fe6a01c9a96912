//! The exports that a place on the command line stands for.

use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use ddbkit::export::{
    ExportId, ExportKind, ExportReader, ExportState, ExportSummaryEntry, list_exports,
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
    for entry in &entries {
        if !matches!(entry.state, ExportState::Completed(_)) {
            context.output.notice(&format!("{} is not complete and is left out", entry.location));
        }
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
    let (location, id) = match above(&location) {
        Some((above, id)) => (above, Some(id)),
        None => (location, None),
    };
    Ok((config::store(&location, &context.global).await?, id))
}

/// The folder above and the identifier, where the place is named after an export.
fn above(location: &Location) -> Option<(Location, ExportId)> {
    match location {
        Location::Directory(path) => {
            let id = path.file_name()?.to_str()?.parse().ok()?;
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            Some((Location::Directory(parent.map_or_else(|| ".".into(), Into::into)), id))
        }
        Location::S3 { bucket, prefix } => {
            let (parent, name) = prefix.rsplit_once('/').unwrap_or(("", prefix));
            let id = name.parse().ok()?;
            Some((Location::S3 { bucket: bucket.clone(), prefix: parent.to_owned() }, id))
        }
    }
}

fn of_kind(entries: &[ExportSummaryEntry], kind: ExportKind) -> Vec<ExportId> {
    let is_of_kind = |state: &ExportState| match state {
        ExportState::Completed(summary) => summary.kind() == kind,
        _ => false,
    };
    entries.iter().filter(|entry| is_of_kind(&entry.state)).filter_map(|entry| entry.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_an_export_is_looked_at_from_above() {
        let id = "01768385930622-efd1a093";
        let of = |place: &str| {
            let found = above(&place.parse().unwrap());
            found.map(|(location, id)| (location.to_string(), id.to_string()))
        };
        let expected = |above: &str| Some((above.to_owned(), id.to_owned()));
        assert_eq!(of(&format!("a/AWSDynamoDB/{id}")), expected("a/AWSDynamoDB"));
        assert_eq!(of(&format!("a/AWSDynamoDB/{id}/")), expected("a/AWSDynamoDB"));
        assert_eq!(of(id), expected("."));
        assert_eq!(of(&format!("s3://b/p/AWSDynamoDB/{id}")), expected("s3://b/p/AWSDynamoDB"));
        assert_eq!(of(&format!("s3://b/{id}")), expected("s3://b"));
        for place in ["a", "s3://b", "s3://b/p", "a/AWSDynamoDB"] {
            assert_eq!(of(place), None, "{place}");
        }
    }
}
