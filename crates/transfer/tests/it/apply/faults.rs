//! A server that throttles, breaks and loses answers.

use super::support::{Exports, apply, run, ways};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use ddbkit_local::{Fault, When};
use ddbkit_testkit::Backend;
use ddbkit_testkit::year::{View, Year};
use ddbkit_transfer::NewerBy;
use std::time::Duration;

/// Every fault that a write can meet. After `LostAnswer` and `TornBody` it was made all the same.
const FAULTS: [Fault; 5] = [
    Fault::Throttle,
    Fault::InternalServerError,
    Fault::TornBody,
    Fault::LostAnswer,
    Fault::WrongChecksum,
];

/// Enough for every fault to be met again and again.
const WINDOWS: usize = 2;

/// Embedded servers, a client whose retries are few and soon, and the first windows of a year.
async fn year(seed: u64) -> (Backend, Exports) {
    let mut backend = Backend::embedded_only().await;
    let retries =
        RetryConfig::standard().with_initial_backoff(Duration::from_millis(5)).with_max_attempts(2);
    let config = backend.dynamodb.config().to_builder().retry_config(retries).build();
    backend.dynamodb = aws_sdk_dynamodb::Client::from_conf(config);
    let year = Year::generate(&backend, seed).await;
    let exports = Exports::of(year, View::NewImage).await;
    (backend, exports)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apply_through_faults_ends_equal() {
    let (backend, exports) = year(51).await;
    for way in ways() {
        let calls = match way {
            NewerBy::Order => vec!["BatchWriteItem"],
            NewerBy::Bookkeeping(_) => vec!["TransactWriteItems"],
            NewerBy::Attribute(_) => vec!["PutItem", "DeleteItem"],
        };
        for fault in FAULTS {
            let copy = exports.copy_of_base(&backend).await;
            let rules: Vec<_> = calls
                .iter()
                .map(|calls| backend.faults().inject(fault, When::Every(3), *calls))
                .collect();
            let report = run(apply(&backend, &copy, &way), exports.open_all(0..WINDOWS).await)
                .await
                .unwrap();
            backend.faults().clear();
            assert!(rules.iter().all(|rule| rule.injected() > 0), "{fault:?} was never injected");
            assert_eq!(report.windows, WINDOWS as u64);
            assert_eq!((report.newer, report.rejected), (0, 0), "{way:?} {fault:?}");
            let was_made =
                matches!(fault, Fault::LostAnswer | Fault::TornBody | Fault::WrongChecksum);
            if let NewerBy::Bookkeeping(_) = way {
                assert_eq!(report.already_applied > 0, was_made, "{fault:?}");
            }
            exports.assert_equal_after(&backend, &copy, WINDOWS).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unprocessed_puts_and_deletes_are_sent_until_they_are_made() {
    let (backend, exports) = year(52).await;
    let copy = exports.copy_of_base(&backend).await;
    let half = backend.faults().inject(Fault::UnprocessedItems, When::Every(2), "BatchWriteItem");
    let all = backend.faults().inject(Fault::AllUnprocessed, When::Every(5), "BatchWriteItem");
    let order = NewerBy::Order;
    let report = run(apply(&backend, &copy, &order), exports.open_all(0..3).await).await.unwrap();
    backend.faults().clear();
    assert!(half.injected() > 0 && all.injected() > 0);
    assert!(report.unprocessed > 0 && report.deletes > 0);
    assert_eq!(report.puts + report.deletes, report.read);
    exports.assert_equal_after(&backend, &copy, 3).await;
}
