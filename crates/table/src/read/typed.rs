//! Pages as they are answered, and as pages or items of a type.

use super::Page;
use crate::TableError;
use crate::table::Core;
use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use ddbkit_flow::CapacityUnits;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::sync::Arc;

/// Items whose values are read from S3 ahead of the one that is taken.
const READ_AHEAD: usize = 4;

pub(crate) type Attributes = HashMap<String, Sdk>;

/// A page as it was answered.
pub(crate) struct RawPage {
    pub(crate) items: Vec<Attributes>,
    pub(crate) last_key: Option<Attributes>,
    pub(crate) segment: Option<u32>,
    pub(crate) scanned_count: u64,
    pub(crate) consumed: CapacityUnits,
}

/// What is being read: pages, and what their items are of.
pub(crate) struct RawPages {
    pub(crate) core: Arc<Core>,
    /// Whether all attributes of the items are read.
    pub(crate) is_whole: bool,
    pub(crate) pages: BoxStream<'static, Result<RawPage, TableError>>,
}

impl RawPages {
    /// Pages of items of a type, with all values of their items.
    pub(crate) fn typed<T: DeserializeOwned + Send + 'static>(
        self,
    ) -> BoxStream<'static, Result<Page<T>, TableError>> {
        let Self { core, is_whole, pages } = self;
        let typed = pages.and_then(move |page| {
            let core = Arc::clone(&core);
            async move {
                let mut items = Vec::with_capacity(page.items.len());
                for item in page.items {
                    items.extend(read(&core, item, is_whole).await.transpose());
                }
                Ok(Page {
                    items,
                    last_key: page.last_key.map(|key| core.item_of_sdk(key)).transpose()?,
                    segment: page.segment,
                    scanned_count: page.scanned_count,
                    consumed: page.consumed,
                })
            }
        });
        typed.boxed()
    }

    /// Items of a type, their values read while they are taken.
    pub(crate) fn items<T: DeserializeOwned + Send + 'static>(
        self,
    ) -> BoxStream<'static, Result<T, TableError>> {
        let Self { core, is_whole, pages } = self;
        let items = pages.map_ok(|page| stream::iter(page.items).map(Ok)).try_flatten();
        let items = items.map(move |item| {
            let core = Arc::clone(&core);
            async move {
                match item {
                    Ok(item) => read(&core, item, is_whole).await.transpose(),
                    Err(error) => Some(Err(error)),
                }
            }
        });
        items.buffered(READ_AHEAD).filter_map(std::future::ready).boxed()
    }
}

/// `None` when the item was deleted before its values were read.
async fn read<T: DeserializeOwned>(
    core: &Core,
    item: Attributes,
    is_whole: bool,
) -> Result<Option<T>, TableError> {
    let item = core.values.hydrate(core, item, is_whole).await?;
    item.map(|item| core.decode_sdk(item)).transpose()
}
