//! The exports that the command line names.

use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use ddbkit::export::{
    ExportId, ExportKind, ExportReader, ExportState, ExportSummaryEntry, list_exports, named_export,
};
use ddbkit::store::Location;

/// All incremental exports at some locations.
pub(super) async fn open(
    context: &Context,
    locations: &[Location],
) -> Result<Vec<ExportReader>, Failure> {
    let mut exports = Vec::new();
    for location in locations {
        if named_export(location).is_some() {
            exports.push(config::export(location, &context.global).await?);
            continue;
        }
        let store = config::store(location, &context.global).await?;
        let found = list_exports(&store).await?;
        if found.len() <= 1 {
            exports.push(ExportReader::open(store).await?);
            continue;
        }
        let before = exports.len();
        for entry in found {
            if let Some(id) = incremental(&entry)? {
                exports.push(ExportReader::open_id(store.clone(), &id).await?);
            } else {
                let text = format!("{} is a full export and is left out", entry.location);
                context.output.notice(&text);
            }
        }
        if exports.len() == before {
            let message = format!("there is no incremental export in {location}");
            return Err(Failure::other(message));
        }
    }
    Ok(exports)
}

/// The id of an incremental export among several; none of a full one.
fn incremental(entry: &ExportSummaryEntry) -> Result<Option<ExportId>, Failure> {
    let location = &entry.location;
    match &entry.state {
        ExportState::Completed(summary) if summary.kind() == ExportKind::Full => Ok(None),
        ExportState::Completed(_) => entry.id.map(Some).ok_or_else(|| {
            let message = format!("{location} lies beside other exports and has no id for a name");
            Failure::other(message).with_hint("move it to a folder of its own")
        }),
        _ => {
            let message = format!("{location} is not complete");
            Err(Failure::other(message)
                .with_hint("wait until it is, or name the folders of those that are to be applied"))
        }
    }
}
