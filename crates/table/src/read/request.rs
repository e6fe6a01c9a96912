//! What queries and scans have in common.

use super::fetch::{Fetcher, Source};
use super::pages::pages;
use super::typed::RawPages;
use crate::expression::{Placeholders, projection};
use crate::table::Core;
use crate::{Condition, Index, KeySchema, Path, TableError};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityLimiter, Control};
use futures::stream::{self, StreamExt};
use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::sync::Arc;

/// A read of many items: a query with `K` = [`Query`](crate::Query), made by
/// [`Table::query`](crate::Table::query), or a scan with `K` = [`Scan`](crate::Scan), made by
/// [`Table::scan`](crate::Table::scan).
#[must_use = "nothing is read before `items` or `pages`"]
pub struct ReadRequest<T, K> {
    core: Arc<Core>,
    pub(super) kind: K,
    index: Option<(String, KeySchema)>,
    projection: Vec<Path>,
    filter: Option<Condition>,
    limit: Option<u64>,
    page_size: Option<NonZeroU32>,
    start_at: Option<Item>,
    consistent: bool,
    limiter: CapacityLimiter,
    item: PhantomData<fn() -> T>,
}

/// What makes a query or a scan of a request.
pub(super) trait Kind: Send + 'static {
    /// What is read, each by its own requests.
    fn sources(
        self,
        core: &Core,
        keys: &KeySchema,
        placeholders: &mut Placeholders,
    ) -> Result<Vec<Source>, TableError>;
}

impl<T, K> ReadRequest<T, K> {
    pub(super) fn new(core: &Arc<Core>, kind: K) -> Self {
        Self {
            core: Arc::clone(core),
            kind,
            index: None,
            projection: Vec::new(),
            filter: None,
            limit: None,
            page_size: None,
            start_at: None,
            consistent: false,
            limiter: CapacityLimiter::unlimited(),
            item: PhantomData,
        }
    }

    fn of<P>(self) -> ReadRequest<P, K> {
        ReadRequest {
            core: self.core,
            kind: self.kind,
            index: self.index,
            projection: self.projection,
            filter: self.filter,
            limit: self.limit,
            page_size: self.page_size,
            start_at: self.start_at,
            consistent: self.consistent,
            limiter: self.limiter,
            item: PhantomData,
        }
    }

    /// Reads an index in place of the table.
    pub fn index<P>(mut self, index: &Index<P>) -> ReadRequest<P, K> {
        self.index = Some((index.name().to_owned(), index.keys().clone()));
        self.of()
    }

    /// Reads these attributes alone, and the keys, into a type that has only them.
    pub fn project<P>(
        mut self,
        paths: impl IntoIterator<Item = impl Into<Path>>,
    ) -> ReadRequest<P, K> {
        self.projection = paths.into_iter().map(Into::into).collect();
        self.of()
    }

    /// Leaves out items of which this is not true; they are read and cost as much as the others. All
    /// must be true, where several are given.
    pub fn filter(mut self, filter: impl Into<Condition>) -> Self {
        filter.into().and_to(&mut self.filter);
        self
    }

    /// Gives no more items than these, after the filter.
    pub fn limit(mut self, items: u64) -> Self {
        self.limit = Some(items);
        self
    }

    /// Reads no more items than these with one request, before the filter. Without it a page has up to
    /// 1 MB.
    pub fn page_size(mut self, items: NonZeroU32) -> Self {
        self.page_size = Some(items);
        self
    }

    /// Goes on behind the [`last_key`](crate::Page::last_key) of a page.
    pub fn start_at(mut self, last_key: Item) -> Self {
        self.start_at = Some(last_key);
        self
    }

    /// Reads what all writes that were answered before have made, for twice the capacity. Global
    /// indexes cannot be read so.
    pub fn consistent(mut self) -> Self {
        self.consistent = true;
        self
    }

    /// Waits for this limiter before each request, and charges it with what was consumed.
    pub fn limiter(mut self, limiter: CapacityLimiter) -> Self {
        self.limiter = limiter;
        self
    }

    /// All key attributes: those of the table and those of the index.
    fn key_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.core.keys.names().map(ToOwned::to_owned).collect();
        if let Some((_, keys)) = &self.index {
            for name in keys.names() {
                if !names.iter().any(|own| own == name) {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    fn prepare(self, control: &Control) -> Result<(Vec<Source>, Fetcher), TableError>
    where
        K: Kind,
    {
        let key_names = self.key_names();
        let mut placeholders = Placeholders::default();
        let keys = self.index.as_ref().map_or(&self.core.keys, |(_, keys)| keys);
        let sources = self.kind.sources(&self.core, keys, &mut placeholders)?;
        if sources.len() > 1 && self.start_at.is_some() {
            let message = "a parallel scan cannot start at a key: its segments start at several";
            return Err(TableError::input(message));
        }
        // Keys are always among what is read: errors name items by them, and a page that is cut short
        // ends at one.
        let mut paths = self.projection;
        if !paths.is_empty() {
            let keys = key_names.iter().map(Path::from).filter(|key| !paths.contains(key));
            let keys: Vec<Path> = keys.collect();
            paths.extend(keys);
        }
        let projection = projection(&paths, &mut placeholders);
        let filter = self.filter.map(|filter| filter.render(&mut placeholders));
        let fetcher = Fetcher {
            core: self.core,
            index: self.index.map(|(name, _)| name),
            key_names,
            projection,
            filter,
            rendered: placeholders.finish()?,
            limit: self.limit,
            page_size: self.page_size,
            start_at: self.start_at,
            consistent: self.consistent,
            limiter: self.limiter,
            control: control.clone(),
        };
        Ok((sources, fetcher))
    }
}

/// What a request reads; an error in it is its only page.
pub(super) fn read<T, K: Kind>(request: ReadRequest<T, K>, control: &Control) -> RawPages {
    let core = Arc::clone(&request.core);
    let is_whole = request.index.is_none() && request.projection.is_empty();
    let pages = match request.prepare(control) {
        Ok((sources, fetcher)) => pages(sources, fetcher),
        Err(error) => stream::once(async { Err(error) }).boxed(),
    };
    RawPages { core, is_whole, pages }
}
