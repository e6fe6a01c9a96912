//! Items from a source of the caller's own.

use crate::load::item::Place;
use crate::load::reader::Router;
use crate::workers::died;
use crate::{TransferError, TransferErrorKind};
use bytes::Bytes;
use ddbkit_export::TableDescriptor;
use std::error::Error as StdError;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Items are handed on when there are so many, or so many bytes of them.
const ITEMS: usize = 64;
const BYTES: usize = 256 * 1024;

/// Takes items one after the other, until it breaks.
pub type ItemSink<'a> = &'a mut dyn FnMut(SourceItem) -> ControlFlow<()>;

/// A source of items that is neither an export nor lines: what another tool wrote, or a program of
/// your own.
///
/// ```
/// use ddbkit_flow::Control;
/// use ddbkit_transfer::{Expired, ItemSink, ItemSource, Load, LoadEstimate, SourceItem, WritePath};
/// use std::error::Error;
/// use std::ops::ControlFlow;
///
/// /// Items out of a file of names.
/// struct Names(&'static str);
///
/// impl ItemSource for Names {
///     fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn Error + Send + Sync>> {
///         for (line, name) in (1..).zip(self.0.lines()) {
///             let (file, text) = ("names.txt".into(), format!(r#"{{"pk":{{"S":"{name}"}}}}"#));
///             let refused = name.is_empty().then(|| "there is no name".to_owned());
///             let item = SourceItem { file, line, text: text.into_bytes(), refused };
///             if let ControlFlow::Break(()) = sink(item) {
///                 break;
///             }
///         }
///         Ok(())
///     }
/// }
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// # let servers = ddbkit_testkit::backend().await;
/// # let key = || ddbkit_testkit::KeySchema::hash("pk", aws_sdk_dynamodb::types::ScalarAttributeType::S);
/// # let (client, control) = (servers.dynamodb.clone(), Control::new());
/// # let people = servers.table("people", key()).await;
/// let names = || Names("Ada\nGrace\n");
/// let load = || Load::builder(client.clone(), &people).expired(Expired::Skip).build();
/// let would: LoadEstimate = load().estimate_source(names(), &control).await?;
/// assert_eq!((would.items, would.rejected, would.path), (2, 0, WritePath::ConditionalPut));
/// assert_eq!(load().from_source(names(), &control).await?.written, 2);
///
/// // The same questions about lines, before they are loaded.
/// let would = load().estimate_reader(&b"{\"pk\":{\"S\":\"Ada\"}}\nAda\n"[..], "lines", &control).await?;
/// assert_eq!((would.items, would.rejected), (1, 1));
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
pub trait ItemSource: Send + 'static {
    /// How many items there are, where that is known.
    fn expected_items(&self) -> Option<u64> {
        None
    }

    /// The description of the table that they come from, where there is one.
    fn descriptor(&self) -> Option<TableDescriptor> {
        None
    }

    /// Gives every item to `sink` and stops when that breaks. It runs on a thread that may block.
    ///
    /// # Errors
    /// When the source cannot be read; the load ends then, after the items that were given.
    fn read(self: Box<Self>, sink: ItemSink<'_>) -> Result<(), Box<dyn StdError + Send + Sync>>;
}

/// What stands in a source in the place of an item.
#[derive(Clone, Debug)]
pub struct SourceItem {
    /// The file, or what stands for it in messages.
    pub file: Arc<str>,
    /// The line, from 1, or the number of the item where there are no lines.
    pub line: u64,
    /// The item as DynamoDB JSON without a line break, `{"pk":{"S":"a"}}`; or what stands there in
    /// its place, for the rejects file.
    pub text: Vec<u8>,
    /// Why it is no item, where it is none.
    pub refused: Option<String>,
}

/// Reads the source on a thread of its own, and sends its items to their lanes.
pub(super) async fn read(source: Box<dyn ItemSource>, router: Router) -> Result<(), TransferError> {
    let (sender, mut batches) = mpsc::channel(1);
    let reading = tokio::task::spawn_blocking(move || read_all(source, &sender));
    let mut first = 1;
    while let Some(batch) = router.control_run(batches.recv()).await? {
        let batch: Vec<SourceItem> = batch;
        let next = first + batch.len() as u64;
        if !router.route_items(batch, first..next).await? {
            return Ok(());
        }
        first = next;
    }
    reading.await.map_err(|error| died(&error))?.map_err(|error| {
        let message = "the source cannot be read";
        TransferError::caused_by(TransferErrorKind::Source, message, error)
    })
}

fn read_all(
    source: Box<dyn ItemSource>,
    batches: &mpsc::Sender<Vec<SourceItem>>,
) -> Result<(), Box<dyn StdError + Send + Sync>> {
    let (mut batch, mut bytes) = (Vec::with_capacity(ITEMS), 0);
    let read = source.read(&mut |item| {
        bytes += item.text.len();
        batch.push(item);
        if batch.len() < ITEMS && bytes < BYTES {
            return ControlFlow::Continue(());
        }
        bytes = 0;
        match batches.blocking_send(std::mem::take(&mut batch)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    // What was read before a failure is loaded; that nobody takes it any more is no fault here.
    batches.blocking_send(batch).ok();
    read
}

impl SourceItem {
    /// Its place and its text.
    pub(super) fn into_parts(self) -> (Place, Bytes, Option<String>) {
        (Place { file: self.file, line: self.line }, self.text.into(), self.refused)
    }
}
