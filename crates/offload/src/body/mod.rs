//! Large bodies: streams into objects and out of them, parts of them, and signed URLs.

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
