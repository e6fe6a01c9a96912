//! `ddbkit table delete`.

use super::answer;
use super::expressions::Placeholders;
use super::key::key;
use super::target::Target;
use crate::args::table::{DeleteArgs, OldArg};
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use serde_json::json;

pub(super) async fn run(context: &Context, args: DeleteArgs) -> Result<Exit, Failure> {
    let placeholders = Placeholders::parse(&args.expressions, args.format)?;
    let target = Target::open(context, &args.key.table).await?;
    let key = key(&args.key, args.format, &target.summary.key)?;
    // The old item costs nothing, and tells whether there was one.
    let mut request = target.table.remove(key).return_old();
    match &args.condition_expression {
        Some(condition) => request = request.condition(placeholders.raw(condition)),
        None => placeholders.for_none()?,
    }
    let outcome = answer(context, request.send()).await?;
    let (table, deleted) = (&args.key.table, outcome.item.is_some());
    let printed = outcome.item.filter(|_| args.return_values == OldArg::AllOld);
    let prints = printed.is_some();
    if let Some(item) = printed {
        Output::lines(&args.format.format.line(item))?;
    }
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table delete",
            "table": table,
            "deleted": deleted,
            "consumed_capacity_units": outcome.consumed.get(),
        });
        context.output.json(&object, prints)?;
    } else {
        let what = if deleted { "Deleted the item" } else { "There was no such item" };
        context.output.summary(&format!("{what} of table {table}"));
    }
    Ok(DONE)
}
