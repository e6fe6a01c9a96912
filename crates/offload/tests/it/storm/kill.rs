//! A writer process is killed before each of its requests, and after the last.
//!
//! The test runs its own program again, with the servers in the environment, for the one test that is
//! the writer.

use super::chaos::Chaos;
use super::world::{World, content};
use crate::support::key;
use aws_sdk_dynamodb::types::AttributeValue;
use ddbkit_offload::{ItemWrite, Offloader, Timing};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const WRITER: &str = "storm::kill::writer_that_is_killed";
const TABLE: &str = "DDBKIT_TEST_KILLED_TABLE";
const BUCKET: &str = "DDBKIT_TEST_KILLED_BUCKET";
/// The item, the operation, and the request at which it dies.
const ORDER: &str = "DDBKIT_TEST_KILLED_ORDER";

/// `kill -9` of this process.
fn die() -> ! {
    let _ = Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
    std::process::abort()
}

#[tokio::test]
async fn writer_that_is_killed() {
    let Ok(order) = std::env::var(ORDER) else { return };
    let order: Vec<u64> = order.split(',').map(|part| part.parse().unwrap()).collect();
    let (n, operation, at) = (order[0], order[1], order[2]);
    let backend = ddbkit_testkit::backend().await;
    let (table, bucket) = (std::env::var(TABLE).unwrap(), std::env::var(BUCKET).unwrap());
    let world = World { backend, table, bucket, timing: Timing::default() };
    let left = Arc::new(AtomicI64::new(i64::MAX));
    let countdown = left.clone();
    let chaos = Chaos::new(move |_| {
        if countdown.fetch_sub(1, Ordering::SeqCst) == 0 {
            die();
        }
        None
    });
    let offloader = world.offloader(world.clients(&chaos)).await;
    left.store(at.try_into().unwrap(), Ordering::SeqCst);
    let set = |n| ItemWrite::update(key(n)).set("body", content(n, 1));
    match operation {
        0 => {
            let mut item = key(n + 2);
            item.insert("body".to_owned(), content(n + 2, 1));
            drop(offloader.create(item).await.unwrap());
        }
        1 => drop(offloader.update(set(n)).await.unwrap()),
        2 => offloader.transact(vec![set(n), set(n + 1)], vec![]).await.unwrap(),
        _ => offloader.delete(key(n)).await.unwrap(),
    }
    die();
}

fn kill_a_writer(world: &World, order: &str) {
    let mut writer = Command::new(std::env::current_exe().unwrap());
    writer.args(["--exact", WRITER]).env(TABLE, &world.table).env(BUCKET, &world.bucket);
    let aws = world.backend.aws_env();
    let of = |wanted: &str| aws.iter().find(|(name, _)| name == wanted).unwrap().1.clone();
    writer
        .env(ORDER, order)
        .env("DDBKIT_TEST_DYNAMODB_ENDPOINT", &world.backend.dynamodb_endpoint)
        .env("DDBKIT_TEST_S3_ENDPOINT", &world.backend.s3_endpoint)
        .env("DDBKIT_TEST_S3_ACCESS_KEY", of("AWS_ACCESS_KEY_ID"))
        .env("DDBKIT_TEST_S3_SECRET_KEY", of("AWS_SECRET_ACCESS_KEY"))
        .stdout(Stdio::piped());
    let ended = writer.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.code().is_none(), "it was not killed: {order}: {said}");
}

/// Kills a writer at each request of one operation, of which there are so many.
async fn kill_at_each(world: &Arc<World>, calm: &Offloader, operation: u64, requests: u64) {
    for at in 0..=requests {
        let n = operation * 10_000 + at * 10;
        for own in [n, n + 1] {
            let mut item = key(own);
            item.insert("body".to_owned(), content(own, 0));
            calm.create(item).await.unwrap();
        }
        let (killed_in, order) = (world.clone(), format!("{n},{operation},{at}"));
        let killed = move || kill_a_writer(&killed_in, &order);
        tokio::task::spawn_blocking(killed).await.unwrap();
        let is_done = at == requests;
        let expected = match operation {
            0 => is_done.then(|| content(n + 2, 1)),
            1 | 2 => Some(content(n, u8::from(is_done))),
            _ => (!is_done).then(|| content(n, 0)),
        };
        let of = if operation == 0 { n + 2 } else { n };
        assert_eq!(body(calm, of).await, expected, "{operation} {at}");
        let other = content(n + 1, u8::from(operation == 2 && is_done));
        assert_eq!(body(calm, n + 1).await, Some(other), "{operation} {at}");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_request_it_leaves_the_old_value_or_the_new_one() {
    let world = Arc::new(World::new(Timing::default()).await);
    let calm = world.calm().await;
    let operations = [(0, 2), (1, 3), (2, 5), (3, 2)];
    let killed =
        operations.map(|(operation, requests)| kill_at_each(&world, &calm, operation, requests));
    futures::future::join_all(killed).await;
    assert!(world.resolve().await > 0);
}

async fn body(offloader: &Offloader, n: u64) -> Option<AttributeValue> {
    offloader.get(key(n)).await.unwrap()?.value("body").await.unwrap()
}
