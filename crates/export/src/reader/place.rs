//! From a location that names one export to the destination that holds it.

use crate::ExportId;
use crate::layout::EXPORTS_DIR;
use ddbkit_store::Location;
use std::path::{Path, PathBuf};

/// The destination above `AWSDynamoDB/` and the export of it that a location names, where it is
/// `<destination>/AWSDynamoDB/<ExportId>`; none for other locations.
///
/// The folder of an incremental export does not hold its data, which lies beside it in
/// `AWSDynamoDB/data/`. Whoever names the folder means the export, so it is opened from above:
///
/// ```
/// use ddbkit_export::named_export;
/// use ddbkit_store::Location;
///
/// let folder: Location = "s3://backups/orders/AWSDynamoDB/01768388186000-4a2fc3ff/".parse()?;
/// let (destination, id) = named_export(&folder).ok_or("it names an export")?;
/// assert_eq!(destination.to_string(), "s3://backups/orders");
/// assert_eq!(id.to_string(), "01768388186000-4a2fc3ff");
/// // ExportReader::open_id(store_of(&destination), &id)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn named_export(location: &Location) -> Option<(Location, ExportId)> {
    match location {
        Location::Directory(path) => {
            let id = path.file_name()?.to_str()?.parse().ok()?;
            let exports = path.parent().filter(|above| above.ends_with(EXPORTS_DIR))?;
            let destination = match exports.parent()? {
                above if above == Path::new("") => PathBuf::from("."),
                above => above.to_owned(),
            };
            Some((Location::Directory(destination), id))
        }
        Location::S3 { bucket, prefix } => {
            let (exports, id) = prefix.trim_end_matches('/').rsplit_once('/')?;
            let above = exports.strip_suffix(EXPORTS_DIR)?;
            let is_whole_name = above.is_empty() || above.ends_with('/');
            let prefix = above.trim_end_matches('/').to_owned();
            let id = id.parse().ok().filter(|_| is_whole_name)?;
            Some((Location::S3 { bucket: bucket.clone(), prefix }, id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_folder_of_an_export_names_one() {
        let named = |text: &str| {
            let (above, id) = named_export(&text.parse().unwrap())?;
            Some((above.to_string(), id.to_string()))
        };
        let id = "01768388186000-4a2fc3ff";
        for (above, expected) in [
            ("s3://bkt/p/q", "s3://bkt/p/q"),
            ("s3://bkt", "s3://bkt"),
            ("/var/backups", "/var/backups"),
            ("backups", "backups"),
            (".", "."),
        ] {
            for end in ["", "/"] {
                let found = named(&format!("{above}/AWSDynamoDB/{id}{end}"));
                assert_eq!(found, Some((expected.to_owned(), id.to_owned())), "{above}{end}");
            }
        }
        assert_eq!(named(&format!("AWSDynamoDB/{id}")), Some((".".to_owned(), id.to_owned())));
        for other in [
            "s3://bkt/p".to_owned(),
            "s3://bkt".to_owned(),
            "s3://bkt/p/AWSDynamoDB".to_owned(),
            format!("s3://bkt/{id}"),
            format!("s3://bkt/notAWSDynamoDB/{id}"),
            format!("s3://bkt/AWSDynamoDB/{id}/data"),
            format!("backups/{id}"),
            format!("backups/AWSDynamoDB/{id}/data"),
            "/".to_owned(),
        ] {
            assert_eq!(named(&other), None, "{other}");
        }
    }
}
