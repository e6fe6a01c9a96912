//! `ddbkit table get`.

use super::answer;
use super::expressions::path;
use super::key::key;
use super::target::Target;
use crate::args::table::GetArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use crate::output::{Output, duration};
use ddbkit::codec::Item;
use ddbkit::flow::RetryPolicy;
use ddbkit::table::{Key, Outcome, Path};
use serde_json::json;
use std::time::{Duration, Instant};

/// From one look to the next: time to live takes its time.
const LOOKS: RetryPolicy = RetryPolicy::new(Duration::from_millis(200), Duration::from_secs(5));

pub(super) async fn run(context: &Context, args: GetArgs) -> Result<Exit, Failure> {
    let target = Target::open(context, &args.key.table).await?;
    let key = key(&args.key, args.format, &target.summary.key)?;
    if args.wait_gone {
        return wait_gone(context, &args, &target, &key).await;
    }
    let Outcome { item, consumed } = read(context, &args, &target, &key).await?;
    let found = item.is_some();
    if let Some(item) = item {
        Output::lines(&args.format.format.line(item))?;
    } else {
        context.output.summary("There is no such item");
    }
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table get",
            "table": args.key.table,
            "found": found,
            "consumed_capacity_units": consumed.get(),
            "waited_seconds": null,
        });
        context.output.json(&object, true)?;
    }
    Ok(if found { DONE } else { PARTLY })
}

async fn read(
    context: &Context,
    args: &GetArgs,
    target: &Target,
    key: &Key,
) -> Result<Outcome<Item>, Failure> {
    let paths = args.projection.iter().map(|text| path("--projection", text));
    let paths: Vec<Path> = paths.collect::<Result<_, _>>()?;
    let mut get = target.table.get(key.clone());
    if args.consistent {
        get = get.consistent();
    }
    if !paths.is_empty() {
        get = get.project(paths);
    }
    answer(context, get.send()).await
}

async fn wait_gone(
    context: &Context,
    args: &GetArgs,
    target: &Target,
    key: &Key,
) -> Result<Exit, Failure> {
    let (started, mut looks) = (Instant::now(), 0);
    let mut consumed = 0.0;
    let found = loop {
        let look = target.table.get(key.clone()).consistent().project::<Item>([] as [&str; 0]);
        let outcome = answer(context, look.send()).await?;
        consumed += outcome.consumed.get();
        if outcome.item.is_none() {
            break false;
        }
        let left = args.timeout.map(|timeout| timeout.saturating_sub(started.elapsed()));
        if left.is_some_and(|left| left.is_zero()) {
            break true;
        }
        let delay = LOOKS.delay(looks);
        let delay = left.map_or(delay, |left| left.min(delay));
        let slept = context.control.run(tokio::time::sleep(delay)).await;
        slept.map_err(|_| Failure::other("interrupted"))?;
        looks += 1;
    };
    let waited = started.elapsed();
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table get",
            "table": args.key.table,
            "found": found,
            "consumed_capacity_units": consumed,
            "waited_seconds": waited.as_secs_f64(),
        });
        context.output.json(&object, false)?;
    } else {
        let what = if found { "The item is still there" } else { "The item is gone" };
        context.output.summary(&format!("{what} after {}", duration(waited)));
    }
    Ok(if found { PARTLY } else { DONE })
}
