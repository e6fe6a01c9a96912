//! Which dump it is: a new one, or the unfinished one of the same table that is there.

use crate::dump::builder::DumpBuilder;
use crate::dump::plan::Plan;
use crate::dump::sink::not_written;
use crate::{TransferError, TransferErrorKind};
use ddbkit_export::{ExportErrorKind, ExportId, ExportWriter, TableDescriptor, WriterOptions};
use ddbkit_store::{Condition, PutOptions, Store, StoreErrorKind};

/// A dump that this process may work on, with the plan that all processes follow.
pub(crate) struct Claim {
    pub(crate) plan: Plan,
    pub(crate) export: ExportWriter,
    /// Whether an earlier run, or another process, made the plan.
    pub(crate) is_resumed: bool,
    /// Where the plan is found again; none for a dump that is not resumed.
    pointer: Option<String>,
}

impl Claim {
    /// Takes up the unfinished dump that is there, or begins one. The plan is created once, under
    /// the condition that there is none.
    pub(crate) async fn take(
        options: &DumpBuilder,
        store: &Store,
        wanted: Plan,
        table: &TableDescriptor,
    ) -> Result<Self, TransferError> {
        let pointer = options.limit.is_none().then(|| pointer(options, &wanted.table_name));
        let Some(key) = &pointer else {
            return Self::begin(options, store, wanted, table, None, false).await;
        };
        if !options.resume {
            discard(store, key).await?;
        }
        let json = wanted.to_json();
        let once = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
        match store.put(key, json.into(), once).await {
            Ok(_) => Self::begin(options, store, wanted, table, pointer, false).await,
            Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => {
                let earlier = read(store, key).await?.ok_or_else(|| {
                    // It was removed between the two calls: the other run has just finished.
                    let message = format!(
                        "{} was removed by another process; start again",
                        store.describe(key)
                    );
                    TransferError::new(TransferErrorKind::Destination, message)
                })?;
                if let Some(why) = wanted.refuses(&earlier, options.total_segments.is_some()) {
                    return Err(refusal(store, key, &earlier, &why));
                }
                Self::begin(options, store, earlier, table, pointer, true).await
            }
            Err(error) => Err(cannot("written", store, key, error)),
        }
    }

    /// The dump of that name, which other processes began.
    pub(crate) async fn find(options: &DumpBuilder, store: &Store) -> Result<Self, TransferError> {
        if options.dump_id.is_none() {
            let message = "a dump is finished by its name: --dump-id NAME";
            return Err(TransferError::new(TransferErrorKind::Options, message));
        }
        let key = pointer(options, &options.table);
        let Some(plan) = read(store, &key).await? else {
            let message =
                format!("there is no dump to finish: {} is missing", store.describe(&key));
            return Err(TransferError::new(TransferErrorKind::Options, message));
        };
        let export = ExportWriter::resume(store.clone(), id(&plan, store, &key)?, plan.writer());
        Ok(Self { plan, export, is_resumed: true, pointer: Some(key) })
    }

    async fn begin(
        options: &DumpBuilder,
        store: &Store,
        plan: Plan,
        table: &TableDescriptor,
        pointer: Option<String>,
        is_resumed: bool,
    ) -> Result<Self, TransferError> {
        let id = id(&plan, store, pointer.as_deref().unwrap_or_default())?;
        let writer_options: WriterOptions = plan.writer();
        let export = match ExportWriter::create(store.clone(), id, writer_options.clone()).await {
            Ok(export) => export,
            // Another process may have found the plan, and begun by it, before the one that made it.
            Err(error)
                if matches!(error.kind(), ExportErrorKind::AlreadyStarted) && pointer.is_some() =>
            {
                ExportWriter::resume(store.clone(), id, writer_options)
            }
            Err(error) => return Err(not_written(error)),
        };
        debug_assert!(options.limit.is_none() || !is_resumed, "a limited dump begins anew");
        put_once(&export, "table.json", table.to_json()).await?;
        put_once(&export, "plan.json", plan.to_json()).await?;
        Ok(Self { plan, export, is_resumed, pointer })
    }

    /// The dump is finished: the next one of this table begins anew. A dump that was given a name
    /// stays known by it.
    pub(crate) async fn release(&self) -> Result<(), TransferError> {
        let Some(key) = self.pointer.as_ref().filter(|_| self.plan.dump_id.is_none()) else {
            return Ok(());
        };
        let store = self.export.store();
        store.delete(key).await.map_err(|error| cannot("deleted", store, key, error))
    }
}

/// Where the plan of an unfinished dump is found again.
fn pointer(options: &DumpBuilder, table_name: &str) -> String {
    match &options.dump_id {
        Some(name) => format!("AWSDynamoDB/_ddbkit/{name}.json"),
        None => format!("AWSDynamoDB/_ddbkit/unfinished/{table_name}.json"),
    }
}

async fn read(store: &Store, key: &str) -> Result<Option<Plan>, TransferError> {
    let bytes = match store.get(key).await {
        Ok((_, bytes)) => bytes,
        Err(error) if error.kind() == StoreErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot("read", store, key, error)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| {
        let message = format!("{} is no plan of a dump", store.describe(key));
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })
}

fn id(plan: &Plan, store: &Store, key: &str) -> Result<ExportId, TransferError> {
    plan.export_id.parse().map_err(|error| {
        let message = format!("{} is no plan of a dump", store.describe(key));
        TransferError::caused(TransferErrorKind::Destination, message, error)
    })
}

/// Removes an unfinished dump: the data first, what leads to it last.
async fn discard(store: &Store, key: &str) -> Result<(), TransferError> {
    let Some(plan) = read(store, key).await? else { return Ok(()) };
    let id = id(&plan, store, key)?;
    let export = ExportWriter::resume(store.clone(), id, plan.writer());
    if !export.is_finished().await.map_err(not_written)? {
        for prefix in [export.data_prefix(), format!("{}/", export.root_key())] {
            let listed = store.list(&prefix).await;
            for object in listed.map_err(|error| cannot("listed", store, &prefix, error))? {
                let deleted = store.delete(&object.key).await;
                deleted.map_err(|error| cannot("deleted", store, &object.key, error))?;
            }
        }
    }
    store.delete(key).await.map_err(|error| cannot("deleted", store, key, error))
}

/// Writes a JSON file of our own beside the data, unless another process did.
async fn put_once(export: &ExportWriter, name: &str, json: String) -> Result<(), TransferError> {
    let put = PutOptions { condition: Condition::IfAbsent, ..PutOptions::default() };
    let (store, key) = (export.store(), export.sidecar_key(name));
    match store.put(&key, json.into(), put).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == StoreErrorKind::PreconditionFailed => Ok(()),
        Err(error) => Err(cannot("written", store, &key, error)),
    }
}

fn refusal(store: &Store, key: &str, earlier: &Plan, why: &str) -> TransferError {
    let (place, id) = (store.describe(key), &earlier.export_id);
    let message = format!(
        "{place} is of the unfinished dump {id}, and {why}; finish that one with its options, or \
         discard it and begin anew with --no-resume"
    );
    TransferError::new(TransferErrorKind::Options, message)
}

fn cannot(what: &str, store: &Store, key: &str, error: ddbkit_store::StoreError) -> TransferError {
    let message = format!("{} cannot be {what}", store.describe(key));
    TransferError::caused(TransferErrorKind::Destination, message, error)
}
