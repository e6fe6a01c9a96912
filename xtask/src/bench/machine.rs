//! What the speeds were measured on, and of which versions.

use super::measurement::Version;
use crate::run::{output, program, root};

/// The crates that were measured and the compiler.
pub(super) fn versions(subject: &str, crates: &[&str]) -> Result<Vec<Version>, String> {
    let lock = root().join("bench").join(subject).join("Cargo.lock");
    let lock = std::fs::read_to_string(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    let mut versions = locked(&lock, crates);
    let rustc = output(&mut program("rustc", &["--version"]))?;
    let rustc = rustc.split(' ').nth(1).unwrap_or_default().to_owned();
    versions.insert(0, Version { name: "rustc".to_owned(), version: rustc });
    Ok(versions)
}

fn locked(lock: &str, crates: &[&str]) -> Vec<Version> {
    let mut versions = Vec::new();
    let mut lines = lock.lines();
    while let Some(line) = lines.next() {
        let Some(name) = value(line, "name") else { continue };
        if crates.contains(&name)
            && let Some(version) = lines.next().and_then(|line| value(line, "version"))
        {
            versions.push(Version { name: name.to_owned(), version: version.to_owned() });
        }
    }
    versions
}

/// `x` of the line `key = "x"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

/// The processor and the system, as far as the system tells.
pub(super) fn name() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model(&cpu).unwrap_or(std::env::consts::ARCH);
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {count} processors, {}", std::env::consts::OS)
}

fn model(cpu: &str) -> Option<&str> {
    let line = cpu.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        let lock = "[[package]]\nname = \"serde\"\nversion = \"1.0.0\"\n\n\
                    [[package]]\nname = \"sonic-rs\"\nversion = \"0.5.10\"\n";
        let version = Version { name: "sonic-rs".to_owned(), version: "0.5.10".to_owned() };
        assert_eq!(locked(lock, &["sonic-rs"]), [version]);
    }

    #[test]
    fn the_processor_is_named() {
        assert_eq!(model("processor\t: 0\nmodel name\t: Fast One\n"), Some("Fast One"));
        assert_eq!(model(""), None);
    }
}
