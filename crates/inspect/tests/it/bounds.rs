//! However many names and keys there are, there are few rows, and the counts add up.

use crate::support::{attribute, finish, keyed, of_lines};
use ddbkit_inspect::{Profile, ProfileOptions, Profiler};
use std::fmt::Write as _;

/// An item with these attributes, each `n`.
fn line(names: impl IntoIterator<Item = String>) -> String {
    let mut line = "{".to_owned();
    for name in names {
        let comma = if line.len() > 1 { "," } else { "" };
        write!(line, r#"{comma}"{name}":{{"N":"1"}}"#).unwrap();
    }
    line + "}"
}

fn top(profile: &Profile) -> (usize, u64) {
    let rows = profile.attributes.iter().filter(|attribute| attribute.depth == 1);
    rows.fold((0, 0), |(count, bytes), row| (count + 1, bytes + row.bytes))
}

#[test]
fn names_at_the_top_are_listed_up_to_a_thousand_and_the_rest_is_counted() {
    let lines = (0..30).map(|n| line((n * 100..n * 100 + 100).map(|n| format!("name{n:04}"))));
    let profile = of_lines(&ProfileOptions::default(), lines);
    assert_eq!(top(&profile), (1000, 10_000));
    assert_eq!((profile.attributes_left_out, profile.attributes_left_out_bytes), (2000, 20_000));
    assert_eq!(profile.bytes, 30_000);
}

#[test]
fn long_names_have_no_row_and_long_keys_are_cut() {
    let (name, pk) = ("n".repeat(256), "é".repeat(5000));
    let line = format!(r#"{{"pk":{{"S":"{pk}"}},"sk":{{"N":"1"}},"{name}":{{"N":"1"}}}}"#);
    let profile = of_lines(&keyed(), [line]);
    assert_eq!((profile.attributes.len(), profile.attributes_left_out), (2, 1));
    assert_eq!(profile.attributes_left_out_bytes, 258);
    let keys = profile.keys.as_ref().unwrap();
    let texts = [&keys.hottest[0].key, &profile.largest[0].key];
    assert!(texts.iter().all(|text| text.as_ref().unwrap().len() <= 4096));
}

#[test]
fn names_that_are_data_become_one_row_in_whatever_order_they_come() {
    let map = |names: std::ops::Range<u32>| {
        let inside = line(names.map(|n| format!("user{n}")));
        format!(r#"{{"scores":{{"M":{inside}}}}}"#)
    };
    let options = ProfileOptions::default();
    let few = of_lines(&options, [map(0..64)]);
    assert_eq!(attribute(&few, "scores.user63").presence, 1);

    let many = of_lines(&options, [map(0..50), map(25..75), map(0..10)]);
    assert_eq!(attribute(&many, "scores.*").presence, 110);
    assert_eq!((many.attributes.len(), many.attributes_left_out), (2, 0));
    for split in 0..3 {
        let lines = [map(0..10), map(25..75), map(0..50)];
        let mut parts = [Profiler::new(&options), Profiler::new(&options)];
        for (n, line) in lines.iter().enumerate() {
            parts[usize::from(n > split)].add_line(line.as_bytes()).unwrap();
        }
        let [mut first, second] = parts;
        first.merge(second);
        assert_eq!(finish(first).attributes, many.attributes, "{split}");
    }
}

#[test]
fn paths_below_the_top_are_bounded_and_deep_ones_are_part_of_what_is_around_them() {
    // 60 * 60 * 60 paths in all.
    let lines = (0..60).map(|a| {
        let inside = (0..60).map(|b| {
            let inside = line((0..60).map(|c| format!("c{c}")));
            format!(r#""b{b}":{{"M":{inside}}}"#)
        });
        let inside: Vec<String> = inside.collect();
        format!(r#"{{"a{a}":{{"M":{{{}}}}}}}"#, inside.join(","))
    });
    let profile = of_lines(&ProfileOptions::default(), lines);
    assert_eq!(profile.attributes.len(), 60 + 4000);
    assert_eq!(top(&profile), (60, profile.bytes));
    let rows: u64 = profile.attributes.iter().map(|row| row.presence).sum();
    assert_eq!(rows + profile.attributes_left_out, 60 + 60 * 60 + 60 * 60 * 60);

    let deep =
        (0..20).fold(r#"{"S":"x"}"#.to_owned(), |inside, _| format!(r#"{{"L":[{inside}]}}"#));
    let profile = of_lines(&ProfileOptions::default(), [format!(r#"{{"deep":{deep}}}"#)]);
    let paths: Vec<&str> = profile.attributes.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["deep", "deep[]", "deep[][]", "deep[][][]"]);
    assert_eq!((profile.attributes_left_out, profile.bytes), (0, 4 + 20 * 4 + 1));
}

#[test]
fn a_hot_partition_is_found_among_very_many() {
    let mut profiler = Profiler::new(&keyed());
    let mut add = |pk: &str, sk: u32| {
        let line = format!(r#"{{"pk":{{"S":"{pk}"}},"sk":{{"N":"{sk}"}}}}"#);
        profiler.add_line(line.as_bytes()).unwrap();
    };
    let partitions = 30_000;
    for n in 0..partitions {
        add(&format!("user{n}"), 1);
        if n % 20 == 7 {
            add("hot", n);
        }
    }
    let keys = finish(profiler).keys.unwrap();
    let hot = &keys.hottest[0];
    assert_eq!((hot.key.as_deref(), hot.items, hot.missed), (Some(r#""hot""#), 1500, 0));
    // Three times the standard error.
    assert!(
        keys.partitions.abs_diff(u64::from(partitions) + 1) * 1000 < u64::from(partitions) * 24
    );
    assert_eq!(keys.hottest.len(), 20);
    let mean = keys.spread.iter().sum::<u64>() / 64;
    assert!(
        keys.spread.iter().filter(|bucket| **bucket > mean * 3).count() == 1,
        "{:?}",
        keys.spread
    );
}
