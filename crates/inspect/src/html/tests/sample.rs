//! Profiles to make pages of.

use crate::{
    Attribute, Bucket, Costs, KeyDistribution, LargeItem, NearLimit, OffloadSaving, Partition,
    Prices, Profile, RankShare, Sizes, Source, SourceKind, ValueType,
};
use std::collections::BTreeMap;

pub(super) fn empty() -> Profile {
    Profile {
        source: Source {
            name: "orders".to_owned(),
            kind: SourceKind::Table,
            taken_at: None,
            region: None,
            sampled: false,
        },
        items: 0,
        bytes: 0,
        json_bytes: 0,
        size: Sizes::default(),
        histogram: Vec::new(),
        attributes: Vec::new(),
        attributes_left_out: 0,
        attributes_left_out_bytes: 0,
        largest: Vec::new(),
        keys: None,
        limits: Vec::new(),
        offload: Vec::new(),
        costs: Costs {
            prices: Prices {
                region: "us-east-1".to_owned(),
                as_of: "2026-11-01".to_owned(),
                per_million_wru: 0.625,
                per_million_rru: 0.125,
                gb_month: 0.25,
                s3_gb_month: 0.023,
                export_gb: 0.1,
                import_gb: 0.15,
            },
            storage_month: 0.0,
            read_once: 0.0,
            write_once: 0.0,
            export_once: 0.0,
            import_once: 0.0,
        },
    }
}

/// Items of 1,000 bytes under one partition key.
pub(super) fn of_items(items: u64) -> Profile {
    let bytes = items * 1000;
    Profile {
        items,
        bytes,
        json_bytes: bytes * 2,
        size: Sizes { min: 1000, max: 1000, mean: 1000.0, p50: 1000, p90: 1000, p99: 1000 },
        histogram: vec![Bucket { above: 512, up_to: 1024, items, bytes }],
        attributes: vec![Attribute {
            path: "pk".to_owned(),
            depth: 1,
            presence: items,
            types: BTreeMap::from([(ValueType::S, items)]),
            bytes,
            min_bytes: 1000,
            max_bytes: 1000,
            distinct: Some(1),
        }],
        largest: vec![LargeItem { key: Some(r#"{"pk":"a"}"#.to_owned()), bytes: 1000 }],
        keys: Some(KeyDistribution {
            hash_key: "pk".to_owned(),
            range_key: None,
            partitions: 1,
            hottest: vec![Partition { key: Some("\"a\"".to_owned()), items, bytes, missed: 0 }],
            share_by_rank: vec![RankShare { partitions: 1, items: 1.0, bytes: 1.0 }],
            spread: (0..64).map(|bucket| if bucket == 7 { items } else { 0 }).collect(),
        }),
        limits: vec![item_size(0, 0, 1000)],
        offload: vec![OffloadSaving {
            above: 1024,
            attributes: 0,
            items: 0,
            bytes_moved: 0,
            bytes_left: bytes,
            write_units_before: 1.0,
            write_units_after: 1.0,
            monthly_saving: 0.0,
        }],
        ..empty()
    }
}

pub(super) fn item_size(near: u64, over: u64, max: u64) -> NearLimit {
    NearLimit {
        name: "item_size".to_owned(),
        limit: 409_600,
        unit: "bytes".to_owned(),
        near,
        over,
        max,
    }
}

/// With this text everywhere where text comes out of a table.
pub(super) fn with_text(text: &str) -> Profile {
    let mut profile = of_items(3);
    text.clone_into(&mut profile.source.name);
    profile.source.region = Some(text.to_owned());
    profile.source.taken_at = Some(text.to_owned());
    for attribute in &mut profile.attributes {
        text.clone_into(&mut attribute.path);
    }
    for item in &mut profile.largest {
        item.key = Some(text.to_owned());
    }
    if let Some(keys) = &mut profile.keys {
        text.clone_into(&mut keys.hash_key);
        keys.range_key = Some(text.to_owned());
        for partition in &mut keys.hottest {
            partition.key = Some(text.to_owned());
        }
    }
    profile
}
