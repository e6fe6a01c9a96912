//! What is measured.

use crate::{Result, merge, read};
use ddbkit_bench_rounds::Moved;
use std::path::Path;

/// One case.
#[derive(Clone, Copy)]
pub struct Case {
    pub group: &'static str,
    pub name: &'static str,
    pub work: Work,
    /// To be so many times as fast as the case of that name.
    pub target: Option<(f64, &'static str)>,
}

/// What a round does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Work {
    Gunzip,
    GunzipMd5,
    Lines,
    Items,
    Verify,
    Profile,
    Merge,
}

const READ: &str = "gzip export of 100 MB of JSON in four files, read and proven";
const GUNZIP: &str = "gunzip alone, flate2 with zlib-rs";

pub const ALL: [Case; 7] = [
    Case { group: READ, name: GUNZIP, work: Work::Gunzip, target: None },
    Case { group: READ, name: "gunzip, and MD5 of the file", work: Work::GunzipMd5, target: None },
    Case {
        group: READ,
        name: "ExportReader::batches, lines",
        work: Work::Lines,
        target: Some((0.75, GUNZIP)),
    },
    Case {
        group: READ,
        name: "ExportReader::batches, owned items",
        work: Work::Items,
        target: Some((0.4, GUNZIP)),
    },
    Case { group: READ, name: "verify, with the digest", work: Work::Verify, target: None },
    Case { group: READ, name: "profile_export, with keys", work: Work::Profile, target: None },
    Case {
        group: "merge of 1,000,000 items with two windows of 100,000 records",
        name: "Merge::run",
        work: Work::Merge,
        target: None,
    },
];

pub fn named(name: &str) -> Result<Case> {
    let case = ALL.into_iter().find(|case| case.name == name);
    case.ok_or_else(|| format!("there is no case {name:?}").into())
}

impl Case {
    /// What the table says of it.
    pub fn described(&self) -> ddbkit_bench_rounds::Case<'_> {
        let is_ours = !matches!(self.work, Work::Gunzip | Work::GunzipMd5);
        let Self { group, name, target, .. } = *self;
        ddbkit_bench_rounds::Case { group, name, is_ours, target }
    }

    /// Does it once. All that this process does is part of it.
    pub fn round(&self, folder: &Path) -> Result<Moved> {
        let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
        match self.work {
            Work::Gunzip => read::gunzip(folder, false),
            Work::GunzipMd5 => read::gunzip(folder, true),
            Work::Lines => runtime()?.block_on(read::lines(folder)),
            Work::Items => runtime()?.block_on(read::items(folder)),
            Work::Verify => runtime()?.block_on(read::verified(folder)),
            Work::Profile => runtime()?.block_on(read::profiled(folder)),
            Work::Merge => runtime()?.block_on(merge::round(folder)),
        }
    }
}
