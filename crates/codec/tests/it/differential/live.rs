//! Fresh items through boto3 and amazon.ion and back: `cargo xtask differential`.

use super::{ion_binary, ion_text, neutral};
use ddbkit_codec::ion::IonBinaryWriter;
use ddbkit_codec::strategies::item;
use ddbkit_codec::{Item, Tape};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A setting of the task that runs this.
fn setting(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set: run cargo xtask differential"))
}

#[test]
#[ignore = "needs Python with boto3 and amazon.ion: cargo xtask differential"]
fn fresh_items_go_through_the_peers() {
    let folder = PathBuf::from(setting("DDBKIT_DIFFERENTIAL_FOLDER"));
    let items = items(
        setting("DDBKIT_DIFFERENTIAL_SEED").parse().unwrap(),
        setting("DDBKIT_DIFFERENTIAL_ITEMS").parse().unwrap(),
    );
    let neutral: Vec<_> = items.iter().map(neutral::of_item).collect();
    write(&folder, &items, &neutral);

    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("vectors").join("live.py");
    let python = setting("DDBKIT_DIFFERENTIAL_PYTHON");
    let status = Command::new(python).arg(program).arg(&folder).status().unwrap();
    assert!(status.success(), "the peers see something else");

    let theirs = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let json = String::from_utf8(theirs("theirs.json")).unwrap();
    let read: Vec<_> = json.lines().map(of_line).collect();
    assert_eq!(read.len(), neutral.len());
    for (read, expected) in read.iter().zip(&neutral) {
        assert!(read.as_ref().is_none_or(|read| read == expected), "{read:?}\n{expected}");
    }
    assert!(read.iter().flatten().count() > 0);
    assert_eq!(ion_text(&theirs("theirs.ion")).unwrap(), neutral);
    assert_eq!(ion_binary(&theirs("theirs.10n")).unwrap(), neutral);
}

/// None where boto3 could not hold the item.
fn of_line(line: &str) -> Option<Value> {
    (line != "null").then(|| neutral::of_item(&Item::from_dynamodb_json(line.as_bytes()).unwrap()))
}

/// Items that are the same for the same seed.
fn items(seed: u64, count: usize) -> Vec<Item> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let strategy = item();
    let mut item = || strategy.new_tree(&mut runner).unwrap().current();
    std::iter::repeat_with(&mut item).take(count).collect()
}

/// All forms, written from the values and from the tape by turns.
fn write(folder: &Path, items: &[Item], neutral: &[Value]) {
    let (mut json, mut text, mut binary) = (Vec::new(), Vec::new(), Vec::new());
    let (mut tape, mut writer) = (Tape::new(), IonBinaryWriter::new());
    for (number, item) in items.iter().enumerate() {
        let line = item.to_dynamodb_json();
        if number % 2 == 0 {
            item.write_ion_text(&mut text);
            writer.write(item, &mut binary);
        } else {
            let item = tape.read_line(line.as_bytes()).unwrap();
            item.write_ion_text(&mut text);
            writer.write_ref(item, &mut binary);
        }
        json.extend_from_slice(line.as_bytes());
        json.push(b'\n');
    }
    let lines = neutral.iter().map(|item| format!("{item}\n")).collect::<String>();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("ours.json", &json);
    write("ours.ion", &text);
    write("ours.10n", &binary);
    write("ours.neutral.jsonl", lines.as_bytes());
}
