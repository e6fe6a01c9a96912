//! The commands of every page, run as they stand there, one after the other, by a shell.
//!
//! What stands in a block that is marked as `console` is run; what needs an account, a cluster or a
//! compiler is in a block that is marked as `sh`. A page gets embedded servers, a table `Orders`, and
//! what else it takes for granted. Every command must exit with 0, and every line of output that the
//! page shows must be printed.

mod places;

use crate::e2e::program::Ran;
use ddbkit::store::Store;
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{Backend, KeySchema, items, put_all};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::Command;

const EXPORTS: &str = "my-exports";
const BUCKETS: [&str; 4] = ["my-backups", EXPORTS, "my-archive", "my-blobs"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A command of a page, and what the page shows below it.
#[derive(Debug, PartialEq)]
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The commands in the blocks of a page that are marked as `console`.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut in_block = false;
    let text = page.replace("\\\n", " ");
    for line in text.lines() {
        if line.starts_with("```") {
            in_block = line == "```console";
        } else if let (true, Some(command)) = (in_block, line.strip_prefix("$ ")) {
            steps.push(Step { command: command.to_owned(), shown: Vec::new() });
        } else if in_block {
            steps.last_mut().expect("output follows a command").shown.push(line.to_owned());
        }
    }
    steps
}

/// The place in which a page is run.
pub(crate) struct Stage {
    pub(crate) backend: Backend,
    /// What `--profile staging` leads to.
    staging: Option<Backend>,
    pub(crate) dir: tempfile::TempDir,
}

impl Stage {
    /// A table `Orders` of which an export can be made, and both buckets, empty.
    pub(crate) async fn with_table() -> Self {
        let backend = Backend::with_jobs(Duration::ZERO).await;
        for bucket in BUCKETS {
            backend.s3.create_bucket().bucket(bucket).send().await.unwrap();
        }
        backend.create_table("Orders", KeySchema::default()).await;
        put_all(&backend.dynamodb, "Orders", (0..150).map(|n| items::item(7, n))).await;
        let on = aws_sdk_dynamodb::types::PointInTimeRecoverySpecification::builder()
            .point_in_time_recovery_enabled(true);
        let update = backend.dynamodb.update_continuous_backups().table_name("Orders");
        let on = on.build().unwrap();
        update.point_in_time_recovery_specification(on).send().await.unwrap();
        Self { backend, staging: None, dir: tempfile::tempdir().unwrap() }
    }

    /// Below `orders` in the bucket, a native full export and an incremental one for each month, and
    /// the table `Orders-copy` as it was at the time of the former.
    pub(crate) async fn with_exports() -> Self {
        let stage = Self::with_table().await;
        let year = Year::generate(&stage.backend, 17).await;
        let store = Store::s3(stage.backend.s3.clone(), EXPORTS, "orders");
        year.write_base(&store).await;
        for window in 0..year.windows.len() {
            year.write_window(window, View::NewAndOldImages, &store).await;
        }
        stage.backend.create_table("Orders-copy", KeySchema::default()).await;
        put_all(&stage.backend.dynamodb, "Orders-copy", year.base).await;
        stage
    }

    /// Below `orders` in the bucket, one full export.
    async fn with_one_export() -> Self {
        let stage = Self::with_table().await;
        let dest = format!("s3://{EXPORTS}/orders");
        let command = format!("ddbkit export start Orders {dest} --wait");
        let ran = stage.run(&command).await;
        ran.exits(0);
        stage
    }

    /// As `ddbkit`, a script that has the profile `staging` lead to the other DynamoDB, and looks at a
    /// job more often than every ten seconds.
    fn write_program(&self) -> PathBuf {
        let folder = self.dir.path().join("bin");
        std::fs::create_dir_all(&folder).unwrap();
        let other = self.staging.as_ref().unwrap_or(&self.backend);
        let environment = other.aws_env();
        let name = "AWS_ENDPOINT_URL_DYNAMODB";
        let (_, endpoint) = environment.iter().find(|(known, _)| known == name).unwrap();
        let program = env!("CARGO_BIN_EXE_ddbkit");
        let script = format!(
            "#!/bin/sh\ncase \" $* \" in *' --profile staging '*) export {name}={endpoint};; esac\n\
             case \" $* \" in *' table '*) ;; *' --wait '*) set -- \"$@\" --interval 50ms;; esac\n\
             exec '{program}' \"$@\"\n"
        );
        let file = folder.join("ddbkit");
        std::fs::write(&file, script).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(folder.join("config"), "[profile production]\n[profile staging]\n").unwrap();
        folder
    }

    /// The folder in which the commands are given.
    fn work(&self) -> PathBuf {
        let work = self.dir.path().join("work");
        std::fs::create_dir_all(&work).unwrap();
        work
    }

    async fn run(&self, command: &str) -> Ran {
        let bin = self.write_program();
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("bash");
        shell.args(["-o", "pipefail", "-c", command]).env_clear().envs(self.backend.aws_env());
        shell.env("PATH", path).env("AWS_CONFIG_FILE", bin.join("config"));
        let shell = shell.current_dir(self.work()).kill_on_drop(true).output();
        let output = tokio::time::timeout(Duration::from_mins(2), shell).await;
        let output = output.unwrap_or_else(|_| panic!("hangs: {command}")).unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs a page from its beginning to its end.
    async fn follow(&self, page: &str) {
        let text = std::fs::read_to_string(root().join(page)).unwrap();
        let steps = steps(&text);
        assert!(!steps.is_empty(), "{page} has no commands");
        for Step { command, shown } in steps {
            let Ran { code, stdout, stderr } = self.run(&command).await;
            let printed = format!("{stdout}{stderr}");
            assert_eq!(code, 0, "{page}: {command}\n{printed}");
            let missing = shown.iter().find(|line| !printed.lines().any(|other| other == *line));
            assert_eq!(missing, None, "{page}: {command} prints\n{printed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_backed_up() {
    Stage::with_table().await.follow("docs/guides/back-up.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_restored_in_another_account() {
    let mut stage = Stage::with_table().await;
    stage.staging = Some(Backend::with_jobs(Duration::ZERO).await);
    stage.follow("docs/guides/restore.md").await;
    let restored = stage.staging.as_ref().unwrap().dynamodb.scan().table_name("Orders");
    assert_eq!(restored.send().await.unwrap().count(), 150);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_read() {
    Stage::with_one_export().await.follow("docs/guides/read-an-export.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_looked_into() {
    Stage::with_one_export().await.follow("docs/guides/inspect.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn incremental_exports_are_merged_and_applied() {
    let stage = Stage::with_exports().await;
    stage.follow("docs/guides/merge-incremental-exports.md").await;
    // On the same exports: to make them takes longest.
    crate::json::merges_and_applies(&stage, &format!("s3://{EXPORTS}/orders")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_worked_with() {
    Stage::with_table().await.follow("docs/guides/work-with-a-table.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_shared_as_on_aws_batch() {
    let stage = Stage::with_table().await;
    stage.backend.create_table("Orders-copy", KeySchema::default()).await;
    stage.follow("docs/guides/run-on-aws-batch.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_machines_share_a_dump_and_a_load() {
    Stage::with_table().await.follow("docs/many-machines.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_is_archived_and_brought_back() {
    let stage = Stage::with_table().await.with_expired_items().await;
    stage.follow("docs/guides/archive-what-ttl-deletes.md").await;
    // Nothing is left to archive, and what came back is there.
    stage.follow("docs/archive.md").await;
    stage.follow("docs/guides/run-on-lambda.md").await;
    let restored = stage.backend.dynamodb.scan().table_name("Sessions").send().await.unwrap();
    assert_eq!(restored.count(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_attribute_goes_to_s3_and_back() {
    let stage = Stage::with_table().await.with_page().await;
    stage.follow("docs/guides/offload-large-attributes.md").await;
    stage.follow("docs/offload.md").await;
    // The guide brought its values back.
    let put = "ddbkit offload put Pages --key '{\"pk\":{\"S\":\"p1\"}}' --attribute html page.html \
               --objects s3://my-blobs/pages";
    stage.run(put).await.exits(0);
    stage.follow("docs/offload-cli.md").await;
    let objects = stage.backend.s3.list_objects_v2().bucket("my-blobs").prefix("pages-2/").send();
    assert!(objects.await.unwrap().contents().len() > 1, "the values of the other table");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_introduction_is_followed() {
    Stage::with_table().await.follow("docs/introduction.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_program_is_followed() {
    Stage::with_table().await.follow("crates/cli/README.md").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_is_followed() {
    let stage = Stage::with_table().await.with_page().await;
    let stage = stage.with_expired_items().await.with_folders().await;
    stage.follow("README.md").await;
}

#[test]
fn every_page_with_commands_is_run() {
    let this = include_str!("guides.rs");
    let mut pages = vec!["README.md".to_owned(), "crates/cli/README.md".to_owned()];
    for folder in ["docs", "docs/guides", "docs/reference"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let is_page = path.extension().is_some_and(|extension| extension == "md");
            pages.extend(is_page.then(|| format!("{folder}/{name}")));
        }
    }
    for page in pages {
        let steps = steps(&std::fs::read_to_string(root().join(&page)).unwrap());
        let is_run = this.contains(&format!("follow(\"{page}\")"));
        assert_eq!(is_run, !steps.is_empty(), "{page}: has commands, but no test, or the reverse");
    }
}

#[test]
fn commands_and_what_is_shown_below_them_are_told_apart() {
    let page = "```toml\n$ no\n```\n```console\n$ one \\\n  two\nout\n$ three\n```\n$ no\n";
    let step = |command: &str, shown: &[&str]| Step {
        command: command.to_owned(),
        shown: shown.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(steps(page), [step("one    two", &["out"]), step("three", &[])]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_is_no_success() {
    let stage = Stage {
        backend: Backend::embedded_only().await,
        staging: None,
        dir: tempfile::tempdir().unwrap(),
    };
    stage.run("ddbkit info nowhere | cat").await.exits(255);
}
