//! The report as text.

use crate::output::count;
use ddbkit::inspect::{Attribute, KeyDistribution, OffloadSaving, Profile};

/// Rows of a table that are shown; JSON has all of them.
const ROWS: usize = 15;
/// The longest bar.
const BAR: u64 = 40;
/// Longer keys are cut.
const KEY: usize = 60;

pub(super) fn summary(profile: &Profile) -> String {
    let mut text = head(profile);
    if profile.items == 0 {
        return text;
    }
    text += &sizes(profile);
    text += &attributes(profile);
    text += &largest(profile);
    text += &profile.keys.as_ref().map(partitions).unwrap_or_default();
    text += &limits(profile);
    text += &offload(profile);
    text + &costs(profile)
}

fn head(profile: &Profile) -> String {
    let source = &profile.source;
    let told = [source.taken_at.as_deref(), source.region.as_deref()];
    let told: Vec<&str> = told.into_iter().flatten().collect();
    let sampled = if source.sampled { "a sample of " } else { "" };
    let mut text = format!("{sampled}{}", source.name);
    if !told.is_empty() {
        text += &format!(" ({})", told.join(", "));
    }
    let (items, size) = (count(profile.items), kib(profile.bytes));
    text + &format!("\n  {items} items, {size}, {} as DynamoDB JSON\n", kib(profile.json_bytes))
}

fn sizes(profile: &Profile) -> String {
    let size = &profile.size;
    let mut text = format!(
        "\nSizes of items\n  least {}, half up to {}, 90 % up to {}, 99 % up to {}, largest {}, mean {}\n",
        kib(size.min),
        kib(size.p50),
        kib(size.p90),
        kib(size.p99),
        kib(size.max),
        kib(rounded(size.mean)),
    );
    let filled = || profile.histogram.iter().enumerate().filter(|(_, bucket)| bucket.items > 0);
    let (Some((first, _)), Some((last, _))) = (filled().next(), filled().next_back()) else {
        return text;
    };
    let most = filled().map(|(_, bucket)| bucket.items).max().unwrap_or(1);
    for bucket in profile.histogram.iter().take(last + 1).skip(first) {
        let line = format!(
            "  up to {:>7} {:>14} items {:>10}  {}",
            kib(bucket.up_to),
            count(bucket.items),
            kib(bucket.bytes),
            bar(bucket.items, most)
        );
        text += &format!("{}\n", line.trim_end());
    }
    text
}

fn attributes(profile: &Profile) -> String {
    let mut text = format!(
        "\nAttributes\n  {:<32} {:>6} {:>12} {:>10} {:>10} {:>14}  types\n",
        "path", "share", "values", "mean", "largest", "different"
    );
    for row in profile.attributes.iter().take(ROWS) {
        text += &format!(
            "  {:<32} {:>6} {:>12} {:>10} {:>10} {:>14}  {}\n",
            cut(&row.path, 32),
            percent(row.bytes, profile.bytes),
            count(row.presence),
            kib(row.bytes / row.presence.max(1)),
            kib(row.max_bytes),
            row.distinct.map(count).unwrap_or_default(),
            types(row)
        );
    }
    let more = profile.attributes.len().saturating_sub(ROWS);
    if more > 0 {
        text += &format!("  and {} more paths\n", count(more as u64));
    }
    if profile.attributes_left_out > 0 {
        let values = count(profile.attributes_left_out);
        text += &format!("  and {values} values of attributes with too many names to list\n");
    }
    text
}

fn types(row: &Attribute) -> String {
    let names = row.types.keys().map(|value_type| format!("{value_type:?}").to_uppercase());
    names.collect::<Vec<_>>().join(" ")
}

fn largest(profile: &Profile) -> String {
    let mut text = "\nLargest items\n".to_owned();
    for item in profile.largest.iter().take(5) {
        text += &format!("  {:>10}  {}\n", kib(item.bytes), key(item.key.as_ref()));
    }
    text
}

fn partitions(keys: &KeyDistribution) -> String {
    let range = keys.range_key.as_ref().map(|range| format!(" and {range}")).unwrap_or_default();
    let mut text =
        format!("\nPartition keys ({}{range}): {}\n", keys.hash_key, count(keys.partitions));
    for partition in keys.hottest.iter().take(5) {
        let at_least = if partition.missed > 0 { "at least " } else { "" };
        text += &format!(
            "  {at_least}{} items, {}  {}\n",
            count(partition.items),
            kib(partition.bytes),
            key(partition.key.as_ref())
        );
    }
    let shares = keys.share_by_rank.iter().filter(|share| share.partitions < keys.partitions);
    for share in shares {
        text += &format!(
            "  the largest {:>3} have {:>5.1} % of the items, {:>5.1} % of the bytes\n",
            share.partitions,
            share.items * 100.0,
            share.bytes * 100.0
        );
    }
    text
}

fn limits(profile: &Profile) -> String {
    let mut text = "\nNear limits\n".to_owned();
    for limit in &profile.limits {
        let (most, of) = match limit.unit.as_str() {
            "bytes" => (kib(limit.max), kib(limit.limit)),
            unit => (format!("{} {unit}", limit.max), count(limit.limit)),
        };
        let over = match limit.over {
            0 => String::new(),
            over => format!(", {} OVER it", count(over)),
        };
        text += &format!(
            "  {:<16} {:>12} at 80 % or more{over}; the most is {most} of {of}\n",
            limit.name.replace('_', " "),
            count(limit.near)
        );
    }
    text
}

fn offload(profile: &Profile) -> String {
    let useful = |saving: &&OffloadSaving| saving.attributes > 0;
    let mut rows = profile.offload.iter().filter(useful).peekable();
    if rows.peek().is_none() {
        return String::new();
    }
    let mut text = "\nLarge values in S3 would save\n".to_owned();
    for saving in rows {
        text += &format!(
            "  above {:>7}: {} values of {} items, {}; {:.2} USD a month, {} write units instead of {}\n",
            kib(saving.above),
            count(saving.attributes),
            count(saving.items),
            kib(saving.bytes_moved),
            saving.monthly_saving,
            count(rounded(saving.write_units_after)),
            count(rounded(saving.write_units_before)),
        );
    }
    text
}

fn costs(profile: &Profile) -> String {
    let costs = &profile.costs;
    let mut text =
        format!("\nCosts, by prices of {} ({})\n", costs.prices.region, costs.prices.as_of);
    for (what, dollars) in [
        ("to store, a month", costs.storage_month),
        ("to scan once", costs.read_once),
        ("to write once", costs.write_once),
        ("to export once", costs.export_once),
        ("to import once", costs.import_once),
    ] {
        let least = if dollars > 0.0 && dollars < 0.01 {
            "less than 0.01".to_owned()
        } else {
            format!("{dollars:.2}")
        };
        text += &format!("  {what:<18} {least:>14} USD\n");
    }
    text
}

fn bar(part: u64, most: u64) -> String {
    let length = u128::from(part) * u128::from(BAR);
    "█".repeat(usize::try_from(length.div_ceil(u128::from(most.max(1)))).unwrap_or_default())
}

fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000).checked_div(u128::from(whole)).unwrap_or_default();
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// A size in the units of DynamoDB's limits, in which a KB is 1,024 bytes: `400 KB` is the largest item.
/// Not too small.
fn kib(n: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (u128::from(n) * 10).div_ceil(u128::from(unit));
        match tenths % 10 {
            0 => (tenths / 10).to_string(),
            tenth => format!("{}.{tenth}", tenths / 10),
        }
    };
    match n {
        0..1024 => format!("{n} B"),
        1024..1_048_576 => format!("{} KB", tenths(1024)),
        1_048_576..1_073_741_824 => format!("{} MB", tenths(1 << 20)),
        _ => format!("{} GB", tenths(1 << 30)),
    }
}

fn key(key: Option<&String>) -> String {
    key.map_or_else(|| "(key not shown)".to_owned(), |key| cut(key, KEY))
}

fn cut(text: &str, length: usize) -> String {
    if text.chars().count() <= length {
        return text.to_owned();
    }
    text.chars().take(length - 1).chain(['…']).collect()
}

fn rounded(n: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    let rounded = n.round() as u64;
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_the_units_of_the_limits() {
        let sizes = [0, 1023, 1024, 1025, 409_600, 10 << 30].map(kib);
        assert_eq!(sizes, ["0 B", "1023 B", "1 KB", "1.1 KB", "400 KB", "10 GB"]);
    }

    #[test]
    fn bars_and_shares() {
        assert_eq!((bar(0, 7), bar(1, 1_000_000).chars().count()), (String::new(), 1));
        assert_eq!(bar(7, 7).chars().count() as u64, BAR);
        assert_eq!([percent(1, 3), percent(0, 0)], ["33.3%", "0.0%"]);
        assert_eq!(cut("héllo", 4), "hél…");
    }
}
