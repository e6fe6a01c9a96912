//! Key attributes of tables and indexes.

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType as KeyRole,
    Projection, ProjectionType, ScalarAttributeType,
};
use ddbkit_codec::rules::{Key, KeyType, TableKeys};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_testkit::Backend;

use super::{check_all, put, reference, sdk};

/// The name and type of a partition key, and of a sort key.
type Pair = (KeyType, Option<KeyType>);

fn key(prefix: &str, (partition, sort): Pair) -> Key {
    let key = Key::partition(format!("{prefix}p"), partition);
    match sort {
        Some(sort) => key.sort(format!("{prefix}s"), sort),
        None => key,
    }
}

/// The attributes of a key with their types and roles.
fn attributes(prefix: &str, (partition, sort): Pair) -> Vec<(String, KeyType, KeyRole)> {
    let partition = (format!("{prefix}p"), partition, KeyRole::Hash);
    let sort = sort.map(|sort| (format!("{prefix}s"), sort, KeyRole::Range));
    std::iter::once(partition).chain(sort).collect()
}

fn elements(attributes: &[(String, KeyType, KeyRole)]) -> Vec<KeySchemaElement> {
    let element = |(name, _, role): &(String, KeyType, KeyRole)| {
        KeySchemaElement::builder().attribute_name(name).key_type(role.clone()).build().unwrap()
    };
    attributes.iter().map(element).collect()
}

fn definition((name, key_type, _): &(String, KeyType, KeyRole)) -> AttributeDefinition {
    let attribute_type = match key_type {
        KeyType::S => ScalarAttributeType::S,
        KeyType::N => ScalarAttributeType::N,
        KeyType::B => ScalarAttributeType::B,
    };
    let definition = AttributeDefinition::builder().attribute_name(name);
    definition.attribute_type(attribute_type).build().unwrap()
}

/// Creates a table with one index.
async fn table(backend: &Backend, name: &str, of_table: Pair, of_index: Pair) {
    let (of_table, of_index) = (attributes("t", of_table), attributes("i", of_index));
    let index = GlobalSecondaryIndex::builder()
        .index_name("index")
        .set_key_schema(Some(elements(&of_index)))
        .projection(Projection::builder().projection_type(ProjectionType::All).build());
    let create = backend.dynamodb.create_table().table_name(name);
    let create = create.billing_mode(BillingMode::PayPerRequest);
    let definitions = of_table.iter().chain(&of_index).map(definition).collect();
    let create = create.set_attribute_definitions(Some(definitions));
    let create = create.set_key_schema(Some(elements(&of_table)));
    create.global_secondary_indexes(index.build().unwrap()).send().await.unwrap();
}

/// Values that are fit for a key, or not: of all types, and of lengths around all limits.
fn candidates() -> Vec<Option<AttributeValue>> {
    let mut values = vec![
        None,
        Some(AttributeValue::N("-1.50".parse().unwrap())),
        Some(AttributeValue::Bool(true)),
        Some(AttributeValue::Null),
        Some(AttributeValue::L(vec![])),
        Some(AttributeValue::M(Item::new())),
        Some(AttributeValue::Ss(vec!["a".to_owned()])),
        Some(AttributeValue::S("é".repeat(512))),
        Some(AttributeValue::S("é".repeat(512) + "x")),
        Some(AttributeValue::S("é".repeat(1_024) + "x")),
    ];
    for length in [0, 1, 1_023, 1_024, 1_025, 2_047, 2_048, 2_049] {
        values.push(Some(AttributeValue::S("x".repeat(length))));
        values.push(Some(AttributeValue::B(vec![b'x'; length])));
    }
    values
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn keys_are_those_of_the_service() {
    let backend = reference().await;
    let schemas: [(Pair, Pair); 4] = [
        ((KeyType::S, Some(KeyType::S)), (KeyType::S, Some(KeyType::N))),
        ((KeyType::B, Some(KeyType::B)), (KeyType::N, Some(KeyType::S))),
        ((KeyType::N, Some(KeyType::N)), (KeyType::B, Some(KeyType::B))),
        ((KeyType::S, None), (KeyType::S, None)),
    ];
    let mut cases = Vec::new();
    for (of_table, of_index) in schemas {
        let name = format!("keys-{:016x}", fastrand::u64(..));
        table(&backend, &name, of_table, of_index).await;
        let keys = TableKeys::new(key("t", of_table)).index("index", key("i", of_index));
        // One attribute of each case is doubtful, or two are; the others are fit.
        let names: Vec<_> = [attributes("t", of_table), attributes("i", of_index)].concat();
        let mut fit = Item::new();
        for (name, key_type, _) in &names {
            fit.insert(
                name.as_str(),
                match key_type {
                    KeyType::S => AttributeValue::S("a".to_owned()),
                    KeyType::N => AttributeValue::N("1".parse().unwrap()),
                    KeyType::B => AttributeValue::B(vec![1]),
                },
            );
        }
        let mut rng = fastrand::Rng::with_seed(4);
        let all = candidates();
        for (attribute, _, _) in &names {
            for candidate in &all {
                for other in [None, rng.choice(&names), rng.choice(&names)] {
                    let mut item = fit.clone();
                    if let Some((other, _, _)) = other {
                        set(&mut item, other, rng.choice(&all).unwrap().as_ref());
                    }
                    set(&mut item, attribute, candidate.as_ref());
                    cases.push((name.clone(), keys.clone(), item));
                }
            }
        }
    }
    check_all(cases, |(table, keys, item)| {
        let client = backend.dynamodb.clone();
        async move {
            match (put(&client, &table, sdk(&item)).await, item.validate(Some(&keys))) {
                (Ok(_), Ok(())) => {}
                (Err(message), Err(violations)) => {
                    let told = violations.iter().any(|told| told.service_message() == message);
                    assert!(told, "{message}: {violations:?}");
                }
                (put, fit) => panic!("the service says {put:?}, we say {fit:?}: {item:?}"),
            }
        }
    })
    .await;
}

fn set(item: &mut Item, name: &str, value: Option<&AttributeValue>) {
    match value {
        Some(value) => drop(item.insert(name, value.clone())),
        None => drop(item.remove(name)),
    }
}

#[tokio::test]
#[ignore = "the reference is DynamoDB Local: cargo xtask e2e --lane ddl"]
async fn names_of_keys_are_those_of_the_service() {
    let backend = reference().await;
    for name in ["k".repeat(255), "k".repeat(256), "é".repeat(127), "é".repeat(128)] {
        let attribute = [(name.clone(), KeyType::S, KeyRole::Hash)];
        let create = backend.dynamodb.create_table().billing_mode(BillingMode::PayPerRequest);
        let create = create.table_name(format!("names-{:016x}", fastrand::u64(..)));
        let create = create.attribute_definitions(definition(&attribute[0]));
        let created = create.set_key_schema(Some(elements(&attribute))).send().await;
        let said = created.map(|_| ()).map_err(|error| error.message().unwrap().to_owned());
        let keys = TableKeys::new(Key::partition(name, KeyType::S)).validate();
        let keys = keys.map_err(|violations| violations[0].service_message().to_owned());
        assert_eq!(said, keys);
    }
}
