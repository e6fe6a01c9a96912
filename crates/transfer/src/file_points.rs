//! How far each data file of a source is settled, as checkpoints have it.

use crate::load::frontier::Point;
use ddbkit_export::DataFile;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The data files by their keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct FilePoints(BTreeMap<String, FilePoint>);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilePoint {
    md5_checksum: Option<String>,
    #[serde(flatten)]
    point: Point,
}

impl FilePoints {
    /// Files of which nothing is settled yet.
    pub(crate) fn of<'a>(files: impl Iterator<Item = &'a DataFile>) -> Self {
        let points = files.map(|file| {
            let md5_checksum = file.md5_checksum.clone();
            (file.data_file_s3_key.clone(), FilePoint { md5_checksum, point: Point::default() })
        });
        Self(points.collect())
    }

    /// Whether they are the same files, by their keys and checksums, however far they are settled.
    pub(crate) fn are_of(&self, other: &Self) -> bool {
        let sums = |points: &Self| {
            let points = points.0.iter();
            points.map(|(key, point)| (key.clone(), point.md5_checksum.clone())).collect::<Vec<_>>()
        };
        sums(self) == sums(other)
    }

    /// How far each file is settled.
    pub(crate) fn settled(&self) -> impl Iterator<Item = (String, Point)> {
        self.0.iter().map(|(file, known)| (file.clone(), known.point))
    }

    /// How many lines were rejected of those that are settled.
    pub(crate) fn rejected(&self) -> u64 {
        self.0.values().map(|known| known.point.rejected).sum()
    }

    /// Notes how far the files are settled, and says whether one of them is farther.
    pub(crate) fn settle(&mut self, settled: &BTreeMap<String, Point>) -> bool {
        let mut changed = false;
        for (file, point) in settled {
            if let Some(known) = self.0.get_mut(file) {
                changed |= known.point != *point;
                known.point = *point;
            }
        }
        changed
    }

    pub(crate) fn is_begun(&self) -> bool {
        self.0.values().any(|known| known.point.settled_line > 0)
    }

    /// Nothing is settled any more.
    pub(crate) fn forget(&mut self) {
        for known in self.0.values_mut() {
            known.point = Point::default();
        }
    }
}
