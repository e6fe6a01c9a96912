//! Runs every round of every case in a process of its own, next to the server in another.

use crate::Result;
use crate::cases::{ALL, Case, Kind, Work};
use crate::client::table;
use ddbkit_bench_rounds::Round;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Measures the cases and prints a line for each.
///
/// `boto3` is the program that does the same work in Python, or nothing.
pub fn all(corpus: &str, folder: &Path, rounds: u32, text: &str, boto3: &[&str]) -> Result {
    let server = Server::start(corpus)?;
    if let [python, ..] = boto3 {
        writeln!(std::io::stdout(), "version\tboto3\t{}", version(python)?)?;
    }
    let chosen = ALL.iter().filter(|case| case.name.contains(text) || case.group.contains(text));
    let mut runs = Vec::new();
    for case in chosen {
        let program = match case.kind {
            Kind::Boto3(_) if boto3.is_empty() => continue,
            Kind::Boto3(work) => Program::Boto3(work, boto3),
            Kind::Ours(_) | Kind::Typed(_) => Program::This,
        };
        runs.push((case, program, Vec::new()));
    }
    // The cases of a group take turns, so that what disturbs the machine disturbs all of them.
    for group in runs.chunk_by_mut(|(one, ..), (other, ..)| one.group == other.group) {
        for _ in 0..rounds {
            for (case, program, rounds) in &mut *group {
                rounds.push(round(case, program, &server, folder)?);
            }
        }
        for (case, _, rounds) in group {
            ddbkit_bench_rounds::print(&case.described(), rounds)?;
        }
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

/// Of the boto3 that this Python finds.
fn version(python: &str) -> Result<String> {
    let mut command = Command::new(python);
    let output = command.args(["-c", "import boto3; print(boto3.__version__)"]).output()?;
    if !output.status.success() {
        return Err(format!("{python} has no boto3").into());
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

enum Program<'a> {
    This,
    Boto3(Work, &'a [&'a str]),
}

fn round(case: &Case, program: &Program, server: &Server, folder: &Path) -> Result<Round> {
    let is_load = match case.kind {
        Kind::Ours(work) | Kind::Typed(work) | Kind::Boto3(work) => work.is_load(),
    };
    let place = if is_load {
        source(case.megabytes, server, folder)?
    } else {
        let place = folder.join("dump");
        if place.exists() {
            std::fs::remove_dir_all(&place)?;
        }
        place
    };
    let endpoint = format!("http://{}", server.address);
    let mut command = match program {
        Program::This => {
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["case", case.name, &endpoint, &case.megabytes.to_string()]);
            command
        }
        Program::Boto3(work, words) => {
            let [python, script @ ..] = words else { return Err("no Python".into()) };
            let mut command = Command::new(python);
            command.args(script.iter());
            command.args([work.word(), &endpoint, &table(case.megabytes)]);
            command
        }
    };
    let round = Round::of(case.name, command.arg(&place))?;
    check(case, &round, is_load, server)?;
    if !is_load {
        std::fs::remove_dir_all(&place)?;
    }
    Ok(round)
}

/// Everything that the table holds must have come through.
fn check(case: &Case, round: &Round, is_load: bool, server: &Server) -> Result {
    let content = server.ask(&table(case.megabytes))?;
    // boto3 writes other white space and escapes, so only items are compared.
    let (items, bytes) = content.split_once('\t').ok_or("the server does not know its table")?;
    let same_bytes = round.bytes == bytes.parse::<u64>()? || matches!(case.kind, Kind::Boto3(_));
    let taken = server.ask("written")?;
    if round.items != items.parse::<u64>()? || !same_bytes || (is_load && taken != items) {
        let message = format!(
            "{}: {} items and {} bytes of {items} and {bytes}; the server took {taken}",
            case.name, round.items, round.bytes
        );
        return Err(message.into());
    }
    Ok(())
}

/// The dump that loads read, made once for each size.
fn source(megabytes: u32, server: &Server, folder: &Path) -> Result<PathBuf> {
    let place = folder.join(format!("source-{megabytes}"));
    if place.exists() {
        return Ok(place);
    }
    let plain = ALL.iter().find(|case| case.kind == Kind::Ours(Work::DumpPlain));
    let plain = plain.ok_or("there is no case that dumps")?;
    let endpoint = format!("http://{}", server.address);
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["case", plain.name, &endpoint, &megabytes.to_string()]).arg(&place);
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() { Ok(place) } else { Err("no dump to load could be made".into()) }
}

/// The server in its own process; it ends with this one.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(corpus: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", corpus]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let mut address = String::new();
        let printed = process.stdout.take().ok_or("the server has no output")?;
        BufReader::new(printed).read_line(&mut address)?;
        Ok(Self { process, address: address.trim_end().to_owned() })
    }

    fn ask(&self, what: &str) -> Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET /{what} HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("the server does not answer")?;
        Ok(body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when its standard input does.
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}
