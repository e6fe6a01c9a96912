//! What is measured.

use crate::{Result, discovery, sink, slow};
use ddbkit_archive::ArchiveCompression;
use ddbkit_bench_rounds::Moved;

/// One case.
#[derive(Clone, Copy)]
pub struct Case {
    pub group: &'static str,
    pub name: &'static str,
    work: Work,
}

/// What a round does.
#[derive(Clone, Copy)]
enum Work {
    Sink { of: u64, compression: ArchiveCompression },
    Discovery,
    Slow { records: u64 },
}

const SINK: &str = "300,000 records of the SDK through filter and sink";
const SLOW: &str = "the whole archiver, every file takes a minute to write";

pub const ALL: [Case; 6] = [
    Case {
        group: SINK,
        name: "one in ten a TTL delete, gzip",
        work: Work::Sink { of: 10, compression: ArchiveCompression::Gzip },
    },
    Case {
        group: SINK,
        name: "all TTL deletes, zstd",
        work: Work::Sink { of: 1, compression: ArchiveCompression::Zstd },
    },
    Case {
        group: SINK,
        name: "all TTL deletes, gzip",
        work: Work::Sink { of: 1, compression: ArchiveCompression::Gzip },
    },
    Case {
        group: "10,000 shards found and planned, in at most 100 calls and 10 seconds of waiting",
        name: "list_shards, ShardLineage::plan",
        work: Work::Discovery,
    },
    Case {
        group: SLOW,
        name: "TtlArchiver, 200,000 records",
        work: Work::Slow { records: 200_000 },
    },
    Case {
        group: SLOW,
        name: "TtlArchiver, 1,000,000 records",
        work: Work::Slow { records: 1_000_000 },
    },
];

pub fn named(name: &str) -> Result<Case> {
    let case = ALL.into_iter().find(|case| case.name == name);
    case.ok_or_else(|| format!("there is no case {name:?}").into())
}

impl Case {
    /// What the table says of it.
    pub fn described(&self) -> ddbkit_bench_rounds::Case<'_> {
        let Self { group, name, .. } = *self;
        ddbkit_bench_rounds::Case { group, name, is_ours: true, target: None }
    }

    /// Does it once: what it moved, and the CPU seconds that it took.
    pub fn round(&self) -> Result<(Moved, f64)> {
        // Waiting is skipped: time goes on when there is nothing to do.
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().start_paused(true).build()?;
        match self.work {
            Work::Sink { of, compression } => runtime.block_on(sink::round(of, compression)),
            Work::Discovery => runtime.block_on(discovery::round()),
            Work::Slow { records } => runtime.block_on(slow::round(records)),
        }
    }
}
