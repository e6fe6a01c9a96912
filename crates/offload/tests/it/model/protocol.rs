//! What a protocol does, and what its broken relatives do instead.

/// An item of the table: the models have one or two.
pub(crate) type ItemId = usize;
/// An object of the bucket; see [`initial_key`], [`Protocol::key_of`] and [`FOREIGN`].
pub(crate) type ObjectKey = usize;

/// The object that the item has when the model begins. It is old already.
pub(crate) fn initial_key(item: ItemId) -> ObjectKey {
    item
}

/// Keys from here on are those of another tool, which the collector never takes.
pub(crate) const FOREIGN: ObjectKey = 14;
pub(crate) const FOREIGN_NEXT: ObjectKey = 15;

/// Who takes part beside the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Uploads a body and commits its pointer into one item.
    Update(ItemId),
    /// Has the same content again: commits the pointer that it saw, and uploads nothing.
    Reuse(ItemId),
    /// Uploads two bodies and commits both pointers in one transaction.
    Transaction,
    /// Uploads a body for item 0 and keeps the pointer of item 1, in one transaction.
    TransactionWithReuse,
    /// Puts the pointer that it saw in item 0 into item 1: forbidden, an object has one owner.
    CopyPointer,
    /// Copies the object of another tool to an owned key and swaps the pointer.
    Adopt,
    /// Takes the object of another tool as it is: forbidden, its tool deletes it.
    AdoptInPlace,
    /// Another tool with content-addressed keys: skips the upload of what is there, writes without
    /// a condition, deletes what it saw before.
    OtherTool(ObjectKey),
    /// Writes a plain value past the library: `rev` stays as it is.
    Bypass(ItemId),
    /// Deletes the item, without a condition: an application, or TTL.
    Delete(ItemId),
}

/// What a commit asks of every item that it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CommitCondition {
    /// `rev` is the one that was seen.
    pub(crate) rev: bool,
    /// The attribute holds what was seen.
    pub(crate) pointer: bool,
}

/// What a broken relative of our protocol does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A transaction asks its condition of the items that it writes anew, not of those it reuses.
    ReuseWithoutCondition,
    /// After success the object of the replaced pointer is deleted at once.
    DeleteReplaced,
    /// The writer deletes what it uploaded when its commit is refused.
    DeleteOwnWhenRefused,
    /// The writer deletes what it uploaded when the outcome is unknown and a strong read does not
    /// show its pointer.
    DeleteOwnWhenUnknown,
    /// Who deletes an item deletes its object.
    DeleteWithItem,
    /// The collector takes for candidates what is old at sweep, not what was old at mark.
    AgeAtSweep,
    /// Keys are made from the content, and an upload of what is there is skipped.
    ContentKeys,
}

/// A protocol: [`PROTOCOL`] is ours, all others differ from it in what they name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    pub(crate) roles: &'static [Role],
    pub(crate) condition: CommitCondition,
    pub(crate) flaw: Option<Flaw>,
}

/// The protocol of this crate.
pub(crate) const PROTOCOL: Protocol =
    Protocol { roles: &[], condition: CommitCondition { rev: true, pointer: true }, flaw: None };

impl Protocol {
    pub(crate) fn has(&self, flaw: Flaw) -> bool {
        self.flaw == Some(flaw)
    }

    /// How many items the roles speak of.
    pub(crate) fn items(&self) -> usize {
        let both = |role: &Role| {
            use Role::{
                Bypass, CopyPointer, Delete, Reuse, Transaction, TransactionWithReuse, Update,
            };
            matches!(
                role,
                Transaction
                    | TransactionWithReuse
                    | CopyPointer
                    | Update(1)
                    | Reuse(1)
                    | Bypass(1)
                    | Delete(1)
            )
        };
        1 + usize::from(self.roles.iter().any(both))
    }

    /// Whether the items hold pointers of another tool when the model begins.
    pub(crate) fn begins_foreign(&self) -> bool {
        self.roles.iter().any(|role| matches!(role, Role::Adopt | Role::AdoptInPlace))
    }

    /// The key under which a writer uploads the body of an item. With content for a key, the first
    /// writer has new content and the second that of the item before both.
    pub(crate) fn key_of(&self, writer: usize, item: ItemId) -> ObjectKey {
        if self.has(Flaw::ContentKeys) {
            return if writer == 0 { 2 } else { initial_key(item) };
        }
        2 + 2 * writer + item
    }
}
