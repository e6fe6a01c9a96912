//! Pointers to large attributes in S3, in lines on their way out of a table or into one.

mod copies;
mod outgoing;
mod values;

pub(crate) use copies::Copies;
pub(crate) use outgoing::{Outgoing, PageCopies, PagePointers};
pub use values::{ValuesReport, verify_values};

use crate::load::reader::Lines;
use crate::load::writing::Looked;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_s3::Client;
use ddbkit_codec::rules::MAX_ITEM_SIZE;
use ddbkit_codec::{Item, RawItem, RawRecord};
use ddbkit_export::{ExportReader, TableDescriptor};
use ddbkit_offload::copy::CopySource;
use ddbkit_offload::{
    BlobPointer, KeyAttribute, KeyAttributeType, KeyLayout, KeySchema, OffloadError,
    OffloadErrorKind, PointerCheck, inline_pointers, is_pointer_text,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;
use std::sync::Arc;

/// How many lines of a batch are looked at at the same time.
const CHECKED_AT_ONCE: usize = 32;
/// No item holds a longer value; documents are longer as text.
const LONGEST_IN_ITEM: u64 = 16 * MAX_ITEM_SIZE as u64;

/// By what it is told whether a table may have a pointer.
#[derive(Clone, Debug)]
pub(crate) struct PointerRule {
    pub(crate) s3: Client,
    /// Unless the owner is a part of the path.
    pub(crate) layout: Option<Arc<dyn KeyLayout>>,
}

/// What becomes of pointers that are loaded.
#[derive(Clone, Debug)]
pub(crate) enum Offloaded {
    /// They stay, where the table may have them.
    Keep(PointerRule),
    /// Their values take their place.
    Inline(Client),
    /// They become pointers to copies below a prefix of the table's.
    Copy {
        /// For the copies, and for values that are not in a backup.
        s3: Client,
        /// Where the copies go.
        bucket: String,
        prefix: String,
    },
}

impl Offloaded {
    /// As it is pinned in checkpoints.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Keep(_) => "keep".to_owned(),
            Self::Inline(_) => "inline".to_owned(),
            Self::Copy { bucket, prefix, .. } => format!("copy to s3://{bucket}/{prefix}"),
        }
    }
}

/// Looks at the pointers in lines, where there are any.
#[derive(Debug)]
pub(crate) struct Pointers {
    work: Work,
    lines: Lines,
}

#[derive(Debug)]
enum Work {
    Check(PointerCheck),
    Inline(Client),
    /// Whether there is something to copy; the copies are made just before the write.
    Copy(CopySource),
}

/// Where the values of a source are: in it, if it is a dump that holds them, else where its pointers
/// lead.
async fn copy_source(
    reader: Option<&ExportReader>,
    s3: &Client,
) -> Result<CopySource, TransferError> {
    if let Some(reader) = reader
        && let Some(folder) = values::folder_of(reader).await?
    {
        return Ok(CopySource::Folder(folder));
    }
    Ok(CopySource::S3(s3.clone()))
}

impl Pointers {
    /// For a table with this key, by its own name whatever name it was asked for by: owners are made
    /// of it. The items are those of an export, or of something else.
    pub(crate) async fn new(
        offloaded: &Offloaded,
        name: &str,
        table: &TableDescriptor,
        reader: Option<&ExportReader>,
    ) -> Result<Self, TransferError> {
        let work = match offloaded {
            Offloaded::Inline(s3) => Work::Inline(s3.clone()),
            Offloaded::Keep(rule) => return Self::check(rule, name, table, Lines::Items),
            Offloaded::Copy { s3, .. } => Work::Copy(copy_source(reader, s3).await?),
        };
        Ok(Self { work, lines: Lines::Items })
    }

    /// Refuses pointers that the table must not have.
    pub(crate) fn check(
        rule: &PointerRule,
        name: &str,
        table: &TableDescriptor,
        lines: Lines,
    ) -> Result<Self, TransferError> {
        let mut check = PointerCheck::new(rule.s3.clone(), name, key_schema(table)?);
        if let Some(layout) = &rule.layout {
            check = check.layout(layout.clone());
        }
        Ok(Self { work: Work::Check(check), lines })
    }

    /// Where values are copied from, if they are.
    pub(crate) fn copy_source(&self) -> Option<&CopySource> {
        match &self.work {
            Work::Copy(from) => Some(from),
            Work::Check(_) | Work::Inline(_) => None,
        }
    }

    /// What becomes of the lines with pointers, by their numbers; the others are written as they are.
    /// Lines that hold no pointer, which are mostly all, are not decoded: one search through the batch
    /// tells.
    pub(crate) async fn look<'a>(
        &self,
        batch: &[u8],
        lines: impl Iterator<Item = (u64, &'a [u8])>,
    ) -> Result<HashMap<u64, Looked>, TransferError> {
        if !is_pointer_text(batch) {
            return Ok(HashMap::new());
        }
        let found: Vec<_> = lines.filter(|(_, line)| is_pointer_text(line)).collect();
        let looks = found.into_iter().map(async |(number, line)| {
            let looked = self.look_at(line).await?;
            Ok::<_, TransferError>(looked.map(|looked| (number, looked)))
        });
        let looks: Vec<_> = looks.collect();
        let looked = stream::iter(looks).buffer_unordered(CHECKED_AT_ONCE);
        looked.try_filter_map(|looked| async { Ok(looked) }).try_collect().await
    }

    async fn look_at(&self, line: &[u8]) -> Result<Option<Looked>, TransferError> {
        // What cannot be read is refused where every line is read.
        let Some(item) = self.item(line) else { return Ok(None) };
        let looked = match &self.work {
            Work::Check(check) => check.check(&item).await.map(|()| None),
            Work::Inline(s3) => {
                let inlined = inline_pointers(s3, item, LONGEST_IN_ITEM).await;
                inlined.map(|item| Some(Ok(export_line(&item).into())))
            }
            Work::Copy(from) => can_be_copied(&item, from).await.map(|()| None),
        };
        looked.or_else(|error| Ok(Some(Err(rejected(error)?))))
    }

    /// The item that the line would write.
    fn item(&self, line: &[u8]) -> Option<Item> {
        let raw = match self.lines {
            Lines::Items => RawItem::from_line(line).ok()?,
            Lines::Records => RawRecord::from_line(line).ok()?.new_image?,
        };
        Item::from_dynamodb_json(raw.as_bytes()).ok()
    }
}

/// Whether all values of an item are there.
async fn can_be_copied(item: &Item, from: &CopySource) -> Result<(), OffloadError> {
    for (name, pointer) in BlobPointer::in_item(item)? {
        from.check(&pointer).await.map_err(|error| error.of_attribute(&name))?;
    }
    Ok(())
}

/// Why an item is rejected, if it is the item's fault.
fn rejected(error: OffloadError) -> Result<String, TransferError> {
    if error.kind().is_of_item() { Ok(error.to_string()) } else { Err(unread(error)) }
}

fn key_schema(table: &TableDescriptor) -> Result<KeySchema, TransferError> {
    let not_known = || {
        let message = "the description of the table has a key whose type is not known";
        TransferError::new(TransferErrorKind::Source, message)
    };
    let attribute = |key: ddbkit_export::KeyAttribute| {
        let attribute_type = match &*key.attribute_type {
            "S" => KeyAttributeType::S,
            "N" => KeyAttributeType::N,
            "B" => KeyAttributeType::B,
            _ => return Err(not_known()),
        };
        Ok(KeyAttribute { name: key.name, attribute_type })
    };
    let key = table.key_schema().map_err(|_| not_known())?;
    Ok(KeySchema { hash: attribute(key.hash)?, range: key.range.map(attribute).transpose()? })
}

fn export_line(item: &Item) -> Vec<u8> {
    let mut line = b"{\"Item\":".to_vec();
    item.write_dynamodb_json(&mut line);
    line.push(b'}');
    line
}

fn unread(error: OffloadError) -> TransferError {
    if error.kind() == OffloadErrorKind::Canceled {
        return TransferError::interrupted();
    }
    let message = "a pointer cannot be followed";
    TransferError::caused(TransferErrorKind::Service, message, error)
}
