//! What an import would do, told by the program.

use std::path::Path;
use std::process::{Command, Output};

fn lint(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ddbkit"));
    command.args(["import", "lint"]).args(args).env_clear().output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn a_good_export_is_taken_and_one_with_its_manifests_is_not() {
    let export = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../export/tests/fixtures/native-export/purpom-media-lab__amplify-data-migration")
        .join("AWSDynamoDB/01725803054816-222a3242");
    let data = export.join("data").to_str().unwrap().to_owned();
    let good = lint(&[&data, "--key", "id:S", "--output", "json"]);
    let report = json(&good);
    assert_eq!(good.status.code(), Some(0), "{report}");
    assert_eq!((&report["ok"], &report["imported_items"]), (&true.into(), &3.into()));
    assert_eq!(report["input_compression_type"], "GZIP");

    let whole = lint(&[export.to_str().unwrap(), "--key", "id:S", "--output", "json"]);
    assert_eq!(whole.status.code(), Some(1));
    assert_eq!(json(&whole)["finding_counts"]["manifest-in-prefix"], 4);
}

#[test]
fn what_would_be_lost_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n{\"Item\":{\"pk\":{\"N\":\"1\"}}}\noops\n{}\n";
    write(folder.path(), "a.json", lines);
    let place = folder.path().to_str().unwrap();
    let output = lint(&[place, "--key", "pk:S"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("a.json:2: a key attribute of another type than the key at $.pk"),
        "{text}"
    );
    assert!(text.contains("a.json:3: not valid syntax"), "{text}");
    assert!(text.contains("1 items imported, 1 refused, 2 lines lost"), "{text}");
    // One file is a prefix as well.
    let file = folder.path().join("a.json");
    assert_eq!(lint(&[file.to_str().unwrap(), "--key", "pk:S"]).status.code(), Some(1));
}

#[test]
fn csv_has_its_options_and_mistakes_are_usage() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.csv", "a;1\nb;2\n");
    let place = folder.path().to_str().unwrap();
    let csv =
        ["--format", "csv", "--delimiter", "semicolon", "--header", "pk,n", "--key", "pk:S,n:N"];
    let output = lint(&[&[place, "--output", "json"], &csv[..]].concat());
    assert_eq!(json(&output)["imported_items"], 2);
    assert_eq!(output.status.code(), Some(0));
    for wrong in [&["--key", "pk"][..], &["--key", "pk:X"], &["--format", "xml"]] {
        assert_eq!(lint(&[&[place], wrong].concat()).status.code(), Some(252), "{wrong:?}");
    }
    let missing = lint(&["no/such/folder"]);
    assert_eq!(missing.status.code(), Some(255));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("cannot be read"));
}
