//! `ddbkit table describe`.

use super::{admin, answer};
use crate::commands::Context;
use crate::error::Failure;
use crate::exit::{DONE, Exit};
use crate::output::{Output, bytes, count, time};
use aws_sdk_dynamodb::types::IndexStatus;
use ddbkit::codec::rules::{Key, KeyType};
use ddbkit::table::admin::{Billing, IndexSummary, Projected, TableSummary, TimeToLive};
use serde_json::{Map, Value, json};

/// What other calls tell of a table; none where they are refused.
struct More {
    ttl: Option<TimeToLive>,
    tags: Option<Vec<(String, String)>>,
}

pub(super) async fn run(context: &Context, table: &str) -> Result<Exit, Failure> {
    let admin = admin(context).await?;
    let summary = answer(context, admin.describe(table)).await?;
    // A caller who may not ask for these is told the rest.
    let told = |error: &Failure| context.output.notice(&format!("warning: {error}"));
    let more = More {
        ttl: answer(context, admin.time_to_live(table)).await.inspect_err(told).ok(),
        tags: answer(context, admin.tags(&summary.arn)).await.inspect_err(told).ok(),
    };
    if context.output.is_json() {
        context.output.json(&to_json(&summary, &more), false)?;
    } else {
        Output::data(&text(&summary, &more))?;
    }
    Ok(DONE)
}

fn to_json(table: &TableSummary, more: &More) -> Value {
    let tags = more.tags.iter().flatten();
    let tags: Map<_, _> = tags.map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "version": 1,
        "command": "table describe",
        "table": table.name,
        "arn": table.arn,
        "table_id": table.id,
        "status": table.status.as_str(),
        "created": table.created.and_then(time),
        "key": key_json(&table.key),
        "items": table.items,
        "bytes": table.bytes,
        "billing": billing_json(table.billing),
        "table_class": table.class.as_str(),
        "indexes": table.indexes.iter().map(index_json).collect::<Vec<_>>(),
        "stream": table.stream.as_ref().map(|stream| {
            json!({"view": stream.view.as_str(), "arn": stream.arn})
        }),
        "time_to_live": more.ttl.as_ref().map(ttl_json),
        "tags": more.tags.as_ref().map(|_| tags),
        "deletion_protection": table.deletion_protection,
    })
}

pub(super) fn ttl_json(ttl: &TimeToLive) -> Value {
    json!({"status": ttl.status.as_str(), "attribute": ttl.attribute})
}

fn key_json(key: &Key) -> Value {
    let attribute =
        |(name, key_type): (&str, KeyType)| json!({"name": name, "type": key_type.to_string()});
    json!({"hash": attribute(key.partition_key()), "range": key.sort_key().map(attribute)})
}

fn billing_json(billing: Billing) -> Value {
    match billing {
        Billing::OnDemand => json!({"mode": "on-demand"}),
        Billing::Provisioned { read, write } => {
            json!({"mode": "provisioned", "read": read, "write": write})
        }
    }
}

fn index_json(index: &IndexSummary) -> Value {
    let (projection, include) = match &index.projected {
        Projected::All => ("all", None),
        Projected::KeysOnly => ("keys-only", None),
        Projected::Include(names) => ("include", Some(names)),
    };
    json!({
        "name": index.name,
        "global": index.is_global,
        "status": index.status.as_ref().map(IndexStatus::as_str),
        "key": key_json(&index.key),
        "projection": projection,
        "include": include,
        "billing": billing_json(index.billing),
        "items": index.items,
        "bytes": index.bytes,
    })
}

fn text(table: &TableSummary, more: &More) -> String {
    let mut lines = vec![
        format!("{}  {}", table.name, table.status.as_str()),
        row("arn", &table.arn),
        row("key", &table.key.to_string()),
        row(
            "items",
            &format!("{}, {}, up to six hours old", count(table.items), bytes(table.bytes)),
        ),
        row("billing", &billing_text(table.billing)),
        row("class", table.class.as_str()),
    ];
    lines.extend(table.created.and_then(time).map(|time| row("created", &time)));
    lines.extend(table.indexes.iter().map(|index| row("index", &index_text(index))));
    lines.extend(table.stream.as_ref().map(|stream| row("stream", stream.view.as_str())));
    lines.extend(more.ttl.as_ref().map(|ttl| row("ttl", &ttl_text(ttl))));
    lines.extend(
        more.tags.iter().flatten().map(|(name, value)| row("tag", &format!("{name}={value}"))),
    );
    if table.deletion_protection {
        lines.push(row("protection", "against deletion"));
    }
    lines.join("\n") + "\n"
}

fn row(name: &str, value: &str) -> String {
    format!("  {name:<10}  {value}")
}

pub(super) fn ttl_text(ttl: &TimeToLive) -> String {
    match &ttl.attribute {
        Some(attribute) => format!("{} by {attribute}", ttl.status.as_str()),
        None => ttl.status.as_str().to_owned(),
    }
}

fn billing_text(billing: Billing) -> String {
    match billing {
        Billing::OnDemand => "on demand".to_owned(),
        Billing::Provisioned { read, write } => {
            format!("provisioned, {read} read and {write} write units")
        }
    }
}

fn index_text(index: &IndexSummary) -> String {
    let projected = match &index.projected {
        Projected::All => "all attributes".to_owned(),
        Projected::KeysOnly => "keys only".to_owned(),
        Projected::Include(names) => format!("keys and {}", names.join(", ")),
    };
    let kind = if index.is_global { "global" } else { "local" };
    let status = index.status.as_ref().map(|status| format!(", {}", status.as_str()));
    let status = status.unwrap_or_default();
    format!("{}  {kind}, {}, {projected}{status}", index.name, index.key)
}
