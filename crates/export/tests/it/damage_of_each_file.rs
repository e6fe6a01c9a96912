//! Each file of an export, full and incremental, damaged in each way: there is always a finding
//! that names it, and what is given as proven is never a wrong item.

use crate::support::{
    RECORDS, ROOT, copy, export_id, get, incremental_of, lines, put, small_export, small_export_of,
    start_time, verified, window,
};
use ddbkit_export::{
    Check, Compression, ExportErrorKind, ExportId, ExportKind, ExportReader, FaultKind,
    IncrementalWindow, OutputFormat, OutputView, WriterOptions,
};
use ddbkit_store::Store;
use futures::TryStreamExt as _;
use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Duration;

const KINDS: [(ExportKind, OutputFormat); 3] = [
    (ExportKind::Full, OutputFormat::DynamodbJson),
    (ExportKind::Full, OutputFormat::Ion),
    (ExportKind::Incremental, OutputFormat::DynamodbJson),
];

/// A file of an export.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Summary,
    SummarySum,
    Files,
    FilesSum,
    /// By its place in the manifest.
    Data(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Damage {
    /// The second half is gone.
    Truncated,
    /// Nothing is left.
    Emptied,
    /// One bit is another, at so many percent of the length.
    Flipped(usize),
    Removed,
    /// The content twice.
    Doubled,
    /// A copy under another name beside it.
    Copied,
    /// There is nothing but that copy.
    Renamed,
    /// That of an export of the same table, with as many files and items.
    Replaced,
}

/// What tells of a damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Finding {
    Unfinished,
    InvalidManifest,
    Fault(FaultKind),
    /// The report says that this was not checked.
    Unchecked(Check),
    /// Nothing: the export is what it was.
    Harmless,
}

/// What must tell of it: one of these at least.
#[expect(clippy::match_same_arms, reason = "the rows are in the order of the files")]
fn expected(kind: ExportKind, part: Part, damage: Damage) -> Vec<Finding> {
    use Damage::{Copied, Doubled, Emptied, Flipped, Removed, Renamed, Replaced, Truncated};
    use FaultKind as F;
    use Finding::{Fault, Harmless, InvalidManifest, Unchecked, Unfinished};
    match (part, damage) {
        (Part::Data(_), Copied) if kind == ExportKind::Full => vec![Fault(F::ExtraDataFile)],
        (_, Copied) => vec![Harmless],
        (Part::Summary, Removed | Renamed) => vec![Unfinished],
        (Part::Summary, Flipped(_)) => vec![Fault(F::SummaryChecksum), InvalidManifest],
        (Part::Summary, Replaced) => vec![Fault(F::SummaryChecksum)],
        (Part::Summary, Truncated | Emptied | Doubled) => vec![InvalidManifest],
        (Part::SummarySum, Removed | Renamed) => vec![Unchecked(Check::SummaryChecksum)],
        (Part::SummarySum, _) => vec![Fault(F::SummaryChecksum)],
        (Part::Files, Removed | Renamed) => vec![InvalidManifest],
        (Part::Files, Truncated | Flipped(_)) => vec![Fault(F::FilesChecksum), InvalidManifest],
        (Part::Files, Emptied | Doubled | Replaced) => vec![Fault(F::FilesChecksum)],
        (Part::FilesSum, Removed | Renamed) => vec![Unchecked(Check::FilesChecksum)],
        (Part::FilesSum, _) => vec![Fault(F::FilesChecksum)],
        (Part::Data(_), Removed | Renamed) => vec![Fault(F::MissingDataFile)],
        (Part::Data(_), _) => vec![Fault(F::DataFileChecksum)],
    }
}

/// An export with the keys of its data files, and another of the same table in a store of its own.
struct Case {
    kind: ExportKind,
    store: Store,
    keys: Vec<String>,
    other: Store,
    other_root: String,
    other_keys: Vec<String>,
}

async fn case(kind: ExportKind, format: OutputFormat) -> Case {
    let (store, other) = (Store::memory(), Store::memory());
    let later = ExportId::generate(start_time() + Duration::from_mins(30), 7);
    let (files, others) = if kind == ExportKind::Full {
        let options = WriterOptions { format, ..WriterOptions::default() };
        (
            small_export_of(&store, export_id(), options.clone(), 0).await,
            small_export_of(&other, later, options, 1000).await,
        )
    } else {
        let own = window(OutputView::NewAndOldImages);
        let half_an_hour = Duration::from_mins(30);
        let next =
            IncrementalWindow { from: own.from + half_an_hour, to: own.to + half_an_hour, ..own };
        let records = RECORDS.replace("17683870", "17683888").replace("17683876", "17683894");
        (
            incremental_of(&store, export_id(), own, RECORDS).await,
            incremental_of(&other, later, next, &records).await,
        )
    };
    Case {
        kind,
        store,
        keys: files.into_iter().map(|closed| closed.key).collect(),
        other,
        other_root: format!("AWSDynamoDB/{later}"),
        other_keys: others.into_iter().map(|closed| closed.key).collect(),
    }
}

impl Case {
    fn key(&self, part: Part) -> String {
        key_in(ROOT, &self.keys, part)
    }

    /// The export in a store of its own, damaged.
    async fn damaged(&self, part: Part, damage: Damage) -> Store {
        let store = Store::memory();
        copy(&self.store, "", &store, "").await;
        let key = self.key(part);
        let whole = get(&store, &key).await;
        let renamed = format!("{key} (copy)");
        let (name, bytes) = match damage {
            Damage::Truncated => (&key, whole.slice(..whole.len() / 2)),
            Damage::Emptied => (&key, whole.slice(..0)),
            Damage::Flipped(percent) => {
                let mut bytes = whole.to_vec();
                let at = (bytes.len() - 1) * percent / 100;
                bytes[at] ^= 1;
                (&key, bytes.into())
            }
            Damage::Removed => (&key, whole),
            Damage::Doubled => (&key, [&whole[..], &whole[..]].concat().into()),
            Damage::Copied | Damage::Renamed => (&renamed, whole),
            Damage::Replaced => {
                (&key, get(&self.other, &key_in(&self.other_root, &self.other_keys, part)).await)
            }
        };
        put(&store, name, bytes).await;
        if matches!(damage, Damage::Removed | Damage::Renamed) {
            store.delete(&key).await.unwrap();
        }
        store
    }
}

fn key_in(root: &str, data: &[String], part: Part) -> String {
    match part {
        Part::Summary => format!("{root}/manifest-summary.json"),
        Part::SummarySum => format!("{root}/manifest-summary.md5"),
        Part::Files => format!("{root}/manifest-files.json"),
        Part::FilesSum => format!("{root}/manifest-files.md5"),
        Part::Data(at) => data[at].clone(),
    }
}

/// What is found, each with the name of the file.
async fn findings(store: &Store) -> BTreeSet<(Finding, String)> {
    if let Err(error) = ExportReader::open(store.clone()).await {
        let finding = match error.kind() {
            ExportErrorKind::Unfinished { .. } => Finding::Unfinished,
            ExportErrorKind::InvalidManifest => Finding::InvalidManifest,
            _ => panic!("{error}"),
        };
        return BTreeSet::from([(finding, error.object().to_owned())]);
    }
    let report = verified(store).await;
    let faults = report.faults().iter();
    let mut found: BTreeSet<_> =
        faults.map(|fault| (Finding::Fault(fault.kind), fault.file.clone())).collect();
    let not_there = [Check::ContentDigest, Check::DataListing];
    let unchecked = report.unchecked().keys().filter(|check| !not_there.contains(check));
    found.extend(unchecked.map(|check| (Finding::Unchecked(*check), String::new())));
    if found.is_empty() {
        found.insert((Finding::Harmless, String::new()));
    }
    found
}

/// The lines of all files in some order, if they are given as proven.
async fn proven_lines(store: &Store) -> Option<BTreeSet<Vec<u8>>> {
    let reader = ExportReader::open(store.clone()).await.ok()?;
    let batches = reader.batches(NonZeroUsize::new(2).unwrap()).ok()?;
    let batches: Vec<_> = batches.try_collect().await.ok()?;
    let mut all = BTreeSet::new();
    for (_, line) in batches.iter().flat_map(|batch| batch.lines.iter()) {
        assert!(all.insert(line.to_vec()), "a line is given twice");
    }
    Some(all)
}

#[tokio::test]
async fn each_damage_of_each_file_is_named() {
    for (kind, format) in KINDS {
        let case = case(kind, format).await;
        let whole = proven_lines(&case.store).await.unwrap();
        assert_eq!(findings(&case.store).await, [(Finding::Harmless, String::new())].into());
        let mut parts = vec![Part::Summary, Part::SummarySum, Part::Files, Part::FilesSum];
        parts.extend((0..case.keys.len()).map(Part::Data));
        let mut damages = vec![
            Damage::Truncated,
            Damage::Emptied,
            Damage::Removed,
            Damage::Doubled,
            Damage::Copied,
            Damage::Renamed,
            Damage::Replaced,
        ];
        damages.extend((0..=100).step_by(5).map(Damage::Flipped));
        for part in parts {
            for damage in damages.iter().copied() {
                // Both exports have an empty file, which is the same.
                let is_same = matches!(part, Part::Data(_)) && damage == Damage::Replaced && {
                    let own = get(&case.store, &case.key(part)).await;
                    let theirs = key_in(&case.other_root, &case.other_keys, part);
                    own == get(&case.other, &theirs).await
                };
                let store = case.damaged(part, damage).await;
                let found = findings(&store).await;
                let expected = if is_same {
                    vec![Finding::Harmless]
                } else {
                    expected(case.kind, part, damage)
                };
                let told = found.iter().find(|(finding, _)| expected.contains(finding));
                let Some((finding, object)) = told else {
                    panic!("{kind:?} {format} {part:?} {damage:?}: {expected:?}, found {found:?}");
                };
                if matches!(finding, Finding::Fault(_) | Finding::InvalidManifest) {
                    // The checksum of a manifest is a fault of the manifest.
                    let key = case.key(part).replace(".md5", ".json");
                    assert!(
                        object.contains(&key),
                        "{kind:?} {format} {part:?} {damage:?}: {object}"
                    );
                }
                if let Some(lines) = proven_lines(&store).await {
                    assert!(lines == whole, "{kind:?} {format} {part:?} {damage:?}: a wrong item");
                }
            }
        }
    }
}

/// Manifest and checksum together are right in themselves.
#[tokio::test]
async fn a_manifest_swapped_with_its_checksum_is_found() {
    for (kind, format) in KINDS {
        let case = case(kind, format).await;
        for parts in [[Part::Summary, Part::SummarySum], [Part::Files, Part::FilesSum]] {
            let store = Store::memory();
            copy(&case.store, "", &store, "").await;
            // As in a folder that incremental exports share: all data is there.
            for (theirs, own) in case.other_keys.iter().zip(&case.keys) {
                let folder = own.rsplit_once('/').unwrap().0;
                let name = theirs.rsplit_once('/').unwrap().1;
                if kind == ExportKind::Incremental {
                    put(&store, &format!("{folder}/{name}"), get(&case.other, theirs).await).await;
                }
            }
            for part in parts {
                let theirs = key_in(&case.other_root, &case.other_keys, part);
                put(&store, &case.key(part), get(&case.other, &theirs).await).await;
            }
            let found: BTreeSet<Finding> =
                findings(&store).await.into_iter().map(|(finding, _)| finding).collect();
            // The names of shared data files say nothing of their export; the records do.
            let is_shared = kind == ExportKind::Incremental && parts[0] == Part::Files;
            let kind_of_fault =
                if is_shared { FaultKind::OutsideWindow } else { FaultKind::OtherExport };
            assert!(
                found.contains(&Finding::Fault(kind_of_fault)),
                "{kind:?} {format} {parts:?}: {found:?}"
            );
        }
    }
}

/// A copy of the whole tree in which a folder was renamed is fine, as are other names of it.
#[tokio::test]
async fn a_renamed_folder_is_no_damage_but_the_name_of_another_export_is() {
    let store = Store::memory();
    small_export(&store, Compression::Zstd).await;
    for (name, is_fine) in [("of monday", true), ("01768385930623-efd1a093", false)] {
        let renamed = Store::memory();
        copy(&store, ROOT, &renamed, &format!("AWSDynamoDB/{name}")).await;
        let found = findings(&renamed).await;
        let of_another = Finding::Fault(FaultKind::OtherExport);
        assert_eq!(!found.iter().any(|found| found.0 == of_another), is_fine, "{found:?}");
        assert_eq!(proven_lines(&renamed).await.is_some(), is_fine);
    }
    assert!(proven_lines(&store).await.unwrap().contains(lines(0, 1).trim_ascii_end()));
}
