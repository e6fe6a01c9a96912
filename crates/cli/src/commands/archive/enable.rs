//! Whether a table can be archived, and what is switched on so that it can.

use crate::args::ArchiveRunArgs;
use crate::confirm::confirmed;
use crate::error::Failure;
use crate::output::Output;
use aws_sdk_dynamodb::Client;
use ddbkit::archive::{ArchiveTarget, Preflight};

pub(super) async fn ready(
    client: &Client,
    args: &ArchiveRunArgs,
    output: &Output,
) -> Result<ArchiveTarget, Failure> {
    let wanted = args.ttl_attribute.as_deref();
    let look = Preflight::look(client, &args.table).await?;
    if look.missing.is_empty() {
        return Ok(look.ready(wanted)?);
    }
    if !args.enable {
        let hint = "--enable switches on what is off; time to live needs --ttl-attribute";
        return look.ready(wanted).map_err(|error| Failure::from(error).with_hint(hint));
    }
    let what = look.missing.join(", and ");
    let question = format!("Table {}: {what}. Switch on?", args.table);
    let hint = "--yes switches it on without asking";
    if !args.yes && !confirmed(output, &question, "what to switch on", hint)? {
        return Err(Failure::other("nothing was switched on, and nothing archived"));
    }
    let look = look.enable(client, wanted).await?;
    output.notice(&format!("Switched on for table {}: {what}", args.table));
    Ok(look.ready(wanted)?)
}
