//! What `ImportTable` would do, told offline.

use ddbkit_export::lint::{FindingKind, InputFormat, LintOptions, LintReport, lint};
use ddbkit_export::{Compression, ExportErrorKind};
use ddbkit_flow::Control;
use ddbkit_store::{PutOptions, Store};
use flate2::write::GzEncoder;
use std::io::Write;

const A: &str = "{\"Item\":{\"pk\":{\"S\":\"a\"}}}\n";
const B: &str = "{\"Item\":{\"pk\":{\"S\":\"b\"}}}\n";

struct Case {
    store: Store,
    options: LintOptions,
    scratch: tempfile::TempDir,
}

impl Case {
    async fn new(objects: &[(&str, &[u8])]) -> Self {
        let store = Store::memory();
        for (key, bytes) in objects {
            store.put(key, bytes.to_vec().into(), PutOptions::default()).await.unwrap();
        }
        let scratch = tempfile::tempdir().unwrap();
        let mut options = LintOptions::new(scratch.path());
        options.keys = Some("pk:S".parse().unwrap());
        Self { store, options, scratch }
    }

    fn keys(mut self, keys: &str) -> Self {
        self.options.keys = Some(keys.parse().unwrap());
        self
    }

    async fn lint(self, prefix: &str) -> LintReport {
        let report = lint(&self.store, prefix, self.options, &Control::new()).await.unwrap();
        assert_eq!(std::fs::read_dir(self.scratch.path()).unwrap().count(), 0);
        assert_eq!(report.is_ok(), report.findings.iter().all(|f| f.severity.as_str() != "error"));
        report
    }
}

/// Kind, object and line of each finding.
fn found(report: &LintReport) -> Vec<(FindingKind, &str, Option<u64>)> {
    report
        .findings
        .iter()
        .map(|f| (f.kind, f.object.rsplit(['/', ':']).next().unwrap(), f.line))
        .collect()
}

fn gz(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn good_data_has_no_findings() {
    let text = format!("{A}\n{B}");
    let case = Case::new(&[("data/a.json.gz", &gz(&text)), ("data/_started", b"")]).await;
    let report = case.lint("data/").await;
    assert_eq!(found(&report), []);
    assert_eq!((report.format, report.compression), (InputFormat::DynamodbJson, Compression::Gzip));
    assert_eq!((report.objects, report.imported), (2, 2));
    assert_eq!(report.uncompressed_bytes, text.len() as u64);
    assert!(report.is_ok() && report.cost.dollars > 0.0);
}

#[tokio::test]
async fn items_that_break_a_rule_are_refused_and_the_rest_goes_on() {
    let lines = format!(
        "{}\n{}\n{}\n{}\n{}\n{}\n{B}",
        r#"{"Item":{"other":{"S":"a"}}}"#,
        r#"{"Item":{"pk":{"N":"1"}}}"#,
        r#"{"Item":{"pk":{"S":""}}}"#,
        r#"{"Item":{"pk":{"S":"a"},"":{"S":"x"}}}"#,
        r#"{"Item":{"pk":{"S":"a"},"n":{"N":"1e200"}}}"#,
        r#"{"Item":{"pk":{"S":"a"},"s":{"SS":[]}}}"#,
    );
    let report = Case::new(&[("a.json", lines.as_bytes())]).await.lint("").await;
    let refused = |line| (FindingKind::ItemRefused, "a.json", Some(line));
    assert_eq!(found(&report), [1, 2, 3, 4, 5, 6].map(refused));
    assert_eq!((report.imported, report.refused, report.lost), (1, 6, 0));
}

#[tokio::test]
async fn a_line_that_is_no_item_loses_the_rest_of_its_object_and_no_other() {
    for bad in ["{\"Item\":{\"pk\":{\"S\":\"x\"}}", "{\"pk\":{\"S\":\"x\"}}", "[1]", "x"] {
        let lines = format!("{A}{bad}\n{B}{B}\n");
        let case = Case::new(&[("a.json", lines.as_bytes()), ("b.json", B.as_bytes())]).await;
        let report = case.lint("").await;
        assert_eq!(found(&report), [(FindingKind::ObjectAbandoned, "a.json", Some(2))], "{bad}");
        assert_eq!((report.imported, report.lost, report.abandoned_objects), (2, 3, 1), "{bad}");
    }
}

#[tokio::test]
async fn changes_of_an_incremental_export_are_named() {
    let line = concat!(
        r#"{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"pk":{"S":"a"}},"#,
        r#""NewImage":{"pk":{"S":"a"}}}"#,
        "\n"
    );
    let report = Case::new(&[("a.json", line.as_bytes())]).await.lint("").await;
    assert_eq!(found(&report), [(FindingKind::IncrementalData, "a.json", Some(1))]);
}

#[tokio::test]
async fn keys_that_are_there_twice_are_found_across_objects() {
    let other = "{\"Item\":{\"pk\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}\n";
    let lines = format!("{B}{other}{B}");
    let case = Case::new(&[("a.json", A.as_bytes()), ("b.json", lines.as_bytes())]).await;
    let report = case.lint("").await;
    assert_eq!(
        found(&report),
        [
            (FindingKind::DuplicateKey, "b.json", Some(2)),
            (FindingKind::RepeatedItem, "b.json", Some(3)),
        ]
    );
    assert!(report.findings[0].detail.contains("a.json:1"), "{}", report.findings[0]);
    assert_eq!((report.imported, report.duplicates), (4, 2));
}

#[tokio::test]
async fn numbers_that_are_equal_are_one_key() {
    let lines = "{\"Item\":{\"pk\":{\"N\":\"1\"}}}\n{\"Item\":{\"pk\":{\"N\":\"1.0\"}}}\n";
    let case = Case::new(&[("a.json", lines.as_bytes())]).await;
    let report = case.keys("pk:N").lint("").await;
    assert_eq!(report.duplicates, 1);
}

#[tokio::test]
async fn another_compression_or_format_loses_the_object() {
    let objects: [(&str, &[u8]); 3] = [
        ("a.json.gz", &gz(A)),
        ("b.json", B.as_bytes()),
        ("c.ion.gz", &gz("$ion_1_0 {Item:{pk:\"c\"}}\n$ion_1_0 {Item:{pk:\"d\"}}\n")),
    ];
    let report = Case::new(&objects).await.lint("").await;
    assert_eq!(
        found(&report),
        [
            (FindingKind::MixedCompression, "b.json", Some(0)),
            (FindingKind::MixedFormat, "c.ion.gz", Some(1)),
        ]
        .map(|(kind, object, line)| (kind, object, line.filter(|&line| line > 0)))
    );
    assert_eq!((report.imported, report.lost, report.abandoned_objects), (1, 3, 2));
}

#[tokio::test]
async fn what_the_import_is_asked_for_counts_and_not_the_data() {
    let mut case = Case::new(&[("a.json.gz", &gz(A))]).await;
    case.options.compression = Some(Compression::None);
    let report = case.lint("").await;
    assert_eq!(found(&report), [(FindingKind::MixedCompression, "a.json.gz", None)]);
}

#[tokio::test]
async fn manifests_inside_the_prefix_are_named_and_not_taken_for_data() {
    let objects: [(&str, &[u8]); 5] = [
        ("x/_ddbkit/digest.json", b"{}"),
        ("x/data/a.json.gz", &gz(A)),
        ("x/manifest-files.json", b"{}"),
        ("x/manifest-files.md5", b"x"),
        ("x/manifest-summary.json", b"{}"),
    ];
    let report = Case::new(&objects).await.lint("x/").await;
    let manifests =
        ["digest.json", "manifest-files.json", "manifest-files.md5", "manifest-summary.json"];
    assert_eq!(found(&report), manifests.map(|name| (FindingKind::ManifestInPrefix, name, None)));
    assert_eq!(report.imported, 1);
    assert_eq!(Case::new(&objects).await.lint("x/data/").await.finding_count(), 0);
}

#[tokio::test]
async fn a_prefix_without_a_slash_matches_its_neighbours() {
    let objects: [(&str, &[u8]); 2] =
        [("x/data/a.json", A.as_bytes()), ("x/data2/b.json", B.as_bytes())];
    let report = Case::new(&objects).await.lint("x/data").await;
    assert_eq!(found(&report), [(FindingKind::Neighbour, "b.json", None)]);
    assert!(report.is_ok());
    assert_eq!(report.imported, 2);
    assert_eq!(Case::new(&objects).await.lint("x/data/").await.imported, 1);
    // Nothing is beside where the prefix is the beginning of all names.
    assert_eq!(found(&Case::new(&objects).await.lint("x/d").await), []);
}

#[tokio::test]
async fn an_empty_prefix_and_too_many_objects_are_told() {
    let report = Case::new(&[]).await.lint("nothing/").await;
    assert_eq!(found(&report), [(FindingKind::NoObjects, "nothing", None)]);

    let store = Store::memory();
    for n in 0..50_001 {
        store.put(&format!("d/{n}"), bytes::Bytes::new(), PutOptions::default()).await.unwrap();
    }
    let case = Case { store, ..Case::new(&[]).await };
    assert_eq!(found(&case.lint("d/").await), [(FindingKind::TooManyObjects, "d", None)]);
}

#[tokio::test]
async fn the_description_of_the_table_gives_the_keys() {
    let descriptor = br#"{"version":1,"createTable":{"TableName":"t","BillingMode":"PAY_PER_REQUEST",
        "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"N"}],
        "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
        "GlobalSecondaryIndexes":[{"IndexName":"by-g","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}}"#;
    let lines = format!("{A}{A}{}\n", r#"{"Item":{"pk":{"S":"b"},"g":{"S":"x"}}}"#);
    let objects: [(&str, &[u8]); 2] =
        [("x/_ddbkit/table.json", descriptor), ("x/data/a.json", lines.as_bytes())];
    let mut case = Case::new(&objects).await;
    case.options.keys = None;
    let report = case.lint("x/data/").await;
    assert_eq!(
        found(&report),
        [
            (FindingKind::ItemRefused, "a.json", Some(3)),
            (FindingKind::RepeatedItem, "a.json", Some(2)),
        ]
    );

    let mut case = Case::new(&[("a.json", A.as_bytes())]).await;
    case.options.keys = None;
    let report = case.lint("").await;
    assert_eq!(report.findings[0].kind, FindingKind::KeysUnknown);
    assert!(report.is_ok());
}

#[tokio::test]
async fn ion_is_read_and_integers_are_refused() {
    let lines = "$ion_1_0 {Item:{pk:\"a\",n:1.}}\n $ion_1_0 {Item:{pk:\"b\",n:1}}\n{Item:5}\n";
    let report = Case::new(&[("a.ion", lines.as_bytes())]).await.lint("").await;
    assert_eq!(report.format, InputFormat::Ion);
    assert_eq!(
        found(&report),
        [
            (FindingKind::ObjectAbandoned, "a.ion", Some(3)),
            (FindingKind::IonInteger, "a.ion", Some(2)),
        ]
    );
}

#[tokio::test]
async fn csv_is_judged_by_its_header_and_the_types_of_the_keys() {
    let text = "pk,sk,text\na,1,\"two\nlines\"\nb,x,y\n,2,z\nc,3\nd,4,lost\n";
    let case = Case::new(&[("a.csv", text.as_bytes())]).await;
    let report = case.keys("pk:S,sk:N").lint("").await;
    assert_eq!(report.format, InputFormat::Csv);
    assert_eq!(
        found(&report),
        [
            (FindingKind::ObjectAbandoned, "a.csv", Some(6)),
            (FindingKind::ItemRefused, "a.csv", Some(4)),
            (FindingKind::ItemRefused, "a.csv", Some(5)),
        ]
    );
    assert_eq!((report.imported, report.refused, report.lost), (1, 2, 2));
    assert_eq!(report.uncompressed_bytes, text.len() as u64);

    let mut case = Case::new(&[("a.csv", b"a;1\nb;2\n")]).await.keys("pk:S,sk:N");
    case.options.csv_delimiter = b';';
    case.options.csv_header = Some(vec!["pk".to_owned(), "sk".to_owned()]);
    let report = case.lint("").await;
    assert_eq!((found(&report), report.imported), (vec![], 2));

    let report = Case::new(&[("a.csv", b"x,x,\na,b,c\n")]).await.lint("").await;
    assert_eq!(report.counts[&FindingKind::CsvHeader], 3);
}

#[tokio::test]
async fn a_damaged_object_is_named_and_the_lines_before_count() {
    let text: String =
        (0..20_000).map(|n| format!("{{\"Item\":{{\"pk\":{{\"S\":\"{n}\"}}}}}}\n")).collect();
    let whole = gz(&text);
    let case = Case::new(&[("a.json.gz", &whole[..whole.len() / 2])]).await;
    let report = case.lint("").await;
    assert_eq!(report.counts[&FindingKind::DamagedObject], 1);
    assert!(report.imported > 1000 && report.imported < 20_000, "{}", report.imported);
}

#[tokio::test]
async fn findings_are_kept_up_to_a_number_and_all_are_counted() {
    let mut case = Case::new(&[("a.json", "{\"Item\":{}}\n".repeat(500).as_bytes())]).await;
    case.options.max_findings = 3;
    let report = case.lint("").await;
    assert_eq!((report.findings.len(), report.finding_count(), report.refused), (3, 500, 500));
    assert_eq!(report.findings[0].line, Some(1));
}

#[tokio::test]
async fn a_cancelled_lint_and_a_missing_scratch_folder_are_errors() {
    let case = Case::new(&[("a.json", A.as_bytes())]).await;
    let control = Control::new();
    control.cancel();
    let error = lint(&case.store, "", case.options.clone(), &control).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Cancelled);

    let mut options = case.options;
    options.scratch = case.scratch.path().join("missing");
    let error = lint(&case.store, "", options, &Control::new()).await.unwrap_err();
    assert_eq!(*error.kind(), ExportErrorKind::Scratch);
}
