//! The bodies of the fuzz targets. The tests of the codec include `checks` as a module, so that they
//! replay the corpus without cargo-fuzz and without a nightly compiler.

pub mod checks;

/// Runs the check of this name.
///
/// # Panics
/// When what must hold does not hold, or there is no such check.
pub fn check(target: &str, bytes: &[u8]) {
    let found = checks::TARGETS.iter().find(|(name, _)| *name == target);
    let (_, check) = found.expect("a target of this name");
    check(bytes);
}
