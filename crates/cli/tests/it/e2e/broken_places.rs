//! Places that break while a dump or a load runs: the exit code, one line that says what and where,
//! and the same command that goes on.

use crate::e2e::program::{Ran, command, finish, run};
use ddbkit_testkit::{Backend, Fault, KeySchema, When, backend, items, put_all};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

const GOES_ON: &str = "hint: the same command goes on from where this one stopped";

async fn filled(backend: &Backend, items: u64) -> String {
    let table = backend.table("broken", KeySchema::default()).await;
    put_all(&backend.dynamodb, &table, (0..items).map(|n| items::item(8, n))).await;
    table
}

fn dump<'a>(table: &'a str, dest: &'a str) -> Vec<&'a str> {
    let fixed = "--segments 16 --workers 2 --file-size 50KiB --digest --output json";
    ["dump", table, dest].into_iter().chain(fixed.split(' ')).collect()
}

/// The dump goes on, and what it made is the table.
async fn goes_on(backend: &Backend, table: &str, dest: &str, items: u64) -> Ran {
    let ran = run(backend, &dump(table, dest)).await.exits(0);
    let summary = ran.json();
    assert_eq!((&summary["items"], &summary["resumed"]), (&items.into(), &true.into()));
    run(backend, &["verify", dest, table]).await.exits(0);
    ran
}

/// The system refuses to write on in the middle of a file, as it does when a disk is full.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_takes_no_more_is_told_and_the_dump_goes_on() {
    let backend = backend().await;
    let table = filled(&backend, 1_500).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().to_str().unwrap();
    // Files may have 16 KiB, less than a data file wants; the signal for it is ignored, so that the
    // program gets the error.
    let limited =
        format!("trap '' XFSZ; ulimit -f 16; exec '{}' \"$@\"", env!("CARGO_BIN_EXE_ddbkit"));
    let mut args = vec!["-c", &limited, "sh"];
    args.extend(dump(&table, dest));
    args.extend(["--compression", "none"]);
    let mut shell = tokio::process::Command::new("bash");
    shell.args(&args).env_clear().envs(backend.aws_env()).env("PATH", "/usr/bin:/bin");
    shell.current_dir(env!("CARGO_TARGET_TMPDIR")).stdin(Stdio::null());
    let child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let ran = finish(child).await.exits(255);
    assert!(ran.error().contains(dest), "{}", ran.stderr);
    assert!(ran.stderr.contains(GOES_ON), "{}", ran.stderr);
    let verified = run(&backend, &["verify", dest]).await;
    assert_ne!(verified.code, 0, "what is not whole is not taken for whole");

    let mut again = dump(&table, dest);
    again.extend(["--compression", "none"]);
    let summary = run(&backend, &again).await.exits(0).json();
    assert_eq!((&summary["items"], &summary["resumed"]), (&1_500.into(), &true.into()));
    run(&backend, &["verify", dest, &table]).await.exits(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_may_not_be_written_is_told_before_anything_is_read() {
    let backend = backend().await;
    let table = filled(&backend, 10).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let below_a_file = file.join("dump");
    let below_a_file = below_a_file.to_str().unwrap();
    let ran = run(&backend, &dump(&table, below_a_file)).await.exits(255);
    assert!(ran.error().contains(file.to_str().unwrap()), "{}", ran.stderr);

    let locked = dir.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o555)).unwrap();
    let ran = as_nobody(&backend, dir.path(), &dump(&table, locked.to_str().unwrap())).await;
    let ran = ran.exits(255);
    assert!(ran.error().contains(locked.to_str().unwrap()), "{}", ran.stderr);
    assert!(ran.error().to_lowercase().contains("permission denied"), "{}", ran.stderr);
    assert_eq!(std::fs::read_dir(&locked).unwrap().count(), 0);
    // Free again, it works.
    std::fs::set_permissions(&locked, PermissionsExt::from_mode(0o755)).unwrap();
    run(&backend, &dump(&table, locked.to_str().unwrap())).await.exits(0);
}

/// Runs as a user to whom permissions apply: the superuser may write everywhere.
async fn as_nobody(backend: &Backend, dir: &Path, args: &[&str]) -> Ran {
    const NOBODY: u32 = 65_534;
    std::fs::set_permissions(dir, PermissionsExt::from_mode(0o755)).unwrap();
    // The folder of the program may be closed to others.
    let copy = dir.join("ddbkit");
    std::fs::copy(env!("CARGO_BIN_EXE_ddbkit"), &copy).unwrap();
    let mut program = tokio::process::Command::new(copy);
    program.args(args).env_clear().envs(backend.aws_env()).current_dir(dir).uid(NOBODY);
    program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = match program.spawn() {
        // Only the superuser may become another, and nobody else needs to.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            command(backend, args).spawn().unwrap()
        }
        child => child.unwrap(),
    };
    finish(child).await
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_that_fails_in_the_middle_is_told_and_the_dump_goes_on() {
    let backend = Backend::embedded_only().await;
    let table = filled(&backend, 1_500).await;
    let dest = format!("s3://{}/dumps", backend.bucket().await);
    let rule = backend.faults().inject(Fault::InternalServerError, When::From(12), "PutObject");
    // Two attempts, so that the test does not wait for ten.
    let child = command(&backend, &dump(&table, &dest)).env("AWS_MAX_ATTEMPTS", "2").spawn();
    let ran = finish(child.unwrap()).await.exits(253);
    assert!(rule.injected() > 0);
    assert!(ran.error().contains(&dest), "{}", ran.stderr);
    assert!(ran.stderr.contains(GOES_ON), "{}", ran.stderr);
    backend.faults().clear();
    goes_on(&backend, &table, &dest, 1_500).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_are_revoked_are_told_and_both_go_on() {
    let backend = Backend::embedded_only().await;
    let table = filled(&backend, 1_500).await;
    let dir = tempfile::tempdir().unwrap();
    let dest = dir.path().join("dump");
    let dest = dest.to_str().unwrap();
    let rule = backend.faults().inject(Fault::ExpiredCredentials, When::From(7), "Scan");
    let ran = run(&backend, &dump(&table, dest)).await.exits(253);
    assert!(rule.injected() > 0);
    assert!(ran.error().contains("expired"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: set AWS_PROFILE"), "{}", ran.stderr);
    assert!(ran.stderr.contains(GOES_ON), "{}", ran.stderr);
    backend.faults().clear();
    goes_on(&backend, &table, dest, 1_500).await;

    let copy = backend.table("broken-copy", KeySchema::default()).await;
    let state = dir.path().join("state");
    let state = ["--state", state.to_str().unwrap(), "--output", "json"];
    let load = [&["load", dest, &copy, "--mode", "overwrite"][..], &state].concat();
    let rule = backend.faults().inject(Fault::ExpiredCredentials, When::From(20), "BatchWriteItem");
    let ran = run(&backend, &load).await.exits(253);
    assert!(rule.injected() > 0);
    assert!(ran.stderr.contains(GOES_ON), "{}", ran.stderr);
    backend.faults().clear();
    run(&backend, &load).await.exits(0);
    run(&backend, &["verify", dest, &copy]).await.exits(0);
}
