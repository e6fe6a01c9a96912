//! Scan, values, lines, md5, file.

use super::json::{LineOut, Map};
use crate::Result;
use crate::client::{SEGMENTS, WORKERS};
use aws_sdk_dynamodb::Client;
use ddbkit_bench_rounds::Moved;
use flate2::write::GzEncoder;
use md5::{Digest, Md5};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// What becomes of the lines.
#[derive(Clone, Copy)]
pub enum Form {
    Plain,
    /// By flate2 at its usual level, 6.
    Gzip,
}

pub async fn dump(client: Client, table: &str, folder: &Path, form: Form) -> Result<Moved> {
    std::fs::create_dir_all(folder)?;
    let next = Arc::new(AtomicU32::new(0));
    let workers = (0..WORKERS).map(|worker| {
        let path = folder.join(format!("{worker}.json"));
        tokio::spawn(segments(client.clone(), table.to_owned(), next.clone(), path, form))
    });
    let mut moved = Moved::default();
    for worker in workers.collect::<Vec<_>>() {
        let done = worker.await??;
        moved.items += done.items;
        moved.bytes += done.bytes;
    }
    Ok(moved)
}

async fn segments(
    client: Client,
    table: String,
    next: Arc<AtomicU32>,
    path: PathBuf,
    form: Form,
) -> Result<Moved> {
    let file = Summed { file: File::create(path)?, md5: Md5::new() };
    let mut out = match form {
        Form::Plain => Out::Plain(file),
        Form::Gzip => Out::Gzip(Box::new(GzEncoder::new(file, flate2::Compression::new(6)))),
    };
    let (mut moved, mut lines) = (Moved::default(), Vec::new());
    loop {
        let segment = next.fetch_add(1, Ordering::Relaxed);
        if segment >= SEGMENTS {
            break;
        }
        let mut pages = client
            .scan()
            .table_name(&table)
            .segment(segment.cast_signed())
            .total_segments(SEGMENTS.cast_signed())
            .into_paginator()
            .send();
        while let Some(page) = pages.try_next().await? {
            lines.clear();
            for item in page.items() {
                serde_json::to_writer(&mut lines, &LineOut { item: Map(item) })?;
                lines.push(b'\n');
                moved.items += 1;
            }
            moved.bytes += lines.len() as u64;
            out.write_all(&lines)?;
        }
    }
    let file = match out {
        Out::Plain(file) => file,
        Out::Gzip(gzip) => gzip.finish()?,
    };
    file.file.sync_all()?;
    std::hint::black_box(file.md5.finalize());
    Ok(moved)
}

enum Out {
    Plain(Summed),
    Gzip(Box<GzEncoder<Summed>>),
}

impl Out {
    fn write_all(&mut self, lines: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.write_all(lines),
            Self::Gzip(gzip) => gzip.write_all(lines),
        }
    }
}

/// A file and the md5 of what went into it.
struct Summed {
    file: File,
    md5: Md5,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.md5.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
