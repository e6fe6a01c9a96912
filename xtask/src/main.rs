//! Development tasks: `cargo xtask help`.

mod bench;
mod check;
mod differential;
mod duckdb;
mod e2e;
mod features;
mod fuzz;
mod licences;
mod manifests;
mod python;
mod readers;
mod run;
mod screenshots;
mod tidy;

use lexopt::Arg::{Long, Short, Value};
use lexopt::ValueExt;
use std::process::ExitCode;

const HELP: &str = "\
Development tasks of ddbkit.

  cargo xtask test                 everything: format, lints, docs, tidy, tests, end to end
  cargo xtask tidy                 the rules of the repository
  cargo xtask features             every crate with each of its features alone, and with none
  cargo xtask e2e [--lane L[,L...]]... [--strict]
                                   the black-box tests on real servers, a lane for each
  cargo xtask soak [--lane L] [--kills N] [--items N] [--storm-seconds N]
                                   dumps and loads killed 50 times each, 2,000,000 items out and
                                   back, storms of 300 s over large attributes, 5,000 lives of
                                   archives; on ddl, or on L
  cargo xtask bench codec|transfer|export|archive [--peers P[,P...]] [--rounds N] [--only TEXT]
                                   the speed of the codec, of dump and load, of reading and
                                   merging exports, or of archives, and of their peers, into
                                   docs/benchmarks.md; peers python, node and go (transfer: python)
                                   join on request; with --only, the groups of cases with that in
                                   their name, and no file is written
  cargo xtask fuzz [TARGET] [--seconds N]
                                   a fuzz target of the codec, or each, for a minute or so long
                                   (needs cargo-fuzz and a nightly compiler)
  cargo xtask differential [--seed N] [--items N]
                                   fresh items through boto3 and amazon.ion and back (needs Python 3
                                   with venv)
  cargo xtask duckdb [--seed N] [--items N]
                                   Parquet files of ours as DuckDB reads them, equal in content
                                   (needs Python 3 with venv)
  cargo xtask readers              exports in S3, JSON and Ion, read whole by aws_dynamodb_io (needs
                                   Python 3 with venv)
  cargo xtask manifests            the manifests of docs/deploy, held against the schemas of
                                   CloudFormation and Kubernetes (needs Python 3 with venv)
  cargo xtask licences             the licences of what is in the program, with their texts, into
                                   target/THIRD-PARTY.txt
  cargo xtask screenshots          the report of inspect as a browser shows it, into docs/pictures
                                   (needs Chromium)
  cargo xtask help                 this

Lanes:
  auto      embedded; ddl where Java and Maven are found, else docker where an engine runs; s3 where
            Go or versitygw is found (default)
  embedded  DynamoDB and S3 in the process
  ddl       DynamoDB Local 2.6.1 (needs Java 17 and Maven)
  ddl3      DynamoDB Local 3.1.0, which may differ (needs Java 17 and Maven)
  s3        versitygw 1.8.0 (needs Go, or versitygw on the PATH)
  ddl+s3    both of them at once, for the tests of large attributes
  moto      moto 5.2.5, a smoke test (needs Python 3 with venv)
  docker    the image amazon/dynamodb-local through testcontainers (needs a Docker engine)
  endpoint  what AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_S3 name, the latter with
            AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY

A lane that is asked for by name and cannot start is a failure, and so is one in which no test ran.
With --strict, or CI=true in the environment, embedded, ddl and s3 must all have run.
";

fn main() -> ExitCode {
    match command(lexopt::Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("xtask: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn command(mut arguments: lexopt::Parser) -> Result<(), String> {
    let wrong = |error: lexopt::Error| format!("{error}; see cargo xtask help");
    let task = match arguments.next().map_err(wrong)? {
        None | Some(Long("help") | Short('h')) => "help".to_owned(),
        Some(Value(task)) => task.to_string_lossy().into_owned(),
        Some(other) => return Err(wrong(other.unexpected())),
    };
    let mut options = e2e::Options::default();
    let mut soak_options = e2e::soak::Options::default();
    let mut bench_options = bench::Options::default();
    let mut fuzz_options = fuzz::Options::default();
    let mut differential_options = differential::Options::default();
    let mut duckdb_options = duckdb::Options::default();
    let mut subject = String::new();
    while let Some(argument) = arguments.next().map_err(wrong)? {
        match argument {
            Long("lane") if task == "e2e" => {
                let names = arguments.value().and_then(ValueExt::string).map_err(wrong)?;
                options.add_lanes(&names)?;
            }
            Long("lane") if task == "soak" => {
                soak_options.lane =
                    arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Long("kills") if task == "soak" => {
                soak_options.kills =
                    arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Long("items") if task == "soak" => {
                soak_options.items =
                    arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Long("storm-seconds") if task == "soak" => {
                soak_options.storm_seconds =
                    arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Long("strict") if task == "e2e" => options.strict = true,
            Long("peers") if task == "bench" => {
                let names = arguments.value().and_then(ValueExt::string).map_err(wrong)?;
                bench_options.add_peers(&names)?;
            }
            Long("rounds") if task == "bench" => {
                let rounds = arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
                bench_options.set_rounds(rounds)?;
            }
            Long("only") if task == "bench" => {
                let groups = arguments.value().and_then(ValueExt::string).map_err(wrong)?;
                bench_options.set_only(groups);
            }
            Long("seconds") if task == "fuzz" => {
                let seconds = arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
                fuzz_options.set_seconds(seconds)?;
            }
            Value(name) if task == "fuzz" => {
                fuzz_options.set_target(name.to_string_lossy().into_owned())?;
            }
            Long("seed") if task == "differential" => {
                let seed = arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
                differential_options.seed = Some(seed);
            }
            Long("items") if task == "differential" => {
                differential_options.items =
                    arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Long("seed") if task == "duckdb" => {
                let seed = arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
                duckdb_options.seed = Some(seed);
            }
            Long("items") if task == "duckdb" => {
                duckdb_options.items =
                    arguments.value().and_then(|value| value.parse()).map_err(wrong)?;
            }
            Value(value) if task == "bench" && subject.is_empty() => {
                subject = value.to_string_lossy().into_owned();
            }
            other => return Err(wrong(other.unexpected())),
        }
    }
    match task.as_str() {
        "test" => check::test(),
        "tidy" => tidy::run(),
        "features" => features::run(),
        "e2e" => e2e::run(&options),
        "soak" => e2e::soak::run(&soak_options),
        "bench" => bench::measure(&subject, &bench_options),
        "fuzz" => fuzz::run(&fuzz_options),
        "licences" => licences::run(),
        "differential" => differential::run(&differential_options),
        "duckdb" => duckdb::run(&duckdb_options),
        "manifests" => manifests::run(),
        "readers" => readers::run(),
        "screenshots" => screenshots::run(),
        "help" => {
            run::say(HELP.trim_end());
            Ok(())
        }
        other => Err(format!("there is no task {other:?}; see cargo xtask help")),
    }
}
