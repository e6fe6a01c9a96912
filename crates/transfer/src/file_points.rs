//! How far each data file of a source is settled, as checkpoints have it.

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
    /// The last line up to which everything is settled.
    settled_line: u64,
}

impl FilePoints {
    /// Files of which nothing is settled yet.
    pub(crate) fn of<'a>(files: impl Iterator<Item = &'a DataFile>) -> Self {
        let points = files.map(|file| {
            let md5_checksum = file.md5_checksum.clone();
            (file.data_file_s3_key.clone(), FilePoint { md5_checksum, settled_line: 0 })
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

    /// The last settled line of each file.
    pub(crate) fn settled(&self) -> impl Iterator<Item = (String, u64)> {
        self.0.iter().map(|(file, point)| (file.clone(), point.settled_line))
    }

    /// Notes the last settled lines, and says whether one of them is new.
    pub(crate) fn settle(&mut self, settled: &BTreeMap<String, u64>) -> bool {
        let mut changed = false;
        for (file, line) in settled {
            if let Some(point) = self.0.get_mut(file) {
                changed |= point.settled_line != *line;
                point.settled_line = *line;
            }
        }
        changed
    }

    pub(crate) fn is_begun(&self) -> bool {
        self.0.values().any(|point| point.settled_line > 0)
    }

    /// Nothing is settled any more.
    pub(crate) fn forget(&mut self) {
        for point in self.0.values_mut() {
            point.settled_line = 0;
        }
    }
}
