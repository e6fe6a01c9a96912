//! The ways in which other tools lose data without a word, each as a test.

use crate::e2e::program::{command, finish, run, run_with_input};
use ddbkit_codec::{AttributeValue, Item};
use ddbkit_local::{Fault, When};
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all, scan_all};
use std::path::Path;

fn item(n: u32, attributes: &str) -> Item {
    let json = format!(r#"{{"pk":{{"S":"k"}},"sk":{{"N":"{n}"}},{attributes}}}"#);
    Item::from_dynamodb_json(json.as_bytes()).unwrap()
}

/// Puts the items into a table, takes them through dump and load, and compares every item.
async fn comes_back(backend: &Backend, before: Vec<Item>) {
    let table = backend.table("loss", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, before).await;
    let before = scan_all(&backend.dynamodb, &table).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(backend, &["dump", &table, dest]).await.exits(0);
    let copy = backend.table("loss-copy", KeySchema::default()).await;
    run(backend, &["load", dest, &copy]).await.exits(0);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await, before);
    run(backend, &["verify", dest, &copy]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_lists_maps_and_binaries() {
    let attributes = r#""l":{"L":[]},"m":{"M":{}},"b":{"B":""},"s":{"S":""},
        "in":{"M":{"l":{"L":[]},"m":{"M":{}},"b":{"B":""}}},"ss":{"SS":[""]},"bs":{"BS":[""]}"#;
    comes_back(&backend().await, vec![item(1, attributes)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn binaries_at_every_depth() {
    let attributes = r#""b":{"B":"AAECAw=="},"bs":{"BS":["AA==","AQ=="]},
        "l":{"L":[{"B":"gIE="}]},"m":{"M":{"b":{"B":"/v8="},"bs":{"BS":["Ag=="]}}}"#;
    comes_back(&backend().await, vec![item(1, attributes)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_and_negative_numbers() {
    let attributes = r#""n":{"N":"12345678901234567890123456789012345678"},"minus":{"N":"-5"},
        "small":{"N":"1E-130"},"large":{"N":"9.9999999999999999999999999999999999999E+125"},
        "ns":{"NS":["-0.1","1234567890.12345678901234567890123456"]}"#;
    comes_back(&backend().await, vec![item(1, attributes)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_stay_sets_and_lists_stay_lists() {
    let attributes = r#""ss":{"SS":["a","b"]},"l":{"L":[{"S":"a"},{"S":"b"}]},
        "ns":{"NS":["1"]},"ln":{"L":[{"N":"1"}]}"#;
    comes_back(&backend().await, vec![item(1, attributes)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commas_quotes_and_line_ends_in_values() {
    let attributes = r#""v":{"S":"a,b;c\n\"d\"\r\n\u2028\u2029\u0085\u0000\ttab"},
        "na,me\n":{"S":"x"},"Item":{"S":"y"},"S":{"M":{"S":{"S":"z"}}}"#;
    comes_back(&backend().await, vec![item(1, attributes)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_bad_line_ends_nothing() {
    let backend = backend().await;
    let table = backend.table("bad-line", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("rejects.json");
    let mut lines = String::from("{\"pk\":{\"S\":\"k\"},\"sk\":{\"N\":\"0\"}}\nnonsense\n");
    lines += &(1..50)
        .map(|n| format!("{{\"pk\":{{\"S\":\"k\"}},\"sk\":{{\"N\":\"{n}\"}}}}\n"))
        .collect::<String>();
    let args = ["load", "-", &table, "--rejects", rejects.to_str().unwrap()];
    let ran = run_with_input(&backend, &args, lines.into_bytes()).await.exits(1);
    assert!(ran.stderr.contains("rejects.json"), "{}", ran.stderr);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 50);
    assert_eq!(std::fs::read_to_string(&rejects).unwrap(), "nonsense\n");

    // Where none may be rejected, the first ends it.
    std::fs::remove_file(&rejects).unwrap();
    std::fs::remove_file(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    let strict = [&args[..], &["--max-errors", "0"]].concat();
    let ran = run_with_input(&backend, &strict, b"nonsense\n".to_vec()).await.exits(1);
    assert!(ran.error().contains("more than 0 lines were rejected"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: look at the rejects"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_prints_the_summary_of_json_and_nothing_else() {
    let backend = backend().await;
    let table = backend.table("quiet", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..10).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let ran = run(&backend, &["-q", "dump", &table, &dest("text")]).await.exits(0);
    assert_eq!((&*ran.stdout, &*ran.stderr), ("", ""));
    let json = ["-q", "--output", "json", "dump", &table, &dest("json")];
    let ran = run(&backend, &json).await.exits(0);
    assert_eq!(ran.stderr, "");
    assert_eq!(ran.json()["items"], 10);
    // Without it the start and the end are told; a bar is for terminals only.
    let ran = run(&backend, &["dump", &table, &dest("loud")]).await.exits(0);
    assert!(ran.stderr.starts_with("Dumping ") && ran.stderr.contains("Dumped 10 items"));
    assert!(!ran.stderr.contains('\r') && !ran.stderr.contains('\x1b'), "{:?}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn unprocessed_items_are_not_forgotten() {
    let backend = Backend::embedded_only().await;
    let table = backend.table("unprocessed", KeySchema::default()).await;
    let lines: String = (0..200).map(|n| items::item(1, n).to_dynamodb_json() + "\n").collect();
    let rule = backend.faults().inject(Fault::UnprocessedItems, When::Every(2), "BatchWriteItem");
    let args = ["load", "-", &table, "--mode", "overwrite"];
    run_with_input(&backend, &args, lines.into_bytes()).await.exits(0);
    assert!(rule.injected() > 0);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_pages_and_page_seams() {
    let backend = backend().await;
    let table = backend.table("seams", KeySchema::default()).await;
    // 3.5 MB in one segment: pages of 1 MB, and with a filter some of them empty.
    let text = "x".repeat(35_000);
    let big = (0..100).map(|n| item(n, &format!(r#""t":{{"S":"{text}"}},"n":{{"N":"{n}"}}"#)));
    put_all(&backend.dynamodb, &table, big).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    run(&backend, &["dump", &table, &dest("all"), "--segments", "1"]).await.exits(0);
    run(&backend, &["verify", &dest("all"), &table]).await.exits(0);
    let filter = ["--filter-expression", "n = :n", "--expression-attribute-values"];
    let first = dest("first");
    let args = ["dump", &table, &first, "--segments", "1"];
    let args: Vec<&str> = args.into_iter().chain(filter).chain([r#"{":n":{"N":"0"}}"#]).collect();
    let ran = run(&backend, &[&args[..], &["--output", "json"]].concat()).await.exits(0);
    assert_eq!(ran.json()["items"], 1);
    run(&backend, &["verify", &dest("first"), &table]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_of_equal_keys_are_not_refused_as_a_whole() {
    let backend = backend().await;
    let table = backend.table("equal-keys", KeySchema::default()).await;
    let lines: String = (0..60)
        .map(|n| {
            let key = n % 3;
            format!(
                "{{\"pk\":{{\"S\":\"k{key}\"}},\"sk\":{{\"N\":\"1\"}},\"v\":{{\"N\":\"{n}\"}}}}\n"
            )
        })
        .collect();
    let args = ["load", "-", &table, "--mode", "overwrite"];
    run_with_input(&backend, &args, lines.into_bytes()).await.exits(0);
    let after = scan_all(&backend.dynamodb, &table).await;
    let values: Vec<_> = after.iter().map(|item| item.get("v").cloned().unwrap()).collect();
    assert_eq!(values, ["57", "58", "59"].map(|n| AttributeValue::N(n.parse().unwrap())));
}

#[tokio::test(flavor = "multi_thread")]
async fn large_items_do_not_overflow_a_batch() {
    let text = "x".repeat(400_000);
    let large = (0..45).map(|n| item(n, &format!(r#""t":{{"S":"{text}"}}"#)));
    comes_back(&backend().await, large.collect()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_dump_exits_with_130_and_is_not_whole() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let backend = Backend::embedded_only().await;
        let table = backend.table("interrupted", KeySchema::default()).await;
        put_all(&backend.dynamodb, &table, (0..200).map(|n| items::item(1, n))).await;
        let slow = std::time::Duration::from_secs(1);
        let rule = backend.faults().inject(Fault::Delay(slow), When::Every(1), "Scan");
        let dir = tempfile::tempdir().unwrap();
        let dest = dir.path().to_str().unwrap();
        let child = command(&backend, &["dump", &table, dest]).spawn().unwrap();
        while rule.injected() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let pid = child.id().unwrap().to_string();
        let kill = std::process::Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(kill.unwrap().success());
        finish(child).await.exits(code);
        let table = format!("{table}-copy");
        run(&backend, &["load", dest, &table, "--create-table"]).await.exits(255);
        let ran = run(&backend, &["verify", dest]).await;
        assert_ne!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        let info = run(&backend, &["info", dest, "--output", "json"]).await.exits(0);
        assert!(!info.stdout.contains("completed"), "{}", info.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn compression_is_known_by_its_bytes_not_by_a_header_or_a_name() {
    let backend = backend().await;
    let table = backend.table("encoding", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..30).map(|n| items::item(1, n))).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    run(&backend, &["dump", &table, dest]).await.exits(0);
    // One data file as a stream, with nothing that says what it is.
    let files = data_files(dir.path());
    let mut read = 0;
    let copy = backend.table("encoding-copy", KeySchema::default()).await;
    for file in files {
        let bytes = std::fs::read(file).unwrap();
        assert_eq!(bytes[..2], [0x1f, 0x8b]);
        let args = ["load", "-", &copy, "--output", "json"];
        let ran = run_with_input(&backend, &args, bytes).await.exits(0);
        read += ran.json()["read"].as_u64().unwrap();
    }
    assert_eq!(read, 30);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await.len(), 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_tree_is_read_where_it_is() {
    let backend = backend().await;
    let table = backend.table("moved", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..30).map(|n| items::item(1, n))).await;
    let bucket = backend.bucket().await;
    let dir = tempfile::tempdir().unwrap();
    let old = dir.path().join("old");
    let location = format!("s3://{bucket}/some/prefix");
    let args = ["dump", &table, old.to_str().unwrap(), "--s3-location", &location];
    run(&backend, &args).await.exits(0);
    let new = dir.path().join("elsewhere/deep");
    std::fs::create_dir_all(new.parent().unwrap()).unwrap();
    std::fs::rename(&old, &new).unwrap();
    let new = new.to_str().unwrap();
    run(&backend, &["verify", new]).await.exits(0);
    run(&backend, &["verify", new, &table]).await.exits(0);
    let copy = backend.table("moved-copy", KeySchema::default()).await;
    run(&backend, &["load", new, &copy]).await.exits(0);
    assert_eq!(scan_all(&backend.dynamodb, &copy).await.len(), 30);
}

/// The data files of the one export below a directory.
pub(crate) fn data_files(dest: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for export in std::fs::read_dir(dest.join("AWSDynamoDB")).unwrap() {
        let data = export.unwrap().path().join("data");
        files.extend(std::fs::read_dir(data).unwrap().map(|file| file.unwrap().path()));
    }
    files.sort();
    files
}
