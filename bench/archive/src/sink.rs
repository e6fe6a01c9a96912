//! Records through the filter into files.

use crate::Result;
use crate::records::{self, PAGE};
use bytes::Bytes;
use ddbkit_archive::{
    ArchiveCompression, ArchiveDescriptor, ArchiveLine, ArchiveRecord, ArchiveSink, LineBuffer,
    LineFormat, RecordClass, Replicated, SequenceNumber,
};
use ddbkit_bench_rounds::{Moved, cpu_seconds};
use ddbkit_store::{
    Backend, BoxFuture, ETag, ObjectMeta, ObjectReader, PutOptions, Store, StoreError,
    StoreErrorKind, Upload,
};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

const PAGES: u64 = 300;
/// A file is written when it has so many records.
const FILE: usize = 50_000;

/// Takes objects and forgets them, each after a while.
#[derive(Debug)]
pub struct Nowhere {
    pub delay: Duration,
}

impl Nowhere {
    pub fn store(delay: Duration) -> Store {
        Store::custom(Arc::new(Self { delay }))
    }
}

fn empty() -> StoreError {
    StoreError::new(StoreErrorKind::NotFound, "nothing is kept here")
}

impl Backend for Nowhere {
    fn describe(&self, key: &str) -> String {
        format!("nowhere:{key}")
    }

    fn head<'a>(
        &'a self,
        _key: &'a str,
    ) -> BoxFuture<'a, std::result::Result<Option<ObjectMeta>, StoreError>> {
        Box::pin(async { Ok(None) })
    }

    fn read<'a>(
        &'a self,
        _key: &'a str,
        _range: Option<Range<u64>>,
    ) -> BoxFuture<'a, std::result::Result<ObjectReader, StoreError>> {
        Box::pin(async { Err(empty()) })
    }

    fn put<'a>(
        &'a self,
        _key: &'a str,
        content: Bytes,
        _options: PutOptions,
    ) -> BoxFuture<'a, std::result::Result<ETag, StoreError>> {
        Box::pin(async move {
            tokio::time::sleep(self.delay).await;
            drop(content);
            Ok(ETag::new("none"))
        })
    }

    fn upload<'a>(
        &'a self,
        _key: &'a str,
        _options: PutOptions,
    ) -> BoxFuture<'a, std::result::Result<Box<dyn Upload>, StoreError>> {
        Box::pin(async { Err(empty()) })
    }

    fn list<'a>(
        &'a self,
        _prefix: &'a str,
        _after: Option<&'a str>,
    ) -> BoxFuture<'a, std::result::Result<Vec<ObjectMeta>, StoreError>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn delete<'a>(&'a self, _key: &'a str) -> BoxFuture<'a, std::result::Result<(), StoreError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Puts pages through the filter, of whose records one in `of` is a delete by TTL, and what is one
/// into files.
pub async fn round(of: u64, compression: ArchiveCompression) -> Result<(Moved, f64)> {
    let archive = ArchiveDescriptor::new("t", "arn", LineFormat::Item, compression);
    let sink = ArchiveSink::new(Nowhere::store(Duration::ZERO), archive, "arn", "label");
    let (mut moved, mut cpu) = (Moved::default(), 0.0);
    let mut buffer = LineBuffer::default();
    let mut anchor: Option<(SequenceNumber, u64)> = None;
    for page in 0..PAGES {
        let page = records::page(page, of);
        let before = cpu_seconds()?;
        for record in page {
            let record = ArchiveRecord::try_from(record)?;
            if record.class(&Replicated::Left) == RecordClass::TtlDelete {
                let line = ArchiveLine::of(&record, false, LineFormat::Item)?;
                moved.bytes += line.text.len() as u64;
                buffer.push(line);
            }
        }
        if buffer.len() >= FILE {
            write(&sink, &mut buffer, &mut anchor).await?;
        }
        cpu += cpu_seconds()? - before;
        moved.items += PAGE;
    }
    let before = cpu_seconds()?;
    write(&sink, &mut buffer, &mut anchor).await?;
    cpu += cpu_seconds()? - before;
    Ok((moved, cpu))
}

async fn write(
    sink: &ArchiveSink,
    buffer: &mut LineBuffer,
    anchor: &mut Option<(SequenceNumber, u64)>,
) -> Result {
    if buffer.is_empty() {
        return Ok(());
    }
    let (number, created) = anchor.clone().unzip();
    let file = sink.commit("shard", number.as_ref(), created, buffer.lines()).await?;
    buffer.drop_through(&file.meta.last);
    *anchor = Some((file.meta.last, file.meta.last_created));
    Ok(())
}
