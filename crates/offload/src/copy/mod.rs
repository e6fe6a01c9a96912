//! Large attributes that leave their table and come to another: copied into a backup, and from there or
//! from where they are to objects that other items own.
//!
//! A [`BlobFolder`] is the part of a backup that holds values. An [`ItemCopier`] makes of an item with
//! pointers one with pointers of its own, from a [`CopySource`].
//!
//! ```
//! use aws_sdk_dynamodb::types::AttributeValue::S;
//! # use ddbkit_offload::AttributeOptions;
//! use ddbkit_codec::Item;
//! use ddbkit_flow::Control;
//! use ddbkit_offload::copy::{BlobFolder, CopySource, ItemCopier, have_same_values};
//! use ddbkit_offload::{
//!     BlobPointer, KeySchema, OffloadErrorKind, Offloader, Ownership, PointerCheck, inline_pointers,
//! };
//! use ddbkit_store::Store;
//! use std::collections::HashMap;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let servers = ddbkit_testkit::backend().await;
//! # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
//! # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
//! # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
//! # let pages = Offloader::builder(dynamodb.clone(), s3.clone()).table(&table).bucket(&bucket);
//! # let pages = pages.prefix("pages").attribute("html", AttributeOptions::new()).build().await?;
//! let html = ("html".to_owned(), S("<p>Hello</p>".repeat(1000)));
//! let written = HashMap::from([("url".to_owned(), S("/".to_owned())), html]);
//! let item = Item::try_from(pages.create(written).await?.attributes().clone())?;
//!
//! // Into a backup, where a value lies under its SHA-256, once.
//! let backup = BlobFolder::new(Store::memory());
//! let (_, pointer) = BlobPointer::in_item(&item)?.remove(0);
//! assert_eq!(backup.add(&s3, &pointer).await?, Some(12_000));
//! assert_eq!(backup.add(&s3, &pointer).await?, None);
//! assert_eq!(backup.prove(&pointer).await?, 12_000);
//!
//! // Out of it, to objects of another table; the items are the same but for where their values lie.
//! # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
//! # let other = servers.table("other", key).await;
//! let described = dynamodb.describe_table().table_name(&other).send().await?.table.unwrap();
//! let copier = ItemCopier::claim(s3.clone(), &bucket, "other", &described).await?;
//! let from = CopySource::Folder(backup);
//! from.check(&pointer).await?;
//! let copied = copier.copy(item.clone(), &from, &Control::new()).await?;
//! assert!(copied.objects == 1 && have_same_values(&copied.item, &item));
//! assert_eq!(Ownership::read(&s3, &bucket, "other").await?.table_name, other);
//!
//! // Which of both may be written to the other table?
//! let schema = KeySchema::of_table(&described).ok_or("a table")?;
//! assert!(schema.contains("url") && schema.attributes().count() == 1);
//! let check = PointerCheck::new(s3.clone(), &other, schema);
//! check.check(&copied.item).await?;
//! let refused = check.check(&item).await.unwrap_err();
//! assert_eq!(refused.kind(), OffloadErrorKind::ForeignPointer);
//!
//! // Or with the value in place of its pointer, where it is not longer than 400 KB.
//! let whole = inline_pointers(&s3, item, 400 * 1024).await?;
//! assert!(BlobPointer::in_item(&whole)?.is_empty());
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```

mod folder;
mod item;
mod same;
mod source;

pub use folder::BlobFolder;
pub use item::{CopiedItem, ItemCopier};
pub use same::have_same_values;
pub use source::CopySource;
