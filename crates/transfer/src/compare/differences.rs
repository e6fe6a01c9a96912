//! Names the keys in which two sides differ.

use crate::TransferError;
use crate::compare::buckets::bucket_of;
use crate::compare::options::{Difference, DifferenceKind};
use crate::compare::run::{Sides, no_key};
use crate::compare::source::{ItemSink, read_source};
use crate::keys::{KeyId, KeySchema};
use crate::parallel_scan::PageSink;
use crate::raw::Page;
use ddbkit_codec::{Item, item_digest};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// How many items are held to be looked at closely: about 100 MB at most.
const MOST_ITEMS: u64 = 250_000;

/// The differences that were found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) differences: Vec<Difference>,
    /// Whether there are more than these.
    pub(crate) more: bool,
}

type Seen = HashMap<KeyId, (Item, [u8; 32])>;

/// Reads the buckets that differ once more and names keys, as many as are wanted.
pub(crate) async fn find_differences(
    sides: &Sides,
    differing: &[(usize, u64)],
) -> Result<Found, TransferError> {
    let mut room = MOST_ITEMS;
    let chosen: HashSet<usize> = differing
        .iter()
        .enumerate()
        // At least one bucket, however large.
        .take_while(|(n, (_, items))| {
            let fits = *items <= room;
            room = room.saturating_sub(*items);
            fits || *n == 0
        })
        .map(|(_, (bucket, _))| *bucket)
        .collect();
    let mut found = Found { more: chosen.len() < differing.len(), ..Found::default() };
    let chosen = Arc::new(chosen);
    let closer = || Closer { keys: sides.keys.clone(), chosen: chosen.clone(), seen: Vec::new() };
    let sinks: Vec<_> = (0..sides.readers()).map(|_| closer()).collect();
    let mut source = Seen::new();
    let mut twice = Vec::new();
    let add = |source: &mut Seen, seen: Vec<_>| {
        for (id, key, digest) in seen {
            if let Some((key, _)) = source.insert(id, (key, digest)) {
                twice.push(Difference { kind: DifferenceKind::TwiceInSource, key });
            }
        }
    };
    let source_map = std::mem::take(&mut source);
    let source =
        read_source(&sides.reader, sinks, sides.session.control(), source_map, add).await?;
    let left = Arc::new(Mutex::new(source));
    let sinks: Vec<_> = (0..sides.workers())
        .map(|_| Against { closer: closer(), left: left.clone(), found: Vec::new() })
        .collect();
    let in_table =
        sides.scan().run(sinks, Vec::new(), |sum: &mut Vec<_>, found| sum.extend(found)).await?;
    let left = std::mem::take(&mut *left.lock().unwrap_or_else(PoisonError::into_inner));
    let missing =
        left.into_values().map(|(key, _)| Difference { kind: DifferenceKind::OnlyInSource, key });
    found.differences = twice.into_iter().chain(in_table).chain(missing).collect();
    // In the order of their keys, so that the same difference reads the same twice.
    found.differences.sort_by_cached_key(|difference| difference.key.to_dynamodb_json());
    found.more |= found.differences.len() > sides.options.max_diff;
    found.differences.truncate(sides.options.max_diff);
    Ok(found)
}

/// Picks the items of the chosen buckets out of what is read.
struct Closer {
    keys: KeySchema,
    chosen: Arc<HashSet<usize>>,
    seen: Vec<(KeyId, Item, [u8; 32])>,
}

impl Closer {
    /// The key of an item that is to be looked at.
    fn chosen(&self, item: &Item) -> Result<Option<KeyId>, TransferError> {
        let id = self.keys.id_of(item).map_err(|why| no_key(&why))?;
        Ok(self.chosen.contains(&bucket_of(&id)).then_some(id))
    }
}

impl ItemSink for Closer {
    type Done = Vec<(KeyId, Item, [u8; 32])>;

    async fn take(&mut self, items: Vec<Item>) -> Result<(), TransferError> {
        for item in items {
            if let Some(id) = self.chosen(&item)? {
                self.seen.push((id, self.keys.project(&item), item_digest(&item)));
            }
        }
        Ok(())
    }

    async fn finish(self) -> Result<Self::Done, TransferError> {
        Ok(self.seen)
    }
}

/// Holds what the table has against what the source has.
struct Against {
    closer: Closer,
    left: Arc<Mutex<Seen>>,
    found: Vec<Difference>,
}

impl PageSink for Against {
    type Done = Vec<Difference>;

    async fn take(&mut self, _: u32, page: &Page, most: usize) -> Result<(), TransferError> {
        for item in page.decoded(most) {
            let item = item?;
            let Some(id) = self.closer.chosen(&item)? else { continue };
            let in_source = self.left.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            let kind = match in_source {
                Some((_, digest)) if digest == item_digest(&item) => continue,
                Some(_) => DifferenceKind::Different,
                None => DifferenceKind::OnlyInTable,
            };
            self.found.push(Difference { kind, key: self.closer.keys.project(&item) });
        }
        Ok(())
    }

    async fn finish(self) -> Result<Self::Done, TransferError> {
        Ok(self.found)
    }
}
