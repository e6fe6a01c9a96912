//! `ddbkit info`.

mod foreign;
mod rows;

use crate::commands::Context;
use crate::config;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::hints;
use crate::output::{Output, bytes, count, time};
use ddbkit::export::{
    ExportKind, ExportReader, ExportState, ExportSummaryEntry, ManifestSummary, OutputFormat,
    list_exports,
};
use ddbkit::store::{Location, Store};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

/// An export with what its folder weighs.
struct Found {
    entry: ExportSummaryEntry,
    stored_bytes: Option<u64>,
}

pub(crate) async fn run(context: &Context, source: &str) -> Result<Exit, Failure> {
    let location: Location = source.parse()?;
    let mut found = Vec::new();
    if !crate::foreign::is_file(&location) {
        let store = config::store(&location, &context.global).await?;
        for entry in list_exports(&store).await? {
            let stored_bytes = data_size(&store, &entry).await?;
            found.push(Found { entry, stored_bytes });
        }
    }
    let (mut file, mut other) = (None, None);
    if found.is_empty() {
        file = rows::parquet_at(&location, &context.global).await?;
    }
    if found.is_empty() && file.is_none() {
        other = crate::foreign::at(&location, &context.global).await?;
    }
    if found.is_empty() && file.is_none() && other.is_none() {
        file = rows::csv_at(&location, &context.global).await?;
    }
    if found.is_empty() && file.is_none() && other.is_none() {
        return Err(Failure::other(format!("there is no dump, export or backup in {location}"))
            .with_hint(hints::PLACE));
    }
    if context.output.is_json() {
        let exports: Vec<_> = found.iter().map(Found::to_json).collect();
        let backups = other.as_ref().map(foreign::to_json).unwrap_or_default();
        let files: Vec<_> = file.iter().map(rows::FileInfo::to_json).collect();
        let object = json!({"version": 1, "command": "info", "exports": exports, "backups": backups, "files": files});
        context.output.json(&object, false)?;
    } else {
        let text: Vec<_> = found.iter().map(Found::to_text).collect();
        Output::data(&text.join("\n"))?;
        Output::data(&file.as_ref().map(rows::FileInfo::to_text).unwrap_or_default())?;
        Output::data(&other.as_ref().map(foreign::to_text).unwrap_or_default())?;
    }
    Ok(DONE)
}

/// The size of the data files, wherever below the location they lie; none where they cannot be found.
async fn data_size(store: &Store, entry: &ExportSummaryEntry) -> Result<Option<u64>, Failure> {
    let Some(id) = entry.id else { return Ok(None) };
    let summary = match &entry.state {
        ExportState::Completed(summary) => Some(summary),
        _ => None,
    };
    // Incremental exports share a folder: only the manifest knows which files are whose.
    let own = if summary.is_some_and(|summary| summary.kind() == ExportKind::Incremental) {
        let Ok(reader) = ExportReader::open_id(store.clone(), &id).await else { return Ok(None) };
        let names = reader.files().iter().map(|file| file.file_name().to_owned());
        Some(names.collect::<BTreeSet<String>>())
    } else {
        None
    };
    let data = format!("{id}/data/");
    let objects = store.list("").await?;
    // At the folder of the export itself the keys begin with `data/`.
    let is_data = |key: &str| match &own {
        Some(names) => names.contains(key.rsplit('/').next().unwrap_or_default()),
        None => key.contains(&data) || (!key.contains("AWSDynamoDB/") && key.starts_with("data/")),
    };
    let mut sizes =
        objects.iter().filter(|object| is_data(&object.key)).map(|object| object.size).peekable();
    // From its own folder the shared one cannot be seen.
    let is_hidden = sizes.peek().is_none() && own.as_ref().is_some_and(|names| !names.is_empty());
    Ok((!is_hidden).then(|| sizes.sum()))
}

fn state(state: &ExportState) -> (&'static str, Option<String>) {
    match state {
        ExportState::Completed(_) => ("completed", None),
        ExportState::Failed { run, .. } => ("failed", Some(run.message.clone())),
        ExportState::Unreadable { message } => ("unreadable", Some(message.clone())),
        // Nobody can tell one that is killed from one that runs on another machine.
        ExportState::Unfinished { has_plan: true } => {
            ("running", Some("it is running, or was interrupted; it is not whole".to_owned()))
        }
        ExportState::Unfinished { has_plan: false } | _ => {
            ("running", Some("it has not completed".to_owned()))
        }
    }
}

fn format_name(format: OutputFormat) -> String {
    match format {
        OutputFormat::DynamodbJson => "DYNAMODB_JSON".to_owned(),
        OutputFormat::Ion => "ION".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Fields of the summary that nobody here knows, as they are.
fn other_fields(summary: &ManifestSummary) -> BTreeMap<&str, Value> {
    let value = |text: &String| serde_json::from_str(text).unwrap_or(Value::Null);
    summary.extra.iter().map(|(name, text)| (name.as_str(), value(text))).collect()
}

fn table(summary: &ManifestSummary) -> Option<&str> {
    summary.table_arn.as_deref()?.rsplit('/').next()
}

impl Found {
    fn summary(&self) -> Option<&ManifestSummary> {
        match &self.entry.state {
            ExportState::Completed(summary) => Some(summary),
            _ => None,
        }
    }

    fn id(&self) -> String {
        self.entry.id.map_or_else(|| "without an id".to_owned(), |id| id.to_string())
    }

    fn to_text(&self) -> String {
        let (state, message) = state(&self.entry.state);
        let mut rows = vec![("state", state.to_owned())];
        rows.extend(message.map(|message| ("", message)));
        if let Some(summary) = self.summary() {
            rows.push(("table", table(summary).unwrap_or("unknown").to_owned()));
            rows.push(("items", count(summary.item_count)));
            let kind = match summary.kind() {
                ExportKind::Full => "full",
                ExportKind::Incremental => "incremental",
                _ => "of another kind",
            };
            let view = summary.view().map(|view| format!(", {view}")).unwrap_or_default();
            let format = format_name(summary.output_format);
            rows.push(("kind", format!("{kind}, {format}{view}")));
            let window = [summary.export_from_time, summary.export_to_time];
            if let [Some(from), Some(to)] = window.map(|at| at.and_then(time)) {
                rows.push(("window", format!("{from} to {to}")));
            }
            let times = [summary.start_time, summary.end_time].map(|at| at.and_then(time));
            rows.push(("time", times.into_iter().flatten().collect::<Vec<_>>().join(" to ")));
        }
        let size = self.stored_bytes.map_or_else(|| "not found here".to_owned(), bytes);
        rows.push(("data files", size));
        rows.push(("place", self.entry.location.clone()));
        let rows = rows.into_iter().map(|(name, value)| format!("  {name:<11}{value}\n"));
        format!("{}\n{}", self.id(), rows.collect::<String>())
    }

    fn to_json(&self) -> Value {
        let (state, message) = state(&self.entry.state);
        let summary = self.summary();
        let at = |which: fn(&ManifestSummary) -> Option<SystemTime>| time(which(summary?)?);
        json!({
            "export_id": self.entry.id.map(|id| id.to_string()),
            "location": self.entry.location,
            "state": state,
            "message": message,
            "stored_bytes": self.stored_bytes,
            "table": summary.and_then(table),
            "table_arn": summary.and_then(|summary| summary.table_arn.as_deref()),
            "items": summary.map(|summary| summary.item_count),
            "format": summary.map(|summary| format_name(summary.output_format)),
            "incremental": summary.map(|summary| summary.kind() == ExportKind::Incremental),
            "output_view": summary.and_then(|summary| summary.output_view.as_deref()),
            "export_time": at(|summary| summary.export_time),
            "export_from_time": at(|summary| summary.export_from_time),
            "export_to_time": at(|summary| summary.export_to_time),
            "other_fields": summary.map(other_fields),
            "start_time": at(|summary| summary.start_time),
            "end_time": at(|summary| summary.end_time),
        })
    }
}
