//! What examples need before they begin: a table with a string key, and items in it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use ddbkit::codec::Item;
use ddbkit::flow::Control;
use ddbkit::transfer::{Load, WriteMode};
use std::error::Error;
use std::io::Cursor;

/// Creates a table whose partition key is `pk`, and writes the items as lines of DynamoDB JSON.
pub(crate) async fn table_with(
    client: &Client,
    name: &str,
    items: impl IntoIterator<Item = Item>,
) -> Result<(), Box<dyn Error>> {
    let attribute = AttributeDefinition::builder().attribute_name("pk");
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute.attribute_type(ScalarAttributeType::S).build()?)
        .key_schema(key.build()?)
        .send()
        .await?;
    let mut lines = Vec::new();
    for item in items {
        item.write_dynamodb_json(&mut lines);
        lines.push(b'\n');
    }
    let load = Load::builder(client.clone(), name).mode(WriteMode::Overwrite).build();
    load.from_reader(Cursor::new(lines), "items", &Control::new()).await?;
    Ok(())
}
