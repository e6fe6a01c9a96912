//! Reads all exports of a merge, proven, into sorted entries.

use super::entry::{EntryKey, Place};
use super::key::KeyNames;
use super::windows::Window;
use super::{cancelled, stopped};
use crate::{DataFile, ExportError, ExportErrorKind, ExportReader, LineBatch, ReadOptions};
use ddbkit_codec::{RawItem, RawRecord};
use ddbkit_flow::{Control, ProgressEvent};
use ddbkit_store::sort::{Sorted, Sorter};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What is held before it is sorted and written: the size of a run before compression.
const RUN_BYTES: usize = 32 * 1024 * 1024;

/// All data files of a merge, those of the base first, then those of the windows by time.
pub(super) struct Input<'a> {
    files: Vec<InputFile<'a>>,
    /// What each of them is called in messages, and of which export it is: 0 is the base.
    pub(super) places: Arc<Vec<(String, usize)>>,
}

struct InputFile<'a> {
    reader: &'a ExportReader,
    file: &'a DataFile,
}

/// What was read.
pub(super) struct Entries {
    pub(super) sorted: Sorted,
    /// Items of the base, and records of each window.
    pub(super) counts: Vec<u64>,
    pub(super) scratch: String,
}

/// Why a batch could not be added.
enum Refused {
    Line(u64, String),
    Scratch(io::Error),
}

impl<'a> Input<'a> {
    pub(super) fn of(base: &'a ExportReader, windows: &'a [Window]) -> Self {
        let exports = std::iter::once(base).chain(windows.iter().map(|window| &window.reader));
        let (mut files, mut places) = (Vec::new(), Vec::new());
        for (export, reader) in exports.enumerate() {
            for file in reader.files() {
                places.push((reader.describe_file(file), export));
                files.push(InputFile { reader, file });
            }
        }
        Self { files, places: Arc::new(places) }
    }

    /// Items and records, as the manifests have it.
    pub(super) fn entries(&self) -> u64 {
        self.files.iter().map(|input| input.file.item_count).sum()
    }

    /// Reads everything. When it returns, every file is proven to be what its manifest says.
    pub(super) async fn sort(
        &self,
        key: &KeyNames,
        scratch: &Path,
        control: &Control,
    ) -> Result<Entries, ExportError> {
        let scratch_name = scratch.display().to_string();
        let key = Arc::new(key.clone());
        let mut sorter = Sorter::new(scratch, RUN_BYTES);
        let mut counts = Vec::new();
        for (number, (input, (object, export))) in
            (0_u32..).zip(self.files.iter().zip(&*self.places))
        {
            let mut lines = input.reader.read_file(input.file, ReadOptions::default()).await?;
            counts.resize(counts.len().max(export + 1), 0);
            while let Some(batch) = lines.next().await? {
                control.check().map_err(|_| cancelled(object))?;
                let (bytes, is_base, key) = (batch.bytes.len(), *export == 0, Arc::clone(&key));
                let add = move || {
                    let added = add(&mut sorter, &batch, number, is_base, &key);
                    (sorter, added)
                };
                let done = tokio::task::spawn_blocking(add).await;
                let (back, added) = done.map_err(|error| stopped(object, error))?;
                sorter = back;
                let items = added.map_err(|refused| refused.at(object, &scratch_name))?;
                if let Some(count) = counts.get_mut(*export) {
                    *count += items;
                }
                control.emit(&ProgressEvent::Advanced { items, bytes: bytes as u64 });
            }
        }
        let done = tokio::task::spawn_blocking(move || sorter.finish()).await;
        let done = done.map_err(|error| stopped(&scratch_name, error))?;
        let done = done.map_err(|error| Refused::Scratch(error).at("", &scratch_name))?;
        Ok(Entries { sorted: done, counts, scratch: scratch_name })
    }
}

impl Refused {
    fn at(self, object: &str, scratch: &str) -> ExportError {
        match self {
            Self::Line(line, why) => {
                let error = ExportError::new(ExportErrorKind::InvalidLine, object);
                error.at_line(line).detail(why)
            }
            Self::Scratch(error) => {
                ExportError::new(ExportErrorKind::Scratch, scratch).caused_by(error)
            }
        }
    }
}

/// Adds the lines of a batch and tells how many they are.
fn add(
    sorter: &mut Sorter,
    batch: &LineBatch,
    file: u32,
    is_base: bool,
    key: &KeyNames,
) -> Result<u64, Refused> {
    let mut items = 0;
    for (line, text) in batch.iter() {
        if text.trim_ascii().is_empty() {
            continue;
        }
        // A value of Ion that is no item has no text; why it is none is known already.
        let bad = |why| Refused::Line(line, batch.refusal(line).map_or(why, str::to_owned));
        let (digest, item) =
            if is_base { item(text, key) } else { change(text, key) }.map_err(bad)?;
        let key = EntryKey { digest, place: Place { file, line } };
        let write = |out: &mut Vec<u8>| {
            if let Some(item) = item {
                item.write_escaped(out);
            }
        };
        sorter.push(&key.to_bytes(), write).map_err(Refused::Scratch)?;
        items += 1;
    }
    Ok(items)
}

/// The key of a line and the item that it leaves, none where it deletes.
type Change<'a> = (super::key::KeyDigest, Option<RawItem<'a>>);

fn item<'a>(line: &'a [u8], key: &KeyNames) -> Result<Change<'a>, String> {
    let item = RawItem::from_export_line(line).map_err(|error| error.to_string())?;
    Ok((key.digest(item)?, Some(item)))
}

fn change<'a>(line: &'a [u8], key: &KeyNames) -> Result<Change<'a>, String> {
    let record = RawRecord::from_line(line).map_err(|error| error.to_string())?;
    let digest = key.digest_of_keys(record.keys)?;
    if let Some(image) = record.new_image
        && key.digest(image).map_err(|why| format!("in NewImage {why}"))? != digest
    {
        return Err("its NewImage has another key than its Keys".to_owned());
    }
    Ok((digest, record.new_image))
}
