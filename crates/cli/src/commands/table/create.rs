//! `ddbkit table create`.

use super::admin;
use crate::args::table::CreateArgs;
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use ddbkit::codec::rules::Key;
use ddbkit::table::admin::{Creation, NewTable};
use serde_json::json;

pub(super) async fn run(context: &Context, args: CreateArgs) -> Result<Exit, Failure> {
    let (name, if_not_exists, wait) = (args.table.clone(), args.if_not_exists, args.wait);
    let table = new_table(args);
    let admin = admin(context).await?;
    let control = context.watched("create");
    let creation = if if_not_exists {
        admin.create_if_absent(&table, &control).await?
    } else {
        admin.create(&table, &control).await?;
        Creation::Made
    };
    let ready = if wait { Some(admin.wait_until_ready(&name, &control).await?) } else { None };
    drop(control);
    if context.output.is_json() {
        let object = json!({
            "version": 1,
            "command": "table create",
            "table": name,
            "created": creation == Creation::Made,
            "ready": ready.is_some(),
        });
        context.output.json(&object, false)?;
        return Ok(DONE);
    }
    let what = match (creation, ready) {
        (Creation::Made, Some(_)) => format!("Created table {name}"),
        (Creation::Made, None) => format!("Table {name} is being created"),
        (Creation::WasThere, _) => format!("Table {name} was there"),
    };
    context.output.summary(&what);
    Ok(DONE)
}

fn new_table(args: CreateArgs) -> NewTable {
    let (hash, hash_type) = args.hash_key;
    let mut key = Key::partition(hash, hash_type);
    if let Some((range, range_type)) = args.range_key {
        key = key.sort(range, range_type);
    }
    let table = NewTable::new(args.table, key).billing(args.billing);
    let table = args.gsi.into_iter().fold(table, NewTable::global_index);
    let table = args.lsi.into_iter().fold(table, NewTable::local_index);
    let mut table = args.tag.into_iter().fold(table, |table, (name, value)| table.tag(name, value));
    if let Some(attribute) = args.ttl {
        table = table.time_to_live(attribute);
    }
    if let Some(view) = args.stream {
        table = table.stream(view.into());
    }
    if let Some(class) = args.table_class {
        table = table.table_class(class.into());
    }
    if args.deletion_protection { table.deletion_protection() } else { table }
}
