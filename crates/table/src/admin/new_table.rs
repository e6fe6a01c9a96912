//! What a table is to be.

use super::schema::{attributes, definition, elements};
use super::{Billing, GlobalIndex, LocalIndex};
use crate::{TableError, TableErrorKind};
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableInputBuilder;
use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndex, LocalSecondaryIndex, StreamSpecification, StreamViewType,
    TableClass, Tag,
};
use ddbkit_codec::rules::{Key, KeyType};
use std::collections::BTreeMap;

/// A table that is to be created.
///
/// On demand, without indexes, stream or time to live, in the standard class and not protected, unless
/// it is told otherwise. Limits are those of `CreateTable` in the API reference; what the service can
/// judge is left to it, but for one attribute with two types, which it tells badly.
///
/// ```
/// use aws_sdk_dynamodb::types::{StreamViewType, TableClass};
/// use ddbkit_codec::rules::{Key, KeyType};
/// use ddbkit_table::admin::{Billing, GlobalIndex, LocalIndex, NewTable, Projected};
///
/// let orders = NewTable::new("Orders", Key::partition("customer", KeyType::S).sort("at", KeyType::N))
///     .billing(Billing::Provisioned { read: 10, write: 5 })
///     .global_index(
///         GlobalIndex::new("ByState", Key::partition("state", KeyType::S))
///             .projected(Projected::Include(vec!["total".to_owned()]))
///             .provisioned(2, 2),
///     )
///     .local_index(LocalIndex::new("ByTotal", "total", KeyType::N).projected(Projected::KeysOnly))
///     .time_to_live("expires")
///     .stream(StreamViewType::NewAndOldImages)
///     .table_class(TableClass::StandardInfrequentAccess)
///     .tag("team", "shop")
///     .deletion_protection();
/// assert_eq!(orders.name(), "Orders");
/// ```
#[derive(Clone, Debug)]
pub struct NewTable {
    name: String,
    pub(super) key: Key,
    billing: Billing,
    pub(super) global: Vec<GlobalIndex>,
    pub(super) local: Vec<LocalIndex>,
    pub(super) time_to_live: Option<String>,
    stream: Option<StreamViewType>,
    class: Option<TableClass>,
    tags: BTreeMap<String, String>,
    protected: bool,
}

impl NewTable {
    /// A table of this name, or ARN, with this key.
    #[must_use]
    pub fn new(name: impl Into<String>, key: Key) -> Self {
        Self {
            name: name.into(),
            key,
            billing: Billing::OnDemand,
            global: Vec::new(),
            local: Vec::new(),
            time_to_live: None,
            stream: None,
            class: None,
            tags: BTreeMap::new(),
            protected: false,
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets how capacity is paid for.
    #[must_use]
    pub fn billing(mut self, billing: Billing) -> Self {
        self.billing = billing;
        self
    }

    /// Adds a global secondary index.
    #[must_use]
    pub fn global_index(mut self, index: GlobalIndex) -> Self {
        self.global.push(index);
        self
    }

    /// Adds a local secondary index.
    #[must_use]
    pub fn local_index(mut self, index: LocalIndex) -> Self {
        self.local.push(index);
        self
    }

    /// Has `DynamoDB` delete items when the time in this attribute, in seconds since 1970, has passed.
    #[must_use]
    pub fn time_to_live(mut self, attribute: impl Into<String>) -> Self {
        self.time_to_live = Some(attribute.into());
        self
    }

    /// Gives it a stream whose records show these images.
    #[must_use]
    pub fn stream(mut self, view: StreamViewType) -> Self {
        self.stream = Some(view);
        self
    }

    /// Sets the table class.
    #[must_use]
    pub fn table_class(mut self, class: TableClass) -> Self {
        self.class = Some(class);
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(name.into(), value.into());
        self
    }

    /// Protects it against deletion.
    #[must_use]
    pub fn deletion_protection(mut self) -> Self {
        self.protected = true;
        self
    }

    /// The indexes with their keys.
    pub(super) fn indexes(&self) -> impl Iterator<Item = (&str, Key)> {
        let global = self.global.iter().map(|index| (index.name.as_str(), index.key.clone()));
        let local = self.local.iter().map(|index| (index.name.as_str(), index.key(&self.key)));
        global.chain(local)
    }

    /// The input of `CreateTable`, which has no time to live in it.
    pub(super) fn to_input(&self) -> Result<CreateTableInputBuilder, TableError> {
        if !self.local.is_empty() && self.key.sort_key().is_none() {
            return Err(self.invalid("local indexes need a table with a sort key"));
        }
        let defined = self.definitions()?;
        self.build(&defined).map_err(|error| self.invalid(error))
    }

    /// Every key attribute once.
    fn definitions(&self) -> Result<BTreeMap<String, KeyType>, TableError> {
        let mut defined = BTreeMap::new();
        for key in std::iter::once(self.key.clone()).chain(self.indexes().map(|(_, key)| key)) {
            for (name, key_type) in attributes(&key) {
                let before = defined.insert(name.to_owned(), key_type);
                if before.is_some_and(|before| before != key_type) {
                    let message = format!("the key attribute {name:?} is given two types");
                    return Err(self.invalid(message));
                }
            }
        }
        Ok(defined)
    }

    fn build(
        &self,
        defined: &BTreeMap<String, KeyType>,
    ) -> Result<CreateTableInputBuilder, BuildError> {
        let mode = match self.billing {
            Billing::OnDemand => BillingMode::PayPerRequest,
            Billing::Provisioned { .. } => BillingMode::Provisioned,
        };
        let defined = defined.iter().map(|(name, key_type)| definition(name, *key_type));
        let global = self.global.iter().map(|index| {
            GlobalSecondaryIndex::builder()
                .index_name(&index.name)
                .set_key_schema(Some(elements(&index.key)?))
                .projection(index.projected.to_sdk())
                .set_provisioned_throughput(index.billing.unwrap_or(self.billing).throughput()?)
                .build()
        });
        let local = self.local.iter().map(|index| {
            LocalSecondaryIndex::builder()
                .index_name(&index.name)
                .set_key_schema(Some(elements(&index.key(&self.key))?))
                .projection(index.projected.to_sdk())
                .build()
        });
        let tags =
            self.tags.iter().map(|(name, value)| Tag::builder().key(name).value(value).build());
        let stream = self.stream.clone().map(|view| {
            StreamSpecification::builder().stream_enabled(true).stream_view_type(view).build()
        });
        Ok(CreateTableInputBuilder::default()
            .table_name(&self.name)
            .set_key_schema(Some(elements(&self.key)?))
            .set_attribute_definitions(Some(defined.collect::<Result<_, _>>()?))
            .billing_mode(mode)
            .set_provisioned_throughput(self.billing.throughput()?)
            .set_global_secondary_indexes(some(global.collect::<Result<_, _>>()?))
            .set_local_secondary_indexes(some(local.collect::<Result<_, _>>()?))
            .set_stream_specification(stream.transpose()?)
            .set_table_class(self.class.clone())
            .set_tags(some(tags.collect::<Result<_, _>>()?))
            .set_deletion_protection_enabled(self.protected.then_some(true)))
    }

    fn invalid(&self, detail: impl std::fmt::Display) -> TableError {
        let message = format!("table {} cannot be created: {detail}", self.name);
        TableError::new(TableErrorKind::InvalidInput, message)
    }
}

/// The service takes no empty lists.
pub(super) fn some<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
