//! Tables with attributes whose values are in S3 (feature `offload`).

mod write;

pub(crate) use write::{put, update};

use crate::read::Attributes;
use crate::table::Core;
use crate::{Model, Table, TableError, TableErrorKind};
use ddbkit_offload::{OffloadError, OffloadErrorKind, OffloadedItem, Offloader, OffloaderBuilder};

/// Where the values of attributes are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Values(Option<Offloader>);

impl Values {
    pub(crate) fn offloader(&self) -> Option<&Offloader> {
        self.0.as_ref()
    }

    /// The item with its values in the place of their pointers; `None` when it was deleted meanwhile.
    pub(crate) async fn hydrate(
        &self,
        core: &Core,
        item: Attributes,
        is_whole: bool,
    ) -> Result<Option<Attributes>, TableError> {
        let Some(offloader) = &self.0 else { return Ok(Some(item)) };
        let item = OffloadedItem::new(offloader.clone(), item, is_whole);
        let item = match item {
            Ok(item) => Box::pin(item.hydrate()).await,
            Err(error) => Err(error),
        };
        let what = || format!("reading the values of an item of {} from S3", core.table());
        let item = item.map_err(|error| of_offload(&what(), error))?;
        Ok(item.map(|mut item| {
            item.remove(offloader.rev_attribute());
            item
        }))
    }

    /// Refuses what cannot be done in one conditional write of one item.
    pub(crate) fn refuse(&self, what: &str) -> Result<(), TableError> {
        let Some(offloader) = &self.0 else { return Ok(()) };
        let table = offloader.table();
        Err(TableError::input(format!(
            "{what} of table {table:?}, whose values are in S3: put or update items alone, or take Offloader::transact"
        )))
    }
}

/// `what` goes before "failed"; why is told by the source.
pub(super) fn of_offload(what: &str, error: OffloadError) -> TableError {
    let kind = match error.kind() {
        // An update never makes an item here, so that it is not there is a condition that is false.
        OffloadErrorKind::ConditionFailed | OffloadErrorKind::NotFound => {
            TableErrorKind::ConditionFailed
        }
        OffloadErrorKind::Ambiguous => TableErrorKind::Ambiguous,
        OffloadErrorKind::InvalidInput => TableErrorKind::InvalidInput,
        OffloadErrorKind::Canceled => TableErrorKind::Canceled,
        OffloadErrorKind::DynamoDb => TableErrorKind::Service,
        _ => TableErrorKind::Offload,
    };
    TableError::caused(kind, format!("{what} failed"), error)
}

impl<T: Model> Table<T> {
    /// The same table, with the values of the attributes that the model
    /// [names](Model::offloaded) in S3, where and as the builder says. It gets the name of the table
    /// and the attributes from here.
    ///
    /// What is different from other tables: a put or update reads the item before and writes it on
    /// condition that it is still so, again when it is not; an update makes no item; puts and updates
    /// tell no capacity, and an update gives whole items only; batches and transactions take no puts
    /// and updates. What queries, scans and batches of keys read has its values, of which four items
    /// are in memory at a time; a page has those of all its items.
    ///
    /// ```
    /// # use aws_sdk_dynamodb::types::{
    /// #     AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    /// # };
    /// # use ddbkit_local::{LocalDynamoDb, LocalS3, LocalS3Options};
    /// use ddbkit_offload::{AttributeOptions, Offloader};
    /// use ddbkit_table::{Model, Table};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Site {
    ///     url: String,
    ///     html: String,
    /// }
    ///
    /// impl Model for Site {
    ///     const HASH_KEY: &'static str = "url";
    ///
    ///     fn offloaded() -> Vec<(&'static str, AttributeOptions)> {
    ///         vec![("html", AttributeOptions::new().content_type("text/html").zstd(3))]
    ///     }
    /// }
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (local_dynamodb, local_s3) =
    /// #     (LocalDynamoDb::start().await?, LocalS3::start(LocalS3Options::default()).await?);
    /// # let (dynamodb, s3) = (local_dynamodb.client(), local_s3.client());
    /// # s3.create_bucket().bucket("attributes").send().await?;
    /// # let url = KeySchemaElement::builder().attribute_name("url").key_type(KeyType::Hash).build()?;
    /// # let text = AttributeDefinition::builder().attribute_name("url");
    /// # let text = text.attribute_type(ScalarAttributeType::S).build()?;
    /// # let create = dynamodb.create_table().table_name("Sites").key_schema(url);
    /// # create.attribute_definitions(text).billing_mode(BillingMode::PayPerRequest).send().await?;
    /// let s3 = Offloader::builder(dynamodb.clone(), s3).bucket("attributes").prefix("sites");
    /// let sites = Table::<Site>::new(dynamodb, "Sites").offloaded(s3).await?;
    ///
    /// let site = Site { url: "https://example.org".to_owned(), html: "<p>".repeat(300_000) };
    /// sites.put(&site).if_new().send().await?;
    /// let found = sites.get("https://example.org").send().await?.item.ok_or("it is there")?;
    /// assert_eq!(found.html.len(), 900_000);
    /// # Ok(())
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`Offload`](TableErrorKind::Offload) when the prefix belongs to another table or cannot be
    /// claimed; else as [`OffloaderBuilder::build`].
    pub async fn offloaded(self, builder: OffloaderBuilder) -> Result<Self, TableError> {
        let mut builder = builder.table(self.name());
        for (attribute, options) in T::offloaded() {
            builder = builder.attribute(attribute, options);
        }
        let offloader = Box::pin(builder.build()).await;
        let what = || format!("claiming a prefix of S3 for {}", self.core.table());
        let offloader = offloader.map_err(|error| of_offload(&what(), error))?;
        Ok(Self::of(Core { values: Values(Some(offloader)), ..(*self.core).clone() }))
    }
}
