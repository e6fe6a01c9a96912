//! `ddbkit table ttl`.

use super::describe::{ttl_json, ttl_text};
use super::{admin, answer};
use crate::args::table::TtlArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use serde_json::json;

pub(super) async fn run(context: &Context, args: TtlArgs) -> Result<Exit, Failure> {
    let (admin, table) = (admin(context).await?, &args.table);
    if let Some(attribute) = &args.enable {
        admin.enable_time_to_live(table, attribute, &context.control).await?;
    } else if args.disable {
        admin.disable_time_to_live(table, &context.control).await?;
    }
    let ttl = answer(context, admin.time_to_live(table)).await?;
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table ttl",
            "table": table,
            "time_to_live": ttl_json(&ttl),
        });
        context.output.json(&object, false)?;
    } else {
        Output::data(&format!("{}\n", ttl_text(&ttl)))?;
    }
    Ok(DONE)
}
