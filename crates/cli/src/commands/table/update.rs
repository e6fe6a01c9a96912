//! `ddbkit table update`.

use super::answer;
use super::assignments::update;
use super::expressions::Placeholders;
use super::key::key;
use super::target::Target;
use crate::args::table::{UpdateArgs, UpdatedArg};
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use serde_json::json;

pub(super) async fn run(context: &Context, args: UpdateArgs) -> Result<Exit, Failure> {
    let placeholders = Placeholders::parse(&args.expressions, args.format)?;
    let mut changes = update(&args)?;
    let target = Target::open(context, &args.key.table).await?;
    let key = key(&args.key, args.format, &target.summary.key)?;
    if let Some(expression) = &args.update_expression {
        changes = changes.raw(placeholders.raw(expression));
    }
    let mut request = target.table.update(key, changes);
    if let Some(condition) = &args.condition_expression {
        request = request.condition(placeholders.raw(condition));
    }
    if args.update_expression.is_none() && args.condition_expression.is_none() {
        placeholders.for_none()?;
    }
    let request = match args.return_values {
        UpdatedArg::None => request,
        UpdatedArg::AllOld => request.return_old(),
        UpdatedArg::AllNew => request.return_new(),
        UpdatedArg::UpdatedOld => request.return_updated_old(),
        UpdatedArg::UpdatedNew => request.return_updated_new(),
    };
    let outcome = answer(context, request.send()).await?;
    let (table, prints) = (&args.key.table, outcome.item.is_some());
    if let Some(item) = outcome.item {
        Output::lines(&args.format.format.line(item))?;
    }
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table update",
            "table": table,
            "consumed_capacity_units": outcome.consumed.get(),
        });
        context.output.json(&object, prints)?;
    } else {
        context.output.summary(&format!("Updated the item of table {table}"));
    }
    Ok(DONE)
}
