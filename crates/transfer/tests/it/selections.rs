//! Dumps of an index and of a query.

use crate::support::open;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    LocalSecondaryIndex, Projection, ProjectionType, ScalarAttributeType,
};
use ddbkit_codec::Item;
use ddbkit_flow::{Control, Pace};
use ddbkit_store::Store;
use ddbkit_testkit::{Backend, backend, put_all};
use ddbkit_transfer::{
    CompareOptions, Comparison, Dump, DumpBuilder, MirrorOptions, Plan, Selection, TransferError,
    TransferErrorKind, compare_with_table, delete_extra,
};

fn key(name: &str, key_type: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(key_type).build().unwrap()
}

fn projection(of: ProjectionType) -> Projection {
    Projection::builder().projection_type(of).build()
}

/// A table with a global index `by-day` (keys only) and a local index `by-at`. 40 items in each of 3
/// partitions, every second with a `day`, every fourth with an `at`.
async fn indexed(backend: &Backend) -> String {
    let table = format!("indexed-{:016x}", fastrand::u64(..));
    let attribute = |name: &str, of| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(of).build().unwrap()
    };
    let by_day = GlobalSecondaryIndex::builder()
        .index_name("by-day")
        .key_schema(key("day", KeyType::Hash))
        .projection(projection(ProjectionType::KeysOnly));
    let by_at = LocalSecondaryIndex::builder()
        .index_name("by-at")
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("at", KeyType::Range))
        .projection(projection(ProjectionType::All));
    let create = backend.dynamodb.create_table().table_name(&table);
    let create = create
        .attribute_definitions(attribute("pk", ScalarAttributeType::S))
        .attribute_definitions(attribute("sk", ScalarAttributeType::N))
        .attribute_definitions(attribute("day", ScalarAttributeType::S))
        .attribute_definitions(attribute("at", ScalarAttributeType::N))
        .key_schema(key("pk", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .global_secondary_indexes(by_day.build().unwrap())
        .local_secondary_indexes(by_at.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest);
    create.send().await.unwrap();
    let items = (0..120_u32).map(|n| {
        let (partition, sort) = (n % 3, n / 3);
        let day = if sort % 2 == 0 { r#","day":{"S":"monday"}"# } else { "" };
        let at = if sort % 4 == 0 { format!(r#","at":{{"N":"{n}"}}"#) } else { String::new() };
        let text = format!(
            r#"{{"pk":{{"S":"p{partition}"}},"sk":{{"N":"{sort}"}},"v":{{"S":"x"}}{day}{at}}}"#
        );
        Item::from_dynamodb_json(text.as_bytes()).unwrap()
    });
    put_all(&backend.dynamodb, &table, items).await;
    table
}

fn values(json: &str) -> Item {
    Item::from_dynamodb_json(json.as_bytes()).unwrap()
}

async fn run(dump: DumpBuilder) -> Result<(Store, u64), TransferError> {
    let store = Store::memory();
    let report = dump.build().to_store(store.clone(), &Control::new()).await?;
    Ok((store, report.items))
}

async fn compared(
    backend: &Backend,
    table: &str,
    store: &Store,
) -> Result<Comparison, TransferError> {
    let (options, reader) = (CompareOptions::default(), open(store).await);
    compare_with_table(&backend.dynamodb, table, reader, options, &Control::new()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_dumped_and_compared_with_itself() {
    let backend = backend().await;
    let table = indexed(&backend).await;
    let dump = |name: &str| {
        let selection = Selection { index_name: Some(name.to_owned()), ..Selection::default() };
        Dump::builder(backend.dynamodb.clone(), &table).selection(selection)
    };
    for (name, items) in [("by-day", 60), ("by-at", 30)] {
        let (store, dumped) = run(dump(name)).await.unwrap();
        assert_eq!(dumped, items, "{name}");
        let plan = Plan::read(&open(&store).await).await.unwrap().unwrap();
        assert_eq!((&*plan.method, plan.index_name.as_deref()), ("scan", Some(name)));
        let found = compared(&backend, &table, &store).await.unwrap();
        assert!(found.equal && found.selection_applied, "{found:?}");
        assert_eq!(found.table_items, items);
        // By it, all other items would be deleted.
        let scratch = tempfile::tempdir().unwrap();
        let (options, reader) = (MirrorOptions::new(scratch.path()), open(&store).await);
        let control = Control::new();
        let mirror = delete_extra(&backend.dynamodb, &table, reader, options, &control);
        assert_eq!(mirror.await.unwrap_err().kind(), TransferErrorKind::Options);
    }
    run(dump("by-at").consistent_read(true)).await.unwrap();
    for (dump, why) in [
        (dump("by-day").consistent_read(true), "cannot be read strongly"),
        (dump("by-night"), "no such index"),
    ] {
        let error = run(dump).await.unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Options);
        assert!(error.to_string().contains(why), "{error}");
    }
    let (store, _) = run(dump("by-day").limit(5)).await.unwrap();
    let error = compared(&backend, &table, &store).await.unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Options);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_one_segment() {
    let backend = backend().await;
    let table = indexed(&backend).await;
    let partition = Selection {
        key_condition_expression: Some("pk = :p AND sk >= :s".to_owned()),
        values: values(r#"{":p":{"S":"p1"},":s":{"N":"10"}}"#),
        ..Selection::default()
    };
    let monday = Selection {
        index_name: Some("by-day".to_owned()),
        key_condition_expression: Some("#d = :d".to_owned()),
        filter_expression: Some("pk = :p".to_owned()),
        names: [("#d".to_owned(), "day".to_owned())].into(),
        values: values(r#"{":d":{"S":"monday"},":p":{"S":"p0"}}"#),
        ..Selection::default()
    };
    for (selection, items) in [(partition, 30), (monday, 20)] {
        let dump = || {
            let dump = Dump::builder(backend.dynamodb.clone(), &table);
            // Pages of few items, so that there are several.
            dump.selection(selection.clone()).read_capacity("40".parse::<Pace>().unwrap())
        };
        let (store, dumped) = run(dump()).await.unwrap();
        assert_eq!(dumped, items);
        let plan = Plan::read(&open(&store).await).await.unwrap().unwrap();
        assert_eq!((&*plan.method, plan.total_segments), ("query", 1));
        assert_eq!(plan.selection().unwrap(), selection);
        let found = compared(&backend, &table, &store).await.unwrap();
        assert!(found.equal, "{found:?}");
        assert_eq!((found.source_items, found.table_items), (items, items));
        let (_, limited) = run(dump().limit(7)).await.unwrap();
        assert_eq!(limited, 7);
    }
}
