//! Records of changes.

use super::json::written_and_read;
use super::{assert_placed, is_compressed, neutral};
use ddbkit_codec::lines::LineOptions;
use ddbkit_codec::stream::RecordReader;
use ddbkit_codec::{IncrementalRecord, RawRecord, StreamRecord};
use serde_json::Value;

pub(super) fn records(bytes: &[u8]) {
    incremental(bytes);
    match StreamRecord::from_json(bytes) {
        Ok(record) => {
            of_stream(&record);
            let list = [b"[", bytes, b"]"].concat();
            assert_eq!(StreamRecord::all_from_json(&list), Ok(vec![record]));
        }
        Err(error) => assert_placed(&error, bytes),
    }
    match StreamRecord::all_from_json(bytes) {
        Ok(records) => records.iter().for_each(of_stream),
        Err(error) => assert_placed(&error, bytes),
    }
}

fn of_stream(record: &StreamRecord) {
    written_and_read(&record.keys);
    record.old_image.iter().chain(&record.new_image).for_each(written_and_read);
    let _ = record.is_ttl_delete();
}

fn incremental(bytes: &[u8]) {
    let decoded = IncrementalRecord::from_dynamodb_json(bytes);
    let raw = RawRecord::from_line(bytes);
    assert_eq!(raw.as_ref().ok().and_then(|raw| raw.decode().ok()), decoded.as_ref().ok().cloned());
    if let Ok(raw) = &raw {
        let mut line = Vec::new();
        raw.write(&mut line);
        let again = RawRecord::from_line(&line).expect("what was written");
        assert_eq!(again.decode().ok(), raw.decode().ok());
    }
    match &decoded {
        Ok(record) => {
            seen_by_serde_json(bytes, record);
            let line = record.to_dynamodb_json();
            assert_eq!(IncrementalRecord::from_dynamodb_json(line.as_bytes()).as_ref(), Ok(record));
        }
        Err(error) => assert_placed(error, bytes),
    }
    // As the only line of a stream.
    if !bytes.contains(&b'\n') && !bytes.trim_ascii().is_empty() && !is_compressed(bytes) {
        let options = LineOptions { longest_line: bytes.len(), ..LineOptions::default() };
        let mut reader = RecordReader::with_options(bytes, options);
        assert_eq!(reader.next().and_then(Result::ok), decoded.ok());
    }
}

/// What `serde_json` sees in the images. Members that are not looked at need not be JSON for us.
fn seen_by_serde_json(bytes: &[u8], record: &IncrementalRecord) {
    let Ok(tree) = serde_json::from_slice::<Value>(bytes) else { return };
    let image = |name| tree.get(name).filter(|image| !image.is_null());
    let theirs =
        ["Keys", "OldImage", "NewImage"].map(|name| image(name).map(neutral::of_json_tree));
    let ours = [Some(&record.keys), record.old_image.as_ref(), record.new_image.as_ref()];
    assert_eq!(ours.map(|item| item.map(|item| Some(neutral::of_item(item)))), theirs);
}
