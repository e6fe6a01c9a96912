//! `ddbkit offload rm`.

use super::place::{key, known_attributes, offloader};
use crate::args::OffloadRmArgs;
use crate::commands::Context;
use crate::config::Aws;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use ddbkit::offload::{AttributeOptions, ItemWrite, OffloadPolicy};
use serde_json::json;

pub(crate) async fn run(context: &Context, args: OffloadRmArgs) -> Result<Exit, Failure> {
    let aws = Aws::load(&context.global).await?;
    let table = &args.item.table;
    let key = key(&args.item.key)?;
    let named = match &args.attribute {
        Some(name) => vec![name.clone()],
        None => known_attributes(&aws, &args.objects).await?,
    };
    let named = named.into_iter().map(|name| (name, AttributeOptions::new())).collect();
    let offloader = offloader(&aws, table, &args.objects, named, OffloadPolicy::Always).await?;
    let item = offloader.get(key.clone()).await?;
    let is_there = match &args.attribute {
        Some(name) => item.as_ref().is_some_and(|item| item.attributes().contains_key(name)),
        None => item.is_some(),
    };
    if let Some(item) = item.filter(|_| is_there) {
        let write = match &args.attribute {
            Some(name) => ItemWrite::update(key).remove(name),
            None => ItemWrite::delete(key),
        };
        offloader.write(write.seen(item.seen().clone())).await?;
    }
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "offload rm",
            "table": table,
            "attribute": args.attribute,
            "removed": is_there,
        });
        context.output.json(&object, false)?;
    } else {
        let what = args.attribute.as_deref().unwrap_or("the item");
        let done = if is_there { "Removed" } else { "There was no" };
        context.output.summary(&format!("{done} {what} of {table}"));
    }
    Ok(DONE)
}
