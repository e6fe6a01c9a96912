//! Why a transaction was cancelled.

use ddbkit_codec::Item;
use ddbkit_flow::THROTTLES;

/// Why a part of a transaction cancelled it, for code that decides by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReasonKind {
    /// Its condition was false.
    ConditionFailed,
    /// Another write of the same item was going on: send the transaction again.
    Conflict,
    /// The table or the account was throttled: send the transaction again, later.
    Throttled,
    /// The part is none that `DynamoDB` takes, for instance an update of a string as a number.
    Invalid,
    /// A sort key has more than 10 GB of items under its partition key, in a table with local indexes.
    CollectionTooLarge,
    /// A reason that is newer than this library.
    Other,
}

/// A part of a transaction that cancelled it.
///
/// ```
/// use ddbkit_codec::Item;
/// use ddbkit_table::{CancellationReason, KeySchema, ReasonKind, Table, Transaction, attr};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = ddbkit_local::LocalDynamoDb::start().await?;
/// # let client = server.client();
/// # let (control, keys) = (ddbkit_flow::Control::new(), KeySchema::with_range("customer", "number"));
/// # let admin = ddbkit_table::admin::TableAdmin::new(client.clone());
/// # let key = ddbkit_codec::rules::Key::partition("customer", ddbkit_codec::rules::KeyType::S);
/// # let key = key.sort("number", ddbkit_codec::rules::KeyType::N);
/// # admin.create(&ddbkit_table::admin::NewTable::new("Orders", key), &control).await?;
/// # admin.wait_until_ready("Orders", &control).await?;
/// let orders = Table::<Item>::with_keys(client.clone(), "Orders", keys);
/// let done = Transaction::new(&client)
///     .part(orders.remove(("a", 1)))
///     .part(orders.check(("a", 2), attr("state").eq("paid")))
///     .send()
///     .await;
/// let refused = done.unwrap_err();
/// let reasons: &[CancellationReason] = refused.reasons();
/// assert_eq!((reasons[0].position, reasons[0].kind), (1, ReasonKind::ConditionFailed));
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CancellationReason {
    /// The position of the part in the transaction, from 0.
    pub position: usize,
    /// Why.
    pub kind: ReasonKind,
    /// The service's own code.
    pub code: String,
    /// What the service says about it.
    pub message: Option<String>,
    /// The item that was there, where a condition was false and there was one.
    pub existing: Option<Item>,
}

impl CancellationReason {
    /// The parts that are a reason.
    pub(super) fn all(reasons: &[aws_sdk_dynamodb::types::CancellationReason]) -> Vec<Self> {
        let reasons = reasons.iter().enumerate();
        reasons.filter_map(|(position, reason)| Self::of(position, reason)).collect()
    }

    fn of(position: usize, reason: &aws_sdk_dynamodb::types::CancellationReason) -> Option<Self> {
        // "None" stands for parts that were well (API reference, CancellationReason).
        let code = reason.code().filter(|code| *code != "None")?;
        let kind = match code {
            "ConditionalCheckFailed" => ReasonKind::ConditionFailed,
            "TransactionConflict" => ReasonKind::Conflict,
            code if THROTTLES.contains(&code) => ReasonKind::Throttled,
            "ValidationError" => ReasonKind::Invalid,
            "ItemCollectionSizeLimitExceeded" => ReasonKind::CollectionTooLarge,
            _ => ReasonKind::Other,
        };
        Some(Self {
            position,
            kind,
            code: code.to_owned(),
            message: reason.message().map(ToOwned::to_owned),
            existing: reason.item().cloned().and_then(|item| Item::try_from(item).ok()),
        })
    }
}
