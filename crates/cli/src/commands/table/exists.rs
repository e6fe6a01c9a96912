//! `ddbkit table exists`.

use super::key::key;
use super::target::Target;
use super::{admin, answer};
use crate::args::table::ExistsArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit, PARTLY};
use serde_json::json;

pub(super) async fn run(context: &Context, args: ExistsArgs) -> Result<Exit, Failure> {
    let table = args.table.clone();
    let is_there = match args.item() {
        None => {
            let admin = admin(context).await?;
            answer(context, admin.exists(&table)).await?
        }
        Some((args, format)) => {
            let target = Target::open(context, &args.table).await?;
            let key = key(&args, format, &target.summary.key)?;
            answer(context, target.table.exists(key)).await?
        }
    };
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table exists",
            "table": table,
            "exists": is_there,
        });
        context.output.json(&object, false)?;
    }
    Ok(if is_there { DONE } else { PARTLY })
}
