//! `ddbkit table drop`.

use super::{admin, answer};
use crate::args::table::DropArgs;
use crate::commands::Context;
use crate::confirm::confirmed;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{bytes, count};
use serde_json::json;

pub(super) async fn run(context: &Context, args: DropArgs) -> Result<Exit, Failure> {
    let (output, table) = (&context.output, &args.table);
    let admin = admin(context).await?;
    if !args.yes {
        let there = answer(context, admin.describe(table)).await?;
        let (items, size) = (count(there.items), bytes(there.bytes));
        let question = format!("Delete table {table}, of about {items} items, {size}?");
        let hint = "--yes deletes without asking";
        if !confirmed(output, &question, "whether to delete the table", hint)? {
            output.notice("Nothing is deleted");
            return Ok(DONE);
        }
    }
    let control = context.watched("drop");
    admin.delete(table, &control).await?;
    if args.wait {
        admin.wait_until_gone(table, &control).await?;
    }
    drop(control);
    if output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table drop",
            "table": table,
            "gone": args.wait,
        });
        output.json(&object, false)?;
    } else if args.wait {
        output.summary(&format!("Deleted table {table}"));
    } else {
        output.summary(&format!("Table {table} is being deleted"));
    }
    Ok(DONE)
}
