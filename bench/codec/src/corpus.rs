//! The items that everything is measured on.

use crate::Result;
use crate::peers::owned::{Line, Map};
use std::path::Path;

/// The files that `gen.py` and `transcode` wrote.
pub struct Corpus {
    /// Lines of DynamoDB JSON, `{"Item":{...}}`.
    pub json: Vec<u8>,
    /// The same items as lines of plain JSON.
    pub plain: Vec<u8>,
    /// The lines of DynamoDB JSON in gzip.
    pub gzip: Vec<u8>,
    /// The same items in Ion text, one to a line.
    pub ion_text: Vec<u8>,
    /// The same in Ion binary.
    pub ion_binary: Vec<u8>,
    /// How many they are.
    pub items: usize,
}

/// What must come out of a case for one item.
pub struct Want<'c> {
    /// The item as `serde_json` reads it.
    pub item: Map,
    /// Its line of DynamoDB JSON.
    pub json: &'c [u8],
    /// Its line of plain JSON.
    pub plain: &'c [u8],
}

impl Corpus {
    pub fn read(folder: &Path) -> Result<Self> {
        let file = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
        };
        let json = file("items.ndjson")?;
        let items = lines(&json).count();
        Ok(Self {
            plain: file("items.plain.ndjson")?,
            gzip: file("items.ndjson.gz")?,
            ion_text: file("items.ion")?,
            ion_binary: file("items.10n")?,
            json,
            items,
        })
    }

    pub fn want(&self) -> Result<Vec<Want<'_>>> {
        let mut want = Vec::with_capacity(self.items);
        for (json, plain) in lines(&self.json).zip(lines(&self.plain)) {
            let Line { item } = serde_json::from_slice(json)?;
            want.push(Want { item, json, plain });
        }
        Ok(want)
    }
}

/// The lines of a file without their ends.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (line, behind) = match memchr::memchr(b'\n', rest) {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = behind;
        Some(line)
    })
}
