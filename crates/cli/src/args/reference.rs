//! The pages of `docs/reference`, held against the command line and the code.

use super::Cli;
use crate::exit;
use clap::{Command, CommandFactory};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Set to write the page of commands anew.
const RENEW: &str = "DDBKIT_RENEW_DOCS";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page(name: &str) -> String {
    let path = root().join("docs/reference").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All commands that do something, with the words that call them.
fn commands() -> Vec<(String, Command)> {
    below("", &Cli::command())
}

fn below(words: &str, group: &Command) -> Vec<(String, Command)> {
    let mut found = Vec::new();
    for command in group.get_subcommands() {
        let name = format!("{words} {}", command.get_name()).trim().to_owned();
        let members = below(&name, command);
        if members.is_empty() {
            found.push((name, command.clone()));
        }
        found.extend(members);
    }
    found
}

/// The help of a command as a block, without the options that every command has.
fn help(name: &str, command: Command) -> String {
    let command = command.bin_name(format!("ddbkit {name}")).term_width(100);
    let help = command.disable_help_flag(true).disable_version_flag(true).render_long_help();
    let help = help.to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    format!("```text\n{}\n```\n", lines.join("\n").trim())
}

fn cli_page() -> String {
    let mut text =
        "# Commands and flags\n\nWhat `ddbkit help COMMAND` prints. This page is made from \
                    the program, and a test compares both.\n\n"
            .to_owned();
    for (name, command) in commands() {
        text += &format!("## {name}\n\n{}\n", help(&name, command));
    }
    let all = Cli::command().about("").subcommand_required(false).disable_help_subcommand(true);
    let names: Vec<String> = all.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let global =
        names.into_iter().fold(all, |all, name| all.mut_subcommand(name, |sub| sub.hide(true)));
    text += &format!("## Options of every command\n\n{}", help("COMMAND", global));
    text
}

#[test]
fn the_page_of_commands_is_what_the_program_says() {
    let made = cli_page();
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(root().join("docs/reference/cli.md"), &made).unwrap();
    }
    let differ = page("cli.md").lines().zip(made.lines()).position(|(old, new)| old != new);
    assert!(
        page("cli.md") == made,
        "docs/reference/cli.md is old, first in line {:?}; renew it with\n  \
         {RENEW}=1 cargo test -p ddbkit-cli --bin ddbkit reference",
        differ.map(|line| line + 1)
    );
}

#[test]
fn every_exit_code_is_on_its_page() {
    let text = page("exit-codes.md");
    let rows: BTreeSet<i32> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok())
        .collect();
    let codes = [
        exit::DONE,
        exit::PARTLY,
        exit::INTERRUPTED,
        exit::TERMINATED,
        exit::USAGE,
        exit::ENVIRONMENT,
        exit::REFUSED,
        exit::OTHER,
    ];
    assert_eq!(rows, codes.map(exit::Exit::number).into());
}

/// Names in capitals with an underscore, which variables are.
fn variables(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c| !is_part(c));
    words
        .filter(|word| word.starts_with("AWS_") || *word == "NO_COLOR" || *word == "TMPDIR")
        .collect()
}

#[test]
fn every_variable_is_on_its_page() {
    let folder = root().join("crates/cli/src");
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let source = read("config.rs") + &read("config/endpoint.rs");
    let made = cli_page();
    let page = page("environment.md");
    let known = variables(&page);
    let read = variables(&source).into_iter().chain(variables(&made));
    // The demo and examples of schedulers have their own.
    let missing: Vec<_> = read.filter(|name| !known.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_command_has_a_section_on_the_pages_of_iam_and_json() {
    for name in ["iam.md", "json.md"] {
        let text = page(name);
        let sections: BTreeSet<&str> =
            text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        let missing: Vec<String> = commands()
            .into_iter()
            .map(|(command, _)| command)
            .filter(|command| !sections.contains(command.as_str()))
            .collect();
        assert_eq!(missing, [""; 0], "{name}");
    }
}

#[test]
fn the_policies_are_policies() {
    let text = page("iam.md");
    let blocks: Vec<&str> =
        text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 10);
    for block in blocks {
        let policy: serde_json::Value = serde_json::from_str(block).unwrap();
        assert_eq!(policy["Version"], "2012-10-17");
        for statement in policy["Statement"].as_array().unwrap() {
            assert!(statement["Effect"] == "Allow" && statement["Resource"].is_string(), "{block}");
        }
    }
}

/// Calls of the SDKs: what the code calls them, and the action of IAM for each.
const ACTIONS: &[(&str, &str)] = &[
    ("abort_multipart_upload", "s3:AbortMultipartUpload"),
    ("batch_get_item", "dynamodb:BatchGetItem"),
    ("batch_write_item", "dynamodb:BatchWriteItem"),
    ("complete_multipart_upload", "s3:PutObject"),
    ("copy_object", "s3:PutObject"),
    ("create_multipart_upload", "s3:PutObject"),
    ("create_table", "dynamodb:CreateTable"),
    ("delete_item", "DeleteItem"),
    ("delete_object", "s3:DeleteObject"),
    ("delete_objects", "s3:DeleteObject"),
    ("delete_table", "dynamodb:DeleteTable"),
    ("describe_continuous_backups", "dynamodb:DescribeContinuousBackups"),
    ("describe_export", "dynamodb:DescribeExport"),
    ("describe_import", "dynamodb:DescribeImport"),
    ("describe_limits", "dynamodb:DescribeLimits"),
    ("describe_scalable_targets", "application-autoscaling:DescribeScalableTargets"),
    ("describe_scaling_policies", "application-autoscaling:DescribeScalingPolicies"),
    ("describe_scheduled_actions", "application-autoscaling:DescribeScheduledActions"),
    ("describe_stream", "dynamodb:DescribeStream"),
    ("describe_table", "dynamodb:DescribeTable"),
    ("describe_time_to_live", "dynamodb:DescribeTimeToLive"),
    ("export_table_to_point_in_time", "dynamodb:ExportTableToPointInTime"),
    ("get_item", "dynamodb:GetItem"),
    ("get_object", "s3:GetObject"),
    ("get_records", "dynamodb:GetRecords"),
    ("get_resource_policy", "dynamodb:GetResourcePolicy"),
    ("get_shard_iterator", "dynamodb:GetShardIterator"),
    ("head_bucket", "s3:ListBucket"),
    ("head_object", "s3:GetObject"),
    ("import_table", "dynamodb:ImportTable"),
    ("list_contributor_insights", "dynamodb:ListContributorInsights"),
    ("list_exports", "dynamodb:ListExports"),
    ("list_imports", "dynamodb:ListImports"),
    ("list_multipart_uploads", "s3:ListBucketMultipartUploads"),
    ("list_parts", "s3:ListMultipartUploadParts"),
    ("list_objects_v2", "s3:ListBucket"),
    ("list_streams", "dynamodb:ListStreams"),
    ("list_tables", "dynamodb:ListTables"),
    ("list_tags_of_resource", "dynamodb:ListTagsOfResource"),
    ("put_item", "dynamodb:PutItem"),
    ("put_object", "s3:PutObject"),
    ("put_resource_policy", "PutResourcePolicy"),
    ("put_scaling_policy", "PutScalingPolicy"),
    ("put_scheduled_action", "PutScheduledAction"),
    ("query", "dynamodb:Query"),
    ("register_scalable_target", "application-autoscaling:RegisterScalableTarget"),
    ("scan", "dynamodb:Scan"),
    ("tag_resource", "TagResource"),
    // IAM knows the actions in a transaction, not the transaction.
    ("transact_get_items", "dynamodb:GetItem"),
    ("transact_write_items", "dynamodb:PutItem"),
    ("update_continuous_backups", "UpdateContinuousBackups"),
    ("update_contributor_insights", "UpdateContributorInsights"),
    ("update_item", "dynamodb:UpdateItem"),
    ("update_table", "UpdateTable"),
    ("update_time_to_live", "UpdateTimeToLive"),
    ("upload_part", "s3:PutObject"),
];

fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            *found += &std::fs::read_to_string(path).unwrap();
        }
    }
}

/// What the program calls, and what its libraries do that it uses.
#[test]
fn every_call_of_the_code_is_on_the_page_of_iam() {
    let mut code = String::new();
    for name in ["archive", "transfer", "export", "offload", "store", "table"] {
        sources(&root().join("crates").join(name).join("src"), &mut code);
    }
    let text = page("iam.md");
    let called: Vec<_> =
        ACTIONS.iter().filter(|(call, _)| code.contains(&format!(".{call}()"))).collect();
    assert!(called.len() > 25, "{called:?}");
    let missing: Vec<_> = called.into_iter().filter(|(_, action)| !text.contains(action)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
