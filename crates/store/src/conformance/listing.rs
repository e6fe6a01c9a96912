//! Many objects.

use super::check::{Outcome, holds, keys, put, same};
use crate::Store;
use futures::stream::{self, StreamExt, TryStreamExt};

/// How many writes are on their way at a time.
const AT_ONCE: usize = 8;

pub(super) async fn pages(store: Store, objects: usize) -> Outcome {
    let expected: Vec<_> = (0..objects).map(|number| format!("many/{number:06}")).collect();
    stream::iter(expected.clone())
        .map(|key| {
            let store = store.clone();
            async move { put(&store, &key, &key).await }
        })
        .buffer_unordered(AT_ONCE)
        .try_for_each(|_| async { Ok(()) })
        .await?;
    put(&store, "many-more", "x").await?;
    let listed = store.list("many/").await?;
    holds(listed.iter().all(|meta| meta.size == 11), "the sizes are listed")?;
    let listed: Vec<_> = listed.into_iter().map(|meta| meta.key).collect();
    same("the number of objects", listed.len(), expected.len())?;
    same("the keys", &listed, &expected)?;
    let first: Vec<_> = store.list_stream("many/").take(3).try_collect().await?;
    let first: Vec<_> = first.into_iter().map(|meta| meta.key).collect();
    same("the first keys", first, expected.iter().take(3).cloned().collect())?;
    // Deleting while listing is how a place is emptied.
    store
        .list_stream("many/")
        .map_err(super::check::Broken::from)
        .try_for_each_concurrent(AT_ONCE, |meta| {
            let store = store.clone();
            async move { Ok(store.delete(&meta.key).await?) }
        })
        .await?;
    same("what is left", keys(&store, "").await?, vec!["many-more".to_owned()])
}

pub(super) async fn prefixes(store: Store) -> Outcome {
    let all = ["a", "ab/c", "ab/d/e", "ab/d.x", "ab/dd", "b", "ü/x", "Z"];
    for key in all {
        put(&store, key, "x").await?;
    }
    for prefix in
        ["", "a", "ab", "ab/", "ab/d", "ab/d/", "ab/d/e", "ab/d/e/", "ab/d/ef", "b", "c", "ü"]
    {
        let mut expected: Vec<_> =
            all.iter().filter(|key| key.starts_with(prefix)).map(ToString::to_string).collect();
        expected.sort_unstable();
        same(&format!("the keys below {prefix:?}"), keys(&store, prefix).await?, expected)?;
    }
    Ok(())
}
