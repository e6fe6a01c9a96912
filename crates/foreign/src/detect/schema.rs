//! dynamodump's `schema.json`: what `DescribeTable` answered, as boto3 gives it.

use ddbkit_export::TableDescriptor;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What `DescribeTable` does not tell, by the names of descriptors.
const NOT_WRITTEN: [&str; 6] = [
    "TimeToLive",
    "Tags",
    "PointInTimeRecovery",
    "ResourcePolicy",
    "ContributorInsights",
    "AutoScaling",
];

pub(super) struct Schema {
    pub(super) table_name: String,
    pub(super) table_arn: Option<String>,
    /// `ItemCount`, hours old.
    pub(super) items: u64,
    /// None where something is missing that creating the table needs.
    pub(super) descriptor: Option<TableDescriptor>,
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "Table")]
    table: Map<String, Value>,
}

pub(super) fn read(json: &[u8]) -> Result<Schema, String> {
    let Document { table } = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
    let Some(table_name) = text("TableName") else { return Err("it has no TableName".to_owned()) };
    Ok(Schema {
        table_name,
        table_arn: text("TableArn"),
        items: table.get("ItemCount").and_then(Value::as_u64).unwrap_or_default(),
        descriptor: descriptor(&table),
    })
}

/// What `CreateTable` takes of a description; the names are those of the API on both sides.
fn descriptor(table: &Map<String, Value>) -> Option<TableDescriptor> {
    let mut create = Map::new();
    let copied = [
        "TableName",
        "AttributeDefinitions",
        "KeySchema",
        "LocalSecondaryIndexes",
        "OnDemandThroughput",
        "StreamSpecification",
        "DeletionProtectionEnabled",
    ];
    for name in copied {
        if let Some(value) = table.get(name) {
            create.insert(name.to_owned(), value.clone());
        }
    }
    let mode = |name: &str, member: &str| table.get(name).and_then(|value| value.get(member));
    // DescribeTable leaves the summary out of tables that were always provisioned.
    let billing = mode("BillingModeSummary", "BillingMode");
    let billing = billing.cloned().unwrap_or_else(|| "PROVISIONED".into());
    let is_provisioned = billing == "PROVISIONED";
    create.insert("BillingMode".to_owned(), billing);
    if is_provisioned {
        create.insert(
            "ProvisionedThroughput".to_owned(),
            table.get("ProvisionedThroughput")?.clone(),
        );
    }
    if let Some(Value::Array(indexes)) = table.get("GlobalSecondaryIndexes") {
        let mut indexes = indexes.clone();
        // On-demand indexes show a capacity of zero, which CreateTable refuses.
        for index in indexes.iter_mut().filter_map(Value::as_object_mut).filter(|_| !is_provisioned)
        {
            index.remove("ProvisionedThroughput");
        }
        create.insert("GlobalSecondaryIndexes".to_owned(), indexes.into());
    }
    if let Some(class) = mode("TableClassSummary", "TableClass") {
        create.insert("TableClass".to_owned(), class.clone());
    }
    if let Some(sse) = table.get("SSEDescription").filter(|sse| sse["Status"] == "ENABLED") {
        let (kind, key) = (&sse["SSEType"], &sse["KMSMasterKeyArn"]);
        let sse = json!({"Enabled": true, "SSEType": kind, "KMSMasterKeyId": key});
        create.insert("SSESpecification".to_owned(), sse);
    }
    let document = json!({
        "version": 1,
        "tableArn": table.get("TableArn"),
        "tableId": table.get("TableId"),
        "createTable": create,
    });
    let mut descriptor = TableDescriptor::from_json(document.to_string().as_bytes()).ok()?;
    for setting in NOT_WRITTEN {
        descriptor.add_not_read(setting, "dynamodump does not write it");
    }
    Some(descriptor)
}
