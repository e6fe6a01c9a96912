//! What the tests share.

use ddbkit_foreign::{Damage, Detected, Entry, ForeignError, LostValues, detect};
use ddbkit_store::{PutOptions, Store};
use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;

/// A store with these objects.
pub(crate) async fn store<const N: usize>(objects: [(&str, &[u8]); N]) -> Store {
    let store = Store::memory();
    for (key, content) in objects {
        store.put(key, content.to_vec().into(), PutOptions::default()).await.unwrap();
    }
    store
}

pub(crate) async fn found(store: &Store, name: &str) -> Detected {
    detect(store, name).await.unwrap().expect("nothing is recognised")
}

/// What came out of a source.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) items: Vec<String>,
    /// The place and the reason.
    pub(crate) refused: Vec<(String, String)>,
    /// What stood there.
    pub(crate) texts: Vec<String>,
    pub(crate) damages: BTreeMap<Damage, u64>,
    pub(crate) end: Option<ForeignError>,
}

pub(crate) async fn read(found: &Detected, table: Option<&str>, lost: LostValues) -> Read {
    let reader = found.reader(table, lost).unwrap();
    let findings = reader.findings();
    let reading = tokio::task::spawn_blocking(move || {
        let mut read = Read::default();
        let end = reader.read(&mut |place, entry| {
            match entry {
                Entry::Item(line) => read.items.push(String::from_utf8(line).unwrap()),
                Entry::Refused { text, why } => {
                    read.refused.push((place.to_string(), why));
                    read.texts.push(String::from_utf8(text).unwrap());
                }
            }
            ControlFlow::Continue(())
        });
        read.end = end.err();
        read
    });
    let mut read = reading.await.unwrap();
    read.damages = findings.counts();
    read
}

/// All items of a source that is whole.
pub(crate) async fn items(store: &Store, name: &str) -> Vec<String> {
    let read = read(&found(store, name).await, None, LostValues::Reject).await;
    assert!(read.refused.is_empty() && read.end.is_none(), "{read:?}");
    read.items
}

pub(crate) fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}
