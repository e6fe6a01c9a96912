//! The image `amazon/dynamodb-local` as users of testcontainers start it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use ddbkit_export::ExportReader;
use ddbkit_flow::Control;
use ddbkit_store::Store;
use ddbkit_testkit::{items, put_all, scan_all};
use ddbkit_transfer::{CompareOptions, Dump, Load, compare_with_table};
use std::time::Duration;
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{GenericImage, ImageExt};

fn client(port: u16) -> Client {
    // Not the host that the container names: inside another container that is the bridge, which a
    // port published on loopback does not serve.
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("x", "y", None, None, "test"))
        .endpoint_url(format!("http://127.0.0.1:{port}"));
    Client::from_conf(config.build())
}

/// The log line comes before the port answers.
async fn wait_until_it_answers(client: &Client) {
    for _ in 0..100 {
        if client.list_tables().send().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("DynamoDB Local does not answer");
}

async fn create(client: &Client, table: &str) {
    let mut create =
        client.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for (name, key_type, attribute_type) in [
        ("pk", KeyType::Hash, ScalarAttributeType::S),
        ("sk", KeyType::Range, ScalarAttributeType::N),
    ] {
        let key = KeySchemaElement::builder().attribute_name(name).key_type(key_type);
        let definition =
            AttributeDefinition::builder().attribute_name(name).attribute_type(attribute_type);
        create = create
            .key_schema(key.build().expect("complete"))
            .attribute_definitions(definition.build().expect("complete"));
    }
    create.send().await.expect("the table is created");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_goes_out_of_the_container_and_back() {
    let image = GenericImage::new("amazon/dynamodb-local", "latest")
        .with_exposed_port(8000.tcp())
        .with_wait_for(WaitFor::message_on_stdout("Initializing DynamoDB Local"))
        .with_cmd(["-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb"]);
    let container = image.start().await.expect("a Docker engine with the image");
    let client = client(container.get_host_port_ipv4(8000).await.expect("the port is published"));
    wait_until_it_answers(&client).await;

    create(&client, "source").await;
    put_all(&client, "source", (0..500).map(|n| items::item(1, n))).await;
    let store = Store::memory();
    let dump = Dump::builder(client.clone(), "source").build();
    dump.to_store(store.clone(), &Control::new()).await.expect("dumped");
    let open = || ExportReader::open(store.clone());
    let load = Load::builder(client.clone(), "copy").create_table(true).build();
    let report = load.from_export(open().await.expect("whole"), &Control::new()).await;
    assert_eq!(report.expect("loaded").written, 500);
    let reader = open().await.expect("whole");
    let options = CompareOptions::default();
    let compared = compare_with_table(&client, "copy", reader, options, &Control::new()).await;
    assert!(compared.expect("compared").equal);
    assert_eq!(scan_all(&client, "copy").await.len(), 500);
}
