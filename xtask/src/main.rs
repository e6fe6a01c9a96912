//! Development tasks: `cargo xtask help`.

mod check;
mod e2e;
mod run;
mod tidy;

use std::process::ExitCode;

const HELP: &str = "\
Development tasks of ddbkit.

  cargo xtask test                 everything: format, lints, docs, tidy, tests, e2e
  cargo xtask tidy                 the rules of the repository
  cargo xtask e2e [--lane LANES]   end-to-end tests on the servers that LANES name
                  [--strict]       embedded, ddl and s3 must all have run (as with CI=true)

Lanes, several with commas or several --lane:
  auto      embedded, and ddl and s3 where the machine can run them (default)
  embedded  DynamoDB and S3 in the process
  ddl       DynamoDB Local 2.6.1 (needs Java 17 and Maven)
  ddl3      DynamoDB Local 3.1.0, which may differ (needs Java 17 and Maven)
  s3        versitygw 1.8.0 (needs Go)
  moto      moto 5.2.5, a smoke test (needs Python)
  docker    the image amazon/dynamodb-local through testcontainers (needs a Docker engine)
  endpoint  what AWS_ENDPOINT_URL_DYNAMODB and AWS_ENDPOINT_URL_S3 name
";

fn main() -> ExitCode {
    let mut args = lexopt::Parser::from_env();
    match command(&mut args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("xtask: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn command(args: &mut lexopt::Parser) -> Result<(), String> {
    use lexopt::prelude::*;
    let mut command = None;
    let mut options = e2e::Options::default();
    while let Some(arg) = args.next().map_err(|error| error.to_string())? {
        match arg {
            Value(value) if command.is_none() => {
                command = Some(value.string().map_err(|error| error.to_string())?);
            }
            Long("lane") => options.add_lanes(
                &args.value().and_then(ValueExt::string).map_err(|error| error.to_string())?,
            )?,
            Long("strict") => options.strict = true,
            Long("help") | Short('h') => command = Some("help".to_owned()),
            other => return Err(other.unexpected().to_string()),
        }
    }
    match command.as_deref() {
        Some("test") => check::test(),
        Some("tidy") => tidy::run(),
        Some("e2e") => e2e::run(&options),
        None | Some("help") => {
            run::say(HELP);
            Ok(())
        }
        Some(other) => Err(format!("there is no task {other:?}; see cargo xtask help")),
    }
}
