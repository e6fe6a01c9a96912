//! A profile of a stream of lines.

use crate::{InspectError, InspectErrorKind, ProfileOptions, Profiler};
use ddbkit_codec::lines::{LineBatch, LineReader};
use ddbkit_flow::{Control, ProgressEvent};
use std::io::Read;

/// Counts the items of a stream of lines, `{"Item":{...}}` or bare items, plain, gzip or zstd; blank lines
/// are passed over. With `sample` it stops after so many items. Blocks while it reads.
///
/// Memory: that of a [`Profiler`], and about a MiB of lines or one longer line.
///
/// ```
/// use ddbkit_flow::Control;
/// use ddbkit_inspect::{ProfileOptions, Source, SourceKind, profile_lines};
///
/// let lines = "{\"pk\":{\"S\":\"a\"}}\n\n{\"pk\":{\"S\":\"b\"}}\n";
/// let options = ProfileOptions::default();
/// let profiler = profile_lines(lines.as_bytes(), "example", &options, None, &Control::new())?;
/// assert_eq!(profiler.finish(Source::new("example", SourceKind::Lines)).items, 2);
/// # Ok::<(), ddbkit_inspect::InspectError>(())
/// ```
///
/// # Errors
/// [`InspectErrorKind::InvalidItem`] for the first line that is no item, with its number behind `name`;
/// [`InspectErrorKind::Source`] when the stream fails or is damaged, [`InspectErrorKind::Interrupted`]
/// when `control` is cancelled, which is looked at between two batches.
pub fn profile_lines(
    stream: impl Read,
    name: &str,
    options: &ProfileOptions,
    sample: Option<u64>,
    control: &Control,
) -> Result<Profiler, InspectError> {
    let mut profiler = Profiler::new(options);
    let (mut reader, mut batch) = (LineReader::new(stream), LineBatch::default());
    loop {
        control.check()?;
        let more = reader.next_batch(&mut batch).map_err(|error| {
            let message = format!("{name}:{} cannot be read", error.line());
            InspectError::caused(InspectErrorKind::Source, message, error)
        })?;
        if !more {
            return Ok(profiler);
        }
        let before = profiler.items();
        for line in batch.iter() {
            if sample == Some(profiler.items()) {
                return Ok(profiler);
            }
            let added = profiler.add_line(line.bytes);
            added.map_err(|error| error.at(&format!("{name}:{}", line.number)))?;
        }
        let (items, bytes) = (profiler.items() - before, batch.bytes.len() as u64);
        control.emit(&ProgressEvent::Advanced { items, bytes });
    }
}
