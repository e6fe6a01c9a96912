//! Pages one after the other, of several segments side by side.

use super::fetch::{Fetcher, Source};
use super::typed::{Attributes, RawPage};
use crate::TableError;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use std::sync::Arc;

/// The pages of all sources. Those of one come in their order; a page that cannot be read is the last.
pub(super) fn pages(
    sources: Vec<Source>,
    fetcher: Fetcher,
) -> BoxStream<'static, Result<RawPage, TableError>> {
    let fetcher = Arc::new(fetcher);
    let all = sources.into_iter().map(|source| of_source(Arc::clone(&fetcher), source).boxed());
    let all = stream::select_all(all.collect::<Vec<_>>());
    let left = fetcher.limit;
    stream::try_unfold((all, fetcher, left), |(mut all, fetcher, left)| async move {
        if left == Some(0) {
            return Ok(None);
        }
        let Some(page) = all.try_next().await? else { return Ok(None) };
        let page = fetcher.cut(page, left);
        let left = left.map(|left| left.saturating_sub(page.items.len() as u64));
        Ok(Some((page, (all, fetcher, left))))
    })
    .boxed()
}

/// The pages of one source.
fn of_source(
    fetcher: Arc<Fetcher>,
    source: Source,
) -> impl Stream<Item = Result<RawPage, TableError>> + Send {
    let start = fetcher.start_at.clone().map(Into::into);
    let state = (fetcher, source, Some(start), 0);
    stream::try_unfold(state, |(fetcher, source, start, given)| async move {
        let Some(start) = start else { return Ok(None) };
        let page = Box::pin(fetcher.page(&source, start, given));
        let page = fetcher.control.run(page).await??;
        let given = given + page.items.len() as u64;
        let next = page.last_key.clone().map(Some);
        Ok(Some((page, (fetcher, source, next, given))))
    })
}

impl Fetcher {
    /// Leaves no more items than these in a page, which then ends at the last of them.
    fn cut(&self, mut page: RawPage, most: Option<u64>) -> RawPage {
        let most = most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
        if page.items.len() > most {
            page.items.truncate(most);
            page.last_key = page.items.last().map(|item| self.key_of(item));
        }
        page
    }

    /// The key attributes alone, as the service tells them.
    fn key_of(&self, item: &Attributes) -> Attributes {
        let own = self.key_names.iter();
        own.filter_map(|name| Some((name.clone(), item.get(name)?.clone()))).collect()
    }
}
