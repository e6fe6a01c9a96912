//! An export that is read.

use crate::exports::to_read;
use crate::{Error, Result};
use ddbkit_bench_rounds::Moved;
use ddbkit_codec::Tape;
use ddbkit_export::{ExportReader, LineBatch, VerifyOptions, verify};
use ddbkit_flow::Control;
use ddbkit_inspect::{KeyNames, ProfileOptions, profile_export};
use ddbkit_store::Store;
use flate2::bufread::MultiGzDecoder;
use futures::TryStreamExt as _;
use md5::{Digest as _, Md5};
use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufReader, Read};
use std::num::NonZeroUsize;
use std::path::Path;

/// What a reader of files takes at once.
const BUFFER: usize = 128 * 1024;

/// As many as there are, and as a load reads.
const FILES_AT_ONCE: NonZeroUsize = NonZeroUsize::new(4).unwrap();

async fn open(folder: &Path) -> Result<ExportReader> {
    Ok(ExportReader::open(Store::directory(to_read(folder))).await?)
}

/// The same bytes through the decompressor alone, nothing found in them and nothing proven but the
/// checksum of gzip itself; with the MD5 of the files, which every verified read has to make.
pub fn gunzip(folder: &Path, with_md5: bool) -> Result<Moved> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let reader = runtime.block_on(open(folder))?;
    let mut moved = Moved { items: reader.summary().item_count, bytes: 0 };
    for file in reader.files() {
        let input = File::open(reader.describe_file(file))?;
        let input = Digested { input, md5: with_md5.then(Md5::new) };
        let mut decoder = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, input));
        let mut out = vec![0; BUFFER];
        loop {
            match decoder.read(&mut out)? {
                0 => break,
                length => moved.bytes += length as u64,
            }
            black_box(&out);
        }
        black_box(decoder.into_inner().into_inner().md5.map(Md5::finalize));
    }
    Ok(moved)
}

struct Digested {
    input: File,
    md5: Option<Md5>,
}

impl Read for Digested {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(out)?;
        if let (Some(md5), Some(bytes)) = (&mut self.md5, out.get(..length)) {
            md5.update(bytes);
        }
        Ok(length)
    }
}

/// All lines, each seen.
pub async fn lines(folder: &Path) -> Result<Moved> {
    each_batch(folder, |batch| {
        for (_, line) in batch.iter() {
            black_box(line);
        }
        Ok(())
    })
    .await
}

/// All items, owned and dropped.
pub async fn items(folder: &Path) -> Result<Moved> {
    let mut tape = Tape::new();
    each_batch(folder, |batch| {
        for (_, line) in batch.iter() {
            black_box(tape.read_export_line(line)?.to_item());
        }
        Ok(())
    })
    .await
}

async fn each_batch(folder: &Path, mut take: impl FnMut(&LineBatch) -> Result) -> Result<Moved> {
    let reader = open(folder).await?;
    let mut moved = Moved::default();
    let mut batches = reader.batches(FILES_AT_ONCE)?;
    while let Some(batch) = batches.try_next().await? {
        let lines = batch.lines;
        take(&lines)?;
        moved.items += lines.lines;
        moved.bytes += lines.bytes.len() as u64;
    }
    Ok(moved)
}

/// Everything proven that can be.
pub async fn verified(folder: &Path) -> Result<Moved> {
    let report = verify(&open(folder).await?, &VerifyOptions::default(), &Control::new()).await?;
    if let Some(fault) = report.faults().first() {
        return Err(Error::from(fault.to_string()));
    }
    Ok(Moved { items: report.items(), bytes: report.bytes() })
}

/// Everything counted that a profile has.
pub async fn profiled(folder: &Path) -> Result<Moved> {
    let keys = KeyNames { hash: "pk".to_owned(), range: Some("sk".to_owned()) };
    let (reader, options) = (open(folder).await?, ProfileOptions::default().keys(keys));
    let control = Control::new();
    let profile = profile_export(&reader, &options, None, FILES_AT_ONCE, &control).await?;
    Ok(Moved { items: profile.items, bytes: profile.json_bytes })
}
