//! The bodies of the fuzz targets on their stored corpus, and on changes of it.

#[path = "../../fuzz/src/checks.rs"]
#[allow(clippy::bool_assert_comparison, clippy::missing_panics_doc, unreachable_pub)]
mod checks;

use std::path::Path;

/// How many changes of each file are tried.
const CHANGES: u64 = 1_000;

/// Numbers that look random and are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit.max(1) as u64).unwrap()
    }

    /// Some bytes changed, taken out, put in or said twice.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(3) {
            let at = self.below(bytes.len() + 1);
            let end = (at + 1 + self.below(8)).min(bytes.len());
            let special = b"\"\\{}[]:,.0123456789eEd-+ SNBML$'\n\x00\xff\x80";
            match self.below(5) {
                0 if at < bytes.len() => bytes[at] ^= 1 << self.below(8),
                1 if at < bytes.len() => bytes[at] = special[self.below(special.len())],
                2 => bytes.insert(at, special[self.below(special.len())]),
                3 if at < end => drop(bytes.drain(at..end)),
                4 if at < end => {
                    let again = bytes[at..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, again);
                }
                _ => bytes.truncate(at),
            }
        }
    }
}

#[test]
fn the_corpus_and_changes_of_it() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for (name, check) in checks::ALL {
        let mut files: Vec<_> = std::fs::read_dir(corpus.join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .map(|file| file.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            let bytes = std::fs::read(&file).unwrap();
            check(&bytes);
            let mut random = Random(0x9e37_79b9_7f4a_7c15);
            for _ in 0..CHANGES {
                let mut changed = bytes.clone();
                random.change(&mut changed);
                check(&changed);
            }
        }
    }
}
