//! The servers of a test, embedded and named.

use std::process::{Command, Output};

use ddbkit_testkit::{Backend, Fault, KeySchema, When, backend};

/// Run by itself, and once more by the tests below with an environment that names servers.
#[tokio::test]
async fn servers_answer() {
    let backend = backend().await;
    let table = backend.table("answers", KeySchema::default()).await;
    backend.dynamodb.describe_table().table_name(table).send().await.unwrap();
    let bucket = backend.bucket().await;
    backend.s3.put_object().bucket(bucket).key("a").send().await.unwrap();
}

/// Runs [`servers_answer`] in a process of its own.
fn servers_answer_with(environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "backend::servers_answer", "--nocapture"]);
    for inherited in ["DYNAMODB_ENDPOINT", "S3_ENDPOINT", "S3_ACCESS_KEY", "S3_SECRET_KEY"] {
        command.env_remove(format!("DDBKIT_TEST_{inherited}"));
    }
    command.envs(environment.iter().copied()).output().unwrap()
}

#[tokio::test]
async fn named_servers_are_used() {
    let named = Backend::embedded_only().await;
    let output = servers_answer_with(&[
        ("DDBKIT_TEST_DYNAMODB_ENDPOINT", &named.dynamodb_endpoint),
        ("DDBKIT_TEST_S3_ENDPOINT", &named.s3_endpoint),
        ("DDBKIT_TEST_S3_ACCESS_KEY", ddbkit_local::ACCESS_KEY_ID),
        ("DDBKIT_TEST_S3_SECRET_KEY", ddbkit_local::SECRET_ACCESS_KEY),
    ]);
    assert!(output.status.success(), "{output:?}");
    let tables = named.dynamodb.list_tables().send().await.unwrap();
    assert!(tables.table_names()[0].starts_with("answers-"), "{tables:?}");
    assert_eq!(named.s3.list_buckets().send().await.unwrap().buckets().len(), 1);
}

#[test]
fn named_server_that_does_not_answer_is_a_failure() {
    // Nothing listens on the port of the discard service.
    let endpoint = "http://127.0.0.1:9";
    for (environment, message) in [
        (
            vec![("DDBKIT_TEST_DYNAMODB_ENDPOINT", endpoint)],
            "DDBKIT_TEST_DYNAMODB_ENDPOINT=http://127.0.0.1:9 does not answer",
        ),
        (
            vec![("DDBKIT_TEST_S3_ENDPOINT", endpoint)],
            "DDBKIT_TEST_S3_ENDPOINT is set and DDBKIT_TEST_S3_ACCESS_KEY is not",
        ),
        (
            vec![
                ("DDBKIT_TEST_S3_ENDPOINT", endpoint),
                ("DDBKIT_TEST_S3_ACCESS_KEY", "a"),
                ("DDBKIT_TEST_S3_SECRET_KEY", "b"),
            ],
            "DDBKIT_TEST_S3_ENDPOINT=http://127.0.0.1:9 does not answer",
        ),
    ] {
        let output = servers_answer_with(&environment);
        assert!(!output.status.success());
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains(message), "{errors}");
    }
}

#[tokio::test]
async fn faults_reach_both_embedded_servers() {
    let backend = Backend::embedded_only().await;
    let list = backend.faults().inject(Fault::Throttle, When::Once, "ListTables");
    let buckets = backend.faults().inject(Fault::Throttle, When::Once, "ListBuckets");
    backend.dynamodb.list_tables().send().await.unwrap();
    backend.s3.list_buckets().send().await.unwrap();
    assert_eq!((list.injected(), buckets.injected()), (1, 1));
}

#[tokio::test]
async fn environment_of_a_child_names_both_servers() {
    let backend = Backend::embedded_only().await;
    let environment = backend.aws_env();
    let value = |name| &environment.iter().find(|(key, _)| key == name).unwrap().1;
    assert_eq!(value("AWS_ENDPOINT_URL_DYNAMODB"), &backend.dynamodb_endpoint);
    assert_eq!(value("AWS_ENDPOINT_URL_S3"), &backend.s3_endpoint);
    assert_eq!(value("AWS_SECRET_ACCESS_KEY"), ddbkit_local::SECRET_ACCESS_KEY);
}
