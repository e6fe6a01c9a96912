//! Telling one file from the next of the same name.

use crate::ETag;
use std::fs::{File, Metadata};
use std::io::Result;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Finer than any two writes of one object can be apart: each is synced in between.
const FINE: Duration = Duration::from_micros(1);

/// The number of the file, its time and its size. The number alone comes again when the file is
/// gone, and the clock of a file system ticks in milliseconds, so [`stamp`] sets the time.
pub(super) fn tag(file: &Metadata) -> ETag {
    let since = file.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = since.map_or(0, |since| since.as_nanos());
    ETag::new(format!("{:x}-{nanos:x}-{:x}", number(file), file.len()))
}

/// Gives a file that was written the time of now, in nanoseconds. Returns its tag, and whether the
/// file system keeps such times: on one that counts in seconds a tag may come twice.
pub(super) fn stamp(file: &File) -> Result<(ETag, bool)> {
    let now = SystemTime::now();
    file.set_modified(now)?;
    let kept = file.metadata()?;
    let is_fine = kept.modified().is_ok_and(|kept| distance(kept, now) < FINE);
    Ok((tag(&kept), is_fine))
}

fn distance(a: SystemTime, b: SystemTime) -> Duration {
    a.duration_since(b).unwrap_or_else(|error| error.duration())
}

#[cfg(unix)]
fn number(file: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_file_is_another_when_it_is_written_again() {
        let file = tempfile::tempfile().unwrap();
        let tags: std::collections::BTreeSet<_> =
            (0..1000).map(|_| stamp(&file).unwrap().0).collect();
        assert_eq!(tags.len(), 1000);
    }
}
