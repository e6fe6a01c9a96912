//! What the tests of apply share.

use crate::support::{compare, dump};
use ddbkit_codec::{IncrementalRecord, Item};
use ddbkit_export::ExportReader;
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::year::{Happened, View, Window, Year};
use ddbkit_testkit::{Backend, KeySchema, put_all, scan_all};
use ddbkit_transfer::{Apply, ApplyBuilder, ApplyReport, NewerBy, TransferError};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The attribute that keeps times in tests.
pub(super) const STAMP: &str = "appliedAt";

/// The three ways to know what is newer. Names of tables are for one server each.
pub(super) fn ways() -> [NewerBy; 3] {
    let notes = format!("notes-{:016x}", fastrand::u64(..));
    [NewerBy::Order, NewerBy::Bookkeeping(notes), NewerBy::Attribute(STAMP.to_owned())]
}

/// A year whose exports lie in one store, as in a bucket.
pub(crate) struct Exports {
    pub(super) year: Year,
    pub(super) store: Store,
    ids: Vec<String>,
}

impl Exports {
    /// Writes all windows of a year.
    pub(super) async fn of(year: Year, view: View) -> Self {
        Self::in_store(year, view, Store::memory()).await
    }

    /// Writes all windows of a year into this store.
    pub(super) async fn in_store(year: Year, view: View, store: Store) -> Self {
        let mut ids = Vec::new();
        for window in 0..year.windows.len() {
            ids.push(year.write_window(window, view, &store).await);
        }
        Self { year, store, ids }
    }

    pub(super) async fn open(&self, window: usize) -> ExportReader {
        let id = self.ids[window].parse().unwrap();
        ExportReader::open_id(self.store.clone(), &id).await.unwrap()
    }

    pub(crate) async fn open_all(
        &self,
        windows: impl IntoIterator<Item = usize>,
    ) -> Vec<ExportReader> {
        let mut exports = Vec::new();
        for window in windows {
            exports.push(self.open(window).await);
        }
        exports
    }

    /// A table as the year's was when the year began.
    pub(super) async fn copy_of_base(&self, backend: &Backend) -> String {
        let copy = backend.table("copy", KeySchema::default()).await;
        put_all(&backend.dynamodb, &copy, self.year.base.clone()).await;
        copy
    }

    /// Whether the copy ends as the table of the year did, by the digests of all items.
    pub(super) async fn assert_equal(&self, backend: &Backend, copy: &str, way: &NewerBy) {
        if let NewerBy::Attribute(name) = way {
            // The copy has one attribute more.
            let mut copy = scan_all(&backend.dynamodb, copy).await;
            for item in &mut copy {
                item.remove(name);
            }
            assert_eq!(copy, scan_all(&backend.dynamodb, &self.year.table).await);
            return;
        }
        let end = Store::memory();
        dump(&backend.dynamodb, &self.year.table, &end).await;
        let compared = compare(&backend.dynamodb, copy, &end, false).await;
        assert!(compared.equal, "{way:?}: {compared:?}");
    }

    /// The items after so many windows, in the order of their keys as text.
    fn after(&self, windows: usize) -> Vec<Item> {
        let key = |item: &Item| format!("{:?} {:?}", item.get("pk"), item.get("sk"));
        let base = self.year.base.iter().map(|item| (key(item), item.clone()));
        let mut items: BTreeMap<_, _> = base.collect();
        for record in self.year.windows[..windows].iter().flat_map(|window| &window.records) {
            match &record.new_image {
                Some(item) => items.insert(key(item), item.clone()),
                None => items.remove(&key(&record.keys)),
            };
        }
        items.into_values().collect()
    }

    /// Whether the copy is as the table was after so many windows.
    pub(super) async fn assert_equal_after(&self, backend: &Backend, copy: &str, windows: usize) {
        let mut there = scan_all(&backend.dynamodb, copy).await;
        for item in &mut there {
            item.remove(STAMP);
        }
        there.sort_by_key(|item| format!("{:?} {:?}", item.get("pk"), item.get("sk")));
        assert!(there == self.after(windows));
    }

    /// Records of all windows.
    pub(crate) fn records(&self) -> u64 {
        self.year.windows.iter().map(|window| window.records.len() as u64).sum()
    }
}

pub(super) fn apply(backend: &Backend, table: &str, way: &NewerBy) -> ApplyBuilder {
    Apply::builder(backend.dynamodb.clone(), table).newer_by(way.clone())
}

pub(super) async fn run(
    apply: ApplyBuilder,
    exports: Vec<ExportReader>,
) -> Result<ApplyReport, TransferError> {
    let report = apply.build().run(exports, &Control::new()).await?;
    let settled = report.puts + report.deletes + report.already_applied + report.newer;
    assert_eq!(report.read, settled + report.rejected, "{report:?}");
    Ok(report)
}

/// The hour `n` of 2025.
pub(super) fn hour(n: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_735_689_600 + n * 3600)
}

/// The item of key `n` with a value.
pub(super) fn item(n: u32, value: &str) -> Item {
    let json = format!(r#"{{"pk":{{"S":"k"}},"sk":{{"N":"{n}"}},"v":{{"S":"{value}"}}}}"#);
    Item::from_dynamodb_json(json.as_bytes()).unwrap()
}

/// A record of key `n`: a put of that value, or a delete.
pub(crate) fn record(n: u32, micros: u64, value: Option<&str>) -> IncrementalRecord {
    let mut keys = item(n, "");
    keys.remove("v");
    IncrementalRecord {
        write_timestamp_micros: micros,
        keys,
        old_image: None,
        new_image: value.map(|value| item(n, value)),
    }
}

/// Windows of one hour that follow each other, with these records.
pub(crate) async fn windows(windows: Vec<Vec<IncrementalRecord>>) -> Exports {
    let windows = (0..).zip(windows).map(|(n, records)| Window {
        from: hour(n),
        to: hour(n + 1),
        records,
        happened: Happened::default(),
    });
    let year = Year {
        table: "made-up".to_owned(),
        table_id: "659732b0-5ce6-4e60-a804-f224014bdef3".to_owned(),
        base: Vec::new(),
        windows: windows.collect(),
    };
    Exports::of(year, View::NewAndOldImages).await
}

/// The values of a table by the number of the key.
pub(super) async fn values(backend: &Backend, table: &str) -> Vec<(String, String)> {
    let items = scan_all(&backend.dynamodb, table).await;
    let pairs = items.iter().map(|item| {
        let json: serde_json::Value = serde_json::from_str(&item.to_dynamodb_json()).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        (text(&json["sk"]["N"]), text(&json["v"]["S"]))
    });
    pairs.collect()
}
