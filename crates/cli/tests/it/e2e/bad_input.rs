//! Damaged sources and wrong settings: one line that names the place, the right exit code, and no
//! other item lost.

use crate::e2e::program::{Ran, command, finish, run, run_with_input};
use crate::e2e::silent_loss::data_files;
use ddbkit_testkit::{Backend, KeySchema, backend, items, put_all, scan_all};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A dump of 40 items in one data file, uncompressed so that single bytes can be changed.
struct Dumped {
    backend: Backend,
    dir: TempDir,
}

impl Dumped {
    async fn new(compression: &str) -> Self {
        let backend = backend().await;
        let table = backend.table("bad-input", KeySchema::default()).await;
        put_all(&backend.dynamodb, &table, (0..40).map(|n| items::item(1, n))).await;
        let dir = tempfile::tempdir().unwrap();
        let dest = dir.path().to_str().unwrap();
        let args = ["dump", &table, dest, "--workers", "1", "--compression", compression];
        run(&backend, &args).await.exits(0);
        Self { backend, dir }
    }

    fn path(&self) -> &str {
        self.dir.path().to_str().unwrap()
    }

    fn data_file(&self) -> PathBuf {
        let files = data_files(self.dir.path());
        assert_eq!(files.len(), 1);
        files[0].clone()
    }

    fn export(&self) -> PathBuf {
        self.data_file().parent().unwrap().parent().unwrap().to_owned()
    }

    /// What `verify` says; it must find a fault and exit with 1.
    async fn verify(&self) -> Ran {
        run(&self.backend, &["verify", self.path()]).await.exits(1)
    }

    /// Loads into a new table and returns the run and how many items arrived.
    async fn load(&self) -> (Ran, usize) {
        let table = self.backend.table("bad-input-copy", KeySchema::default()).await;
        let rejects = self.dir.path().join("rejects.json");
        let args = ["load", self.path(), &table, "--rejects", rejects.to_str().unwrap()];
        let ran = run(&self.backend, &args).await;
        (ran, scan_all(&self.backend.dynamodb, &table).await.len())
    }
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_gzip_file() {
    let dumped = Dumped::new("gzip").await;
    let file = dumped.data_file();
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(dumped.verify().await.stdout.contains(name(&file)));
    let (ran, _) = dumped.load().await;
    let ran = ran.exits(255);
    assert!(ran.stderr.contains(name(&file)), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte() {
    let dumped = Dumped::new("none").await;
    let file = dumped.data_file();
    let mut bytes = std::fs::read(&file).unwrap();
    // Inside a value, where the line stays a line.
    let at = bytes.len() - 10;
    bytes[at] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert!(dumped.verify().await.stdout.contains(name(&file)));
    let (ran, _) = dumped.load().await;
    let ran = ran.exits(255);
    assert!(ran.stderr.contains(name(&file)), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_checksum_file() {
    let dumped = Dumped::new("gzip").await;
    for manifest in ["manifest-summary.md5", "manifest-files.md5"] {
        let path = dumped.export().join(manifest);
        let right = std::fs::read(&path).unwrap();
        std::fs::write(&path, "AAAAAAAAAAAAAAAAAAAAAA==").unwrap();
        let stem = manifest.strip_suffix(".md5").unwrap();
        assert!(dumped.verify().await.stdout.contains(stem), "{manifest}");
        std::fs::write(&path, right).unwrap();
    }
    run(&dumped.backend, &["verify", dumped.path()]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_no_json() {
    let backend = backend().await;
    let table = backend.table("no-json", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("r.json");
    let lines = "{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"}}\n{\"pk\":\n{\"pk\":{\"S\":\"b\"},\"sk\":{\"N\":\"2\"}}\n";
    let args = ["load", "-", &table, "--rejects", rejects.to_str().unwrap()];
    run_with_input(&backend, &args, lines.into()).await.exits(1);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 2);
    let reasons = std::fs::read_to_string(dir.path().join("r.json.errors.jsonl")).unwrap();
    assert!(reasons.contains("\"line\":2"), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_data_file() {
    let dumped = Dumped::new("gzip").await;
    let file = dumped.data_file();
    std::fs::remove_file(&file).unwrap();
    assert!(dumped.verify().await.stdout.contains(name(&file)));
    let (ran, written) = dumped.load().await;
    let ran = ran.exits(255);
    assert!(ran.error().contains("source") && ran.stderr.contains(name(&file)), "{}", ran.stderr);
    assert_eq!(written, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extra_data_file() {
    let dumped = Dumped::new("gzip").await;
    let extra = dumped.data_file().with_file_name("aaaaaaaaaaaaaaaaaaaaaaaaaa.json.gz");
    std::fs::copy(dumped.data_file(), &extra).unwrap();
    assert!(dumped.verify().await.stdout.contains(name(&extra)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_without_its_summary() {
    let dumped = Dumped::new("gzip").await;
    std::fs::remove_file(dumped.export().join("manifest-summary.json")).unwrap();
    let ran = run(&dumped.backend, &["verify", dumped.path()]).await;
    assert_ne!(ran.code, 0);
    let (ran, written) = dumped.load().await;
    let ran = ran.exits(255);
    assert!(ran.error().contains(name(&dumped.export())), "{}", ran.stderr);
    assert_eq!(written, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_400_kb_and_a_byte() {
    let backend = backend().await;
    let table = backend.table("400kb", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("r.json");
    // Names and values count: pk 2 + a 1, sk 2 + number 2, t 1.
    let line = |size: usize, sk: u32| {
        let text = "x".repeat(size - 2 - 1 - 2 - 2 - 1);
        format!("{{\"pk\":{{\"S\":\"a\"}},\"sk\":{{\"N\":\"{sk}\"}},\"t\":{{\"S\":\"{text}\"}}}}\n")
    };
    let lines = line(409_600, 1) + &line(409_601, 2) + &line(100, 3);
    for mode in ["skip-existing", "overwrite"] {
        let _ = std::fs::remove_file(&rejects);
        let _ = std::fs::remove_file(dir.path().join("r.json.errors.jsonl"));
        let args = ["load", "-", &table, "--mode", mode, "--rejects", rejects.to_str().unwrap()];
        run_with_input(&backend, &args, lines.clone().into()).await.exits(1);
        assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 2, "{mode}");
        let reasons = std::fs::read_to_string(dir.path().join("r.json.errors.jsonl")).unwrap();
        assert!(
            reasons.contains("\"line\":2") && reasons.to_lowercase().contains("size"),
            "{reasons}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_key_attribute() {
    let backend = backend().await;
    let table = backend.table("no-key", KeySchema::default()).await;
    let dir = tempfile::tempdir().unwrap();
    let rejects = dir.path().join("r.json");
    let lines = "{\"pk\":{\"S\":\"a\"}}\n{\"pk\":{\"S\":\"b\"},\"sk\":{\"N\":\"2\"}}\n";
    let args = ["load", "-", &table, "--rejects", rejects.to_str().unwrap()];
    run_with_input(&backend, &args, lines.into()).await.exits(1);
    assert_eq!(scan_all(&backend.dynamodb, &table).await.len(), 1);
    let reasons = std::fs::read_to_string(dir.path().join("r.json.errors.jsonl")).unwrap();
    assert!(reasons.contains("key attribute sk is missing"), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_table() {
    let backend = backend().await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("dump");
    let ran = run(&backend, &["dump", "no-such-table", dest.to_str().unwrap()]).await.exits(254);
    assert!(ran.error().contains("no-such-table"));
    assert!(!dest.exists(), "nothing is written for a table that is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_endpoint() {
    let backend = backend().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let dir = tempfile::tempdir().unwrap();
    let args = ["--endpoint-url", &nobody, "dump", "T", dir.path().to_str().unwrap()];
    let ran = run(&backend, &args).await.exits(253);
    assert!(ran.error().to_lowercase().contains("refused"), "{}", ran.error());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_endpoint_variable() {
    let backend = backend().await;
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"] {
        let mut command = command(&backend, &["dump", "T", "/nowhere"]);
        let child = command.env(variable, "").spawn().unwrap();
        let ran = finish(child).await.exits(253);
        assert!(ran.error().contains(variable), "{}", ran.error());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_files_are_told_also_when_the_table_cannot_be_read() {
    let dumped = Dumped::new("gzip").await;
    let file = dumped.data_file();
    std::fs::remove_file(&file).unwrap();
    for form in ["text", "json"] {
        let args = ["verify", dumped.path(), "no-such-table", "--output", form];
        let ran = run(&dumped.backend, &args).await.exits(254);
        assert!(ran.stdout.contains(name(&file)), "{form}: {}", ran.stdout);
    }
}
