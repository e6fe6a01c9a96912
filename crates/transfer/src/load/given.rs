//! What a load is given: whether its source can be loaded, and what of it is taken.

use crate::load::builder::LoadBuilder;
use crate::{Shard, TransferError, TransferErrorKind};
use ddbkit_export::{ExportKind, ExportReader, TableDescriptor};

/// What a load takes of its source.
pub(crate) struct Part {
    pub(crate) files: u64,
    pub(crate) items: u64,
}

/// The part of a shard, or the whole.
pub(crate) fn files_of(reader: &ExportReader, shard: Option<Shard>) -> Part {
    let Some(shard) = shard else {
        return Part { files: reader.files().len() as u64, items: reader.summary().item_count };
    };
    let files = reader.files().iter().enumerate().filter(|(index, _)| shard.has(*index));
    files.fold(Part { files: 0, items: 0 }, |part, (_, file)| Part {
        files: part.files + 1,
        items: part.items + file.item_count,
    })
}

pub(crate) fn check_shard(options: &LoadBuilder) -> Result<(), TransferError> {
    let message = match options.shard {
        Some(_) if options.state.is_none() => "a shard needs a place for its state",
        Some(_) if options.create_table => {
            "one of several shards cannot create the table: create it first"
        }
        _ => return Ok(()),
    };
    Err(TransferError::new(TransferErrorKind::Options, message))
}

/// Refuses an export that cannot be loaded.
pub(crate) fn check_source(reader: &ExportReader) -> Result<(), TransferError> {
    if reader.kind() == ExportKind::Incremental {
        let message = "the source is an incremental export: it holds changes, which are \
                       applied to a table, not loaded";
        return Err(TransferError::new(TransferErrorKind::IncrementalExport, message));
    }
    // Or a list of data files that was cut short would be loaded as if it were the whole.
    reader.check_manifests().map_err(unreadable)
}

/// Puts the settings that were given into the description of the table to create.
pub(crate) fn change_settings(
    options: &LoadBuilder,
    descriptor: Option<&mut TableDescriptor>,
) -> Result<(), TransferError> {
    if options.settings.is_empty() {
        return Ok(());
    }
    if !options.create_table {
        let message = "settings are for a table that the load creates";
        return Err(TransferError::new(TransferErrorKind::Options, message));
    }
    let descriptor = descriptor.ok_or_else(no_descriptor)?;
    descriptor.change(&options.settings).map_err(|error| {
        let message = "the settings do not go together";
        TransferError::caused(TransferErrorKind::Options, message, error)
    })
}

pub(crate) fn unreadable(error: ddbkit_export::ExportError) -> TransferError {
    TransferError::caused(TransferErrorKind::Source, "the source cannot be read", error)
}

pub(crate) fn no_descriptor() -> TransferError {
    let message = "the source has no description of its table (_ddbkit/table.json), so the table \
                   cannot be created from it";
    TransferError::new(TransferErrorKind::Options, message)
}
