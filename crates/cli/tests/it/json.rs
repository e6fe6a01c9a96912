//! What commands print with `--output json` is what the page of reference says.

use crate::e2e::program::run;
use crate::guides::Stage;
use crate::json_page::assert_as_told;
use serde_json::{Map, Value};

/// The object that a line is, unless it is an item or no JSON.
fn summary(line: &str) -> Option<Map<String, Value>> {
    let object: Map<String, Value> = serde_json::from_str(line).ok()?;
    object.contains_key("version").then_some(object)
}

/// What a run printed last, on standard output or else on standard error, is an object of this kind.
async fn prints(stage: &Stage, section: &str, command: &str, without: &[&str]) {
    let args: Vec<&str> = command.split(' ').chain(["--output", "json"]).collect();
    let ran = run(&stage.backend, &args).await.exits(0);
    let printed = [&ran.stdout, &ran.stderr].map(|text| text.lines().rev());
    let object = printed.into_iter().flatten().find_map(summary);
    let object = object.unwrap_or_else(|| panic!("{command}: {}{}", ran.stdout, ran.stderr));
    assert_as_told(section, &object.into(), without);
}

#[tokio::test(flavor = "multi_thread")]
async fn dumps_and_loads_print_what_the_page_says() {
    let stage = Stage::with_table().await;
    let dir = stage.dir.path().join("dump");
    let dump = dir.to_str().unwrap();
    let run = async |section: &str, command: &str, without: &[&str]| {
        prints(&stage, section, &command.replace("DUMP", dump), without).await;
    };
    run("dump --dry-run", "dump Orders DUMP --dry-run", &[]).await;
    run("dump", "dump Orders DUMP", &[]).await;
    run("dump", "dump Orders -", &[]).await;
    run("info", "info DUMP", &[]).await;
    run("inspect", "inspect DUMP", &[]).await;
    run("verify", "verify DUMP Orders", &[]).await;
    run("load --dry-run", "load DUMP Copy --create-table --dry-run", &[]).await;
    run("load", "load DUMP Copy --create-table", &["source"]).await;
    run("convert", "convert DUMP DUMP.parquet --format parquet", &[]).await;
    run("convert", "convert DUMP DUMP.json --format dynamodb-json", &[]).await;
    run("load", "load DUMP.parquet Copy", &[]).await;
    run("import lint", "import lint DUMP.json --key pk:S,sk:N", &[]).await;
    run("rm", "rm DUMP --dry-run", &[]).await;
    run("rm", "rm DUMP --yes", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_and_imports_print_what_the_page_says() {
    let stage = Stage::with_table().await;
    let dest = "s3://my-exports/native";
    prints(
        &stage,
        "export start",
        &format!("export start Orders {dest} --wait --interval 20ms"),
        &[],
    )
    .await;
    prints(&stage, "export list", "export list", &[]).await;
    prints(&stage, "export cat", &format!("export cat {dest}"), &[]).await;
    let import = format!("import start {dest} Copy --like Orders --wait --interval 20ms");
    prints(&stage, "import start", &import, &[]).await;
    prints(&stage, "import list", "import list", &[]).await;
    let listed = run(&stage.backend, &["export", "list", "--output", "json"]).await.json();
    let arn = listed["exports"][0]["arn"].as_str().unwrap();
    prints(&stage, "export describe", &format!("export describe {arn}"), &[]).await;
    prints(&stage, "export wait", &format!("export wait {arn}"), &[]).await;
    let listed = run(&stage.backend, &["import", "list", "--output", "json"]).await.json();
    let arn = listed["imports"][0]["arn"].as_str().unwrap();
    prints(&stage, "import describe", &format!("import describe {arn}"), &[]).await;
    prints(&stage, "import wait", &format!("import wait {arn}"), &[]).await;
}

/// What `merge` and `apply` print of these exports, which are of the table `Orders-copy`.
pub(crate) async fn merges_and_applies(stage: &Stage, source: &str) {
    prints(stage, "merge", &format!("merge {source} {source} s3://my-exports/again"), &[]).await;
    let apply = format!("apply {source} Orders-copy --bookkeeping Orders-copy-applied");
    prints(stage, "apply --dry-run", &format!("{apply} --dry-run"), &[]).await;
    prints(stage, "apply", &apply, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_prints_what_the_page_says() {
    let stage = Stage::with_table().await;
    prints(&stage, "demo", "demo", &[]).await;
}
