//! Pointers to large attributes in S3, in lines on their way out of a table or into one.

use crate::load::reader::Lines;
use crate::load::run::Looked;
use crate::table::TableInfo;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_s3::Client;
use bytes::Bytes;
use ddbkit_codec::rules::MAX_ITEM_SIZE;
use ddbkit_codec::{Item, RawItem, RawRecord};
use ddbkit_offload::{
    KeySchema, OffloadError, OffloadErrorKind, PointerCheck, inline_pointers, is_pointer_text,
};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// How many lines of a batch are looked at at the same time.
const CHECKED_AT_ONCE: usize = 32;
/// How many items of a page get their values at the same time.
const INLINED_AT_ONCE: usize = 4;
/// The longest value that a line of a dump takes, in bytes.
const LONGEST_IN_DUMP: u64 = 16 << 20;
/// No item holds a longer value; documents are longer as text.
const LONGEST_IN_ITEM: u64 = 16 * MAX_ITEM_SIZE as u64;

/// What becomes of pointers that are loaded.
#[derive(Clone, Debug)]
pub(crate) enum Offloaded {
    /// They stay, where the table may have them.
    Keep(Client),
    /// Their values take their place.
    Inline(Client),
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
}

impl Pointers {
    /// For a table, by its own name whatever name it was asked for by: owners are made of it.
    pub(crate) fn new(
        offloaded: Offloaded,
        table: &TableInfo,
        lines: Lines,
    ) -> Result<Self, TransferError> {
        let work = match offloaded {
            Offloaded::Inline(s3) => Work::Inline(s3),
            Offloaded::Keep(s3) => {
                let description = &table.description;
                let schema = KeySchema::of_table(description);
                let (Some(name), Some(schema)) = (description.table_name(), schema) else {
                    let message = "DynamoDB describes the table without its name or key";
                    return Err(TransferError::new(TransferErrorKind::Service, message));
                };
                Work::Check(PointerCheck::new(s3, name, schema))
            }
        };
        Ok(Self { work, lines })
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
        };
        looked.or_else(|error| match error.kind() {
            OffloadErrorKind::S3 => Err(unread(error)),
            _ => Ok(Some(Err(error.to_string()))),
        })
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

/// Lines of a dump with values in the place of pointers.
pub(crate) async fn inlined(s3: &Client, lines: Bytes) -> Result<Bytes, TransferError> {
    if !is_pointer_text(&lines) {
        return Ok(lines);
    }
    let pieces = lines.split_inclusive(|byte| *byte == b'\n').map(async |line| {
        if !is_pointer_text(line) {
            return Ok(line.to_vec());
        }
        let damaged = |error| {
            let message = "an item of the table cannot be read";
            TransferError::caused(TransferErrorKind::Service, message, error)
        };
        let raw = RawItem::from_line(line).map_err(damaged)?;
        let item = Item::from_dynamodb_json(raw.as_bytes()).map_err(damaged)?;
        let item = inline_pointers(s3, item, LONGEST_IN_DUMP).await.map_err(unread)?;
        let mut line = export_line(&item);
        line.push(b'\n');
        Ok::<_, TransferError>(line)
    });
    let pieces: Vec<_> = pieces.collect();
    let pieces = stream::iter(pieces).buffered(INLINED_AT_ONCE);
    let all = pieces.try_fold(Vec::new(), |mut all, piece| async move {
        all.extend_from_slice(&piece);
        Ok(all)
    });
    Ok(all.await?.into())
}

fn export_line(item: &Item) -> Vec<u8> {
    let mut line = b"{\"Item\":".to_vec();
    item.write_dynamodb_json(&mut line);
    line.push(b'}');
    line
}

fn unread(error: OffloadError) -> TransferError {
    let message = "a pointer cannot be followed";
    TransferError::caused(TransferErrorKind::Service, message, error)
}
