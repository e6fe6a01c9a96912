//! `ddbkit table list`.

use super::{admin, answer};
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use futures::TryStreamExt;
use serde_json::json;

pub(super) async fn run(context: &Context) -> Result<Exit, Failure> {
    let tables = admin(context).await?.list();
    let tables: Vec<String> = answer(context, tables.try_collect()).await?;
    if context.output.is_json() {
        let object = json!({"version": 1, "command": "table list", "tables": tables});
        context.output.json(&object, false)?;
    } else {
        Output::data(&tables.iter().map(|name| format!("{name}\n")).collect::<String>())?;
    }
    Ok(DONE)
}
