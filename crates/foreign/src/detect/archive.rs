//! Dumps that are packed in one archive.

use super::dynamodump::{Part, Tables, part};
use super::{Container, Detected, SourceFile, SourceTable};
use crate::read::{StoreReader, decompress, read_page};
use crate::{ForeignError, Format};
use ddbkit_store::Store;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;
use tokio::runtime::Handle;

/// A description longer than this is none.
const LONGEST_SCHEMA: u64 = 16 * 1024 * 1024;

/// Takes the files of an archive by their paths, until it breaks.
pub(crate) type EachFile<'a> =
    &'a mut dyn FnMut(&str, &mut dyn Read) -> Result<ControlFlow<()>, ForeignError>;

/// Goes over the files of an archive, in their order. Holds what the decompression needs.
pub(crate) fn walk(
    container: Container,
    stream: impl Read,
    place: &str,
    each: EachFile<'_>,
) -> Result<(), ForeignError> {
    let damaged =
        || ForeignError::damaged(format!("{place}: the archive cannot be read to its end"));
    let mut stream = decompress(stream).map_err(|error| damaged().caused_by(error))?;
    if container == Container::Zip {
        loop {
            let file = zip::read::read_zipfile_from_stream(&mut stream);
            let Some(mut file) = file.map_err(|error| damaged().caused_by(error))? else { break };
            let path = file.name().map_err(|error| damaged().caused_by(error))?.into_owned();
            if file.is_file() && each(&path, &mut file)?.is_break() {
                return Ok(());
            }
        }
        return Ok(());
    }
    let mut archive = tar::Archive::new(stream);
    let entries = archive.entries().map_err(|error| damaged().caused_by(error))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| damaged().caused_by(error))?;
        let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if entry.header().entry_type().is_file() && each(&path, &mut entry)?.is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// Reads the archive to its end, because it has no list of what is in it.
pub(super) async fn detect(
    store: &Store,
    file: SourceFile,
    container: Container,
) -> Result<Option<Detected>, ForeignError> {
    let (handle, reading, archive) = (Handle::current(), store.clone(), file.clone());
    let read = tokio::task::spawn_blocking(move || tables(&handle, &reading, &archive, container));
    let tables = read.await.map_err(|error| {
        ForeignError::damaged(format!("{}: it cannot be read", store.describe(&file.key)))
            .caused_by(error)
    })??;
    if tables.is_empty() {
        return Ok(None);
    }
    let evidence = format!("files named schema.json and data/0001.json in {}", file.key);
    let tables = tables
        .into_iter()
        .map(|table| SourceTable { files: vec![file.clone()], ..table })
        .collect();
    let found = Detected::new(store, Format::Dynamodump, evidence, tables);
    Ok(Some(Detected { container, ..found }))
}

fn tables(
    handle: &Handle,
    store: &Store,
    archive: &SourceFile,
    container: Container,
) -> Result<Vec<SourceTable>, ForeignError> {
    let place = store.describe(&archive.key);
    let stream = StoreReader::open(handle, store, &archive.key)?;
    let mut tables = Tables::default();
    walk(container, stream, &place, &mut |path, file| {
        let entry = format!("{place}:{path}");
        match part(path) {
            Some((folder, Part::Schema)) => {
                let mut json = Vec::new();
                file.take(LONGEST_SCHEMA).read_to_end(&mut json).map_err(|error| {
                    ForeignError::damaged(format!("{entry}: it cannot be read")).caused_by(error)
                })?;
                tables.schema(folder, &json);
            }
            Some((folder, Part::Page(number))) => {
                let mut go_on = |_, _: &[u8]| ControlFlow::Continue(());
                let end = read_page(BufReader::new(file), &entry, &mut go_on)?;
                let file = SourceFile { key: archive.key.clone(), bytes: 0 };
                tables.page(folder, number, file);
                tables.page_end(folder, number, end);
            }
            None => {}
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(tables.finish(true))
}
