//! What goes wrong the first time: names and places that are not there. Each error says what to do, and
//! none that the same command goes on, as it never will.

use crate::e2e::program::{Ran, run};
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all};

const GOES_ON: &str = "the same command goes on";

async fn orders(backend: &Backend) -> String {
    let table = backend.table("orders", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..20).map(|n| items::item(9, n))).await;
    table
}

/// Fails with this exit code, an error that has these words, and this hint alone.
#[track_caller]
fn told(ran: Ran, code: i32, words: &str, hint: &str) {
    let ran = ran.exits(code);
    assert!(ran.error().contains(words), "{}", ran.stderr);
    let hints: Vec<&str> =
        ran.stderr.lines().filter_map(|line| line.strip_prefix("hint: ")).collect();
    assert_eq!(hints.len(), 1, "{}", ran.stderr);
    assert!(hints[0].contains(hint) && !hints[0].contains(GOES_ON), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_or_is_there_already() {
    let backend = backend().await;
    let table = orders(&backend).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    told(run(&backend, &["dump", "nowhere", dest]).await, 254, "table nowhere", "check the name");
    told(run(&backend, &["inspect", "nowhere"]).await, 254, "table nowhere", "check the name");
    run(&backend, &["dump", &table, dest]).await.exits(0);
    told(run(&backend, &["load", dest, "nowhere"]).await, 254, "table nowhere", "check the name");
    let create = run(&backend, &["load", dest, &table, "--create-table"]).await;
    told(create, 254, &table, "leave out --create-table");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_not_there() {
    let backend = backend().await;
    let table = orders(&backend).await;
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("nowhere");
    let nowhere = nowhere.to_str().unwrap();
    for args in [&["info", nowhere][..], &["verify", nowhere], &["load", nowhere, &table]] {
        told(run(&backend, args).await, 255, nowhere, "name the folder that holds AWSDynamoDB/");
    }
    let dest = "s3://ddbkit-no-such-bucket/dumps";
    let ran = run(&backend, &["dump", &table, dest]).await;
    assert!(!ran.stderr.contains("unhandled error"), "{}", ran.stderr);
    told(ran, 254, "NoSuchBucket (404)", "check the name of the bucket");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_that_proves_a_dump_proves_it_beside_others() {
    let backend = backend().await;
    let table = orders(&backend).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest]).await.exits(0);
    let ran = run(&backend, &["dump", &table, dest]).await.exits(0);
    let mut proof = ran.stderr.lines().chain(ran.stdout.lines());
    let proof = proof.find_map(|line| line.strip_prefix("Prove it with: ddbkit "));
    let proof: Vec<&str> = proof.expect("a command").split(' ').collect();
    run(&backend, &proof).await.exits(0);
    // Without a name it is not known which is meant.
    for args in [&["verify", dest][..], &["load", dest, &table]] {
        told(run(&backend, args).await, 252, "several exports", "name one of them");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejects_file_that_is_a_folder_or_there_already() {
    let backend = backend().await;
    let table = orders(&backend).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest]).await.exits(0);
    let there = dir.path().join("there.json");
    std::fs::write(&there, "").unwrap();
    for (rejects, words) in [(dest, "is a folder"), (there.to_str().unwrap(), "is there already")] {
        let ran = run(&backend, &["load", dest, &table, "--rejects", rejects]).await.exits(252);
        assert!(ran.error().contains(words) && !ran.stderr.contains(GOES_ON), "{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_files_that_was_cut_short_is_not_loaded() {
    let backend = backend().await;
    let table = orders(&backend).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest]).await.exits(0);
    let export = std::fs::read_dir(dir.path().join("AWSDynamoDB")).unwrap();
    let export =
        export.map(|entry| entry.unwrap().path()).find(|path| path.join("_started").exists());
    let export = export.expect("an export");
    let list = export.join("manifest-files.json");
    let text = std::fs::read_to_string(&list).unwrap();
    let (_, shorter) = text.split_once('\n').unwrap();
    assert!(!shorter.is_empty(), "several files");
    std::fs::write(&list, shorter).unwrap();
    // As others pass exports on: without what proves the list.
    std::fs::remove_file(export.join("manifest-files.md5")).unwrap();
    let ran = run(&backend, &["load", dest, &table]).await.exits(255);
    assert!(ran.error().contains("the files of manifest-files.json sum to"), "{}", ran.stderr);
}
