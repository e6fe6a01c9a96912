//! Writers at the same time, each a task of its own.

use super::Effort;
use super::check::{Broken, Outcome, exists, keys, put, read, same, when, write};
use crate::{Condition, ETag, Store, StoreError, StoreErrorKind};
use tokio::task::JoinSet;

/// How long a writer tries that must get through in the end.
const TRIES: usize = 1000;

fn content(round: usize, writer: usize) -> String {
    format!("round {round:04}, writer {writer:04}")
}

/// The tag of what was written, `None` for a loser.
fn result(result: Result<ETag, StoreError>) -> Outcome<Option<ETag>> {
    match result {
        Ok(etag) => Ok(Some(etag)),
        Err(error)
            if matches!(
                error.kind(),
                StoreErrorKind::PreconditionFailed | StoreErrorKind::Conflict
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Lets writers race for one object; exactly one may win, and the object is what it wrote.
async fn race<F>(
    store: &Store,
    effort: Effort,
    round: usize,
    write: impl Fn(Store, String) -> F,
) -> Outcome
where
    F: Future<Output = Result<ETag, StoreError>> + Send + 'static,
{
    let mut writers = JoinSet::new();
    for writer in 0..effort.writers {
        let attempt = write(store.clone(), content(round, writer));
        writers
            .spawn(async move { result(attempt.await).map(|won| won.map(|etag| (writer, etag))) });
    }
    let mut winners = Vec::new();
    while let Some(outcome) = writers.join_next().await {
        winners.extend(outcome??);
    }
    let [(writer, etag)] = &winners[..] else {
        return Err(Broken(format!("round {round}: {} winners", winners.len())));
    };
    same("the content", &read(store, "key").await?[..], content(round, *writer).as_bytes())?;
    same("the tag of the winner", etag, &exists(store, "key").await?.etag)
}

pub(super) async fn create(store: Store, effort: Effort) -> Outcome {
    for round in 0..effort.rounds {
        race(&store, effort, round, |store, content| async move {
            store.put("key", content.into(), when(Condition::IfAbsent)).await
        })
        .await?;
        store.delete("key").await?;
    }
    Ok(())
}

pub(super) async fn create_with_writers(store: Store, effort: Effort) -> Outcome {
    for round in 0..effort.rounds {
        race(&store, effort, round, |store, content| async move {
            write(&store, "key", content.as_bytes(), when(Condition::IfAbsent)).await
        })
        .await?;
        store.delete("key").await?;
    }
    Ok(())
}

pub(super) async fn replace(store: Store, effort: Effort) -> Outcome {
    put(&store, "key", "before").await?;
    for round in 0..effort.rounds {
        let etag = exists(&store, "key").await?.etag;
        race(&store, effort, round, |store, content| {
            let condition = Condition::IfMatch(etag.clone());
            async move { store.put("key", content.into(), when(condition)).await }
        })
        .await?;
    }
    Ok(())
}

/// A counter that each writer reads, adds to, and writes back if it is as it was read.
pub(super) async fn increments(store: Store, effort: Effort) -> Outcome {
    put(&store, "counter", "0").await?;
    let mut writers = JoinSet::new();
    for _ in 0..effort.writers {
        let store = store.clone();
        writers.spawn(async move {
            for _ in 0..effort.rounds {
                increment(&store).await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(outcome) = writers.join_next().await {
        outcome??;
    }
    let expected = (effort.writers * effort.rounds).to_string();
    same("the counter", &read(&store, "counter").await?[..], expected.as_bytes())
}

async fn increment(store: &Store) -> Outcome {
    for _ in 0..TRIES {
        let (meta, text) = store.get("counter").await?;
        let count = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<u64>().ok());
        let count = count.ok_or_else(|| Broken(format!("the counter is {text:?}")))?;
        let options = when(Condition::IfMatch(meta.etag));
        let written = store.put("counter", (count + 1).to_string().into(), options).await;
        if result(written)?.is_some() {
            return Ok(());
        }
    }
    Err(Broken(format!("a writer lost {TRIES} times")))
}

/// Writers that create, replace and delete their own objects in one folder.
pub(super) async fn neighbours(store: Store, effort: Effort) -> Outcome {
    let mut writers = JoinSet::new();
    for writer in 0..effort.writers {
        let store = store.clone();
        writers.spawn(async move {
            let key = format!("deep/folder/{writer}");
            for round in 0..effort.rounds {
                store.put(&key, content(round, writer).into(), when(Condition::IfAbsent)).await?;
                put(&store, &key, &content(round + 1, writer)).await?;
                let seen = read(&store, &key).await?;
                same("the content", &seen[..], content(round + 1, writer).as_bytes())?;
                store.delete(&key).await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(outcome) = writers.join_next().await {
        outcome??;
    }
    same("the keys", keys(&store, "").await?, Vec::new())
}
