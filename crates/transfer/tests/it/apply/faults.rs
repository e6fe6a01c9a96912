//! A server that throttles, breaks and loses answers.

use super::support::{Exports, apply, record, run, values, ways, windows};
use crate::scripted::{refused, scripted};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use ddbkit_flow::CapacityUnits;
use ddbkit_local::{Fault, When};
use ddbkit_testkit::year::{View, Year};
use ddbkit_testkit::{Backend, KeySchema};
use ddbkit_transfer::{Apply, ApplyBuilder, NewerBy};
use serde_json::json;
use std::sync::atomic::{AtomicUsize, Ordering};
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

/// With a target so high that what throttles leave of it is no wait.
fn fast(apply: ApplyBuilder) -> ApplyBuilder {
    apply.write_capacity(CapacityUnits::new(100_000.0).unwrap())
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
            let apply = fast(apply(&backend, &copy, &way));
            let report = run(apply, exports.open_all(0..WINDOWS).await).await.unwrap();
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
    let apply = fast(apply(&backend, &copy, &order));
    let report = run(apply, exports.open_all(0..3).await).await.unwrap();
    backend.faults().clear();
    assert!(half.injected() > 0 && all.injected() > 0);
    assert!(report.unprocessed > 0 && report.deletes > 0);
    assert_eq!(report.puts + report.deletes, report.read);
    exports.assert_equal_after(&backend, &copy, 3).await;
}

/// What no embedded server answers: the reasons of a cancelled transaction, one for each of its parts.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_transaction_is_judged_by_its_reasons() {
    let backend = Backend::embedded_only().await;
    let exports = windows(vec![(0..10).map(|n| record(n, 10, Some("a"))).collect()]).await;
    let copy = backend.table("cancelled", KeySchema::default()).await;
    let [_, way, _] = ways();
    let passing = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
    let cancelled = AtomicUsize::new(0);
    let (client, calls) = scripted(&backend.dynamodb, move |operation, body| {
        if operation != "TransactWriteItems" {
            return None;
        }
        let reason = if body["TransactItems"][1]["Put"]["Item"]["sk"]["N"] == "3" {
            "ValidationError"
        } else {
            passing.get(cancelled.fetch_add(1, Ordering::Relaxed))?
        };
        let reasons = json!([{"Code": "None"}, {"Code": reason, "Message": "by the script"}]);
        let (status, mut answer) = refused("TransactionCanceledException", "cancelled");
        answer["CancellationReasons"] = reasons;
        Some((status, answer))
    });
    let dir = tempfile::tempdir().unwrap();
    let apply = Apply::builder(client, &copy).newer_by(way);
    let apply = apply.rejects(dir.path().join("rejects.json"));
    let report = run(apply, exports.open_all(0..1).await).await.unwrap();
    assert_eq!((report.puts, report.rejected, report.already_applied), (9, 1, 0));
    assert_eq!(calls.of("TransactWriteItems").len(), 10 + passing.len());
    // Both that ask to slow down are heard, and a conflict is not one of them.
    assert_eq!(report.throttles, 2);
    assert_eq!(values(&backend, &copy).await.len(), 9);
    let reasons = std::fs::read_to_string(dir.path().join("rejects.json.errors.jsonl")).unwrap();
    assert!(reasons.contains("ValidationError: by the script"), "{reasons}");
}
