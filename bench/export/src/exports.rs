//! The exports that are read and merged, made once.

use crate::{Error, Result};
use ddbkit_export::{
    ExportId, ExportWriter, IncrementalWindow, OutputView, SummaryFields, WriterOptions,
};
use ddbkit_store::Store;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Files of the export that is read.
const FILES: usize = 4;
/// Items of the base of the merge.
pub const BASE: u64 = 1_000_000;
/// Records of each window.
pub const RECORDS: u64 = 100_000;
/// Lines that are handed over at once.
const PIECE: u64 = 10_000;

/// The export that is read.
pub fn to_read(folder: &Path) -> PathBuf {
    folder.join("read")
}

/// The base of the merge.
pub fn base(folder: &Path) -> PathBuf {
    folder.join("base")
}

/// A window of the merge, from 0.
pub fn window(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("window-{number}"))
}

/// Makes all of them.
pub async fn make(corpus: &Path, folder: &Path) -> Result {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let lines = std::fs::read_to_string(corpus)?;
    let lines: Vec<&str> = lines.split_inclusive('\n').collect();
    let files = lines.chunks(lines.len().div_ceil(FILES)).map(<[&str]>::concat);
    write(&to_read(folder), None, files.map(|text| vec![text])).await?;

    let items = pieces(0, BASE, |n| format!("{{\"Item\":{}}}\n", item(n, 0)));
    write(&base(folder), None, std::iter::once(items)).await?;
    for number in 0..2 {
        let records = pieces(0, RECORDS, move |n| record(n, number));
        let times = IncrementalWindow {
            from: minute(number * 15),
            to: minute(number * 15 + 15),
            view: OutputView::NewImage,
        };
        write(&window(folder, number), Some(times), std::iter::once(records)).await?;
    }
    Ok(())
}

/// An item of some 300 bytes, another one in each version.
fn item(n: u64, version: u64) -> String {
    // Keys of one form whose order is not that of the numbers.
    let customer = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!(
        r#"{{"pk":{{"S":"customer#{customer:016x}"}},"sk":{{"N":"{n}"}},"status":{{"S":"shipped"}},"version":{{"N":"{version}"}},"total":{{"N":"{}.{:02}"}},"open":{{"BOOL":true}},"address":{{"M":{{"street":{{"S":"{} Long Street"}},"city":{{"S":"Springfield"}},"zip":{{"S":"{:05}"}}}}}},"tags":{{"SS":["a{}","b{}"]}}}}"#,
        customer % 1000,
        n % 100,
        customer % 300,
        n % 100_000,
        n % 7,
        n % 11,
    )
}

/// Of ten records of a window seven change items of the base, two make items and one deletes.
fn record(n: u64, window: u64) -> String {
    // Windows touch partly the same items.
    let old = n * 7 + window * 3;
    let number = if n % 10 < 8 { old } else { BASE + window * RECORDS + n };
    let image = item(number, window + 1);
    let keys = image.split(",\"status\"").next().unwrap_or_default();
    let micros = 1_768_384_800_000_000 + n;
    let metadata = format!(r#"{{"Metadata":{{"WriteTimestampMicros":{{"N":"{micros}"}}}}"#);
    if n.is_multiple_of(10) {
        format!("{metadata},\"Keys\":{keys}}}}}\n")
    } else {
        format!("{metadata},\"Keys\":{keys}}},\"NewImage\":{image}}}\n")
    }
}

/// Texts of some thousand lines.
fn pieces(from: u64, to: u64, line: impl Fn(u64) -> String) -> Vec<String> {
    let step = usize::try_from(PIECE).unwrap_or(usize::MAX);
    let starts = (from..to).step_by(step);
    starts.map(|start| (start..to.min(start + PIECE)).map(&line).collect()).collect()
}

/// Minute `n` after the base.
fn minute(n: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_768_384_800 + n * 60)
}

/// Writes an export with these texts in a file each.
async fn write(
    folder: &Path,
    window: Option<IncrementalWindow>,
    files: impl Iterator<Item = Vec<String>>,
) -> Result {
    let options = WriterOptions { window, ..WriterOptions::default() };
    let id = ExportId::generate(minute(0), 1);
    let writer = ExportWriter::create(Store::directory(folder), id, options).await?;
    let mut written = Vec::new();
    for texts in files {
        let mut file = writer.data_file().await?;
        for text in texts {
            let lines = u64::try_from(text.lines().count())?;
            file.write_lines(text.into(), lines).await?;
        }
        written.push(file.finish().await?.file);
    }
    let fields = SummaryFields {
        table_arn: "arn:aws:dynamodb:eu-west-1:123456789012:table/Bench".to_owned(),
        table_id: None,
        start_time: minute(0),
        end_time: minute(1),
        export_time: minute(0),
        s3_sse_algorithm: None,
        s3_sse_kms_key_id: None,
        billed_size_bytes: 0,
    };
    writer.finish(fields, written).await.map(drop).map_err(Error::from)
}
