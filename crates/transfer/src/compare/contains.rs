//! Looks for the items of a source in a table that may hold more.

use crate::TransferError;
use crate::compare::options::{Comparison, Difference, DifferenceKind};
use crate::compare::run::{Sides, no_key};
use crate::compare::source::{ItemSink, read_source};
use crate::keys::{KeyId, KeySchema};
use crate::raw::{Session, answered};
use crate::{Selection, TransferErrorKind};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use ddbkit_codec::{ContentDigest, Item};
use std::collections::HashMap;

/// The most keys of one BatchGetItem.
const KEYS_AT_ONCE: usize = 100;
/// How often keys are asked for again while DynamoDB answers none of them.
const ATTEMPTS_WITHOUT_PROGRESS: u32 = 20;

/// Asks the table for every item of the source, by its key.
pub(crate) async fn find_in_table(sides: &Sides) -> Result<Comparison, TransferError> {
    let most = sides.options.max_diff;
    let seeker = || Seeker {
        most_differences: most,
        session: sides.session.clone(),
        keys: sides.keys.clone(),
        selection: sides.selection.clone(),
        found: Sought::default(),
    };
    let sinks: Vec<_> = (0..sides.readers()).map(|_| seeker()).collect();
    let add = |sum: &mut Sought, found: Sought| {
        sum.digest.merge(&found.digest);
        sum.present += found.present;
        sum.differing += found.differing;
        sum.differences.extend(found.differences);
    };
    let control = sides.session.control();
    let mut sought = read_source(&sides.reader, sinks, control, Sought::default(), add).await?;
    sought.differences.sort_by_cached_key(|difference| difference.key.to_dynamodb_json());
    sought.differences.truncate(most);
    Ok(Comparison {
        source_items: sought.digest.count(),
        table_items: sought.present,
        equal: sought.differing == 0,
        contains: true,
        more_differences: sought.differing > sought.differences.len() as u64,
        differences: sought.differences,
        source_digest: sought.digest,
        table_digest: None,
        consumed: sides.session.consumed(),
        selection_applied: !sides.selection.is_everything(),
    })
}

#[derive(Default)]
struct Sought {
    digest: ContentDigest,
    present: u64,
    differing: u64,
    differences: Vec<Difference>,
}

struct Seeker {
    /// No more than these are kept; all are counted.
    most_differences: usize,
    session: Session,
    keys: KeySchema,
    selection: Selection,
    found: Sought,
}

impl ItemSink for Seeker {
    type Done = Sought;

    async fn take(&mut self, items: Vec<Item>) -> Result<(), TransferError> {
        for items in items.chunks(KEYS_AT_ONCE) {
            self.seek(items).await?;
        }
        Ok(())
    }

    async fn finish(self) -> Result<Sought, TransferError> {
        Ok(self.found)
    }
}

impl Seeker {
    async fn seek(&mut self, items: &[Item]) -> Result<(), TransferError> {
        let mut wanted = HashMap::new();
        for item in items {
            self.found.digest.add(item);
            if wanted.insert(self.keys.id_of(item).map_err(|why| no_key(&why))?, item).is_some() {
                self.differs(DifferenceKind::TwiceInSource, item);
            }
        }
        let keys = wanted.values().map(|item| self.keys.project(item).into()).collect();
        let existing = self.get(keys).await?;
        for (id, item) in wanted {
            match existing.get(&id) {
                Some(existing) if existing == item => self.found.present += 1,
                Some(_) => {
                    self.found.present += 1;
                    self.differs(DifferenceKind::Different, item);
                }
                None => self.differs(DifferenceKind::OnlyInSource, item),
            }
        }
        Ok(())
    }

    fn differs(&mut self, kind: DifferenceKind, item: &Item) {
        self.found.differing += 1;
        if self.found.differences.len() < self.most_differences {
            self.found.differences.push(Difference { kind, key: self.keys.project(item) });
        }
    }

    async fn get(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
    ) -> Result<HashMap<KeyId, Item>, TransferError> {
        let mut found = HashMap::new();
        let mut left = Some(self.request(keys)?);
        let mut attempt = 0;
        while let Some(request) = left.take() {
            let asked = request.keys().len();
            self.session.limiter.ready().await;
            let table = &*self.session.table;
            let call = self.session.client.batch_get_item().request_items(table, request);
            let call = call.return_consumed_capacity(ReturnConsumedCapacity::Indexes);
            let call = call.customize().config_override(self.session.overrides());
            let answer = self.session.control().run(call.send()).await?;
            let answer = answer.map_err(|error| {
                TransferError::call(format_args!("BatchGetItem from {table}"), &error)
            })?;
            for consumed in answer.consumed_capacity() {
                self.session.charge(Some(consumed));
            }
            for item in answer.responses.unwrap_or_default().into_values().flatten() {
                let item = answered(item)?;
                found.insert(self.keys.id_of(&item).map_err(|why| no_key(&why))?, item);
            }
            left = answer.unprocessed_keys.and_then(|mut keys| keys.remove(table));
            left = left.filter(|request| !request.keys().is_empty());
            if let Some(request) = &left {
                attempt = if request.keys().len() < asked { 0 } else { attempt + 1 };
                self.wait(attempt).await?;
            }
        }
        Ok(found)
    }

    fn request(
        &self,
        keys: Vec<HashMap<String, AttributeValue>>,
    ) -> Result<KeysAndAttributes, TransferError> {
        // The names of a filter are not used here, and unused names are refused.
        let projection = self.selection.projection_expression.clone();
        let names = self.selection.names.iter().filter(|(name, _)| {
            projection.as_ref().is_some_and(|projection| projection.contains(name.as_str()))
        });
        let names: HashMap<_, _> = names.map(|(name, of)| (name.clone(), of.clone())).collect();
        KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .set_projection_expression(projection)
            .set_expression_attribute_names((!names.is_empty()).then_some(names))
            .consistent_read(true)
            .build()
            .map_err(|error| {
                let message = "the request for items cannot be built";
                TransferError::caused(TransferErrorKind::Internal, message, error)
            })
    }

    async fn wait(&self, attempt: u32) -> Result<(), TransferError> {
        if attempt == ATTEMPTS_WITHOUT_PROGRESS {
            let message = format!("DynamoDB returns no items from {}", self.session.table);
            return Err(TransferError::new(TransferErrorKind::Throttled, message));
        }
        self.session.limiter.throttled();
        let wait = tokio::time::sleep(self.session.retry.delay(attempt));
        Ok(self.session.control().run(wait).await?)
    }
}
