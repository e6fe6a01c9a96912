//! Items as rows of CSV.

use ddbkit_codec::Tape;
use ddbkit_columnar::{ColumnarError, ColumnarErrorKind, CsvForm, CsvWriter, ImportKey};

fn write(names: &[&str], form: CsvForm, lines: &[&str]) -> Result<String, ColumnarError> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut writer = CsvWriter::new(Vec::new(), &names, form)?;
    let mut tape = Tape::new();
    for line in lines {
        writer.write(tape.read_line(line.as_bytes()).unwrap())?;
    }
    let (bytes, report) = writer.finish()?;
    assert_eq!(report.items, lines.len() as u64);
    Ok(String::from_utf8(bytes).unwrap())
}

#[test]
fn people_read_scalars_as_they_are_and_the_rest_as_json() {
    let line = r#"{"s":{"S":"two\n\"lines\""},"n":{"N":"1.50"},"b":{"B":"AQI="},"t":{"BOOL":true},
        "z":{"NULL":true},"ss":{"SS":["x","y"]},"m":{"M":{"k":{"N":"1"}}}}"#;
    let names = ["s", "n", "b", "t", "z", "ss", "m", "none"];
    let text = write(&names, CsvForm::Human, &[line]).unwrap();
    let expected = "s,n,b,t,z,ss,m,none\n\"two\n\"\"lines\"\"\",1.50,AQI=,true,null,\
        \"[\"\"x\"\",\"\"y\"\"]\",\"{\"\"k\"\":1}\",\n";
    assert_eq!(text, expected);
}

fn import() -> CsvForm {
    let key = |name: &str, attribute_type: &str| ImportKey {
        name: name.to_owned(),
        attribute_type: attribute_type.to_owned(),
    };
    CsvForm::Import { keys: vec![key("pk", "S"), key("sk", "N"), key("gk", "B")] }
}

#[test]
fn what_an_import_gives_back_equal_is_written() {
    let line = r#"{"pk":{"S":"a"},"sk":{"N":"1.0"},"gk":{"B":"AQI="},"t":{"S":""}}"#;
    let text = write(&["pk", "sk", "gk", "t"], import(), &[line]).unwrap();
    assert_eq!(text, "pk,sk,gk,t\na,1.0,AQI=,\n");
}

#[test]
fn what_an_import_would_change_is_refused_with_the_attribute() {
    for (line, why) in [
        (r#"{"pk":{"S":"a"},"sk":{"N":"1"},"t":{"N":"5"}}"#, "\"t\" is no string"),
        (
            r#"{"pk":{"S":"a"},"sk":{"S":"1"},"t":{"S":"x"}}"#,
            "\"sk\" is not of the type of the key",
        ),
        (r#"{"pk":{"S":"a"},"sk":{"N":"1"}}"#, "\"t\" is missing"),
        (r#"{"pk":{"S":"a"},"sk":{"N":"1"},"t":{"S":"x"},"u":{"S":"x"}}"#, "\"u\" has no column"),
    ] {
        let error = write(&["pk", "sk", "t"], import(), &[line]).unwrap_err();
        assert_eq!(error.kind(), ColumnarErrorKind::NotExpressible);
        assert!(error.to_string().contains(why), "{error}");
    }
    let names: Vec<String> = (0..256).map(|n| format!("c{n}")).collect();
    let error = CsvWriter::new(Vec::new(), &names, import()).unwrap_err();
    assert_eq!(error.kind(), ColumnarErrorKind::TooManyColumns);
}
