//! `ddbkit table truncate`.

use super::{admin, answer};
use crate::args::table::TruncateArgs;
use crate::commands::Context;
use crate::confirm::confirmed;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{bytes, count};
use ddbkit::table::admin::{TableAdmin, TruncateOptions};
use serde_json::{Value, json};

const HINT: &str = "--yes deletes without asking";

pub(super) async fn run(context: &Context, args: TruncateArgs) -> Result<Exit, Failure> {
    let admin = admin(context).await?;
    if args.recreate {
        Box::pin(recreate(context, &args, &admin)).await
    } else {
        delete(context, &args, &admin).await
    }
}

/// Deletes item by item.
async fn delete(
    context: &Context,
    args: &TruncateArgs,
    admin: &TableAdmin,
) -> Result<Exit, Failure> {
    let (output, table) = (&context.output, &args.table);
    if !args.yes {
        let there = answer(context, admin.describe(table)).await?;
        let (items, size) = (count(there.items), bytes(there.bytes));
        let question = format!("Delete all items of table {table}, about {items}, {size}?");
        if !confirmed(output, &question, "whether to delete all items", HINT)? {
            output.notice("Nothing is deleted");
            return Ok(DONE);
        }
    }
    let options = TruncateOptions { read: args.read_capacity, write: args.write_capacity };
    let control = context.watched("truncate");
    let done = Box::pin(admin.truncate(table, &options, &control)).await;
    drop(control);
    let done = done.map_err(|error| Failure::from(error).resumable(true))?;
    let (read, write) = (done.read_units.get(), done.write_units.get());
    if output.is_json() {
        output.json(&object(table, Some((done.items, read, write)), &[]), false)?;
    } else {
        let items = count(done.items);
        output.summary(&format!(
            "Deleted {items} items of table {table}: {read} read and {write} write units"
        ));
    }
    Ok(DONE)
}

/// Deletes the table and creates it anew.
async fn recreate(
    context: &Context,
    args: &TruncateArgs,
    admin: &TableAdmin,
) -> Result<Exit, Failure> {
    let (output, table) = (&context.output, &args.table);
    let control = context.watched("truncate");
    let plan = admin.plan_recreation(table, &control).await?;
    let lost: Vec<String> = plan.lost().map(ToOwned::to_owned).collect();
    for what in &lost {
        output.notice(&format!("This loses {what}"));
    }
    let question = format!("Delete table {table} and create it anew?");
    if !args.yes && !confirmed(output, &question, "whether to delete the table", HINT)? {
        output.notice("Nothing is deleted");
        return Ok(DONE);
    }
    Box::pin(admin.recreate(plan, &control)).await?;
    drop(control);
    if output.is_json() {
        output.json(&object(table, None, &lost), false)?;
    } else {
        output.summary(&format!("Table {table} was deleted and created anew"));
    }
    Ok(DONE)
}

fn object(table: &str, deleted: Option<(u64, f64, f64)>, lost: &[String]) -> Value {
    json!({
        "version": 1,
        "command": "table truncate",
        "table": table,
        "recreated": deleted.is_none(),
        "items": deleted.map(|(items, ..)| items),
        "read_capacity_units": deleted.map(|(_, read, _)| read),
        "write_capacity_units": deleted.map(|(.., write)| write),
        "lost": lost,
    })
}
