//! From items to numbers, in one pass.

mod attributes;
mod distinct;
mod hottest;
mod largest;
mod limits;
mod offload;
mod partitions;
mod sizes;

use crate::{Costs, InspectError, Prices, Profile, Source};
use attributes::Attributes;
use ddbkit_codec::rules::{MAX_ITEM_SIZE, MAX_NESTING};
use ddbkit_codec::{Item, ItemRef, RawItem, Tape};
use largest::Largest;
use limits::LimitCount;
use offload::OffloadCounts;
use partitions::Partitions;
use sizes::SizeCounts;

/// Above how many bytes values are thought of as moved to S3, when nothing else is asked for.
const OFFLOAD_ABOVE: [u64; 5] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10];

/// What a [`Profiler`] looks at.
#[derive(Clone, Debug)]
pub struct ProfileOptions {
    keys: Option<KeyNames>,
    hide_keys: bool,
    offload_above: Vec<u64>,
    prices: Prices,
}

/// The names of the key attributes of a table or index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNames {
    /// The partition key.
    pub hash: String,
    /// The sort key, if there is one.
    pub range: Option<String>,
}

impl Default for ProfileOptions {
    fn default() -> Self {
        Self {
            keys: None,
            hide_keys: false,
            offload_above: OFFLOAD_ABOVE.to_vec(),
            prices: Prices::default(),
        }
    }
}

impl ProfileOptions {
    pub(crate) fn known_keys(&self) -> Option<&KeyNames> {
        self.keys.as_ref()
    }

    /// The key of the items. Without it there is no distribution of keys, and the largest items have no
    /// names; with it every item must have it.
    #[must_use]
    pub fn keys(mut self, keys: KeyNames) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Keeps all values of items, which are those of keys, out of the profile.
    #[must_use]
    pub fn hide_keys(mut self, hide: bool) -> Self {
        self.hide_keys = hide;
        self
    }

    /// One more threshold in bytes, beside 1, 4, 16, 64 and 256 KB, above which values are thought of as
    /// moved to S3.
    #[must_use]
    pub fn offload_above(mut self, bytes: u64) -> Self {
        self.offload_above.push(bytes);
        self
    }

    /// Other prices than those of us-east-1.
    #[must_use]
    pub fn prices(mut self, prices: Prices) -> Self {
        self.prices = prices;
        self
    }
}

/// Counts items, one after the other, and gives their [`Profile`].
///
/// Parts of the input may be counted by profilers of their own, in any order, and
/// [merged](Profiler::merge).
///
/// # Memory
/// Bounded whatever the items are, by about 50 MB and usually far less than five: 1,000 attributes at the
/// top of items and 4,000 paths below, to a depth of 4, each with 1 KB for different values and a name of
/// at most 255 bytes; 8,192 partition keys of at most 4 KB; the keys of 20 items; and one item.
///
/// # What is exact
/// Counts, sums, minima and maxima, histograms, the largest items, savings and costs are exact, and the
/// same in whatever order items come and profilers are merged. These are not:
///
/// * Percentiles of sizes are up to 1/64 too large.
/// * Numbers of different values are exact up to 128; beyond that their standard error is 3.3 %, that of
///   partition keys 0.8 %. They do not depend on the order either.
/// * The hottest partition keys are exact while there are no more than 8,192. Of more, every one that
///   holds more than 1/4,096 of all storage is among them, and
///   [`missed`](crate::Partition::missed) says what its numbers may lack. Which of the others are there
///   depends on the order.
/// * Attributes with names of more than 255 bytes have no row. When there are more attributes than rows,
///   which of them have one depends on the order. The names in a map with more than 64 are counted as one
///   row, `.*`.
///
/// ```
/// use ddbkit_inspect::{KeyNames, ProfileOptions, Profiler, Source, SourceKind};
///
/// let keys = KeyNames { hash: "pk".to_owned(), range: None };
/// let options = ProfileOptions::default().keys(keys);
/// let (mut first, mut second) = (Profiler::new(&options), Profiler::new(&options));
/// first.add_line(br#"{"Item":{"pk":{"S":"a"},"note":{"S":"hello"}}}"#)?;
/// second.add_line(br#"{"Item":{"pk":{"S":"b"}}}"#)?;
/// first.merge(second);
///
/// let profile = first.finish(Source::new("example", SourceKind::Lines));
/// assert_eq!((profile.items, profile.bytes, profile.size.max), (2, 15, 12));
/// assert_eq!(profile.largest[0].key.as_deref(), Some(r#"{"pk":"a"}"#));
/// assert_eq!((&*profile.attributes[0].path, profile.attributes[0].bytes), ("note", 9));
/// # Ok::<(), ddbkit_inspect::InspectError>(())
/// ```
#[derive(Debug)]
pub struct Profiler {
    tape: Tape,
    /// The text of an owned item.
    text: Vec<u8>,
    counts: Counts,
}

#[derive(Clone, Debug)]
struct Counts {
    json_bytes: u64,
    sizes: SizeCounts,
    write_units: f64,
    attributes: Attributes,
    largest: Largest,
    partitions: Option<Partitions>,
    item_size: LimitCount,
    nesting: LimitCount,
    offload: OffloadCounts,
    prices: Prices,
}

impl Profiler {
    /// Begins to count.
    #[must_use]
    pub fn new(options: &ProfileOptions) -> Self {
        let keys = options.keys.clone();
        let counts = Counts {
            json_bytes: 0,
            sizes: SizeCounts::default(),
            write_units: 0.0,
            attributes: Attributes::default(),
            largest: Largest::default(),
            partitions: keys.map(|names| Partitions::new(names, options.hide_keys)),
            item_size: LimitCount::new("item_size", MAX_ITEM_SIZE, "bytes"),
            nesting: LimitCount::new("nesting", MAX_NESTING, "levels"),
            offload: OffloadCounts::new(options.offload_above.iter().copied()),
            prices: options.prices.clone(),
        };
        Self { tape: Tape::new(), text: Vec::new(), counts }
    }

    /// Counts the item of a line, `{"Item":{...}}` or the bare item.
    ///
    /// # Errors
    /// [`InspectErrorKind::InvalidItem`](crate::InspectErrorKind::InvalidItem) when the line is no item, or
    /// the item lacks the key. Nothing of it is counted then.
    pub fn add_line(&mut self, line: &[u8]) -> Result<(), InspectError> {
        let item = self.tape.read_line(line).map_err(InspectError::no_item)?;
        self.counts.add(item, line.len() as u64 + 1)
    }

    /// Counts an item that is its text.
    ///
    /// # Errors
    /// As [`Profiler::add_line`].
    ///
    /// ```
    /// use ddbkit_codec::RawItem;
    /// use ddbkit_inspect::{ProfileOptions, Profiler, Source, SourceKind, ValueType};
    ///
    /// let mut profiler = Profiler::new(&ProfileOptions::default());
    /// profiler.add_raw(RawItem::from_line(br#"{"pk":{"S":"a"},"n":{"N":"1"}}"#)?)?;
    /// let profile = profiler.finish(Source::new("example", SourceKind::Lines));
    /// let n = profile.attributes.iter().find(|attribute| attribute.path == "n").unwrap();
    /// assert_eq!(n.types[&ValueType::N], 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_raw(&mut self, item: RawItem<'_>) -> Result<(), InspectError> {
        let text = item.as_bytes();
        let item = self.tape.read_dynamodb_json(text).map_err(InspectError::no_item)?;
        self.counts.add(item, text.len() as u64 + FRAME)
    }

    /// Counts an item.
    ///
    /// # Errors
    /// As [`Profiler::add_line`].
    pub fn add_item(&mut self, item: &Item) -> Result<(), InspectError> {
        self.text.clear();
        item.write_dynamodb_json(&mut self.text);
        let item = self.tape.read_dynamodb_json(&self.text).map_err(InspectError::no_item)?;
        self.counts.add(item, self.text.len() as u64 + FRAME)
    }

    /// How many items were counted.
    #[must_use]
    pub fn items(&self) -> u64 {
        self.counts.sizes.items()
    }

    /// Adds what another profiler with the same options counted.
    pub fn merge(&mut self, other: Self) {
        let (own, other) = (&mut self.counts, other.counts);
        own.json_bytes += other.json_bytes;
        own.sizes.merge(&other.sizes);
        own.write_units += other.write_units;
        own.attributes.merge(other.attributes);
        own.largest.merge(other.largest);
        if let (Some(own), Some(other)) = (&mut own.partitions, other.partitions) {
            own.merge(other);
        }
        own.item_size.merge(&other.item_size);
        own.nesting.merge(&other.nesting);
        own.offload.merge(&other.offload);
    }

    /// The numbers of what was counted.
    #[must_use]
    pub fn finish(self, source: Source) -> Profile {
        self.counts.finish(source)
    }
}

/// What an export line has around an item: `{"Item":`, `}` and a newline.
const FRAME: u64 = 10;

impl Counts {
    fn add(&mut self, item: ItemRef<'_>, json_bytes: u64) -> Result<(), InspectError> {
        let partitions = &mut self.partitions;
        let key = partitions.as_ref().map(|partitions| partitions.key(item)).transpose()?;
        let (mut bytes, mut nesting) = (0, 0);
        for (name, value) in item {
            let name = name.get();
            let walked = self.attributes.add(&name, &value);
            bytes += name.len() as u64 + walked.bytes;
            nesting = nesting.max(walked.nesting);
            if partitions.as_ref().is_none_or(|partitions| !partitions.is_key(&name)) {
                self.offload.add_value(walked.bytes);
            }
        }
        self.offload.end_item(bytes);
        self.json_bytes += json_bytes;
        self.sizes.add(bytes);
        self.write_units += offload::units(bytes);
        self.item_size.add(bytes);
        self.nesting.add(nesting);
        if let (Some(partitions), Some(key)) = (partitions, key) {
            partitions.add(&key, bytes);
            self.largest.add(bytes, || partitions.text(&key));
        } else {
            self.largest.add(bytes, || None);
        }
        Ok(())
    }

    fn finish(self, source: Source) -> Profile {
        let (items, bytes) = (self.sizes.items(), self.sizes.bytes());
        let mut limits = vec![self.item_size.into_row(), self.nesting.into_row()];
        let keys = self.partitions.map(|partitions| {
            let (keys, more) = partitions.finish(items, bytes);
            limits.extend(more);
            keys
        });
        let (attributes_left_out, attributes_left_out_bytes) = self.attributes.left_out();
        Profile {
            source,
            items,
            bytes,
            json_bytes: self.json_bytes,
            size: self.sizes.summary(),
            histogram: self.sizes.histogram(),
            attributes: self.attributes.rows(),
            attributes_left_out,
            attributes_left_out_bytes,
            largest: self.largest.into_items(),
            keys,
            limits,
            offload: self.offload.savings(bytes, self.write_units, &self.prices),
            costs: Costs::of(items, bytes, self.json_bytes, self.write_units, self.prices),
        }
    }
}
