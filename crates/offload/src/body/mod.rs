//! Large bodies: streams into objects and out of them, parts of them, and signed URLs.
//!
//! ```
//! # use ddbkit_offload::AttributeOptions;
//! use aws_sdk_dynamodb::types::AttributeValue::S;
//! use bytes::Bytes;
//! use ddbkit_flow::Control;
//! use ddbkit_offload::body::{BodyOptions, BodyStream, download_range, presign_get};
//! use ddbkit_offload::{BlobKind, ItemWrite, Offloader};
//! use futures::{TryStreamExt, stream};
//! use std::collections::HashMap;
//! use std::time::Duration;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! # let servers = ddbkit_testkit::backend().await;
//! # let key = ddbkit_testkit::KeySchema::hash("url", aws_sdk_dynamodb::types::ScalarAttributeType::S);
//! # let (table, bucket) = (servers.table("pages", key).await, servers.bucket().await);
//! # let (dynamodb, s3) = (servers.dynamodb.clone(), servers.s3.clone());
//! # let pages = Offloader::builder(dynamodb.clone(), s3.clone()).table(&table).bucket(&bucket);
//! # let pages = pages.prefix("pages").attribute("html", AttributeOptions::new()).build().await?;
//! // The body goes to S3 while it is read; then one write of the item makes it count.
//! let item = HashMap::from([("url".to_owned(), S("/".to_owned()))]);
//! let key = pages.item_key(&item)?;
//! let body = stream::iter(["<p>Hel", "lo</p>"].map(|piece| Ok(Bytes::from(piece))));
//! let options = BodyOptions { kind: BlobKind::String, ..BodyOptions::default() };
//! pages.create(item.clone()).await?;
//! let body = pages.upload_body(&key, "html", body, &options, &Control::new()).await?;
//! let pointer = body.pointer.clone();
//! pages.update(ItemWrite::update(item).uploaded("html", body)).await?;
//!
//! // Out of S3 again: all of it, proven, or some bytes.
//! let whole: BodyStream = pages.download_body(&key, &pointer).await?;
//! assert_eq!(whole.try_collect::<Vec<_>>().await?.concat(), b"<p>Hello</p>");
//! let some = download_range(&s3, &pointer, 3..8).await?;
//! assert_eq!(some.try_collect::<Vec<_>>().await?.concat(), b"Hello");
//!
//! // Or by whoever has the URL.
//! let request = presign_get(&s3, &pointer, None, Duration::from_secs(60)).await?;
//! assert!(request.uri().contains("X-Amz-Expires=60"));
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```

mod decoder;
mod download;
mod encoder;
mod multipart;
mod object_reader;
mod of_item;
mod part_size;
mod parts;
mod place;
mod presign;
mod proven;
mod request;
mod settle;
mod upload;

pub(crate) use download::stored;
pub use download::{BodyStream, download, download_range};
pub use multipart::{UnfinishedUpload, unfinished_uploads};
pub use of_item::BodyOptions;
pub use place::ObjectPlace;
pub use presign::{ExpectedBody, PresignedUpload, confirm_upload, presign_get, presign_put};
pub(crate) use proven::{proven, stored_proven};
pub(crate) use upload::of_read_error;
pub use upload::{UploadOptions, UploadedBody, upload};
