//! `manifest-files.json`: the data files with their checksums.

use crate::summary::NotAManifest;
use serde::{Deserialize, Serialize};

/// One data file, as a line of `manifest-files.json` names it.
///
/// Serde documents have the keys and the order of that line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DataFile {
    /// Items (or change records) in the file.
    pub item_count: u64,
    /// Base64 of the MD5 of the stored bytes. Some other writers leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub md5_checksum: Option<String>,
    /// The entity tag of the upload, without quotes. For a file of one part it is the MD5 of the
    /// MD5 and `-1`, which can be proven; others are opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The key from the root of the bucket. Other writers also write `data/<name>`, and a tree
    /// that was moved keeps the keys of its first place, so a reader re-roots it.
    #[serde(rename = "dataFileS3Key")]
    pub data_file_s3_key: String,
}

impl DataFile {
    /// The last part of the key.
    #[must_use]
    pub fn file_name(&self) -> &str {
        self.data_file_s3_key.rsplit('/').next().unwrap_or_default()
    }
}

/// The files, one compact object per line, each line ended.
pub(crate) fn to_json_lines(files: &[DataFile]) -> String {
    let mut out = String::new();
    for file in files {
        // A struct of texts and numbers always serializes.
        out.push_str(&serde_json::to_string(file).unwrap_or_default());
        out.push('\n');
    }
    out
}

/// Reads objects that follow each other, with or without line ends, or an array of objects.
pub(crate) fn parse(json: &[u8]) -> Result<Vec<DataFile>, NotAManifest> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Entry {
        One(DataFile),
        Many(Vec<DataFile>),
    }
    let mut files = Vec::new();
    for entry in serde_json::Deserializer::from_slice(json).into_iter::<Entry>() {
        match entry.map_err(|error| locate(json, error))? {
            Entry::One(file) => files.push(file),
            Entry::Many(many) => files.extend(many),
        }
    }
    Ok(files)
}

/// An untagged value reports no line of its own; the position of the reader is then unknown.
fn locate(json: &[u8], error: serde_json::Error) -> NotAManifest {
    let mut error = NotAManifest::from(error);
    if error.line.is_none() {
        let is_bad = |line: &[u8]| {
            !line.trim_ascii().is_empty() && serde_json::from_slice::<DataFile>(line).is_err()
        };
        let lines = json.split(|&byte| byte == b'\n');
        if let Some((line, bad)) = (1..).zip(lines).find(|(_, line)| is_bad(line)) {
            error.line = Some(line);
            if let Err(exact) = serde_json::from_slice::<DataFile>(bad) {
                error.message = exact.to_string();
            }
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINES: &str = r#"{"itemCount":0,"md5Checksum":"FjvgqIxwymKf1RbbqtrZag==","etag":"7deb4078f238dd87d6af0538152c04e9-1","dataFileS3Key":"AWSDynamoDB/01768385930622-efd1a093/data/zqp435kgma323mmasy7jmciuje.json.gz"}
{"itemCount":1,"md5Checksum":"0T9i+HK+iOacJs+78DVwsw==","etag":"e2b86de0ca89b5992d219bb0df59e3c6-1","dataFileS3Key":"AWSDynamoDB/data/cs7ahitfvy7cvcukoarpvv6fu4.json.gz"}
"#;

    #[test]
    fn lines_of_aws_come_back_byte_for_byte() {
        let files = parse(LINES.as_bytes()).unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(files[1].file_name(), "cs7ahitfvy7cvcukoarpvv6fu4.json.gz");
        assert_eq!(to_json_lines(&files), LINES);
    }

    #[test]
    fn arrays_and_pretty_text_are_taken() {
        let expected = parse(LINES.as_bytes()).unwrap();
        let array = format!("[\n{}]", LINES.trim_end().replace("}\n{", "},\n{"));
        assert_eq!(parse(array.as_bytes()).unwrap(), expected);
        assert_eq!(parse(LINES.replace(',', ",\n ").as_bytes()).unwrap(), expected);
        assert_eq!(parse(b"").unwrap(), []);
        assert_eq!(parse(b"\n[]\n").unwrap(), []);
    }

    #[test]
    fn checksums_and_unknown_keys_are_optional() {
        let line = br#"{"itemCount":2,"tableKeySchema":[],"dataFileS3Key":"data/00000.json.gz"}"#;
        let files = parse(line).unwrap();
        assert_eq!((files[0].md5_checksum.as_ref(), files[0].etag.as_ref()), (None, None));
    }

    #[test]
    fn a_bad_line_is_named() {
        let text = format!("{LINES}{{\"itemCount\":-1,\"dataFileS3Key\":\"x\"}}\n");
        assert_eq!(parse(text.as_bytes()).unwrap_err().line, Some(3));
        let text = format!("{LINES}{{\"itemCount\":");
        assert_eq!(parse(text.as_bytes()).unwrap_err().line, Some(3));
        for text in ["7", "null", "{}", "[7]", r#"{"itemCount":1e99,"dataFileS3Key":"x"}"#] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_damage_panics(at in 0..LINES.len(), byte: u8, cut in 0..LINES.len()) {
            let mut bytes = LINES.as_bytes().to_vec();
            bytes[at] = byte;
            let _ = parse(&bytes);
            let _ = parse(&bytes[..cut]);
        }
    }
}
