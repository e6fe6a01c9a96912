//! A table and the type of its items.

use crate::offloaded::Values;
use crate::{Condition, KeySchema, Model, TableError, TableErrorKind};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue as Sdk;
use ddbkit_codec::Item;
use ddbkit_codec::serde::{from_owned_item, to_item};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A table whose items are values of `T`.
///
/// Clones share one state. See the [crate's page](crate) for how to use it.
pub struct Table<T> {
    pub(crate) core: Arc<Core>,
    model: PhantomData<fn() -> T>,
}

/// What requests need to know of the table.
#[derive(Clone, Debug)]
pub(crate) struct Core {
    pub(crate) client: Client,
    pub(crate) name: String,
    pub(crate) keys: KeySchema,
    pub(crate) version: Option<String>,
    /// The keys of the indexes, where the table was described.
    pub(crate) indexes: BTreeMap<String, KeySchema>,
    /// Where the values of attributes are.
    pub(crate) values: Values,
}

impl<T: Model> Table<T> {
    /// The table of this name, with the key that the model says. Asks nothing of the service.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        let keys = match T::RANGE_KEY {
            Some(range) => KeySchema::with_range(T::HASH_KEY, range),
            None => KeySchema::new(T::HASH_KEY),
        };
        let mut core = Core::new(client, name.into(), keys);
        core.version = T::VERSION.map(ToOwned::to_owned);
        Self::of(core)
    }
}

impl<T> Table<T> {
    /// The table of this name with this key, for types that are no [`Model`], like [`Item`].
    pub fn with_keys(client: Client, name: impl Into<String>, keys: KeySchema) -> Self {
        Self::of(Core::new(client, name.into(), keys))
    }

    /// The table of this name with the keys, its own and those of its indexes, that `DynamoDB` says it
    /// has.
    ///
    /// # Errors
    /// [`NotFound`](TableErrorKind::NotFound) when there is no such table, and what calls may give.
    ///
    /// Names of tables and keys that are known at run time only:
    ///
    /// ```
    /// use ddbkit_codec::Item;
    /// use ddbkit_table::admin::TableSummary;
    /// use ddbkit_table::{Index, KeySchema, Table};
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
    /// let orders = Table::<Item>::describe(client.clone(), "Orders").await?;
    /// assert!(!orders.exists(("a", 1)).await?);
    ///
    /// // The same from a description that one has, and by hand.
    /// let described = client.describe_table().table_name("Orders").send().await?.table.unwrap();
    /// let told = KeySchema::of_description(described.key_schema()).unwrap();
    /// assert_eq!(told, KeySchema::named("customer".to_owned(), Some("number".to_owned())));
    /// assert_eq!(told.names().collect::<Vec<_>>(), ["customer", "number"]);
    /// assert!(TableSummary::of(&described)?.key_of(Some("by-date")).is_none());
    /// let by_date: Index<Item> = Index::named("by-date".to_owned(), told);
    /// assert_eq!(by_date.keys().hash_name(), "customer");
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    pub async fn describe(client: Client, name: impl Into<String>) -> Result<Self, TableError> {
        let name = name.into();
        let call = Box::pin(client.describe_table().table_name(&name).send()).await;
        let answer =
            call.map_err(|error| TableError::call(format!("describing table {name:?}"), error))?;
        let described = answer.table.and_then(|table| {
            let keys = KeySchema::of_description(table.key_schema())?;
            Some((keys, table))
        });
        let Some((keys, table)) = described else {
            let message = format!("the description of table {name:?} has no key");
            return Err(TableError::new(TableErrorKind::Service, message));
        };
        let global = table.global_secondary_indexes().iter();
        let global = global.map(|index| (index.index_name(), index.key_schema()));
        let local = table.local_secondary_indexes().iter();
        let local = local.map(|index| (index.index_name(), index.key_schema()));
        let indexes = global
            .chain(local)
            .filter_map(|(name, keys)| Some((name?.to_owned(), KeySchema::of_description(keys)?)));
        let indexes = indexes.collect();
        Ok(Self::of(Core { indexes, ..Core::new(client, name, keys) }))
    }

    pub(crate) fn of(core: Core) -> Self {
        Self { core: Arc::new(core), model: PhantomData }
    }

    /// The name of the table.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.core.name
    }

    /// The names of its key attributes.
    #[must_use]
    pub fn keys(&self) -> &KeySchema {
        &self.core.keys
    }

    /// The client that requests are sent with.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.core.client
    }
}

impl<T: DeserializeOwned> Table<T> {
    /// Reads a value from an item of this table that came by other means: an error's
    /// [`existing`](TableError::existing), a stream record.
    ///
    /// # Errors
    /// [`Decode`](TableErrorKind::Decode) with the key and the path of the attribute.
    pub fn read(&self, item: Item) -> Result<T, TableError> {
        self.core.decode(item)
    }
}

impl Core {
    fn new(client: Client, name: String, keys: KeySchema) -> Self {
        Self {
            client,
            name,
            keys,
            version: None,
            indexes: BTreeMap::new(),
            values: Values::default(),
        }
    }

    /// The table as messages name it.
    pub(crate) fn table(&self) -> String {
        format!("table {:?}", self.name)
    }

    /// An item as messages name it: by its key.
    pub(crate) fn item(&self, item: &Item) -> String {
        let key = self.keys.in_item(item).to_dynamodb_json();
        format!("item {key} of {}", self.table())
    }

    pub(crate) fn encode<T: Serialize>(&self, value: &T) -> Result<Item, TableError> {
        let item = to_item(value).map_err(|error| {
            let message = format!("a value for {} is no item: {error}", self.table());
            TableError::new(TableErrorKind::Encode, message)
        })?;
        self.keys.check(&item)?;
        Ok(item)
    }

    pub(crate) fn decode<T: DeserializeOwned>(&self, item: Item) -> Result<T, TableError> {
        let key = self.keys.in_item(&item);
        from_owned_item(item).map_err(|error| {
            let message = format!("{} cannot be read: {error}", self.item(&key));
            TableError::new(TableErrorKind::Decode, message)
        })
    }

    pub(crate) fn decode_sdk<T: DeserializeOwned>(
        &self,
        item: HashMap<String, Sdk>,
    ) -> Result<T, TableError> {
        self.decode(self.item_of_sdk(item)?)
    }

    /// Fails for what `DynamoDB` never answers.
    pub(crate) fn item_of_sdk(&self, item: HashMap<String, Sdk>) -> Result<Item, TableError> {
        Item::try_from(item).map_err(|error| {
            let message = format!("an item of {} cannot be read: {error}", self.table());
            TableError::new(TableErrorKind::Decode, message)
        })
    }

    /// The condition that an item is not there.
    pub(crate) fn is_new(&self) -> Condition {
        crate::attr(self.keys.hash_name()).not_exists()
    }
}

impl<T> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), model: PhantomData }
    }
}

impl<T> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("name", &self.core.name)
            .field("keys", &self.core.keys)
            .finish_non_exhaustive()
    }
}

/// A value of the SDK that cannot be built lacks a part that we always give.
pub(crate) fn incomplete(error: aws_sdk_dynamodb::error::BuildError) -> TableError {
    TableError::caused(TableErrorKind::InvalidInput, "a request is not complete", error)
}
