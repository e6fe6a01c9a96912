//! Large `DynamoDB` attributes in S3 that no crash or race can lose, and their garbage collection.
//!
//! An item takes 400 KB, and each of them costs with every read and write. An [`Offloader`] keeps the
//! attributes that it was told of in S3, with a small [pointer](BlobPointer) in the item, and reads and
//! writes items as if nothing were different.
//!
//! ```
//! # use aws_sdk_dynamodb::types::{
//! #     AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
//! # };
//! # use ddbkit_local::{LocalDynamoDb, LocalS3, LocalS3Options};
//! use aws_sdk_dynamodb::types::AttributeValue::{N, S};
//! use ddbkit_offload::{AttributeOptions, ItemWrite, OffloadErrorKind, Offloader};
//! use std::collections::HashMap;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let (local_dynamodb, local_s3) =
//! #     (LocalDynamoDb::start().await?, LocalS3::start(LocalS3Options::default()).await?);
//! # let (dynamodb, s3) = (local_dynamodb.client(), local_s3.client());
//! # s3.create_bucket().bucket("attributes").send().await?;
//! # let url = KeySchemaElement::builder().attribute_name("url").key_type(KeyType::Hash).build()?;
//! # let text = AttributeDefinition::builder().attribute_name("url");
//! # let text = text.attribute_type(ScalarAttributeType::S).build()?;
//! # let create = dynamodb.create_table().table_name("pages").key_schema(url);
//! # create.attribute_definitions(text).billing_mode(BillingMode::PayPerRequest).send().await?;
//! let pages = Offloader::builder(dynamodb, s3)
//!     .table("pages")
//!     .bucket("attributes")
//!     .prefix("pages")
//!     .attribute("html", AttributeOptions::new().content_type("text/html").zstd(3))
//!     .build()
//!     .await?;
//!
//! // 2 MB in one attribute: one put to S3, one write of the item.
//! let key = HashMap::from([("url".to_owned(), S("https://example.org".to_owned()))]);
//! let mut item = key.clone();
//! item.insert("html".to_owned(), S("<p>Hello</p>".repeat(170_000)));
//! let created = pages.create(item).await?;
//!
//! // A change of the value and of others, in one conditional write.
//! let change = ItemWrite::update(key.clone())
//!     .set("html", S("<p>Bye</p>".repeat(200_000)))
//!     .add_expression("visits :one")
//!     .value(":one", N("1".to_owned()))
//!     .seen(created.seen().clone());
//! pages.update(change).await?;
//!
//! // Who saw the item before that change does not overwrite it.
//! let late = ItemWrite::update(key.clone()).remove("html").seen(created.seen().clone());
//! let refused = pages.update(late).await.unwrap_err();
//! assert_eq!(refused.kind(), OffloadErrorKind::ConditionFailed);
//!
//! // Values are read when they are wanted: one, or all.
//! let item = pages.get(key.clone()).await?.ok_or("the item is there")?;
//! assert_eq!(item.blob("html")?.ok_or("in S3")?.pointer().len, 2_000_000);
//! let whole = item.hydrate().await?.ok_or("not deleted meanwhile")?;
//! assert_eq!(whole["visits"], N("1".to_owned()));
//!
//! // Objects that nothing points to any more are left to the collector.
//! pages.delete(key).await?;
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```
//!
//! # What to take for what
//!
//! | to | take |
//! |---|---|
//! | create, change, delete, read an item | [`Offloader::create`], [`update`](Offloader::update), [`delete`](Offloader::delete), [`get`](Offloader::get) |
//! | read many items | [`Offloader::query`], [`scan`](Offloader::scan), [`batch_get`](Offloader::batch_get), and [`Items::hydrated`] |
//! | read one value, in memory or as a stream | [`LazyBlob::read`], [`stream`](LazyBlob::stream) |
//! | write several items together | [`Offloader::transact`] |
//! | send the write with a call of one's own | [`Offloader::upload`] and [`PreparedWrite`] |
//! | say which values go to S3 | [`OffloadPolicy`] |
//! | say how they are stored: type, encryption, class, tags, compression | [`AttributeOptions`] |
//! | have keys of another form | [`KeyLayout`] |
//! | copy values into a backup, or to items of another table | the module [`copy`] |
//! | upload and download bodies that do not fit in memory | the module [`body`] |
//! | delete what nothing points to | [`GarbageCollector`] |
//!
//! # Why nothing is lost
//!
//! A write uploads first, to a key that nobody else has and that is never written again. Then it writes
//! the item, on condition that it still is as it was seen: by its `rev`, a random text that every write
//! replaces, and by the pointers of the attributes that it touches. Whatever fails, nothing is deleted:
//! an object that did not make it into the item is garbage, and so is one that was replaced. The
//! collector deletes garbage that is older than the grace, when no write can be on its way to it any
//! more: a writer gives up at its deadline, see [`Timing`]. When an answer is lost, or says that the
//! condition was false, the item is read: if it holds what only this write can have written, the write
//! won.
//!
//! # What foreign writers may do
//!
//! Programs that write the table without this library may
//!
//! * write, change and remove all other attributes, with or without conditions;
//! * remove or replace an attribute that holds a pointer, and delete items, also by TTL: a write of the
//!   library that saw the pointer is then refused, and the object becomes garbage;
//! * create items, without the library's attributes.
//!
//! They must not
//!
//! * write a pointer that they read at another time: to put a whole item back is safe only on condition
//!   that its `rev` is still the one that was read;
//! * copy a pointer to another item, table or attribute, or keep one in a list or map: reading it fails
//!   with [`ForeignPointer`](OffloadErrorKind::ForeignPointer), and the collector does not count it;
//! * write or remove the attribute `ddbkit_rev`;
//! * write, replace or delete objects under the prefix, also by rules of the bucket that expire objects.
//!
//! Global tables: a write is conditional in its own region only. Write an item in one region at a time;
//! the later of two writes wins, and the object of the other becomes garbage.
//!
//! # Permissions
//!
//! | who | needs |
//! |---|---|
//! | all | `dynamodb:DescribeTable`, `s3:GetObject` under the prefix, and `s3:ListBucket` on the bucket: without it S3 answers 403 for an object that is gone, and a read cannot tell why |
//! | readers | `dynamodb:GetItem`, and `BatchGetItem`, `Query`, `Scan` where they use them |
//! | writers | `dynamodb:GetItem`, `PutItem`, `UpdateItem`, `DeleteItem`, `s3:PutObject`, with tags `s3:PutObjectTagging`, with KMS `kms:GenerateDataKey` and `kms:Decrypt` |
//!
//! A reader builds its [`Offloader`] after a writer has: it then finds the manifest and writes nothing.
//!
//! # Limits
//!
//! * Only attributes of the item itself are offloaded, no keys of the table or of its indexes.
//! * Values are in memory while they are written or read, with their compressed form beside them.
//!   [`memory`](OffloaderBuilder::memory) bounds reads, and how far streams of items read ahead.
//! * Same content again is not uploaded again, so other options take effect with the next new content.

pub mod adopt;
pub mod body;
pub mod copy;
mod error;
mod gc;
mod inline;
mod item_key;
mod key_schema;
mod layout;
mod manifest;
mod metadata;
pub mod migrate;
mod offloader;
mod options;
mod pointer;
mod pointer_check;
mod policy;
mod prepared;
mod read;
mod seen;
mod timing;
mod transaction;
mod value;

pub use ddbkit_flow::{Clock, SystemClock};
pub use error::{OffloadError, OffloadErrorKind};
pub use gc::{
    Applied, ApplyOptions, ApplyReport, GarbageCollector, GarbageCollectorBuilder, ListedObject,
    ObjectPages, ObjectSource, PlanOptions, PlanPin, PlanReport, PlanSources, PlannedObject,
    PointerPage, PointerPages, PointerSource, Problem, ProblemKind, VerifyOptions, VerifyReport,
    plan_from,
};
pub use inline::inline_pointers;
pub use item_key::{ItemKey, OwnerHash};
pub use key_schema::{KeyAttribute, KeyAttributeType, KeySchema};
pub use layout::{DefaultLayout, KeyLayout, UniqueId, check_layout};
pub use manifest::{MANIFEST_NAME, MANIFEST_VERSION, Ownership};
pub use offloader::{ItemWrite, Offloader, OffloaderBuilder};
pub use options::AttributeOptions;
pub use pointer::{
    BlobKind, BlobPointer, Encoding, POINTER_MARKER, POINTER_VERSION, is_pointer_text,
};
pub use pointer_check::PointerCheck;
pub use policy::OffloadPolicy;
pub use prepared::{PreparedWrite, Resolution};
pub use read::{Items, LazyBlob, OffloadedItem};
pub use seen::Seen;
pub use timing::Timing;

/// The example of the page that a registry shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct ReadmeDoctests;
