//! Running other programs, and saying what goes on.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    // The manifest of this package lies one folder below it.
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(ToOwned::to_owned).unwrap_or(here)
}

/// The build folder, where servers are kept too.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Where on the `PATH` a program is.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A line on standard output, which is all that this program is for.
pub(crate) fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    // A reader who has left needs no line.
    let _ = writeln!(stdout, "{text}").and_then(|()| stdout.flush());
}

/// A program in the top folder.
pub(crate) fn program(name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root()).stdin(Stdio::null());
    command
}

/// `cargo`, the one that runs this.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    program(&cargo, args)
}

/// Runs to the end; a failure is an error that says what was run.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", line(command))) }
}

/// Runs to the end and gives what it printed to standard output. Its errors go to the terminal.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", line(command), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program is there and answers.
pub(crate) fn is_there(name: &str, args: &[&str]) -> bool {
    let mut command = Command::new(name);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs to the end, showing each line as it comes and giving all of them. Both outputs go into one
/// pipe, so that what cargo says of a test binary stands before what the binary says.
pub(crate) fn watched(command: &mut Command) -> Result<(bool, Vec<String>), String> {
    let (reader, writer) = std::io::pipe().map_err(|error| cannot_start(command, &error))?;
    let second = writer.try_clone().map_err(|error| cannot_start(command, &error))?;
    command.env("CARGO_TERM_COLOR", "never").stdout(writer).stderr(second);
    let mut child = command.spawn().map_err(|error| cannot_start(command, &error))?;
    // The command keeps its ends of the pipe, which would never be at its end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut lines = Vec::new();
    for line in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        say(&line);
        lines.push(line);
    }
    let status = child.wait().map_err(|error| cannot_start(command, &error))?;
    Ok((status.success(), lines))
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot run {}: {error}", line(command))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_program_and_its_arguments() {
        let error = succeed(&mut program("false", &["argument"])).unwrap_err();
        assert!(error.starts_with("false argument failed: "), "{error}");
        let error = output(&mut program("no-such-program", &[])).unwrap_err();
        assert!(error.starts_with("cannot run no-such-program: "), "{error}");
    }

    #[test]
    fn both_outputs_are_watched_in_their_order() {
        let mut shell = program("sh", &["-c", "echo one; echo two >&2; echo three; exit 3"]);
        let (success, lines) = watched(&mut shell).unwrap();
        assert!(!success);
        assert_eq!(lines, ["one", "two", "three"]);
    }

    #[test]
    fn programs_are_found_on_the_path_only() {
        assert!(find("sh").is_some());
        assert_eq!(find("no-such-program"), None);
    }
}
