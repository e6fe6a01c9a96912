//! One record a key and window, as AWS documents it for incremental exports: the old image is the
//! item just before the window, the new one the item at its end, and of what came and went there is
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{SystemTime, UNIX_EPOCH};

use ddbkit_codec::{IncrementalRecord, Item};

use super::stream::Change;
use super::{Happened, Window};

/// Which keys have had an item that went.
#[derive(Default)]
pub(super) struct History {
    gone: BTreeSet<String>,
}

struct Key {
    record: IncrementalRecord,
    writes: usize,
    was_deleted: bool,
}

impl History {
    /// The window in which these changes were made.
    pub(super) fn window(
        &mut self,
        from: SystemTime,
        to: SystemTime,
        changes: Vec<Change>,
    ) -> Window {
        let start = from.duration_since(UNIX_EPOCH).expect("a time after 1970").as_micros();
        let start = u64::try_from(start).expect("a time before the year 5138");
        let mut keys: BTreeMap<String, Key> = BTreeMap::new();
        for (number, change) in (0..).zip(changes) {
            let key = keys.entry(name(&change.keys)).or_insert_with(|| Key {
                record: IncrementalRecord {
                    write_timestamp_micros: 0,
                    keys: change.keys,
                    old_image: change.old_image,
                    new_image: None,
                },
                writes: 0,
                was_deleted: false,
            });
            // A second apart: the order of the stream is the order of the times.
            key.record.write_timestamp_micros = start + number * 1_000_003;
            key.writes += 1;
            key.was_deleted |= change.new_image.is_none();
            key.record.new_image = change.new_image;
        }
        let mut happened = Happened::default();
        let mut records = Vec::new();
        for (name, Key { record, writes, was_deleted }) in keys {
            let (before, after) = (record.old_image.is_some(), record.new_image.is_some());
            happened.came_and_went += usize::from(!before && !after);
            happened.made_anew += usize::from(before && was_deleted && after);
            happened.came_back += usize::from(!before && after && self.gone.contains(&name));
            happened.written_again += usize::from(writes > 1);
            if was_deleted {
                self.gone.insert(name);
            }
            if before || after {
                records.push(record);
            }
        }
        Window { from, to, records, happened }
    }
}

/// A key as text.
fn name(keys: &Item) -> String {
    let part = |name| keys.get(name).expect("a record has its whole key");
    format!("{:?} {:?}", part("pk"), part("sk"))
}
