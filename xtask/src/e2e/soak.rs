//! `cargo xtask soak`: the tests of endurance, long.

use super::binaries::{Binaries, Suite};
use super::{DYNAMODB, Lane, Table, ddl, ready, s3};
use crate::run::say;
use std::time::Instant;

/// The tests whose length the environment gives.
const TESTS: [&str; 5] = ["crash::", "volume::", "storm::", "generated::", "--nocapture"];

/// Lives of archives on the fake stream, which want no server.
const LIVES: (&str, u32) = ("DDBKIT_TEST_RUNS", 5000);

/// How long.
pub(crate) struct Options {
    pub(crate) lane: Lane,
    pub(crate) kills: u32,
    pub(crate) items: u64,
    pub(crate) storm_seconds: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { lane: Lane::Ddl, kills: 50, items: 2_000_000, storm_seconds: 300 }
    }
}

/// Kills a dump, a load and an archiver so often, takes a table of so many items out and back, plans a collection of
/// so many objects, has storms of so many seconds over large attributes, and has archives live thousands
/// of lives. All run in `cargo xtask test` too, short.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    ready(options.lane)?;
    let binaries = Binaries::build()?;
    let mut env = vec![
        ("DDBKIT_TEST_KILLS", options.kills.to_string()),
        ("DDBKIT_TEST_ITEMS", options.items.to_string()),
        ("DDBKIT_TEST_STORM_SECONDS", options.storm_seconds.to_string()),
    ];
    let (started, mut table) = (Instant::now(), Table::default());
    let s3 = if options.lane == Lane::Both { Some(s3::start()?.0) } else { None };
    let server = match options.lane {
        Lane::Embedded => None,
        Lane::Ddl | Lane::Both => Some(ddl::V2.start()?),
        Lane::Ddl3 => Some(ddl::V3.start()?),
        other => {
            return Err(format!(
                "a soak runs on embedded, ddl, ddl3 or ddl+s3, not {}",
                other.name()
            ));
        }
    };
    let name =
        server.as_ref().map_or(super::EMBEDDED.to_owned(), |_| options.lane.name().to_owned());
    env.extend(server.as_ref().map(|server| (DYNAMODB, server.url())));
    env.extend(s3.as_ref().into_iter().flat_map(|server| super::s3_at(server.url())));
    say(&format!("{} kills, {} items, on {name}", options.kills, options.items));
    let tally = binaries.run(&[Suite::Offload, Suite::Cli], &env, &TESTS)?;
    let lives = [(LIVES.0, LIVES.1.to_string())];
    let tally = tally.and(binaries.run(&[Suite::Archive], &lives, &["simulation::"])?);
    table.ran(Some(options.lane), &name, tally, started.elapsed());
    table.print();
    table.verdict(false)
}
