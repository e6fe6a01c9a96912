//! `cargo xtask e2e`: the black-box tests on real servers, a lane for each.

mod binaries;
mod ddl;
mod docker;
mod lane;
mod moto;
mod s3;
mod server;
pub(crate) mod soak;
mod table;

pub(crate) use lane::Lane;
pub(crate) use table::{Table, Tally, time_of};

use crate::run::say;
use binaries::{Binaries, Suite};
use std::process::Command;
use std::time::Instant;

/// What to run.
#[derive(Default)]
pub(crate) struct Options {
    /// Those that this machine can run; so it is without any lane too.
    auto: bool,
    lanes: Vec<Lane>,
    pub(crate) strict: bool,
}

impl Options {
    /// Adds lanes with commas between them.
    pub(crate) fn add_lanes(&mut self, names: &str) -> Result<(), String> {
        for name in names.split(',') {
            match name {
                "auto" => self.auto = true,
                lane => self.lanes.push(lane.parse()?),
            }
        }
        Ok(())
    }
}

/// The variables by which tests learn of a server.
const DYNAMODB: &str = "DDBKIT_TEST_DYNAMODB_ENDPOINT";
const S3: &str = "DDBKIT_TEST_S3_ENDPOINT";
const S3_ACCESS_KEY: &str = "DDBKIT_TEST_S3_ACCESS_KEY";
const S3_SECRET_KEY: &str = "DDBKIT_TEST_S3_SECRET_KEY";

/// Those tests of dumps, loads and the program that are about items with values in S3.
const TESTS_OF_POINTERS: [&str; 2] = ["pointer", "offload"];

/// What the embedded servers are called in the table.
pub(crate) const EMBEDDED: &str = "in the process";

/// Takes servers out of the environment of tests, so that they run on embedded ones.
pub(crate) fn without_servers(command: &mut Command) {
    for name in [DYNAMODB, S3, S3_ACCESS_KEY, S3_SECRET_KEY] {
        command.env_remove(name);
    }
}

/// Whether `embedded`, `ddl` and `s3` must all have run.
fn is_strict() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut table = Table::default();
    let mut lanes = Vec::new();
    if options.auto || options.lanes.is_empty() {
        lanes.push((Lane::Embedded, Choice::Automatic));
        lanes.extend(others());
    }
    lanes.extend(options.lanes.iter().map(|lane| (*lane, Choice::Asked)));
    play(&lanes, &mut table)?;
    table.print();
    table.verdict(options.strict || is_strict())
}

/// Runs the lanes of `auto` but the embedded one, which the workspace's own test run is.
pub(crate) fn run_others(table: &mut Table) -> Result<(), String> {
    play(&others(), table)?;
    table.verdict(is_strict())
}

/// Why a lane is run: one that was asked for and cannot start has failed, another is left out.
#[derive(Clone, Copy)]
enum Choice {
    Asked,
    Automatic,
}

fn others() -> Vec<(Lane, Choice)> {
    let mut lanes = vec![Lane::Ddl, Lane::S3];
    if Lane::Ddl.missing().is_some() && Lane::Docker.missing().is_none() {
        lanes.insert(1, Lane::Docker);
    }
    lanes.into_iter().map(|lane| (lane, Choice::Automatic)).collect()
}

/// Makes sure that a lane can start, or says what to do for it.
fn ready(lane: Lane) -> Result<(), String> {
    match lane.missing() {
        Some(what) => Err(what.to_owned()),
        None => lane.prepare(),
    }
}

/// Runs lanes, all of them also after one failed. The table says what became of each.
fn play(lanes: &[(Lane, Choice)], table: &mut Table) -> Result<(), String> {
    // Once for all, and only if a lane wants them.
    let mut binaries = None;
    for &(lane, choice) in lanes {
        match (ready(lane), choice) {
            (Err(reason), Choice::Asked) => table.broken(lane, reason),
            (Err(reason), Choice::Automatic) => table.not_run(lane, reason),
            (Ok(()), _) => {
                say(&format!("\n==> lane {}", lane.name()));
                if binaries.is_none() && lane != Lane::Docker {
                    binaries = Some(Binaries::build()?);
                }
                let started = Instant::now();
                match tests(lane, binaries.as_ref().unwrap_or(&Binaries::default())) {
                    Ok((server, tally)) => table.ran(Some(lane), &server, tally, started.elapsed()),
                    Err(reason) => table.broken(lane, reason),
                }
            }
        }
    }
    Ok(())
}

/// Those tests of archives that want servers. DynamoDB Local deletes in its own time, so they wait.
const TESTS_OF_ARCHIVES: [&str; 5] =
    ["servers::", "leases::", "preflight::", "restore::", "offloaded::"];

/// Starts the server of a lane, runs the tests, stops the server. Says which server it was.
fn tests(lane: Lane, binaries: &Binaries) -> Result<(String, Tally), String> {
    let everything = [Suite::Store, Suite::Transfer, Suite::Offload, Suite::Table, Suite::Cli];
    let on_dynamodb = [Suite::Transfer, Suite::Offload, Suite::Table, Suite::Cli];
    match lane {
        Lane::Embedded => Ok((EMBEDDED.to_owned(), binaries.run(&everything, &[], &[])?)),
        Lane::Docker => Ok((docker::IMAGE.to_owned(), docker::run()?)),
        Lane::Ddl | Lane::Ddl3 => {
            let release = if lane == Lane::Ddl { ddl::V2 } else { ddl::V3 };
            let server = release.start()?;
            let env = [(DYNAMODB, server.url())];
            let tally = binaries.run(&on_dynamodb, &env, &[])?;
            let of_rules = binaries.run(&[Suite::Testkit], &env, &ddl::TESTS_OF_RULES)?;
            if lane == Lane::Ddl3 {
                return Ok((release.name(), tally.and(of_rules)));
            }
            let of_ttl = binaries.run(&[Suite::Archive], &env, &TESTS_OF_ARCHIVES)?;
            Ok((release.name(), tally.and(of_rules).and(of_ttl)))
        }
        Lane::S3 => {
            let (server, name) = s3::start()?;
            let env = s3_at(server.url());
            let tally = binaries.run(&everything, &env, &[])?;
            Ok((name, tally.and(binaries.run(&[Suite::Archive], &env, &TESTS_OF_ARCHIVES)?)))
        }
        Lane::Both => {
            // What is said of the pair of an item and its object.
            let (dynamodb, (s3, name)) = (ddl::V2.start()?, s3::start()?);
            let mut env = vec![(DYNAMODB, dynamodb.url())];
            env.extend(s3_at(s3.url()));
            let name = format!("{}, {name}", ddl::V2.name());
            let tally = binaries.run(&[Suite::Offload], &env, &[])?;
            let outside = binaries.run(&[Suite::Transfer, Suite::Cli], &env, &TESTS_OF_POINTERS)?;
            let of_archives = binaries.run(&[Suite::Archive], &env, &TESTS_OF_ARCHIVES)?;
            Ok((name, tally.and(outside).and(of_archives)))
        }
        Lane::Moto => {
            let server = moto::start()?;
            let env = [(DYNAMODB, server.url())];
            let tally = binaries.run(&[Suite::Transfer], &env, &[moto::TESTS])?;
            // Its exports go to its own S3.
            let env = [
                (DYNAMODB, server.url()),
                (S3, server.url()),
                (S3_ACCESS_KEY, "moto".to_owned()),
                (S3_SECRET_KEY, "moto".to_owned()),
            ];
            let of_jobs = binaries.run(&[Suite::Testkit], &env, &[moto::TESTS_OF_JOBS])?;
            Ok((moto::NAME.to_owned(), tally.and(of_jobs)))
        }
        Lane::Endpoint => {
            let tally = binaries.run(&on_dynamodb, &given_endpoints()?, &[])?;
            Ok(("as given".to_owned(), tally))
        }
    }
}

/// The variables of a versitygw.
fn s3_at(url: String) -> [(&'static str, String); 3] {
    [
        (S3, url),
        (S3_ACCESS_KEY, s3::ACCESS_KEY.to_owned()),
        (S3_SECRET_KEY, s3::SECRET_KEY.to_owned()),
    ]
}

/// The servers of the `endpoint` lane, by the variables of the SDKs.
fn given_endpoints() -> Result<Vec<(&'static str, String)>, String> {
    let given = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let mut env = Vec::new();
    if let Ok(url) = given("AWS_ENDPOINT_URL_DYNAMODB") {
        env.push((DYNAMODB, url));
    }
    if let Ok(url) = given("AWS_ENDPOINT_URL_S3") {
        env.push((S3, url));
        env.push((S3_ACCESS_KEY, given("AWS_ACCESS_KEY_ID")?));
        env.push((S3_SECRET_KEY, given("AWS_SECRET_ACCESS_KEY")?));
    }
    Ok(env)
}

#[cfg(test)]
mod parsing_tests {
    use super::*;

    #[test]
    fn lanes_are_separated_by_commas_and_auto_is_one() {
        let mut options = Options::default();
        options.add_lanes("ddl,auto,s3").unwrap();
        assert!(options.auto);
        options.add_lanes("moto").unwrap();
        assert_eq!(options.lanes, [Lane::Ddl, Lane::S3, Lane::Moto]);
        assert!(options.add_lanes("ddl,").is_err());
    }
}
