//! What whoever loads should know before it is too late.

use ddbkit_export::{TableDescriptor, WarmThroughput};
use ddbkit_flow::{Control, ProgressEvent};
use std::sync::{Mutex, PoisonError};

/// Warnings, told at once and kept for the report. There are a handful, each told once.
pub(crate) struct Warnings {
    control: Control,
    told: Mutex<Vec<String>>,
}

impl Warnings {
    pub(crate) fn new(control: &Control) -> Self {
        Self { control: control.clone(), told: Mutex::default() }
    }

    /// Tells the warning, unless it was told.
    pub(crate) fn add(&self, text: impl Into<String>) {
        let text = text.into();
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.contains(&text) {
                return;
            }
            told.push(text.clone());
        }
        self.control.emit(&ProgressEvent::Warning(text));
    }

    pub(crate) fn into_texts(self) -> Vec<String> {
        self.told.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a new on-demand table is ready for, and every table at least.
const COLD: (i64, i64) = (12_000, 4_000);

/// Looks at the table that is written to, or at the description of the one that is created.
pub(crate) fn before_loading(
    warnings: &Warnings,
    name: &str,
    target: &TableDescriptor,
    is_created: bool,
) {
    let table = &target.create_table;
    let has_stream =
        table.stream_specification.as_ref().is_some_and(|stream| stream.stream_enabled);
    // A table that is created gets its stream when the data is in.
    if has_stream && !is_created {
        warnings.add(format!("table {name} has a stream: each put triggers its consumers"));
    }
    let global = table.global_secondary_indexes.len();
    let local = table.local_secondary_indexes.len();
    if global + local > 0 {
        warnings.add(format!(
            "table {name} has {global} global and {local} local secondary indexes: a put that is \
             in them consumes write units for each"
        ));
    }
    if is_created
        && table.warm_throughput.is_none()
        && let Some(warm) = target.warm_throughput.filter(is_warm)
    {
        warnings.add(format!(
            "table {name} was ready for {warm} (read:write) units a second and the new one is not; \
             that is billed, and given as warm-throughput={warm}"
        ));
    }
}

fn is_warm(warm: &WarmThroughput) -> bool {
    let (read, write) = (warm.read_units_per_second, warm.write_units_per_second);
    read.is_some_and(|units| units > COLD.0) || write.is_some_and(|units| units > COLD.1)
}
