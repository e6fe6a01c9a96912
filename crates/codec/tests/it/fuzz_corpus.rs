//! The fuzz targets on their stored corpora, and on changed copies of them: what a fuzzer found once
//! is never lost again, and no nightly compiler is needed to see it.

// The checks are those of the fuzz targets themselves.
#[path = "../../fuzz/src/checks/mod.rs"]
#[allow(unreachable_pub)]
pub(crate) mod checks;

use checks::{Check, TARGETS};
use std::path::{Path, PathBuf};

/// How many changed copies each target gets.
const MUTATIONS: usize = 3_000;

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join("corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.collect();
    // The order of a folder is not the same everywhere, and the changes depend on it.
    files.sort();
    assert!(!files.is_empty(), "no corpus in {}", folder.display());
    files.into_iter().map(|file| (file.clone(), std::fs::read(file).unwrap())).collect()
}

fn run(target: &str, check: Check) {
    let files = corpus(target);
    for (file, bytes) in &files {
        held(check, bytes, &file.display().to_string());
    }
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for round in 0..MUTATIONS {
        let mut bytes = random.choose(&files).1.clone();
        for _ in 0..=random.below(3) {
            let other = &random.choose(&files).1;
            random.change(&mut bytes, other);
        }
        held(check, &bytes, &format!("mutation {round} of {target}"));
    }
}

/// Runs the check; where it panics, the bytes are printed, so that they can become a file.
fn held(check: Check, bytes: &[u8], name: &str) {
    let holds = std::panic::catch_unwind(|| check(bytes)).is_ok();
    assert!(holds, "{name}: {bytes:?}\nas text: {}", String::from_utf8_lossy(bytes));
}

/// Numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap()
    }

    fn choose<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A place in the bytes, or their end.
    fn place(&mut self, bytes: &[u8]) -> usize {
        self.below(bytes.len() + 1)
    }

    fn part<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let start = self.place(bytes);
        let length = self.below(24).min(bytes.len() - start);
        &bytes[start..start + length]
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.place(bytes);
        match self.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
            1 if at < bytes.len() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
            2 => {
                let end = at + self.part(&bytes[at..]).len().min(bytes.len() - at);
                bytes.drain(at..end);
            }
            3 => {
                let part = self.part(bytes).to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let part = self.part(other).to_vec();
                bytes.splice(at..at, part);
            }
            _ => {
                let marks: [&[u8]; 8] =
                    [b"\"", b"{", b"}", b"0", b"e", b"\\u0041", b"\xe2\x80\xa8", b"null"];
                let mark = *self.choose(&marks);
                bytes.splice(at..at, mark.iter().copied());
            }
        }
    }
}

macro_rules! targets {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                let name = stringify!($target);
                let (_, check) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
                run(name, *check);
            }
        )*

        #[test]
        fn every_target_is_replayed() {
            let replayed = [$(stringify!($target)),*];
            assert_eq!(replayed, TARGETS.map(|(name, _)| name));
        }
    };
}

targets! {
    dynamodb_json ion_binary ion_text lines plain_json raw_item records v1
}
