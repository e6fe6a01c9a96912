//! The year that the tests of merge and apply stand on.

use std::collections::BTreeMap;

use ddbkit_codec::{Item, RawRecord};
use ddbkit_export::{ExportId, ExportKind, ExportReader, ManifestCheck, ReadOptions};
use ddbkit_store::Store;
use ddbkit_testkit::year::{Happened, View, Year};
use ddbkit_testkit::{backend, scan_all};

fn key(item: &Item) -> String {
    format!("{:?} {:?}", item.get("pk").unwrap(), item.get("sk").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_is_its_base_and_its_windows() {
    let backend = backend().await;
    let year = Year::generate(&backend, 7).await;
    let mut items: BTreeMap<String, Item> =
        year.base.iter().map(|item| (key(item), item.clone())).collect();
    let mut all = Happened::default();
    for (n, window) in year.windows.iter().enumerate() {
        assert!(n == 0 || year.windows[n - 1].to == window.from);
        for record in &window.records {
            assert_eq!(items.get(&key(&record.keys)), record.old_image.as_ref());
            match &record.new_image {
                Some(new) => items.insert(key(new), new.clone()),
                None => items.remove(&key(&record.keys)),
            };
        }
        let Happened { came_and_went, made_anew, came_back, written_again } = window.happened;
        all.came_and_went += came_and_went;
        all.made_anew += made_anew;
        all.came_back += came_back;
        all.written_again += written_again;
    }
    let mut end = scan_all(&backend.dynamodb, &year.table).await;
    end.sort_by_key(key);
    assert_eq!(items.into_values().collect::<Vec<_>>(), end);
    let rare = [all.came_and_went, all.made_anew, all.came_back, all.written_again];
    assert!(rare.iter().all(|times| *times > 10), "{all:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_exports_are_proven_by_their_checksums() {
    let backend = backend().await;
    let year = Year::generate(&backend, 8).await;
    let store = Store::memory();
    let mut ids = vec![year.write_base(&store).await];
    for view in [View::NewAndOldImages, View::NewImage] {
        ids.push(year.write_window(3, view, &store).await);
    }
    for (n, id) in ids.iter().enumerate() {
        let id: ExportId = id.parse().unwrap();
        let reader = ExportReader::open_id(store.clone(), &id).await.unwrap();
        let kind = if n == 0 { ExportKind::Full } else { ExportKind::Incremental };
        assert_eq!(reader.kind(), kind);
        let (mut lines, mut old_images) = (0, 0);
        for file in reader.files() {
            // Reading to the end proves the file.
            let mut read = reader.read_file(file, ReadOptions::default()).await.unwrap();
            while let Some(batch) = read.next().await.unwrap() {
                lines += batch.lines;
                let all = batch.bytes.split(|byte| *byte == b'\n');
                let records = all.filter(|line| n > 0 && !line.is_empty());
                old_images += records
                    .filter(|line| RawRecord::from_line(line).unwrap().old_image.is_some())
                    .count();
            }
        }
        assert_eq!(lines, reader.summary().item_count);
        assert_eq!(reader.files_check(), ManifestCheck::Verified);
        assert_eq!(old_images > 0, n == 1);
        assert_eq!(reader.summary().output_view.is_some(), n > 0);
    }
    let window = ExportReader::open_id(store, &ids[1].parse().unwrap()).await.unwrap();
    assert_eq!(window.summary().export_from_time, Some(year.windows[3].from));
    assert_eq!(window.summary().export_to_time, Some(year.windows[3].to));
    assert_eq!(window.summary().item_count, year.windows[3].records.len() as u64);
}
