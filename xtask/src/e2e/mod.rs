//! `cargo xtask e2e`: the black-box tests on real servers, a lane for each.

mod binaries;
mod ddl;
mod docker;
mod lane;
mod moto;
mod s3;
mod server;
mod table;

pub(crate) use lane::Lane;
pub(crate) use table::{Table, Tally};

use crate::run::say;
use binaries::{Binaries, Suite};
use std::process::Command;
use std::time::Instant;

/// What to run.
#[derive(Default)]
pub(crate) struct Options {
    /// Empty for `auto`.
    lanes: Vec<Lane>,
    pub(crate) strict: bool,
}

impl Options {
    /// Adds lanes with commas between them.
    pub(crate) fn add_lanes(&mut self, names: &str) -> Result<(), String> {
        for name in names.split(',').filter(|name| *name != "auto") {
            self.lanes.push(name.parse()?);
        }
        Ok(())
    }
}

/// The variables by which tests learn of a server.
const DYNAMODB: &str = "DDBKIT_TEST_DYNAMODB_ENDPOINT";
const S3: &str = "DDBKIT_TEST_S3_ENDPOINT";
const S3_ACCESS_KEY: &str = "DDBKIT_TEST_S3_ACCESS_KEY";
const S3_SECRET_KEY: &str = "DDBKIT_TEST_S3_SECRET_KEY";

/// Takes servers out of the environment of tests, so that they run on embedded ones.
pub(crate) fn without_servers(command: &mut Command) {
    for name in [DYNAMODB, S3, S3_ACCESS_KEY, S3_SECRET_KEY] {
        command.env_remove(name);
    }
}

/// Whether `embedded`, `ddl` and `s3` must all have run.
pub(crate) fn is_strict() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut table = Table::default();
    let result = if options.lanes.is_empty() {
        play(Lane::Embedded, &mut table).and_then(|()| other_lanes(&mut table))
    } else {
        options.lanes.iter().try_for_each(|lane| play(*lane, &mut table))
    };
    table.print();
    result?;
    table.verdict(options.strict || is_strict())
}

/// The lanes of `auto` but the embedded one, which the workspace's own test run is. One that this
/// machine cannot run is left out and said so.
pub(crate) fn other_lanes(table: &mut Table) -> Result<(), String> {
    for lane in [Lane::Ddl, Lane::S3] {
        match lane.missing() {
            None => play(lane, table)?,
            Some(install) => table.not_run(lane, install),
        }
    }
    Ok(())
}

/// Runs one lane. One that was asked for and cannot start is an error.
fn play(lane: Lane, table: &mut Table) -> Result<(), String> {
    if let Some(install) = lane.missing() {
        table.not_run(lane, install);
        return Err(format!("lane {} cannot run: install {install}", lane.name()));
    }
    say(&format!("\n==> lane {}", lane.name()));
    let started = Instant::now();
    let (server, tally) = match lane {
        Lane::Docker => ("amazon/dynamodb-local".to_owned(), docker::run()?),
        lane => on_server(lane)?,
    };
    table.ran(lane, &server, tally, started.elapsed());
    match tally {
        Tally { passed: 0, failed: 0 } => Err(format!("lane {} ran no test", lane.name())),
        Tally { failed: 0, .. } => Ok(()),
        Tally { failed, .. } => Err(format!("lane {}: {failed} tests failed", lane.name())),
    }
}

/// Starts the server of a lane, runs the tests, stops the server.
fn on_server(lane: Lane) -> Result<(String, Tally), String> {
    let binaries = Binaries::build()?;
    let everything = [Suite::Store, Suite::Transfer, Suite::Cli];
    match lane {
        Lane::Embedded => Ok(("in the process".to_owned(), binaries.run(&everything, &[], None)?)),
        Lane::Ddl | Lane::Ddl3 => {
            let server = ddl::start(lane)?;
            let env = [(DYNAMODB, server.url())];
            Ok((ddl::name(lane), binaries.run(&[Suite::Transfer, Suite::Cli], &env, None)?))
        }
        Lane::S3 => {
            let server = s3::start()?;
            let env = [
                (S3, server.url()),
                (S3_ACCESS_KEY, s3::ACCESS_KEY.to_owned()),
                (S3_SECRET_KEY, s3::SECRET_KEY.to_owned()),
            ];
            Ok((s3::NAME.to_owned(), binaries.run(&everything, &env, None)?))
        }
        Lane::Moto => {
            let server = moto::start()?;
            let env = [(DYNAMODB, server.url())];
            let tally = binaries.run(&[Suite::Transfer], &env, Some(moto::TESTS))?;
            Ok((moto::NAME.to_owned(), tally))
        }
        Lane::Endpoint => {
            let given = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
            let mut env = vec![(DYNAMODB, given("AWS_ENDPOINT_URL_DYNAMODB")?)];
            if let Ok(url) = given("AWS_ENDPOINT_URL_S3") {
                env.push((S3, url));
                env.push((S3_ACCESS_KEY, given("AWS_ACCESS_KEY_ID")?));
                env.push((S3_SECRET_KEY, given("AWS_SECRET_ACCESS_KEY")?));
            }
            Ok(("as given".to_owned(), binaries.run(&everything, &env, None)?))
        }
        Lane::Docker => Err("the docker lane has no server of its own".to_owned()),
    }
}
