//! What is measured.

use crate::client::{client, table};
use crate::typed::{self, Form, Write};
use crate::{Error, Result, ours};
use ddbkit_bench_rounds::report;
use ddbkit_export::Compression;
use ddbkit_transfer::WriteMode;
use std::path::Path;

/// One row of the table.
pub struct Case {
    pub group: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// MB of JSON on the way in one round. Peers that are slow get less: it is a speed.
    pub megabytes: u32,
    /// To be so many times as fast as the peer whose name ends so.
    pub target: Option<(f64, &'static str)>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Ours(Work),
    Typed(Work),
    Boto3(Work),
}

#[derive(Clone, Copy, PartialEq)]
pub enum Work {
    DumpPlain,
    DumpGzip,
    DumpZstd,
    LoadOverwrite,
    /// As a peer that reads lines faster than most.
    LoadStraight,
    LoadSkipExisting,
}

impl Work {
    pub fn is_load(self) -> bool {
        matches!(self, Self::LoadOverwrite | Self::LoadStraight | Self::LoadSkipExisting)
    }

    /// The word for it in other programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::DumpPlain => "dump-none",
            Self::DumpGzip => "dump-gzip",
            Self::DumpZstd => "dump-zstd",
            Self::LoadOverwrite | Self::LoadStraight => "load-overwrite",
            Self::LoadSkipExisting => "load-skip-existing",
        }
    }
}

/// The size of a round, and the larger one that shows that memory does not grow.
const MEDIUM: u32 = 256;
const LARGE: u32 = 1024;
const SMALL: u32 = 32;

const PLAIN: &str = "Dump to a directory, uncompressed";
const PACKED: &str = "Dump to a directory, compressed";
const LOAD: &str = "Load from a directory";
const SKIP: &str = "Load, existing items stay";

const TYPED_PLAIN: &str = "typed SDK, md5";
const TYPED_GZIP: &str = "typed SDK, flate2 gzip 6, md5";
const TYPED_LOAD: &str = "typed SDK, BatchWriteItem, serde_json::Value, md5";
const TYPED_STRAIGHT: &str = "typed SDK, BatchWriteItem, serde straight to values, md5";
const TYPED_PUT: &str = "typed SDK, PutItem with a condition, serde straight to values, md5";

pub const ALL: [Case; 18] = [
    ours(PLAIN, "dump --compression none", Work::DumpPlain, MEDIUM, Some((3.5, TYPED_PLAIN))),
    ours(PLAIN, "the same, 1 GB", Work::DumpPlain, LARGE, None),
    typed(PLAIN, TYPED_PLAIN, Work::DumpPlain, MEDIUM),
    boto3(PLAIN, "boto3, json, md5", Work::DumpPlain),
    ours(PACKED, "dump --compression zstd", Work::DumpZstd, MEDIUM, Some((5.0, TYPED_GZIP))),
    ours(PACKED, "dump --compression zstd, 1 GB", Work::DumpZstd, LARGE, None),
    ours(PACKED, "dump (gzip)", Work::DumpGzip, MEDIUM, Some((3.0, TYPED_GZIP))),
    ours(PACKED, "dump (gzip), 1 GB", Work::DumpGzip, LARGE, None),
    typed(PACKED, TYPED_GZIP, Work::DumpGzip, MEDIUM),
    boto3(PACKED, "boto3, json, gzip 6, md5", Work::DumpGzip),
    ours(LOAD, "load --mode overwrite", Work::LoadOverwrite, MEDIUM, Some((3.0, TYPED_LOAD))),
    ours(LOAD, "load --mode overwrite, 1 GB", Work::LoadOverwrite, LARGE, None),
    typed(LOAD, TYPED_LOAD, Work::LoadOverwrite, MEDIUM),
    typed(LOAD, TYPED_STRAIGHT, Work::LoadStraight, MEDIUM),
    boto3(LOAD, "boto3, json, batch_write_item", Work::LoadOverwrite),
    ours(SKIP, "load", Work::LoadSkipExisting, MEDIUM, None),
    typed(SKIP, TYPED_PUT, Work::LoadSkipExisting, MEDIUM),
    boto3(SKIP, "boto3, json, put_item with a condition", Work::LoadSkipExisting),
];

const fn ours(
    group: &'static str,
    name: &'static str,
    work: Work,
    megabytes: u32,
    target: Option<(f64, &'static str)>,
) -> Case {
    Case { group, name, kind: Kind::Ours(work), megabytes, target }
}

const fn typed(group: &'static str, name: &'static str, work: Work, megabytes: u32) -> Case {
    Case { group, name, kind: Kind::Typed(work), megabytes, target: None }
}

const fn boto3(group: &'static str, name: &'static str, work: Work) -> Case {
    Case { group, name, kind: Kind::Boto3(work), megabytes: SMALL, target: None }
}

impl Case {
    /// What the table says of it.
    pub fn described(&self) -> ddbkit_bench_rounds::Case<'_> {
        let is_ours = matches!(self.kind, Kind::Ours(_));
        let Self { group, name, target, .. } = *self;
        ddbkit_bench_rounds::Case { group, name, is_ours, target }
    }
}

/// One round in this process. `folder` is the dump that a load reads, or the place for a new one.
#[tokio::main]
pub async fn round(name: &str, endpoint: &str, megabytes: u32, folder: &Path) -> Result {
    let found = ALL.iter().find(|case| case.name == name);
    let case = found.ok_or_else(|| Error::from(format!("there is no case {name:?}")))?;
    let (client, table) = (client(endpoint), table(megabytes));
    let moved = match case.kind {
        Kind::Ours(Work::DumpPlain) => {
            ours::dump(client, &table, folder, Compression::None).await?
        }
        Kind::Ours(Work::DumpGzip) => ours::dump(client, &table, folder, Compression::Gzip).await?,
        Kind::Ours(Work::DumpZstd) => ours::dump(client, &table, folder, Compression::Zstd).await?,
        Kind::Ours(Work::LoadOverwrite) => {
            ours::load(client, &table, folder, WriteMode::Overwrite).await?
        }
        Kind::Ours(Work::LoadSkipExisting) => {
            ours::load(client, &table, folder, WriteMode::SkipExisting).await?
        }
        Kind::Typed(Work::DumpPlain) => typed::dump(client, &table, folder, Form::Plain).await?,
        Kind::Typed(Work::DumpGzip) => typed::dump(client, &table, folder, Form::Gzip).await?,
        Kind::Typed(Work::LoadOverwrite) => {
            typed::load(client, &table, folder, Write::Batch).await?
        }
        Kind::Typed(Work::LoadStraight) => {
            typed::load(client, &table, folder, Write::BatchStraight).await?
        }
        Kind::Typed(Work::LoadSkipExisting) => {
            typed::load(client, &table, folder, Write::ConditionalPut).await?
        }
        Kind::Ours(Work::LoadStraight) | Kind::Typed(Work::DumpZstd) | Kind::Boto3(_) => {
            return Err(format!("{name:?} is no case of this program").into());
        }
    };
    Ok(report(moved)?)
}
