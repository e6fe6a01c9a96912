//! Everything that a state of the model holds.

use super::protocol::{ItemId, ObjectKey};

/// A set of objects, a bit for each key.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Keys(u16);

impl Keys {
    pub(crate) fn has(self, key: ObjectKey) -> bool {
        self.0 & (1 << key) != 0
    }

    pub(crate) fn add(&mut self, key: ObjectKey) {
        self.0 |= 1 << key;
    }

    pub(crate) fn remove(&mut self, key: ObjectKey) {
        self.0 &= !(1 << key);
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = ObjectKey> {
        (0..16).filter(move |key| self.has(*key))
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What an offloaded attribute holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    /// Nothing, or no item.
    #[default]
    Absent,
    /// A value that is no pointer.
    Plain,
    /// A pointer of ours.
    Pointer(ObjectKey),
    /// The text by which another tool points.
    ForeignText(ObjectKey),
}

/// An item; one that is not there has no `rev` and no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    /// The random number of the last commit: here who made it.
    pub(crate) rev: usize,
    pub(crate) value: Value,
}

/// How far a writer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    #[default]
    Begin,
    HasRead,
    Uploaded,
    /// The commit was sent, its answer is awaited.
    Sent,
    Committed,
    Refused,
    /// The client gave up on the answer; the request may still arrive.
    Unknown,
    /// Finished, or dead.
    Done,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Writer {
    pub(crate) step: Step,
    pub(crate) seen: [Item; 2],
    /// Requests on their way: the SDK sends one again when it waits too long.
    pub(crate) in_flight: u8,
    pub(crate) retried: bool,
    /// Whether it made an object, which stays young until the writer is done.
    pub(crate) uploaded: bool,
}

impl Writer {
    /// Nothing that it did or sent can matter any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.step == Step::Done && self.in_flight == 0
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Collector {
    #[default]
    Idle,
    /// Reads item after item: no snapshot.
    Marking { candidates: Keys, marked: Keys, scanned: [bool; 2] },
    /// Takes what it likes of the garbage, when it likes: a run that ends early is one that takes
    /// no more.
    Sweeping { candidates: Keys, marked: Keys },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) items: [Item; 2],
    pub(crate) objects: Keys,
    pub(crate) writers: Vec<Writer>,
    pub(crate) collector: Collector,
    /// A write of ours replaced a value that its writer had not seen.
    pub(crate) update_lost: bool,
}

impl State {
    pub(crate) fn every_pointer_resolves(&self) -> bool {
        self.items.iter().all(|item| match item.value {
            Value::Pointer(key) => self.objects.has(key),
            _ => true,
        })
    }

    pub(crate) fn pointer(&self, item: ItemId) -> Option<ObjectKey> {
        match self.items[item].value {
            Value::Pointer(key) => Some(key),
            _ => None,
        }
    }
}
