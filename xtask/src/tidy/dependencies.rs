//! What the dependency tree must not hold.

use std::collections::BTreeSet;

use super::Faults;

/// The most crates that `ddbkit-codec` may bring with default features, itself included.
const MAX_CODEC_CRATES: usize = 4;

/// Crates of a second HTTP or TLS stack, with the start of the version where one is fine.
const OTHER_STACKS: &[(&str, &str)] =
    &[("openssl-sys", ""), ("native-tls", ""), ("hyper", "0.14."), ("rustls", "0.21.")];

/// One HTTP and one TLS stack in the whole workspace.
pub(super) fn one_tls_stack(lock: &str) -> Faults {
    let mut faults = Faults::new();
    let mut name = "";
    for line in lock.lines() {
        if let Some(value) = value(line, "name") {
            name = value;
        }
        let Some(version) = value(line, "version") else { continue };
        if OTHER_STACKS.iter().any(|(other, old)| name == *other && version.starts_with(old)) {
            faults.push(format!("Cargo.lock: {name} {version} is a second HTTP or TLS stack"));
        }
    }
    faults
}

/// `x` of the line `key = "x"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(" = \"")?.strip_suffix('"')
}

/// The codec stays small: it is what other tools take alone. Takes what `cargo tree` prints.
pub(super) fn few_for_codec(tree: &str) -> Option<String> {
    let crates: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)").trim_end_matches(" (proc-macro)"))
        .filter(|line| !line.is_empty())
        .collect();
    let count = crates.len();
    (count > MAX_CODEC_CRATES)
        .then(|| format!("ddbkit-codec: {count} crates, more than {MAX_CODEC_CRATES}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_stack_is_found_by_name_and_version() {
        let package = |name: &str, version: &str| {
            format!("version = 4\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
        };
        assert_eq!(one_tls_stack(&package("hyper", "1.9.0")), [""; 0]);
        assert_eq!(one_tls_stack(&package("rustls", "0.23.46")), [""; 0]);
        for (name, version) in [
            ("openssl-sys", "0.9.1"),
            ("native-tls", "0.2.1"),
            ("hyper", "0.14.3"),
            ("rustls", "0.21.0"),
        ] {
            assert_eq!(one_tls_stack(&package(name, version)).len(), 1, "{name}");
        }
    }

    #[test]
    fn too_many_crates_are_a_fault_and_repeats_do_not_count() {
        let tree = |count: usize| -> String {
            let lines = (0..count).flat_map(|n| [format!("c{n} v1"), format!("c{n} v1 (*)")]);
            lines.collect::<Vec<_>>().join("\n")
        };
        assert_eq!(few_for_codec(&tree(MAX_CODEC_CRATES)), None);
        assert!(few_for_codec(&tree(MAX_CODEC_CRATES + 1)).is_some());
    }
}
