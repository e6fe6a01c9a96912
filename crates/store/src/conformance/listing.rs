//! Listings.

use super::Suite;
use crate::PutOptions;
use bytes::Bytes;
use futures::future::join_all;

/// More than a page of S3, which has a thousand.
const MANY: usize = 1_030;

pub(super) async fn run(suite: &mut Suite) {
    let store = suite.store.clone();
    let keys: Vec<String> = (0..MANY).map(|n| format!("list/{}/{n:04}", n % 3)).collect();
    for keys in keys.chunks(32) {
        let puts =
            keys.iter().map(|key| store.put(key, Bytes::from_static(b"x"), PutOptions::default()));
        for put in join_all(puts).await {
            suite.value("objects can be written", put);
        }
    }
    let mut expected = keys;
    expected.sort();
    for prefix in
        ["list/", "list/1/", "list/2/00", "list/0/0999", "list", "li", "nothing/", "list/3"]
    {
        let found =
            suite.value("a prefix can be listed", store.list(prefix).await).unwrap_or_default();
        let found: Vec<_> = found.into_iter().map(|meta| meta.key).collect();
        let expected: Vec<_> =
            expected.iter().filter(|key| key.starts_with(prefix)).cloned().collect();
        let rule = "a listing has all keys of the prefix, in order, and no others";
        suite.check(rule, found == expected, (prefix, found.len(), expected.len()));
    }
    let head = suite.value("an object has metadata", store.head("list/0/0000").await).flatten();
    let listed = suite.value("an object is listed", store.list("list/0/0000").await);
    let listed = listed.and_then(|found| found.into_iter().next());
    suite.equal(
        "a listing tells size and tag",
        listed.map(|meta| (meta.size, meta.etag)),
        head.map(|meta| (meta.size, meta.etag)),
    );
    for keys in expected.chunks(32) {
        for deleted in join_all(keys.iter().map(|key| store.delete(key))).await {
            suite.value("objects can be deleted", deleted);
        }
    }
    let left = suite.value("what is empty can be listed", store.list("list/").await);
    suite.equal("deleted objects are not listed", left.map(|left| left.len()), Some(0));
}
