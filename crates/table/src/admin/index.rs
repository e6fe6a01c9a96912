//! Secondary indexes of a table to be created.

use super::Billing;
use aws_sdk_dynamodb::types::{Projection, ProjectionType};
use ddbkit_codec::rules::{Key, KeyType};

/// Which attributes an index has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Projected {
    /// All of them.
    #[default]
    All,
    /// The keys of the table and of the index.
    KeysOnly,
    /// The keys and these.
    Include(Vec<String>),
}

impl Projected {
    pub(super) fn to_sdk(&self) -> Projection {
        let (projection_type, names) = match self {
            Self::All => (ProjectionType::All, None),
            Self::KeysOnly => (ProjectionType::KeysOnly, None),
            Self::Include(names) => (ProjectionType::Include, Some(names.clone())),
        };
        let projection = Projection::builder().projection_type(projection_type);
        projection.set_non_key_attributes(names).build()
    }

    pub(super) fn described(projection: Option<&Projection>) -> Self {
        match projection.and_then(Projection::projection_type) {
            Some(ProjectionType::KeysOnly) => Self::KeysOnly,
            Some(ProjectionType::Include) => {
                let names = projection.map(Projection::non_key_attributes).unwrap_or_default();
                Self::Include(names.to_vec())
            }
            _ => Self::All,
        }
    }
}

/// A global secondary index: another key for the same items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalIndex {
    pub(super) name: String,
    pub(super) key: Key,
    pub(super) projected: Projected,
    pub(super) billing: Option<Billing>,
}

impl GlobalIndex {
    /// An index with all attributes, and the capacity of its table.
    #[must_use]
    pub fn new(name: impl Into<String>, key: Key) -> Self {
        Self { name: name.into(), key, projected: Projected::All, billing: None }
    }

    /// Sets which attributes it has.
    #[must_use]
    pub fn projected(mut self, projected: Projected) -> Self {
        self.projected = projected;
        self
    }

    /// Sets the capacity of an index of a table with provisioned capacity.
    #[must_use]
    pub fn provisioned(mut self, read: u32, write: u32) -> Self {
        self.billing = Some(Billing::Provisioned { read, write });
        self
    }
}

/// A local secondary index: another sort key below the partition key of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalIndex {
    pub(super) name: String,
    pub(super) sort: (String, KeyType),
    pub(super) projected: Projected,
}

impl LocalIndex {
    /// An index with all attributes.
    #[must_use]
    pub fn new(name: impl Into<String>, sort: impl Into<String>, key_type: KeyType) -> Self {
        Self { name: name.into(), sort: (sort.into(), key_type), projected: Projected::All }
    }

    /// Sets which attributes it has.
    #[must_use]
    pub fn projected(mut self, projected: Projected) -> Self {
        self.projected = projected;
        self
    }

    /// Its key below the partition key of its table.
    pub(super) fn key(&self, table: &Key) -> Key {
        let (name, key_type) = table.partition_key();
        Key::partition(name, key_type).sort(&self.sort.0, self.sort.1)
    }
}
