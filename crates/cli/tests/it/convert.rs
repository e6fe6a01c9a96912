//! Items into other formats and back, by the program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn convert(args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ddbkit"));
    command.arg("convert").args(args).env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that stops early closes its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// The output of a run that must succeed.
#[track_caller]
fn done(args: &[&str], input: &[u8]) -> Vec<u8> {
    let output = convert(args, input);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {stderr}");
    output.stdout
}

#[track_caller]
fn fails(args: &[&str], input: &[u8], code: i32, why: &str) {
    let output = convert(args, input);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {stderr}");
    assert!(stderr.contains(why), "{args:?}: {stderr}");
}

/// Lines as sorted objects, sets in order: equal for equal items.
fn ordered(lines: &[u8]) -> Vec<String> {
    fn order(value: &mut serde_json::Value) {
        let Some(object) = value.as_object_mut() else { return };
        for (tag, value) in object {
            match value.as_array_mut() {
                Some(list) if tag == "L" => list.iter_mut().for_each(order),
                Some(set) => set.sort_by_key(ToString::to_string),
                None => order(value),
            }
        }
    }
    let lines = std::str::from_utf8(lines).unwrap().lines().map(|line| {
        let mut value = serde_json::from_str(line).unwrap();
        order(&mut value);
        value.to_string()
    });
    let mut lines: Vec<String> = lines.collect();
    lines.sort();
    lines
}

fn fixtures() -> [PathBuf; 2] {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../export/tests/fixtures/native-export");
    [
        folder.join("purpom-media-lab__amplify-data-migration"),
        folder.join("scylladb__scylla-migrator/dynamodb-export"),
    ]
}

#[test]
fn real_exports_go_through_every_format_and_back_where_there_is_a_way() {
    for fixture in fixtures() {
        let source = fixture.to_str().unwrap();
        let json = done(&[source, "-", "--format", "dynamodb-json"], b"");
        assert_eq!(ordered(&json).len(), 3);

        let ion = done(&[source, "-", "--format", "ion"], b"");
        assert!(ion.starts_with(b"$ion_1_0 {Item:"));
        let back = done(&["-", "-", "--format", "dynamodb-json"], &ion);
        assert_eq!(ordered(&back), ordered(&json));

        let plain = done(&[source, "-", "--format", "json", "--lossless"], b"");
        let back = done(&["-", "-", "--from", "json", "--format", "dynamodb-json"], &plain);
        assert_eq!(ordered(&back), ordered(&json));

        let folder = tempfile::tempdir().unwrap();
        let dest = folder.path().to_str().unwrap();
        for format in ["csv", "parquet"] {
            let output = done(&[source, dest, "--format", format, "--output", "json"], b"");
            let report: serde_json::Value = serde_json::from_slice(&output).unwrap();
            assert_eq!((&report["items"], &report["left_out_values"]), (&3.into(), &0.into()));
        }
        let csv = std::fs::read_to_string(folder.path().join("items.csv")).unwrap();
        assert!(csv.lines().count() >= 4, "{csv}");
        let parquet = std::fs::read(folder.path().join("items.parquet")).unwrap();
        assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    }
}

const LINES: &[u8] =
    b"{\"Item\":{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1.50\"}}}\n\n{\"pk\":{\"S\":\"b\"}}\n";

#[test]
fn a_stream_is_read_twice_where_columns_are_looked_for() {
    let csv = done(&["-", "-", "--format", "csv", "--key", "pk:S"], LINES);
    assert_eq!(String::from_utf8(csv).unwrap(), "pk,n\na,1.50\nb,\n");
}

#[test]
fn files_and_folders_of_lines_are_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("b.json"), LINES).unwrap();
    std::fs::write(folder.path().join("a.ion"), "$ion_1_0 {Item:{pk:\"c\",n:6d2}}\n").unwrap();
    let place = folder.path().to_str().unwrap();
    let json = done(&[place, "-", "--format", "json"], b"");
    let expected = "{\"pk\":\"c\",\"n\":600}\n{\"pk\":\"a\",\"n\":1.50}\n{\"pk\":\"b\"}\n";
    assert_eq!(String::from_utf8(json).unwrap(), expected);
    let file = folder.path().join("b.json");
    let json = done(&[file.to_str().unwrap(), "-", "--format", "json"], b"");
    assert_eq!(std::str::from_utf8(&json).unwrap().lines().count(), 2);
}

#[test]
fn nothing_is_replaced_and_nothing_is_left_of_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let dest = folder.path().join("out.json");
    let dest = dest.to_str().unwrap();
    let bad = [LINES, b"oops\n"].concat();
    fails(&["-", dest, "--format", "json"], &bad, 255, "standard input:4: not valid syntax");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    done(&["-", dest, "--format", "json"], LINES);
    fails(&["-", dest, "--format", "json"], LINES, 255, "is there already");
}

#[test]
fn csv_for_imports_is_what_lint_takes_and_names_what_cannot_be_expressed() {
    let folder = tempfile::tempdir().unwrap();
    let dest = folder.path().join("import.csv");
    let dest = dest.to_str().unwrap();
    let good = b"{\"pk\":{\"S\":\"a\"},\"sk\":{\"N\":\"1\"},\"t\":{\"S\":\"x,\\ny\"}}\n";
    done(&["-", dest, "--format", "csv-import", "--key", "pk:S,sk:N"], good);
    let mut lint = Command::new(env!("CARGO_BIN_EXE_ddbkit"));
    lint.args(["import", "lint", dest, "--key", "pk:S,sk:N"]).env_clear();
    assert_eq!(lint.output().unwrap().status.code(), Some(0));

    let other = folder.path().join("other.csv");
    let args = ["-", other.to_str().unwrap(), "--format", "csv-import", "--key", "pk:S"];
    fails(&args, LINES, 255, "standard input:1: the attribute \"n\" is no string");
    fails(&args[..4], LINES, 252, "--key");
}

#[test]
fn a_schema_decides_and_what_it_leaves_out_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("schema.json");
    std::fs::write(&schema, r#"{"version":1,"columns":[{"name":"pk","type":"string"}]}"#).unwrap();
    let schema = schema.to_str().unwrap();
    let dest = folder.path().join("out.parquet");
    let dest = dest.to_str().unwrap();
    let args = ["-", dest, "--format", "parquet", "--schema", schema, "--output", "json"];
    let report: serde_json::Value = serde_json::from_slice(&done(&args, LINES)).unwrap();
    assert_eq!((&report["items"], &report["left_out_values"]), (&2.into(), &1.into()));

    std::fs::write(schema, "{}").unwrap();
    fails(&["-", "-", "--format", "csv", "--schema", schema], LINES, 252, "schema is not valid");
    fails(&["-", "-", "--format", "parquet"], LINES, 252, "name a file");
    fails(&["-", "-", "--format", "ion", "--lossless"], LINES, 252, "--lossless");
    fails(&["no/such", "-", "--format", "ion"], b"", 255, "no export and no file of lines");
}

#[test]
fn items_are_sorted_by_their_key() {
    let lines: String = [9, 10, -3, 100, 2]
        .map(|n| format!("{{\"pk\":{{\"S\":\"a\"}},\"sk\":{{\"N\":\"{n}\"}}}}\n{{\"pk\":{{\"S\":\"Z\"}},\"sk\":{{\"N\":\"{n}\"}}}}\n"))
        .concat();
    let args = ["-", "-", "--format", "csv", "--key", "pk:S,sk:N", "--sort-by-key"];
    let csv = String::from_utf8(done(&args, lines.as_bytes())).unwrap();
    assert_eq!(csv, "pk,sk\nZ,-3\nZ,2\nZ,9\nZ,10\nZ,100\na,-3\na,2\na,9\na,10\na,100\n");
    fails(&args[..4], b"", 255, "there are no items");
    fails(&["-", "-", "--format", "json", "--sort-by-key"], LINES, 252, "--key");
    fails(
        &["-", "-", "--format", "json", "--sort-by-key", "--key", "n:N"],
        LINES,
        255,
        "standard input:3: the key attribute",
    );
}
