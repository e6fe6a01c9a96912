//! The table that keeps when what was applied had been written.

use crate::apply::builder::ApplyBuilder;
use crate::apply::stamp::Standing;
use crate::keys::KeyId;
use crate::load::item::{Change, QueuedItem};
use crate::raw::{Session, Transaction, TransactionOutcome};
use crate::table::{TableInfo, describe, wait_until_active};
use crate::table_pin::TablePin;
use crate::{TransferError, TransferErrorKind};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TableDescription,
};
use ddbkit_codec::{AttributeValue, Item, Number};
use ddbkit_flow::Capacity;

/// The key of a note: which item of which table it is about.
const ITEM: &str = "item";
/// The time of the record that was applied last.
const MICROS: &str = "writeTimestampMicros";

/// The bookkeeping of one table.
///
/// A note is `{item, key, writeTimestampMicros, deleted}`. `item` is the BLAKE3 of the table and the
/// key in hex, because both parts of a key together may be longer than a partition key can be; the
/// key itself stands beside it for people. The table is in it by its `TableId`: of a table that was
/// made anew nothing is known, and one bookkeeping may serve several tables.
pub(super) struct Bookkeeping {
    session: Session,
    /// Which table the notes are about.
    owner: String,
    /// Whether it was created for this work.
    pub(super) is_new: bool,
}

impl Bookkeeping {
    /// The bookkeeping in the table of this name, created where it is not there.
    pub(super) async fn open(
        name: &str,
        options: &ApplyBuilder,
        about: &TableInfo,
        session: &Session,
    ) -> Result<Self, TransferError> {
        if let Some(found) = Self::find(name, options, about, session, Capacity::Write).await? {
            return Ok(found);
        }
        let notes = own_session(name, options, session, Capacity::Write);
        match create(&notes).await {
            // Another process was faster.
            Err(error) if error.kind() == TransferErrorKind::TableExists => {}
            created => created?,
        }
        let there = wait_until_active(&notes).await?;
        check(name, &there.description)?;
        Ok(Self { session: notes, owner: owner(about), is_new: true })
    }

    /// The bookkeeping in the table of this name, if it is there.
    pub(super) async fn find(
        name: &str,
        options: &ApplyBuilder,
        about: &TableInfo,
        session: &Session,
        capacity: Capacity,
    ) -> Result<Option<Self>, TransferError> {
        let notes = own_session(name, options, session, capacity);
        match describe(&notes).await {
            Ok(there) => check(name, &there.description)?,
            Err(error) if error.kind() == TransferErrorKind::TableNotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        wait_until_active(&notes).await?;
        Ok(Some(Self { session: notes, owner: owner(about), is_new: false }))
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// Applies a record and notes its time, both or neither; how the record stands to the note.
    ///
    /// That makes it safe to stop anywhere and to send it again: the note is never ahead of the table
    /// and never behind it, and a record whose note is there is found applied.
    pub(super) async fn write(
        &self,
        table: &Session,
        item: &QueuedItem,
        change: &Change,
    ) -> Result<Option<Standing>, TransferError> {
        let note = self.note(&item.key, change);
        let (number, write) = (change.micros, item.write());
        let transaction = Transaction { note: &note, attribute: MICROS, number, write };
        match table.write_with_note(&self.session, &transaction).await? {
            TransactionOutcome::Written => Ok(None),
            TransactionOutcome::Noted(there) => {
                Ok(Some(Standing::of(change.micros, &there, MICROS)))
            }
        }
    }

    /// How a record stands to its note.
    pub(super) async fn standing(
        &self,
        key: &KeyId,
        micros: u64,
    ) -> Result<Standing, TransferError> {
        let key = std::iter::once((ITEM.to_owned(), AttributeValue::S(self.id(key)))).collect();
        let note = self.session.get_attribute(key, MICROS).await?;
        Ok(note.map_or(Standing::Newer, |note| Standing::of(micros, &note, MICROS)))
    }

    /// The JSON text of a note.
    fn note(&self, key: &KeyId, change: &Change) -> Vec<u8> {
        let head = format!("{{\"{ITEM}\":{{\"S\":\"{}\"}},\"key\":{{\"M\":", self.id(key));
        let tail = format!(
            "}},\"{MICROS}\":{{\"N\":\"{}\"}},\"deleted\":{{\"BOOL\":{}}}}}",
            change.micros, change.is_delete
        );
        [head.as_bytes(), &change.keys, tail.as_bytes()].concat()
    }

    /// The size of a note as DynamoDB counts it.
    pub(super) fn note_size(change: &Change) -> usize {
        let key = Item::from_dynamodb_json(&change.keys).unwrap_or_default();
        let id = "0".repeat(2 * blake3::OUT_LEN);
        let pairs = [
            (ITEM, AttributeValue::S(id)),
            ("key", AttributeValue::M(key)),
            (MICROS, AttributeValue::N(Number::from(change.micros))),
            ("deleted", AttributeValue::Bool(change.is_delete)),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).into_iter().collect::<Item>().size()
    }

    fn id(&self, key: &KeyId) -> String {
        let mut hasher = blake3::Hasher::new();
        // No id has a zero byte, so that it does not run together with the key.
        hasher.update(self.owner.as_bytes()).update(b"\0").update(key.as_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

/// A table is known by its id, or where a server gives none by its name and age.
fn owner(table: &TableInfo) -> String {
    let TablePin { arn, id, created } = TablePin::of(table);
    id.unwrap_or_else(|| format!("{arn}@{}", created.unwrap_or_default()))
}

fn own_session(name: &str, options: &ApplyBuilder, table: &Session, capacity: Capacity) -> Session {
    Session::new(options.client.clone(), name, options.pacing(capacity), table.control())
}

/// Refuses a table that was not made for this: its items would be written over.
fn check(name: &str, table: &TableDescription) -> Result<(), TransferError> {
    let key = table.key_schema().iter().map(|part| (part.attribute_name(), part.key_type()));
    let types = table.attribute_definitions().iter();
    let types = types.map(|of| (of.attribute_name(), of.attribute_type()));
    if key.eq([(ITEM, &KeyType::Hash)]) && types.eq([(ITEM, &ScalarAttributeType::S)]) {
        return Ok(());
    }
    let message = format!(
        "table {name} is no bookkeeping: its key is not {ITEM} (S) alone; name a table that is not \
         there, it is created"
    );
    Err(TransferError::new(TransferErrorKind::Options, message))
}

async fn create(session: &Session) -> Result<(), TransferError> {
    let internal = |error: BuildError| {
        let message = "the request for the bookkeeping table cannot be built";
        TransferError::caused(TransferErrorKind::Internal, message, error)
    };
    let key = KeySchemaElement::builder().attribute_name(ITEM).key_type(KeyType::Hash);
    let definition =
        AttributeDefinition::builder().attribute_name(ITEM).attribute_type(ScalarAttributeType::S);
    let call = session.client.create_table().table_name(&*session.table);
    let call = call
        .key_schema(key.build().map_err(internal)?)
        .attribute_definitions(definition.build().map_err(internal)?)
        .billing_mode(BillingMode::PayPerRequest);
    let created = call.send().await;
    created.map(|_| ()).map_err(|error| {
        TransferError::call(format_args!("creation of table {}", session.table), &error)
    })
}
