//! The care of tables.

use aws_sdk_dynamodb::types::{IndexStatus, StreamViewType, TableStatus, TimeToLiveStatus};
use ddbkit_codec::rules::{Key, KeyType};
use ddbkit_flow::{Control, Progress, ProgressEvent};
use ddbkit_table::TableErrorKind;
use ddbkit_table::admin::{
    Billing, Creation, GlobalIndex, LocalIndex, NewTable, Projected, TableAdmin, TruncateOptions,
};
use ddbkit_testkit::{Backend, Fault, KeySchema, When, backend, items, put_all, scan_all};
use futures::TryStreamExt;
use std::sync::{Arc, Mutex};

fn name(prefix: &str) -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let (n, process) = (NEXT.fetch_add(1, Ordering::Relaxed), std::process::id());
    format!("admin-{prefix}-{process}-{n}")
}

fn orders(name: &str) -> NewTable {
    NewTable::new(name, Key::partition("customer", KeyType::S).sort("at", KeyType::N))
}

fn admin(backend: &Backend) -> TableAdmin {
    TableAdmin::new(backend.dynamodb.clone())
}

/// `DynamoDB` Local takes tags and has none.
async fn assert_tagged(backend: &Backend, arn: &str) {
    match admin(backend).tags(arn).await {
        Err(error) if error.code() == Some("UnknownOperationException") => {
            assert!(backend.local_dynamodb.is_none(), "{error}");
        }
        tags => assert_eq!(tags.unwrap(), [("team".to_owned(), "shop".to_owned())]),
    }
}

#[tokio::test]
async fn a_table_is_created_with_everything_and_described() {
    let backend = backend().await;
    let (admin, name, control) = (admin(&backend), name("all"), Control::new());
    let table = orders(&name)
        .billing(Billing::Provisioned { read: 7, write: 5 })
        .global_index(
            GlobalIndex::new("ByState", Key::partition("state", KeyType::S))
                .projected(Projected::Include(vec!["total".to_owned()]))
                .provisioned(2, 3),
        )
        .global_index(GlobalIndex::new("ByAt", Key::partition("at", KeyType::N)))
        .local_index(LocalIndex::new("ByTotal", "total", KeyType::N).projected(Projected::KeysOnly))
        .time_to_live("expires")
        .stream(StreamViewType::NewAndOldImages)
        .tag("team", "shop");
    admin.create(&table, &control).await.unwrap();
    let there = admin.wait_until_ready(&name, &control).await.unwrap();
    assert_eq!((there.name.as_str(), &there.status), (name.as_str(), &TableStatus::Active));
    assert_eq!(there.key, Key::partition("customer", KeyType::S).sort("at", KeyType::N));
    assert_eq!(there.billing, Billing::Provisioned { read: 7, write: 5 });
    assert_eq!(there.stream.as_ref().unwrap().view, StreamViewType::NewAndOldImages);
    assert_eq!((there.items, there.bytes, there.deletion_protection), (0, 0, false));
    let index = |name: &str| there.indexes.iter().find(|index| index.name == name).unwrap();
    let by_state = index("ByState");
    assert_eq!(by_state.key, Key::partition("state", KeyType::S));
    assert_eq!(by_state.projected, Projected::Include(vec!["total".to_owned()]));
    assert_eq!(by_state.billing, Billing::Provisioned { read: 2, write: 3 });
    assert_eq!((by_state.is_global, &by_state.status), (true, &Some(IndexStatus::Active)));
    // Without capacity of its own it has that of the table.
    assert_eq!(index("ByAt").billing, there.billing);
    let by_total = index("ByTotal");
    assert_eq!((by_total.is_global, &by_total.projected), (false, &Projected::KeysOnly));
    assert_eq!(by_total.key, Key::partition("customer", KeyType::S).sort("total", KeyType::N));
    assert_eq!(there.key_of(Some("ByTotal")), Some(&by_total.key));
    assert_eq!(there.key_of(Some("None")), None);
    let ttl = admin.time_to_live(&name).await.unwrap();
    assert_eq!((ttl.attribute(), &ttl.status), (Some("expires"), &TimeToLiveStatus::Enabled));
    assert_tagged(&backend, &there.arn).await;
    assert!(admin.exists(&name).await.unwrap());
    admin.delete(&name, &control).await.unwrap();
    admin.wait_until_gone(&name, &control).await.unwrap();
    assert!(!admin.exists(&name).await.unwrap());
}

#[tokio::test]
async fn a_table_that_is_there_is_taken_only_if_it_is_the_same() {
    let backend = backend().await;
    let (admin, name, control) = (admin(&backend), name("absent"), Control::new());
    let by_state = GlobalIndex::new("ByState", Key::partition("state", KeyType::S));
    let table = orders(&name).global_index(by_state.clone());
    assert_eq!(admin.create_if_absent(&table, &control).await.unwrap(), Creation::Made);
    assert_eq!(admin.create_if_absent(&table, &control).await.unwrap(), Creation::WasThere);
    let refused = admin.create(&table, &control).await.unwrap_err();
    assert_eq!(refused.kind(), TableErrorKind::TableExists);

    let key = |at| Key::partition("customer", KeyType::S).sort("at", at);
    let others = [
        (NewTable::new(&name, key(KeyType::S)), "its key is customer:S,at:N, not customer:S,at:S"),
        (NewTable::new(&name, Key::partition("customer", KeyType::S)), "its key is"),
        (
            orders(&name).local_index(LocalIndex::new("ByTotal", "total", KeyType::N)),
            "it has no index ByTotal",
        ),
        (
            orders(&name)
                .global_index(GlobalIndex::new("ByState", Key::partition("s", KeyType::S))),
            "the key of its index ByState is state:S, not s:S",
        ),
    ];
    for (other, expected) in others {
        let error = admin.create_if_absent(&other, &control).await.unwrap_err();
        assert_eq!(error.kind(), TableErrorKind::Different, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }

    // A run that was killed before it switched time to live on.
    let with_ttl = table.clone().time_to_live("expires");
    assert_eq!(admin.create_if_absent(&with_ttl, &control).await.unwrap(), Creation::WasThere);
    assert_eq!(admin.time_to_live(&name).await.unwrap().attribute(), Some("expires"));
    assert_eq!(admin.create_if_absent(&with_ttl, &control).await.unwrap(), Creation::WasThere);
    let error = admin.create_if_absent(&table.time_to_live("gone_at"), &control).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Different, "{error}");
}

#[tokio::test]
async fn what_contradicts_itself_is_not_sent() {
    let backend = backend().await;
    let (admin, control) = (admin(&backend), Control::new());
    let two_types =
        orders("T").global_index(GlobalIndex::new("I", Key::partition("at", KeyType::S)));
    let error = admin.create(&two_types, &control).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
    assert!(error.to_string().contains("\"at\" is given two types"), "{error}");
    let local = NewTable::new("T", Key::partition("pk", KeyType::S)).local_index(LocalIndex::new(
        "I",
        "x",
        KeyType::N,
    ));
    let error = admin.create(&local, &control).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::InvalidInput);
}

#[tokio::test]
async fn time_to_live_and_stream_are_switched() {
    let backend = backend().await;
    let (admin, control) = (admin(&backend), Control::new());
    let table = backend.table("switches", KeySchema::default()).await;
    assert_eq!(admin.time_to_live(&table).await.unwrap().attribute(), None);
    let off = admin.disable_time_to_live(&table, &control).await.unwrap_err();
    assert_eq!(off.kind(), TableErrorKind::InvalidInput);
    admin.enable_time_to_live(&table, "expires", &control).await.unwrap();
    assert_eq!(admin.time_to_live(&table).await.unwrap().attribute(), Some("expires"));
    admin.disable_time_to_live(&table, &control).await.unwrap();
    assert_eq!(admin.time_to_live(&table).await.unwrap().attribute(), None);

    assert_eq!(admin.describe(&table).await.unwrap().stream, None);
    admin.enable_stream(&table, StreamViewType::KeysOnly, &control).await.unwrap();
    let stream = admin.wait_until_ready(&table, &control).await.unwrap().stream.unwrap();
    assert_eq!(stream.view, StreamViewType::KeysOnly);
    assert!(stream.arn.is_some());
    admin.disable_stream(&table, &control).await.unwrap();
    assert_eq!(admin.wait_until_ready(&table, &control).await.unwrap().stream, None);
}

#[tokio::test]
async fn tables_are_listed_beyond_a_page() {
    let backend = Backend::embedded_only().await;
    let admin = admin(&backend);
    let tables: Vec<String> = (0..103).map(|n| format!("listed-{n:03}")).collect();
    for name in &tables {
        let table = NewTable::new(name, Key::partition("pk", KeyType::S));
        admin.create(&table, &Control::new()).await.unwrap();
    }
    let listed: Vec<String> = admin.list().try_collect().await.unwrap();
    assert_eq!(listed, tables);
}

#[tokio::test]
async fn a_table_that_is_not_there() {
    let backend = backend().await;
    let (admin, control, table) = (admin(&backend), Control::new(), "no-such-table");
    let errors = [
        admin.describe(table).await.unwrap_err(),
        admin.delete(table, &control).await.unwrap_err(),
        admin.time_to_live(table).await.unwrap_err(),
        admin.enable_stream(table, StreamViewType::NewImage, &control).await.unwrap_err(),
        admin.truncate(table, &TruncateOptions::default(), &control).await.unwrap_err(),
        admin.plan_recreation(table, &control).await.unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), TableErrorKind::NotFound, "{error}");
        assert!(error.to_string().contains(table), "{error}");
        assert_eq!(error.code(), Some("ResourceNotFoundException"));
    }
    admin.wait_until_gone(table, &control).await.unwrap();
    assert!(!admin.exists(table).await.unwrap());
}

/// Cancels at the first event of this kind, and keeps all.
struct Watcher {
    control: Control,
    stop_at: fn(&ProgressEvent) -> bool,
    seen: Mutex<Vec<ProgressEvent>>,
}

impl Progress for Watcher {
    fn on_event(&self, event: &ProgressEvent) {
        self.seen.lock().unwrap().push(event.clone());
        if (self.stop_at)(event) {
            self.control.cancel();
        }
    }
}

fn watched(stop_at: fn(&ProgressEvent) -> bool) -> (Control, Arc<Watcher>) {
    let control = Control::new();
    let watcher = Watcher { control: control.clone(), stop_at, seen: Mutex::default() };
    let watcher = Arc::new(watcher);
    (control.with_progress(watcher.clone()), watcher)
}

impl Watcher {
    fn advanced(&self) -> u64 {
        let seen = self.seen.lock().unwrap();
        let items = seen.iter().map(|event| match event {
            ProgressEvent::Advanced { items, .. } => *items,
            _ => 0,
        });
        items.sum()
    }
}

#[tokio::test]
async fn a_table_is_emptied_and_stays() {
    let backend = backend().await;
    let admin = admin(&backend);
    let table = backend.table("truncate", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..230).map(|n| items::item(3, n))).await;
    let (control, watcher) = watched(|_| false);
    let done = admin.truncate(&table, &TruncateOptions::default(), &control).await.unwrap();
    assert_eq!((done.items, watcher.advanced()), (230, 230));
    assert!(done.read_units.get() > 0.0 && done.write_units.get() >= 230.0, "{done:?}");
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 0);
    let again = admin.truncate(&table, &TruncateOptions::default(), &control).await.unwrap();
    assert_eq!(again.items, 0);
}

#[tokio::test]
async fn a_truncation_that_is_stopped_goes_on() {
    let backend = backend().await;
    let admin = admin(&backend);
    let table = backend.table("stopped", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..300).map(|n| items::item(3, n))).await;
    let (control, watcher) = watched(|event| matches!(event, ProgressEvent::Advanced { .. }));
    let stopped = admin.truncate(&table, &TruncateOptions::default(), &control).await.unwrap_err();
    assert_eq!(stopped.kind(), TableErrorKind::Canceled);
    let left = scan_all(&backend.dynamodb, &table).await.len() as u64;
    // What was under way is done and counted.
    assert!(left > 0);
    assert_eq!(left + watcher.advanced(), 300);
    let options = TruncateOptions::default();
    let done = admin.truncate(&table, &options, &Control::new()).await.unwrap();
    assert_eq!(done.items, left);
}

#[tokio::test]
async fn what_a_batch_leaves_is_deleted_too() {
    let backend = Backend::embedded_only().await;
    let admin = admin(&backend);
    let table = backend.table("unprocessed", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..60).map(|n| items::item(3, n))).await;
    let rule = backend.faults().inject(Fault::AllUnprocessed, When::Once, "BatchWriteItem");
    let (control, watcher) = watched(|_| false);
    let done = admin.truncate(&table, &TruncateOptions::default(), &control).await.unwrap();
    assert_eq!((done.items, watcher.advanced()), (60, 60));
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 0);
    let seen = watcher.seen.lock().unwrap();
    assert!(seen.contains(&ProgressEvent::Throttled));
    assert_eq!(rule.injected(), 1);
}

#[tokio::test]
async fn a_table_is_made_anew_with_what_it_had() {
    let backend = backend().await;
    let (admin, name, control) = (admin(&backend), name("anew"), Control::new());
    let table = orders(&name)
        .billing(Billing::Provisioned { read: 7, write: 5 })
        .global_index(GlobalIndex::new("ByState", Key::partition("state", KeyType::S)))
        .local_index(LocalIndex::new("ByTotal", "total", KeyType::N))
        .time_to_live("expires")
        .stream(StreamViewType::NewImage)
        .tag("team", "shop");
    admin.create(&table, &control).await.unwrap();
    let before = admin.wait_until_ready(&name, &control).await.unwrap();
    let plan = admin.plan_recreation(&name, &control).await.unwrap();
    assert_eq!(plan.table(), name);
    assert!(plan.lost().any(|lost| lost.contains("stream")), "{plan:?}");
    Box::pin(admin.recreate(plan, &control)).await.unwrap();
    let after = admin.wait_until_ready(&name, &control).await.unwrap();
    assert_eq!((&after.key, &after.billing), (&before.key, &before.billing));
    assert_eq!(after.indexes, before.indexes);
    assert_ne!((after.id, after.created), (before.id, before.created));
    assert_eq!(after.stream.unwrap().view, StreamViewType::NewImage);
    assert_eq!(admin.time_to_live(&name).await.unwrap().attribute(), Some("expires"));
    assert_tagged(&backend, &after.arn).await;
}

#[tokio::test]
async fn a_protected_table_is_not_made_anew() {
    let backend = backend().await;
    let (admin, name, control) = (admin(&backend), name("protected"), Control::new());
    admin.create(&orders(&name).deletion_protection(), &control).await.unwrap();
    assert!(admin.wait_until_ready(&name, &control).await.unwrap().deletion_protection);
    let refused = admin.plan_recreation(&name, &control).await.unwrap_err();
    assert_eq!(refused.kind(), TableErrorKind::TableExists);
    assert!(refused.to_string().contains("protected"), "{refused}");
}

#[tokio::test]
async fn nothing_is_done_for_who_was_cancelled_before() {
    let backend = backend().await;
    let (admin, name, control) = (admin(&backend), name("cancelled"), Control::new());
    control.cancel();
    let error = admin.create(&orders(&name), &control).await.unwrap_err();
    assert_eq!(error.kind(), TableErrorKind::Canceled);
    assert!(!admin.exists(&name).await.unwrap());
}
