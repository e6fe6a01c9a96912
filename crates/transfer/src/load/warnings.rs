//! What whoever loads should know before it is too late.

use crate::table::TableInfo;
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

/// Looks at the table that is written to, and at the description of one that is created.
pub(crate) fn before_loading(
    warnings: &Warnings,
    table: &TableInfo,
    created: Option<&TableDescriptor>,
) {
    let name = table.description.table_name().unwrap_or_default();
    let stream = table.description.stream_specification();
    if stream.is_some_and(aws_sdk_dynamodb::types::StreamSpecification::stream_enabled) {
        warnings.add(format!("table {name} has a stream: each put triggers its consumers"));
    }
    let global = table.description.global_secondary_indexes().len();
    let local = table.description.local_secondary_indexes().len();
    if global + local > 0 {
        warnings.add(format!(
            "table {name} has {global} global and {local} local secondary indexes: a put that is \
             in them consumes write units for each"
        ));
    }
    if let Some(descriptor) = created
        && descriptor.create_table.warm_throughput.is_none()
        && let Some(warm) = descriptor.warm_throughput.filter(is_warm)
    {
        warnings.add(format!(
            "the table was ready for {warm} (read:write) units a second and the new one is not; \
             that is billed, and given as warm-throughput={warm}"
        ));
    }
}

fn is_warm(warm: &WarmThroughput) -> bool {
    let (read, write) = (warm.read_units_per_second, warm.write_units_per_second);
    read.is_some_and(|units| units > COLD.0) || write.is_some_and(|units| units > COLD.1)
}
