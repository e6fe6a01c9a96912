//! The segments of a scan that took longest.

use super::{bytes, count, duration};
use ddbkit::transfer::SegmentReport;
use serde_json::{Value, json};
use std::time::Duration;

/// How many times the next one's time the longest takes before it is worth a table.
const UNEVEN: u32 = 2;
/// Below this nobody waited for it.
const LONG: Duration = Duration::from_secs(1);

/// A table for people, where one segment took much longer than others; nothing otherwise.
pub(crate) fn table(longest: &[SegmentReport]) -> String {
    let (Some(first), Some(last)) = (longest.first(), longest.last()) else { return String::new() };
    if first.elapsed < LONG || first.elapsed < last.elapsed * UNEVEN {
        return String::new();
    }
    let mut text = "\n  segments that took longest".to_owned();
    text += "\n     segment         items       bytes  share   units    time";
    for segment in longest {
        text += &format!(
            "\n  {:>10}  {:>12}  {:>10}  {:>4.0}%  {:>6.0}  {:>6}",
            segment.segment,
            count(segment.items),
            bytes(segment.bytes),
            segment.share * 100.0,
            segment.consumed.get(),
            duration(segment.elapsed)
        );
    }
    text
}

pub(crate) fn to_json(longest: &[SegmentReport]) -> Value {
    let segments = longest.iter().map(|segment| {
        json!({
            "segment": segment.segment,
            "items": segment.items,
            "bytes": segment.bytes,
            "share": segment.share,
            "consumed_capacity_units": segment.consumed.get(),
            "seconds": segment.elapsed.as_secs_f64(),
        })
    });
    segments.collect()
}
