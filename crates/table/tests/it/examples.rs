//! The programs of `examples`, on the servers of the tests.

use ddbkit_testkit::backend;

#[allow(dead_code, reason = "its main starts a server of its own")]
#[path = "../../examples/domain.rs"]
mod domain;
#[allow(dead_code, reason = "its main starts a server of its own")]
#[path = "../../examples/log.rs"]
mod log;

#[tokio::test]
async fn domains_are_kept_and_listed() {
    let backend = backend().await;
    let seen = domain::run(backend.dynamodb.clone(), "Domain-example").await.unwrap();
    let expected = [
        "exists: true",
        "put again: refused true",
        "domain: serde.rs",
        "all: 251",
        "exists: false",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn logs_are_found_by_status_and_by_time_and_status() {
    let backend = backend().await;
    let seen = log::run(backend.dynamodb.clone(), "Log-example").await.unwrap();
    let expected = [
        "tries at noon: [1, 2]",
        "failed: 7",
        "failed at noon: 0",
        "failed at midnight: 1",
        "all: 24",
    ];
    assert_eq!(seen, expected);
}
