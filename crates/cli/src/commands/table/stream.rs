//! `ddbkit table stream`.

use super::{admin, answer};
use crate::args::table::StreamArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::Output;
use serde_json::json;

pub(super) async fn run(context: &Context, args: StreamArgs) -> Result<Exit, Failure> {
    let (admin, table) = (admin(context).await?, &args.table);
    if let Some(view) = args.enable {
        admin.enable_stream(table, view.into(), &context.control).await?;
    } else if args.disable {
        admin.disable_stream(table, &context.control).await?;
    }
    let stream = answer(context, admin.describe(table)).await?.stream;
    if context.output.is_json() {
        let stream = stream.map(|stream| json!({"view": stream.view.as_str(), "arn": stream.arn}));
        let object = json!({
            "version": 1,
            "command": "table stream",
            "table": table,
            "stream": stream,
        });
        context.output.json(&object, false)?;
        return Ok(DONE);
    }
    let text = match stream {
        None => "DISABLED\n".to_owned(),
        Some(stream) => {
            format!("{} {}\n", stream.view.as_str(), stream.arn.unwrap_or_default())
        }
    };
    Output::data(&text)?;
    Ok(DONE)
}
