//! A profile of a dump or export.

use crate::{
    InspectError, InspectErrorKind, KeyNames, Profile, ProfileOptions, Profiler, Source, SourceKind,
};
use ddbkit_export::{DataFile, ExportKind, ExportReader, LineBatch, ReadOptions};
use ddbkit_flow::{Control, ProgressEvent};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use std::num::NonZeroUsize;

/// Counts the items of a dump or a native full export, `at_once` data files at a time. Every file is
/// proven against the manifest while it is read, as by [`ExportReader::batches`].
///
/// The key is that of `options`, or else of the description that lies beside a dump of ours; a native
/// export has none. Each file is counted by itself and merged in the order of the manifest, so the same
/// export gives the same profile whatever `at_once` is.
///
/// With `sample` only about so many items are read: the first of each file, evenly. Files that are not
/// read to their end are not proven then.
///
/// Memory: that of `at_once + 1` [profilers](Profiler), and a few MiB for each file that is open.
///
/// ```
/// # async fn example(store: ddbkit_store::Store) -> Result<(), Box<dyn std::error::Error>> {
/// use ddbkit_export::ExportReader;
/// use ddbkit_flow::Control;
/// use ddbkit_inspect::{ProfileOptions, profile_export};
/// use std::num::NonZeroUsize;
///
/// let reader = ExportReader::open(store).await?;
/// let (options, at_once) = (ProfileOptions::default(), NonZeroUsize::new(4).unwrap());
/// let profile = profile_export(&reader, &options, None, at_once, &Control::new()).await?;
/// println!("{} items, the largest of {} bytes", profile.items, profile.size.max);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`InspectErrorKind::IncrementalExport`]; [`InspectErrorKind::Source`] when the export is damaged or
/// cannot be read; [`InspectErrorKind::InvalidItem`] for a line that is no item or lacks the key, with its
/// place; [`InspectErrorKind::Interrupted`].
pub async fn profile_export(
    reader: &ExportReader,
    options: &ProfileOptions,
    sample: Option<u64>,
    at_once: NonZeroUsize,
    control: &Control,
) -> Result<Profile, InspectError> {
    if reader.kind() == ExportKind::Incremental {
        let message = format!("{} is an incremental export: it holds changes", reader.describe());
        return Err(InspectError::new(InspectErrorKind::IncrementalExport, message));
    }
    reader.check_manifests()?;
    let options = match options.known_keys() {
        Some(_) => options.clone(),
        None => with_keys_of(reader, options.clone()).await?,
    };
    let files = reader.files();
    let in_file = sample.map_or(u64::MAX, |items| items.div_ceil(files.len().max(1) as u64));
    let expected = reader.summary().item_count;
    let expected = sample.map_or(expected, |items| items.min(expected));
    control.emit(&ProgressEvent::Started { items: Some(expected), bytes: None });
    let counted = stream::iter(files)
        .map(|file| profile_file(reader, file, in_file, Profiler::new(&options), control))
        .buffered(at_once.get());
    let merge = |mut whole: Profiler, part| async {
        whole.merge(part);
        Ok(whole)
    };
    let profiler = counted.try_fold(Profiler::new(&options), merge).await?;
    control.emit(&ProgressEvent::Finished);
    let mut source = source(reader);
    source.sampled = sample.is_some() && profiler.items() != reader.summary().item_count;
    Ok(profiler.finish(source))
}

async fn with_keys_of(
    reader: &ExportReader,
    options: ProfileOptions,
) -> Result<ProfileOptions, InspectError> {
    let Some(descriptor) = reader.descriptor().await? else { return Ok(options) };
    let schema = descriptor.key_schema()?;
    Ok(options.keys(KeyNames { hash: schema.hash.name, range: schema.range.map(|key| key.name) }))
}

fn source(reader: &ExportReader) -> Source {
    let summary = reader.summary();
    let taken_at = summary.export_time.and_then(|time| jiff::Timestamp::try_from(time).ok());
    // arn:aws:dynamodb:REGION:ACCOUNT:table/NAME
    let region = summary.table_arn.as_deref().and_then(|arn| arn.split(':').nth(3));
    let mut source = Source::new(reader.describe(), SourceKind::Export);
    source.taken_at = taken_at.map(|time| time.to_string());
    source.region = region.filter(|region| !region.is_empty()).map(ToOwned::to_owned);
    source
}

/// Counts the items of one file, as many as are wanted of it.
async fn profile_file(
    reader: &ExportReader,
    file: &DataFile,
    most: u64,
    mut profiler: Profiler,
    control: &Control,
) -> Result<Profiler, InspectError> {
    let mut lines = reader.read_file(file, ReadOptions::default()).await?;
    while profiler.items() < most {
        let Some(batch) = control.run(lines.next()).await?? else { break };
        let (before, bytes) = (profiler.items(), batch.bytes.len() as u64);
        let object = reader.describe_file(file);
        let counting = tokio::task::spawn_blocking(move || count(profiler, &batch, most, &object));
        profiler = counting.await.map_err(|error| {
            InspectError::caused(InspectErrorKind::Internal, "the work was aborted", error)
        })??;
        let items = profiler.items() - before;
        control.emit(&ProgressEvent::Advanced { items, bytes });
    }
    Ok(profiler)
}

fn count(
    mut profiler: Profiler,
    batch: &LineBatch,
    most: u64,
    object: &str,
) -> Result<Profiler, InspectError> {
    for (number, line) in batch.iter().filter(|(_, line)| !line.trim_ascii().is_empty()) {
        if profiler.items() >= most {
            break;
        }
        let added = match batch.refusal(number) {
            Some(why) => Err(InspectError::new(InspectErrorKind::InvalidItem, why)),
            None => profiler.add_line(line),
        };
        added.map_err(|error| error.at(&format!("{object}:{number}")))?;
    }
    Ok(profiler)
}
