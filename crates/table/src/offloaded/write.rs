//! Writes of items whose values are in S3: each is conditional on the item that was read before, and is
//! made anew when that has changed.

use super::of_offload;
use crate::expression::{Clause, Placeholders};
use crate::read::Attributes;
use crate::table::Core;
use crate::{Condition, Outcome, TableError, TableErrorKind, Update};
use aws_sdk_dynamodb::types::{AttributeValue as Sdk, ReturnValue};
use ddbkit_codec::Item;
use ddbkit_flow::{CapacityUnits, RetryPolicy};
use ddbkit_offload::{ItemWrite, OffloadErrorKind, OffloadedItem, Offloader};
use serde::de::DeserializeOwned;
use std::collections::HashMap;

/// How often a write is made anew because others write the same item.
const ATTEMPTS: u32 = 10;

/// An item before a write and after it.
struct Written {
    before: Option<OffloadedItem>,
    after: Option<OffloadedItem>,
}

pub(crate) async fn put<T: DeserializeOwned>(
    core: &Core,
    offloader: &Offloader,
    item: Item,
    condition: Option<Condition>,
    return_old: bool,
) -> Result<Outcome<T>, TableError> {
    let key = core.keys.in_item(&item);
    let item: Attributes = item.into();
    let write = |before: Option<&OffloadedItem>| match before {
        None => with_condition(
            ItemWrite::create(item.clone()),
            condition.as_ref(),
            Placeholders::default(),
        ),
        Some(before) => {
            let own = |name: &str| name == offloader.rev_attribute() || item.contains_key(name);
            let gone = before.attributes().keys().filter(|name| !own(name));
            let write = gone.fold(ItemWrite::update(key.clone().into()), |write, name| {
                write.remove(name.clone())
            });
            let sets = item.iter().filter(|(name, _)| !key.contains(name));
            let write =
                sets.fold(write, |write, (name, value)| write.set(name.clone(), value.clone()));
            with_condition(write, condition.as_ref(), Placeholders::default())
        }
    };
    let written = attempts(core, offloader, &key, write).await?;
    let item = if return_old { written.before } else { None };
    outcome(core, item).await
}

pub(crate) async fn update<R: DeserializeOwned>(
    core: &Core,
    offloader: &Offloader,
    key: Item,
    mut update: Update,
    condition: Option<Condition>,
    returned: &ReturnValue,
) -> Result<Outcome<R>, TableError> {
    if matches!(returned, ReturnValue::UpdatedOld | ReturnValue::UpdatedNew) {
        let message = format!("an update of {} gives whole items only", core.table());
        return Err(TableError::input(message));
    }
    let plain = update.split_plain();
    let write = |_: Option<&OffloadedItem>| {
        let mut write = ItemWrite::update(key.clone().into());
        for (attribute, value) in &plain {
            write = match value {
                Some(value) => write.set(attribute.clone(), value.clone().into()),
                None => write.remove(attribute.clone()),
            };
        }
        let mut placeholders = Placeholders::default();
        for (clause, action) in update.actions(&mut placeholders) {
            write = match clause {
                Clause::Set => write.set_expression(action),
                Clause::Remove => write.remove_expression(action),
                Clause::Add => write.add_expression(action),
                Clause::Delete => write.delete_expression(action),
            };
        }
        // The condition has placeholders of its own names, so both are rendered together.
        with_condition(write, condition.as_ref(), placeholders)
    };
    let written = attempts(core, offloader, &key, write).await?;
    let item = match returned {
        ReturnValue::AllOld => written.before,
        ReturnValue::AllNew => written.after,
        _ => None,
    };
    outcome(core, item).await
}

fn with_condition(
    mut write: ItemWrite,
    condition: Option<&Condition>,
    mut placeholders: Placeholders,
) -> Result<ItemWrite, TableError> {
    if let Some(condition) = condition {
        write = write.condition(condition.render(&mut placeholders));
    }
    let rendered = placeholders.finish()?;
    for (placeholder, name) in rendered.names.into_iter().flatten() {
        write = write.name(placeholder, name);
    }
    for (placeholder, value) in rendered.values.into_iter().flatten() {
        write = write.value(placeholder, value);
    }
    Ok(write)
}

/// Writes what `write` makes of the item that is there, until nobody else wrote it meanwhile.
async fn attempts(
    core: &Core,
    offloader: &Offloader,
    key: &Item,
    write: impl Fn(Option<&OffloadedItem>) -> Result<ItemWrite, TableError>,
) -> Result<Written, TableError> {
    let what = format!("writing {}", core.item(key));
    let wrong = |error| of_offload(&what, error);
    let mut before = offloader.get(key.clone().into()).await.map_err(wrong)?;
    let mut attempt = 0;
    loop {
        let mut write = write(before.as_ref())?;
        if let Some(before) = &before {
            write = write.seen(before.seen().clone());
        }
        let error = match Box::pin(offloader.write(write)).await {
            Ok(after) => return Ok(Written { before, after }),
            Err(error) => error,
        };
        let is_refused =
            matches!(error.kind(), OffloadErrorKind::ConditionFailed | OffloadErrorKind::NotFound);
        if !is_refused {
            return Err(wrong(error));
        }
        let now = offloader.get(key.clone().into()).await.map_err(wrong)?;
        let is_same =
            before.as_ref().map(OffloadedItem::seen) == now.as_ref().map(OffloadedItem::seen);
        if is_same {
            return Err(refused(core, format!("{what}: its condition was false"), now).await?);
        }
        if attempt == ATTEMPTS {
            let message = format!("{what}: others keep writing it, try later");
            return Err(TableError::new(TableErrorKind::Throttled, message));
        }
        tokio::time::sleep(RetryPolicy::default().delay(attempt)).await;
        before = now;
        attempt += 1;
    }
}

/// The error of a write whose condition was false, with the item that is there.
async fn refused(
    core: &Core,
    message: String,
    now: Option<OffloadedItem>,
) -> Result<TableError, TableError> {
    let existing = match now {
        Some(now) => whole(core, now).await?,
        None => None,
    };
    let existing = existing.map(|item| core.item_of_sdk(item)).transpose()?;
    let error = TableError::new(TableErrorKind::ConditionFailed, message);
    Ok(error.with_existing(existing))
}

/// The item with all its values.
async fn whole(
    core: &Core,
    item: OffloadedItem,
) -> Result<Option<HashMap<String, Sdk>>, TableError> {
    core.values.hydrate(core, item.attributes().clone(), true).await
}

async fn outcome<T: DeserializeOwned>(
    core: &Core,
    item: Option<OffloadedItem>,
) -> Result<Outcome<T>, TableError> {
    let item = match item {
        Some(item) => whole(core, item).await?,
        None => None,
    };
    let item = item.map(|item| core.decode_sdk(item)).transpose()?;
    Ok(Outcome { item, consumed: CapacityUnits::ZERO })
}
