//! Where something lies that another tool wrote.

use crate::args::Global;
use crate::config;
use crate::error::Failure;
use ddbkit::foreign::{Detected, detect};
use ddbkit::store::{Location, Store};
use std::path::Path;

/// Whether the location is a single file, which no dump of ours and no export is.
pub(crate) fn is_file(location: &Location) -> bool {
    matches!(location, Location::Directory(path) if path.is_file())
}

/// What another tool wrote at the location; none when nothing is recognised.
pub(crate) async fn at(location: &Location, global: &Global) -> Result<Option<Detected>, Failure> {
    let (parent, name) = parent(location, global).await?;
    Ok(detect(&parent, &name).await?)
}

/// The store above a location and the name in it: a file, a folder, or the prefix of names.
pub(crate) async fn parent(
    location: &Location,
    global: &Global,
) -> Result<(Store, String), Failure> {
    match location {
        Location::Directory(path) => {
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name else { return Ok((Store::directory(path), String::new())) };
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
            Ok((Store::directory(parent.unwrap_or(Path::new("."))), name.to_owned()))
        }
        Location::S3 { bucket, prefix } => {
            let bucket = Location::S3 { bucket: bucket.clone(), prefix: String::new() };
            Ok((config::store(&bucket, global).await?, prefix.clone()))
        }
    }
}
