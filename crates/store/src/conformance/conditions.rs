//! Conditional writes, alone and in races.

use super::Suite;
use crate::{Condition, ETag, PutOptions, Store, StoreError, StoreErrorKind};
use bytes::Bytes;
use futures::future::join_all;

/// How many write at the same time, and how often.
const WRITERS: usize = 16;
const ROUNDS: usize = 5;

pub(super) async fn run(suite: &mut Suite) {
    let store = suite.store.clone();
    let first = put(&store, "cond", "1", Condition::IfAbsent).await;
    let first = suite.value("what is not there can be created", first);
    let again = put(&store, "cond", "2", Condition::IfAbsent).await;
    refused(suite, "what is there is not created again", again);
    let wrong = Condition::IfMatch(ETag::new("0123456789abcdef0123456789abcdef"));
    let other = put(&store, "cond", "3", wrong.clone()).await;
    refused(suite, "what has another tag is not replaced", other);
    content(suite, "cond", "1").await;
    if let Some(first) = first {
        let right = put(&store, "cond", "4", Condition::IfMatch(first.clone())).await;
        suite.value("what has the tag is replaced", right);
        let stale = put(&store, "cond", "5", Condition::IfMatch(first)).await;
        refused(suite, "a tag is stale after a replacement", stale);
        content(suite, "cond", "4").await;
    }
    let gone = put(&store, "cond-missing", "6", wrong).await.err().map(|error| error.kind());
    suite.equal("what is gone is not replaced", gone, Some(StoreErrorKind::NotFound));
    suite.value("a probe finds no fault", store.probe().await);
    for round in 0..ROUNDS {
        race(suite, &format!("race/put/{round}"), Condition::IfAbsent, false).await;
        race(suite, &format!("race/writer/{round}"), Condition::IfAbsent, true).await;
        for (kind, streamed) in [("put", false), ("writer", true)] {
            let key = format!("race/replace/{kind}/{round}");
            let etag = put(&store, &key, "0", Condition::Always).await;
            if let Some(etag) = suite.value("an object can be written", etag) {
                race(suite, &key, Condition::IfMatch(etag), streamed).await;
            }
        }
    }
}

async fn put(
    store: &Store,
    key: &str,
    content: impl Into<Bytes>,
    condition: Condition,
) -> Result<ETag, StoreError> {
    store.put(key, content.into(), PutOptions { condition, ..PutOptions::default() }).await
}

async fn stream(
    store: &Store,
    key: &str,
    content: String,
    condition: Condition,
) -> Result<ETag, StoreError> {
    let options = PutOptions { condition, ..PutOptions::default() };
    let mut writer = store.writer(key, options).await?;
    writer.write(content.into()).await?;
    writer.finish().await
}

fn refused(suite: &mut Suite, rule: &'static str, result: Result<ETag, StoreError>) {
    let kind = result.err().map(|error| error.kind());
    suite.equal(rule, kind, Some(StoreErrorKind::PreconditionFailed));
}

async fn content(suite: &mut Suite, key: &str, expected: &'static str) {
    let rule = "a refused write changes nothing";
    let got = suite.value(rule, suite.store.get(key).await).map(|(_, bytes)| bytes);
    suite.equal(rule, got, Some(Bytes::from_static(expected.as_bytes())));
}

/// Writers that all have the same condition: one must win, and its content must be there.
async fn race(suite: &mut Suite, key: &str, condition: Condition, streamed: bool) {
    let writers = (0..WRITERS).map(|n| {
        let (store, key, condition) = (suite.store.clone(), key.to_owned(), condition.clone());
        tokio::spawn(async move {
            let content = format!("writer {n}");
            let result = if streamed {
                stream(&store, &key, content, condition).await
            } else {
                put(&store, &key, content, condition).await
            };
            result.map(|_| n)
        })
    });
    let mut winners = Vec::new();
    for result in join_all(writers).await {
        match result {
            Ok(Ok(winner)) => winners.push(winner),
            Ok(Err(error)) if error.kind() == StoreErrorKind::PreconditionFailed => {}
            other => suite.check("the losers of a race are told why", false, other),
        }
    }
    suite.equal("of writers at the same time one wins", winners.len(), 1);
    let got = suite.value("the winner's object is there", suite.store.get(key).await);
    let expected = winners.first().map(|winner| Bytes::from(format!("writer {winner}")));
    suite.equal("the winner's content is there", got.map(|(_, bytes)| bytes), expected);
}
