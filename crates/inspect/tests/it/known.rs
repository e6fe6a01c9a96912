//! Small inputs whose numbers were computed by hand.

use crate::support::{attribute, finish, keyed, limit, of_lines};
use ddbkit_codec::{Item, RawItem};
use ddbkit_inspect::{Prices, ProfileOptions, Profiler, ValueType};
use std::collections::BTreeMap;

/// An item of 2 + 1, 2 + 2 and 4 + so many bytes.
fn line(pk: &str, sk: u32, length: usize) -> String {
    let text = "x".repeat(length);
    format!(r#"{{"Item":{{"pk":{{"S":"{pk}"}},"sk":{{"N":"{sk}"}},"text":{{"S":"{text}"}}}}}}"#)
}

#[test]
fn items_sizes_and_partitions_are_counted() {
    // 11 bytes of names and keys: a number of one or two digits has 2 bytes.
    let lines = [line("a", 1, 89), line("a", 2, 1013), line("b", 1, 1014), line("c", 1, 4085)];
    let profile = of_lines(&keyed(), &lines);
    assert_eq!((profile.items, profile.bytes), (4, 100 + 1024 + 1025 + 4096));
    let json: usize = lines.iter().map(|line| line.len() + 1).sum();
    assert_eq!(profile.json_bytes, json as u64);
    assert_eq!((profile.size.min, profile.size.max), (100, 4096));
    assert!((profile.size.mean - 1561.25).abs() < 1e-9);
    assert_eq!((profile.size.p50, profile.size.p99), (1024, 4096));
    let filled = profile.histogram.iter().filter(|bucket| bucket.items > 0);
    let filled: Vec<_> = filled.map(|bucket| (bucket.above, bucket.up_to, bucket.items)).collect();
    assert_eq!(filled, [(64, 128, 1), (512, 1024, 1), (1024, 2048, 1), (2048, 4096, 1)]);

    let largest: Vec<_> =
        profile.largest.iter().map(|item| (item.key.as_deref().unwrap(), item.bytes)).collect();
    assert_eq!(largest[..2], [(r#"{"pk":"c","sk":1}"#, 4096), (r#"{"pk":"b","sk":1}"#, 1025)]);

    let keys = profile.keys.as_ref().unwrap();
    assert_eq!((keys.hash_key.as_str(), keys.range_key.as_deref()), ("pk", Some("sk")));
    assert_eq!(keys.partitions, 3);
    let hottest: Vec<_> = keys.hottest.iter().map(|it| (it.items, it.bytes, it.missed)).collect();
    assert_eq!(hottest, [(1, 4096, 0), (2, 1124, 0), (1, 1025, 0)]);
    assert_eq!(keys.hottest[0].key.as_deref(), Some(r#""c""#));
    let shares: Vec<_> = keys.share_by_rank.iter().map(|it| (it.partitions, it.items)).collect();
    assert_eq!(shares, [(1, 0.25), (2, 0.75), (5, 1.0), (10, 1.0), (100, 1.0)]);
    assert_eq!((keys.spread.len(), keys.spread.iter().sum::<u64>()), (64, 4));
}

#[test]
fn attributes_are_measured_inside_of_maps_and_lists() {
    let lines = [
        r#"{"pk":{"S":"ab"},"m":{"M":{"x":{"N":"1"},"l":{"L":[{"S":"abc"},{"BOOL":true}]}}}}"#,
        r#"{"pk":{"S":"ab"},"m":{"NULL":true},"odd.name":{"SS":["q","r"]}}"#,
    ];
    let profile = of_lines(&ProfileOptions::default(), lines);
    let row = |path: &str| {
        let row = attribute(&profile, path);
        (row.depth, row.presence, row.bytes, row.min_bytes, row.max_bytes, row.distinct)
    };
    assert_eq!(row("pk"), (1, 2, 8, 4, 4, Some(1)));
    // The list: 3, and 1 + 3 and 1 + 1. The map: 3, and 1 + 1 + 2 and 1 + 1 + 9.
    assert_eq!(row("m.l[]"), (3, 2, 6, 2, 4, Some(1)));
    assert_eq!(row("m.l"), (2, 1, 11, 11, 11, None));
    assert_eq!(row("m.x"), (2, 1, 4, 4, 4, Some(1)));
    assert_eq!(row("m"), (1, 2, 1 + 18 + 1 + 1, 2, 19, None));
    assert_eq!(row("['odd.name']"), (1, 1, 10, 10, 10, None));
    let types = BTreeMap::from([(ValueType::M, 1), (ValueType::Null, 1)]);
    assert_eq!(attribute(&profile, "m").types, types);
    assert_eq!(profile.bytes, 8 + 21 + 10);
    assert_eq!(limit(&profile, "nesting").max, 2);
    assert_eq!(profile.attributes_left_out, 0);
    // Without a key there is no distribution, and the largest items have no names.
    assert!(profile.keys.is_none() && profile.largest[0].key.is_none());
}

#[test]
fn items_near_limits_are_counted() {
    let long =
        format!(r#"{{"pk":{{"S":"{}"}},"sk":{{"S":"{}"}}}}"#, "p".repeat(2000), "s".repeat(819));
    let lines = [long, line("a", 1, 327_669), line("a", 2, 327_668), line("a", 3, 500_000)];
    let profile = of_lines(&keyed(), lines);
    let near = |name: &str| {
        let limit = limit(&profile, name);
        (limit.near, limit.over, limit.max)
    };
    assert_eq!(near("item_size"), (2, 1, 500_011));
    assert_eq!(near("partition_key"), (1, 0, 2000));
    assert_eq!(near("sort_key"), (0, 0, 819));
    assert_eq!(near("item_collection"), (0, 0, 327_680 + 327_679 + 500_011));
    assert_eq!(limit(&profile, "item_collection").limit, 10 * 1024 * 1024 * 1024);
}

#[test]
fn offloading_is_told_for_each_threshold() {
    // 2,011, 5,011 and 111 bytes: 2, 5 and 1 units.
    let lines = [line("a", 1, 2000), line("b", 1, 5000), line("c", 1, 100)];
    let profile = of_lines(&keyed().offload_above(99), lines);
    let above: Vec<u64> = profile.offload.iter().map(|saving| saving.above).collect();
    assert_eq!(above, [99, 1024, 4096, 16_384, 65_536, 262_144]);
    let saving = |n: usize| {
        let it = &profile.offload[n];
        (it.attributes, it.items, it.bytes_moved, it.bytes_left, it.write_units_after)
    };
    // A pointer is taken for 200 bytes, so small values are dearer in S3.
    assert_eq!(saving(0), (3, 3, 7100, 33 + 600, 3.0));
    assert_eq!(saving(1), (2, 2, 7000, 33 + 100 + 400, 3.0));
    assert_eq!(saving(2), (1, 1, 5000, 33 + 2100 + 200, 2.0 + 1.0 + 1.0));
    assert_eq!(saving(5), (0, 0, 0, 7133, 8.0));
    assert!(profile.offload.iter().all(|saving| saving.write_units_before == 8.0));
    let gb = 1024.0 * 1024.0 * 1024.0;
    let expected = (7133.0 - 533.0) / gb * 0.25 - 7000.0 / gb * 0.023;
    assert!((profile.offload[1].monthly_saving - expected).abs() < 1e-15);
    assert!(profile.offload[5].monthly_saving.abs() < 1e-15);
}

#[test]
fn keys_are_never_thought_of_as_moved() {
    let line = format!(r#"{{"pk":{{"S":"{}"}},"sk":{{"N":"1"}}}}"#, "p".repeat(2048));
    assert_eq!(of_lines(&keyed(), [line]).offload[0].attributes, 0);
}

#[test]
fn costs_follow_from_the_prices() {
    let mut prices = Prices::default();
    for (name, dollars) in [
        ("per_million_wru", 2e6),
        ("per_million_rru", 4e6),
        ("gb_month", 1024.0 * 1024.0 * 1024.0),
        ("export_gb", 1e9),
        ("import_gb", 2e9),
    ] {
        prices.set(name, dollars).unwrap();
    }
    let lines = [line("a", 1, 2000), line("b", 1, 5000), line("c", 1, 100)];
    let json: usize = lines.iter().map(|line| line.len() + 1).sum();
    let costs = of_lines(&keyed().prices(prices), lines).costs;
    // 7,133 bytes are two blocks of 4 KB, at half a unit each.
    assert_eq!(
        (costs.storage_month, costs.read_once, costs.write_once),
        (7133.0 + 300.0, 4.0, 16.0)
    );
    assert_eq!((costs.export_once, costs.import_once), (7133.0, json as f64 * 2.0));
    assert!(costs.prices.as_of.ends_with("; import_gb as given"), "{}", costs.prices.as_of);
}

#[test]
fn hidden_keys_are_nowhere() {
    let lines = [line("secret", 1, 10), line("secret", 2, 10)];
    let profile = of_lines(&keyed().hide_keys(true), lines);
    assert_eq!((profile.largest.len(), profile.keys.as_ref().unwrap().hottest.len()), (2, 1));
    assert!(!serde_json::to_string(&profile).unwrap().contains("secret"));
}

#[test]
fn lines_raw_and_owned_items_are_counted_alike() {
    let line = line("a", 7, 30);
    let raw = RawItem::from_line(line.as_bytes()).unwrap();
    let item = Item::from_dynamodb_json(raw.as_bytes()).unwrap();
    let [mut of_line, mut of_raw, mut of_item] = [(); 3].map(|()| Profiler::new(&keyed()));
    of_line.add_line(line.as_bytes()).unwrap();
    of_raw.add_raw(raw).unwrap();
    of_item.add_item(&item).unwrap();
    let expected = finish(of_line);
    assert_eq!((finish(of_raw), finish(of_item)), (expected.clone(), expected));
}

#[test]
fn nothing_has_a_profile_too() {
    let profile = of_lines(&keyed(), [""; 0]);
    assert_eq!((profile.items, profile.size.mean, profile.histogram.len()), (0, 0.0, 14));
    assert_eq!(profile.keys.unwrap().partitions, 0);
    assert!((profile.costs.storage_month, profile.costs.write_once) == (0.0, 0.0));
}
