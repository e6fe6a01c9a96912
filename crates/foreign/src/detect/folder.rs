//! What a folder is, by the names in it.

use super::dynamodump::{Part, Tables, part};
use super::sniff::{Sniffed, sniff};
use super::{Detected, META_SUFFIX, SourceFile, SourceTable, dyndump, pipeline};
use crate::read::{StoreReader, decompress, read_page};
use crate::{ForeignError, ForeignErrorKind, Format};
use ddbkit_store::{ObjectMeta, Store, StoreErrorKind};
use std::ops::ControlFlow;
use tokio::runtime::Handle;

/// More objects than this are no backup of one of these tools, and would not fit into memory.
const MOST_OBJECTS: usize = 200_000;

pub(super) async fn detect(store: &Store, name: &str) -> Result<Option<Detected>, ForeignError> {
    let listing = match store.list("").await {
        Ok(listing) => listing,
        Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if listing.len() > MOST_OBJECTS {
        let message = format!("{} holds more than 200,000 objects", store.describe(""));
        return Err(ForeignError::new(ForeignErrorKind::Unsupported, message));
    }
    if let Some(found) = dynamodump(store, &listing).await? {
        return Ok(Some(found));
    }
    if let Some(found) = pipeline(store, &listing).await? {
        return Ok(Some(found));
    }
    if let Some(found) = dyndump(store, &listing).await? {
        return Ok(Some(found));
    }
    files(store, name, listing).await
}

async fn dynamodump(
    store: &Store,
    listing: &[ObjectMeta],
) -> Result<Option<Detected>, ForeignError> {
    let mut tables = Tables::default();
    let mut evidence = None;
    for object in listing {
        match part(&object.key) {
            Some((folder, Part::Schema)) => {
                let (_, json) = store.get(&object.key).await?;
                tables.schema(folder, &json);
                evidence.get_or_insert_with(|| object.key.clone());
            }
            Some((folder, Part::Page(number))) => {
                let file = SourceFile { key: object.key.clone(), bytes: object.size };
                tables.page(folder, number, file);
            }
            None => {}
        }
    }
    let Some(evidence) = evidence else { return Ok(None) };
    // The last pages say whether more should follow; all pages would be the whole dump.
    for (folder, number, file) in tables.last_pages() {
        let (handle, store) = (Handle::current(), store.clone());
        let end = tokio::task::spawn_blocking(move || {
            let place = store.describe(&file.key);
            let stream = StoreReader::open(&handle, &store, &file.key)?;
            let stream = decompress(stream).map_err(|error| {
                ForeignError::damaged(format!("{place}: it cannot be read")).caused_by(error)
            })?;
            read_page(stream, &place, &mut |_, _| ControlFlow::Continue(()))
        });
        let end = end
            .await
            .map_err(|error| ForeignError::damaged("a page cannot be read").caused_by(error))??;
        tables.page_end(&folder, number, end);
    }
    let tables = tables.finish(false);
    Ok((!tables.is_empty()).then(|| Detected::new(store, Format::Dynamodump, evidence, tables)))
}

async fn pipeline(store: &Store, listing: &[ObjectMeta]) -> Result<Option<Detected>, ForeignError> {
    let mut tables: Vec<SourceTable> = Vec::new();
    for object in listing {
        let Some(folder) = object.key.strip_suffix("manifest") else { continue };
        if !folder.is_empty() && !folder.ends_with('/') {
            continue;
        }
        tables.extend(pipeline::table(store, folder, listing).await?);
    }
    if tables.is_empty() {
        return Ok(None);
    }
    // The first form has a manifest as well.
    let first = tables.iter().flat_map(|table| &table.files).find(|file| file.bytes > 0);
    let sniffed = match first {
        Some(file) => sniff(store, &file.key).await?,
        None => Some(Sniffed::Empty),
    };
    let format = match sniffed {
        Some(Sniffed::Items(Format::OldCasing) | Sniffed::Empty) => Format::Pipeline,
        Some(Sniffed::Items(format @ (Format::Hive | Format::DynamoDbJson))) => format,
        _ => return Ok(None),
    };
    let evidence = "the file manifest".to_owned();
    Ok(Some(Detected::new(store, format, evidence, tables)))
}

async fn dyndump(store: &Store, listing: &[ObjectMeta]) -> Result<Option<Detected>, ForeignError> {
    let mut tables = Vec::new();
    for object in listing {
        if let Some(prefix) = object.key.strip_suffix(META_SUFFIX) {
            let table = dyndump::table(store, prefix).await?;
            // Backups are told apart by their prefixes: there may be many of one table.
            // One whose prefix ended in a slash has the name of the folder.
            let name = |table: &SourceTable| match prefix.strip_suffix('/').unwrap_or(prefix) {
                "" => table.table_name.clone().unwrap_or_default(),
                prefix => prefix.to_owned(),
            };
            tables.extend(table.map(|table| SourceTable { name: name(&table), ..table }));
        }
    }
    let evidence = "files that end in -meta.json".to_owned();
    Ok((!tables.is_empty()).then(|| Detected::new(store, Format::DyndumpBackup, evidence, tables)))
}

/// A folder of data files and nothing else.
async fn files(
    store: &Store,
    name: &str,
    listing: Vec<ObjectMeta>,
) -> Result<Option<Detected>, ForeignError> {
    let mut found: Option<(Format, String)> = None;
    let mut files = Vec::new();
    for object in listing {
        let file_name = object.key.rsplit('/').next().unwrap_or_default();
        // Marks like _SUCCESS, and what file systems leave.
        if file_name.starts_with(['_', '.']) {
            continue;
        }
        let format = match sniff(store, &object.key).await? {
            Some(Sniffed::Items(format)) => format,
            Some(Sniffed::Empty) => continue,
            // Something else lies there: it is no folder of data files.
            Some(Sniffed::Tar | Sniffed::Zip) | None => return Ok(None),
        };
        match &found {
            Some((first, key)) if *first != format => {
                let message = format!(
                    "{} is {format}, but {} is {first}: name one of the files",
                    store.describe(&object.key),
                    store.describe(key)
                );
                return Err(ForeignError::new(ForeignErrorKind::Unsupported, message));
            }
            Some(_) => {}
            None => found = Some((format, object.key.clone())),
        }
        files.push(SourceFile { key: object.key, bytes: object.size });
    }
    let Some((format, first)) = found else { return Ok(None) };
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    let evidence = format!("the first bytes of {first}");
    let table = SourceTable { name, files, ..SourceTable::default() };
    Ok(Some(Detected::new(store, format, evidence, vec![table])))
}
