//! A merge.

use crate::Result;
use crate::exports::{BASE, RECORDS, base, window};
use ddbkit_bench_rounds::Moved;
use ddbkit_export::{ExportReader, Merge};
use ddbkit_flow::Control;
use ddbkit_store::Store;
use std::path::Path;

/// Merges the base and both windows. What is counted are the items and records that go in.
pub async fn round(folder: &Path) -> Result<Moved> {
    let open = async |path| ExportReader::open(Store::directory(path)).await;
    let windows = [open(window(folder, 0)).await?, open(window(folder, 1)).await?];
    let dest = folder.join("merged");
    let merge = Merge::new(open(base(folder)).await?, windows, folder);
    let report = merge.run(Store::directory(&dest), &Control::new()).await?;
    let result = ExportReader::open(Store::directory(&dest)).await?;
    let is_whole = report.base_items == BASE
        && report.records == 2 * RECORDS
        && report.is_exact
        && result.summary().item_count == report.items;
    std::fs::remove_dir_all(dest)?;
    if !is_whole {
        return Err(format!("the merge came to something else: {report:?}").into());
    }
    Ok(Moved { items: report.base_items + report.records, bytes: report.json_bytes })
}
