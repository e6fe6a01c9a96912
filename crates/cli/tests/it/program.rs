//! The program without a table: help, usage, settings, the demo.

use std::process::{Command, Output};

fn ddbkit(args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ddbkit"));
    command.args(args).env_clear().envs(env.iter().copied()).output().unwrap()
}

fn code(output: &Output) -> Option<i32> {
    output.status.code()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Settings with which nothing is looked up anywhere.
const SETTINGS: [(&str, &str); 4] = [
    ("AWS_REGION", "eu-west-1"),
    ("AWS_ACCESS_KEY_ID", "x"),
    ("AWS_SECRET_ACCESS_KEY", "y"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];

#[test]
fn help_and_version_are_data() {
    for args in [&["--help"][..], &["help", "dump"], &["load", "--help"], &["--version"]] {
        let output = ddbkit(args, &[]);
        assert_eq!(code(&output), Some(0), "{args:?}");
        assert!(stdout(&output).contains("ddbkit") && stderr(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn wrong_usage_exits_with_252() {
    for args in [
        &[][..],
        &["dmp"],
        &["dump", "T"],
        &["dump", "T", "D", "--segments", "0"],
        &["dump", "T", "D", "--read-capacity", "-1"],
        &["dump", "T", "D", "--file-size", "much"],
        &["dump", "T", "s3:/typo"],
        &["dump", "T", "s3://bucket/p", "--s3-location", "s3://bucket/q"],
        &["dump", "T", "D", "--expression-attribute-values", "{"],
        &["load", "-", "T", "--create-table"],
        &["load", "-", "T", "--shard", "0/2", "--state", "S"],
        &["load", "D", "T", "--shard", "0/2"],
        &["load", "D", "T", "--shard", "2/2", "--state", "S"],
        &["load", "D", "T", "--shard", "0", "--state", "S"],
        &["load", "D", "T", "--shard", "0/0", "--state", "S"],
        &["load", "-", "T", "--delete-extra", "--yes"],
        &["load", "-", "T", "--verify"],
        &["load", "D", "T", "--delete-extra"],
        &["load", "D", "T", "--yes"],
        &["load", "D", "T", "--delete-extra", "--yes", "--limit", "5"],
        &["dump", "T", "-", "--verify"],
        &["dump", "T", "D", "--key-condition-expression", "pk = :p", "--segments", "4"],
        &["load", "D", "T", "--if-newer", "at", "--mode", "overwrite"],
        &["load", "D", "T", "--if-newer", "at", "--create-table"],
        &["verify", "D", "--contains"],
        &["merge", "B", "D"],
        &["merge", "B", "I", "D", "--key", "pk", "--key-of", "T"],
        &["merge", "B", "I", "s3://bucket/p", "--s3-location", "s3://bucket/q"],
        &["merge", "B", "I", "D", "--s3-location", "E"],
        &["export", "start", "T", "a/directory"],
        &["export", "start", "T", "s3://b/p", "--from", "2026-03-14T00:00:00Z"],
        &["export", "start", "T", "s3://b/p", "--time", "yesterday"],
        &["export", "start", "T", "s3://b/p", "--sse", "aes256", "--sse-kms-key-id", "k"],
        &["export", "wait", "arn", "--interval", "0s"],
        &["export", "start", "T", "s3://b/p", "--timeout", "1h"],
        &["import", "start", "a/directory", "T"],
        &["import", "start", "s3://b/p", "T", "--format", "csv"],
        &["-q", "-v", "info", "D"],
    ] {
        let output = ddbkit(args, &SETTINGS);
        assert_eq!(code(&output), Some(252), "{args:?}: {}", stderr(&output));
        assert!(stdout(&output).is_empty() && !stderr(&output).is_empty(), "{args:?}");
    }
}

#[test]
fn wrong_settings_exit_with_253_and_one_line_that_names_them() {
    for (name, value) in [
        ("AWS_ENDPOINT_URL", ""),
        ("AWS_ENDPOINT_URL", "not-a-url"),
        ("AWS_ENDPOINT_URL_DYNAMODB", "localhost:8000"),
        ("AWS_ENDPOINT_URL_S3", "http://"),
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_RETRY_MODE", "legacy"),
    ] {
        let env: Vec<_> = SETTINGS.into_iter().chain([(name, value)]).collect();
        let output = ddbkit(&["dump", "T", "nowhere"], &env);
        assert_eq!(code(&output), Some(253), "{name}={value}: {}", stderr(&output));
        let first = stderr(&output).lines().next().unwrap();
        assert!(first.starts_with("error: ") && first.contains(name), "{first}");
    }
    let output = ddbkit(&["--endpoint-url", "", "dump", "T", "nowhere"], &SETTINGS);
    assert_eq!(code(&output), Some(253));
    assert!(stderr(&output).contains("--endpoint-url is empty"), "{}", stderr(&output));
}

#[test]
fn a_missing_region_is_told() {
    let env = [("AWS_EC2_METADATA_DISABLED", "true"), ("AWS_CONFIG_FILE", "/dev/null")];
    let output = ddbkit(&["dump", "T", "nowhere"], &env);
    assert_eq!(code(&output), Some(253), "{}", stderr(&output));
    assert!(stderr(&output).contains("no region is set"), "{}", stderr(&output));
}

#[test]
fn missing_credentials_are_told() {
    let env = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ];
    let output = ddbkit(&["dump", "T", "nowhere"], &env);
    assert_eq!(code(&output), Some(253), "{}", stderr(&output));
    assert!(stderr(&output).contains("credentials"), "{}", stderr(&output));
}

#[test]
fn an_empty_place_holds_no_dump() {
    let dir = tempfile::tempdir().unwrap();
    for command in ["info", "verify"] {
        let output = ddbkit(&[command, dir.path().to_str().unwrap()], &[]);
        assert_eq!(code(&output), Some(255), "{command}: {}", stderr(&output));
    }
}

#[test]
fn completions_and_the_manual_are_made() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = ddbkit(&["completions", shell], &[]);
        assert_eq!(code(&output), Some(0));
        assert!(stdout(&output).contains("ddbkit"), "{shell}");
    }
    let output = ddbkit(&["man"], &[]);
    assert_eq!(code(&output), Some(0));
    assert!(stdout(&output).contains(".TH ddbkit") && stdout(&output).contains("consistent"));
}

#[test]
fn the_demo_tells_its_story_and_leaves_a_dump_that_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("kept");
    let kept = kept.to_str().unwrap();
    // Whatever the environment says, the demo stays inside the program.
    let env = [("AWS_ENDPOINT_URL", "http://127.0.0.1:9"), ("AWS_PROFILE", "none")];
    let output = ddbkit(&["demo", "--keep", kept], &env);
    assert_eq!(code(&output), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("5,000 items, equal digests"), "{}", stdout(&output));
    assert!(!stdout(&output).contains('\x1b'), "no colours where there is no terminal");
    let verified = ddbkit(&["verify", kept], &[]);
    assert_eq!(code(&verified), Some(0), "{}{}", stdout(&verified), stderr(&verified));
    let info = ddbkit(&["info", kept, "--output", "json"], &[]);
    let info: serde_json::Value = serde_json::from_str(stdout(&info)).unwrap();
    assert_eq!((&info["version"], &info["exports"][0]["items"]), (&1.into(), &5000.into()));
    assert_eq!(info["exports"][0]["state"], "completed");
    // A second demo does not mix its dump with the first.
    let again = ddbkit(&["demo", "--keep", kept], &env);
    assert_eq!(code(&again), Some(255));
}

#[test]
fn the_demo_in_json_is_one_object_and_as_text_narrow() {
    let dir = tempfile::tempdir().unwrap();
    let kept = dir.path().join("json");
    let output = ddbkit(&["demo", "--keep", kept.to_str().unwrap(), "--output", "json"], &[]);
    let object: serde_json::Value = serde_json::from_str(stdout(&output)).unwrap();
    assert_eq!(object["command"], "demo");
    assert_eq!(object["acts"].as_array().unwrap().len(), 9);
    assert_eq!(object["acts"][6]["result"], "5,000 items exported, 5,000 imported");
    assert_eq!(object["acts"][7]["result"], "2.0 MB stored, replaced, 1 collected");
    assert_eq!(object["acts"][8]["result"], "20 of 30 items archived, 20 restored");
    assert_eq!(object["dump"], kept.to_str().unwrap());
    let kept = dir.path().join("text");
    let output = ddbkit(&["demo", "--keep", kept.to_str().unwrap()], &[]);
    let rows =
        stdout(&output).lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()));
    let widths: Vec<usize> = rows.map(|row| row.chars().count()).collect();
    assert_eq!(widths, [90; 9], "{}", stdout(&output));
}

#[test]
fn a_region_that_is_empty_and_a_profile_that_is_unknown_are_named() {
    let with = |name, value| {
        let env: Vec<_> = SETTINGS.into_iter().filter(|(known, _)| *known != name).collect();
        let env: Vec<_> = env.into_iter().chain([(name, value)]).collect();
        let output = ddbkit(&["dump", "T", "nowhere"], &env);
        assert_eq!(code(&output), Some(253), "{}", stderr(&output));
        stderr(&output).to_owned()
    };
    let text = with("AWS_REGION", "");
    assert!(text.contains("AWS_REGION is empty") && text.contains("hint: unset it"), "{text}");
    let text = with("AWS_PROFILE", "nobody");
    assert!(text.contains("\"nobody\" (AWS_PROFILE)") && text.contains("hint"), "{text}");
}

#[test]
fn http_to_another_machine_is_refused_unless_it_is_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config");
    let other = "http://192.0.2.1:8000";
    let with = |args: &[&str], name: &str, value: &str| {
        let env: Vec<_> = SETTINGS.into_iter().chain([(name, value)]).collect();
        ddbkit(&[args, &["archive", "status", "s3://bucket/prefix"]].concat(), &env)
    };
    let refused = |output: &Output, said_by: &str| {
        assert_eq!(code(output), Some(253), "{said_by}: {}", stderr(output));
        let expected = format!(
            "error: {said_by} is {other}: http:// to another machine is not encrypted\n\nhint: name it \
             with https://, or say --allow-http where the network is trusted\n"
        );
        assert_eq!(stderr(output), expected);
    };
    for name in [
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_DYNAMODB",
        "AWS_ENDPOINT_URL_DYNAMODB_STREAMS",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_APPLICATION_AUTO_SCALING",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
    ] {
        refused(&with(&[], name, other), name);
    }
    refused(&with(&["--endpoint-url", other], "X", ""), "--endpoint-url");
    let file_name = file.to_str().unwrap();
    // By the names that the SDK looks for, which has a dash where the AWS CLI has an underscore.
    let services = |service: &str| {
        format!(
            "[default]\nservices = own\n[services own]\n{service} =\n  endpoint_url = {other}\n"
        )
    };
    let all = format!("[default]\nendpoint_url = {other}\n");
    for text in [all, services("s3"), services("dynamodb-streams"), services("sts")] {
        std::fs::write(&file, text).unwrap();
        refused(&with(&[], "AWS_CONFIG_FILE", file_name), "endpoint_url of the profile");
    }
}

#[test]
fn http_to_another_machine_is_taken_where_it_is_allowed() {
    // Nobody can be reached under a name that ends in .invalid, and that is told after the check.
    let env = SETTINGS.into_iter().chain([
        ("AWS_ENDPOINT_URL_DYNAMODB", "http://nobody.invalid:8000"),
        ("AWS_MAX_ATTEMPTS", "1"),
    ]);
    let env: Vec<_> = env.collect();
    let output = ddbkit(&["--allow-http", "dump", "T", "nowhere"], &env);
    assert_eq!(code(&output), Some(253), "{}", stderr(&output));
    assert!(!stderr(&output).contains("not encrypted"), "{}", stderr(&output));
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let env: Vec<_> = SETTINGS.into_iter().chain([("AWS_ENDPOINT_URL_S3", url.as_str())]).collect();
    let started = std::time::Instant::now();
    let output = ddbkit(&["info", "s3://bucket/prefix"], &env);
    assert_eq!(code(&output), Some(253));
    let first = stderr(&output).lines().next().unwrap().to_owned();
    assert_eq!(
        first,
        format!("error: nobody answers at {url} (AWS_ENDPOINT_URL_S3): connection refused")
    );
    assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
}
