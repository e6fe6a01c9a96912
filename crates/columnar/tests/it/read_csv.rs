//! Rows of CSV as items again.

use ddbkit_codec::Tape;
use ddbkit_columnar::{
    ColumnarErrorKind, CsvForm, CsvReadOptions, CsvReader, CsvWriter, ImportKey, ReadRow,
};
use std::io::{self, Read};

fn keys() -> Vec<ImportKey> {
    [("pk", "S"), ("sk", "N"), ("gk", "B")]
        .map(|(name, tag)| ImportKey { name: name.to_owned(), attribute_type: tag.to_owned() })
        .to_vec()
}

fn rows(text: &[u8]) -> Vec<ReadRow> {
    let options = CsvReadOptions { keys: keys(), ..CsvReadOptions::default() };
    let mut reader = CsvReader::new(text, &options).unwrap();
    std::iter::from_fn(|| reader.next_row().unwrap()).collect()
}

#[test]
fn what_was_written_for_imports_comes_back() {
    let lines = [
        r#"{"pk":{"S":"a, \"b\"\nc"},"sk":{"N":"1.0"},"gk":{"B":"AQI="},"t":{"S":""}}"#,
        r#"{"pk":{"S":"d"},"sk":{"N":"-2e10"},"gk":{"B":""},"t":{"S":"ü"}}"#,
    ];
    let names = ["pk", "sk", "gk", "t"].map(ToOwned::to_owned);
    let mut writer = CsvWriter::new(Vec::new(), &names, CsvForm::Import { keys: keys() }).unwrap();
    let mut tape = Tape::new();
    for line in lines {
        writer.write(tape.read_line(line.as_bytes()).unwrap()).unwrap();
    }
    let rows = rows(&writer.finish().unwrap().0);
    for (row, line) in rows.iter().zip(lines) {
        assert_eq!((row.refused.as_ref(), std::str::from_utf8(&row.text).unwrap()), (None, line));
    }
    let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
    // The first has a line break in its quotes.
    assert_eq!(numbers, [2, 4]);
}

#[test]
fn a_bad_record_is_refused_with_its_line_and_the_next_come() {
    let text =
        b"\xef\xbb\xbfpk,sk,t\na,1,x\nb,2\nc,3,y,z\nd,four,x\ne,5,\xff\r\n\"f\nf\",6,x\n\n\r\ng,7,x";
    let rows = rows(text);
    let found: Vec<_> =
        rows.iter().map(|row| (row.number, row.refused.as_deref().unwrap_or(""))).collect();
    let expected = [
        (2, ""),
        (3, "it has 2 cells, but the header has 3"),
        (4, "it has 4 cells, but the header has 3"),
        (5, "the column \"sk\" is not of the type of its key, N"),
        (6, "the column \"t\" is not valid UTF-8"),
        (7, ""),
        (11, ""),
    ];
    assert_eq!(found, expected);
    assert_eq!(rows[1].text, br#"["b","2"]"#);
    assert_eq!(rows[5].text, br#"{"pk":{"S":"f\nf"},"sk":{"N":"6"},"t":{"S":"x"}}"#);
}

#[test]
fn every_delimiter_of_imports_is_taken_and_no_other() {
    for delimiter in *b",\t:;| " {
        let text = ["pk", "t"].join(std::str::from_utf8(&[delimiter]).unwrap());
        let text = format!("{text}\n\"a{0}b\"{0}x\n", char::from(delimiter));
        let options = CsvReadOptions { delimiter, ..CsvReadOptions::default() };
        let mut reader = CsvReader::new(text.as_bytes(), &options).unwrap();
        assert_eq!(reader.columns().collect::<Vec<_>>(), ["pk", "t"]);
        assert_eq!(reader.next_row().unwrap().unwrap().refused, None);
    }
    let options = CsvReadOptions { delimiter: b'/', ..CsvReadOptions::default() };
    let error = CsvReader::new(&b"pk\n"[..], &options).unwrap_err();
    assert_eq!(error.kind(), ColumnarErrorKind::InvalidSchema);
}

#[test]
fn a_header_that_names_no_columns_is_an_error() {
    for (text, why) in [
        (&b""[..], "the file is empty"),
        (b"pk,\n", "column 2 of the header has no name"),
        (b"pk,pk\n", "the column \"pk\" is there twice"),
    ] {
        let error = CsvReader::new(text, &CsvReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_memory() {
    // Without a bound this would be read for ever.
    let lines = io::repeat(b'\n').take(1 << 30);
    let text = Read::chain(&b"pk,t\na,\""[..], lines);
    let mut reader = CsvReader::new(text, &CsvReadOptions::default()).unwrap();
    let error = reader.next_row().unwrap_err();
    assert_eq!(error.kind(), ColumnarErrorKind::Read);
    assert_eq!(error.to_string(), "line 2 and those behind it cannot be read");
}
