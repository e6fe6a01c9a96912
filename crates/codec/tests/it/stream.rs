//! Streams of items and records, read and written.

use ddbkit_codec::lines::{LineBatch, LineErrorKind, LineOptions, LineReader};
use ddbkit_codec::stream::{
    Compression, Frame, ItemReader, ItemWriter, ReadError, RecordReader, WriteOptions,
};
use ddbkit_codec::{DecodeErrorKind, DecodeOptions, Duplicates, Item, RawItem, Tape, strategies};
use proptest::prelude::*;
use std::io::{self, Read, Write};

const COMPRESSIONS: [Compression; 3] =
    [Compression::None, Compression::Gzip { level: 1 }, Compression::Zstd { level: 1 }];

fn written(items: &[Item], options: WriteOptions) -> Vec<u8> {
    let mut writer = ItemWriter::with_options(Vec::new(), options).unwrap();
    for item in items {
        writer.write(item).unwrap();
    }
    assert_eq!(writer.items(), items.len() as u64);
    writer.finish().unwrap()
}

/// Items of about 300 bytes that do not compress to nothing.
fn numbered(count: u64) -> Vec<Item> {
    let item = |n: u64| {
        let digits = (1..16).map(|k| (n + k).pow(3).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let digits: String = digits.map(|digits| format!("{digits:x}")).collect();
        Item::from_iter([("pk", n.to_string()), ("digits", digits)])
    };
    (0..count).map(item).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_written_is_read(items in proptest::collection::vec(strategies::item(), 0..20)) {
        for compression in COMPRESSIONS {
            for frame in [Frame::Item, Frame::Bare] {
                let stream = written(&items, WriteOptions { frame, compression });
                let read: Result<Vec<_>, _> = ItemReader::new(&stream[..]).collect();
                prop_assert_eq!(&read.unwrap(), &items);
            }
        }
    }
}

#[test]
fn every_way_of_writing_gives_the_same_lines() {
    let items = numbered(1_000);
    let lines = written(&items, WriteOptions::default());
    let mut tape = Tape::new();
    let (mut borrowed, mut raw) = (ItemWriter::new(Vec::new()), ItemWriter::new(Vec::new()));
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        borrowed.write_ref(&tape.read_line(line).unwrap()).unwrap();
        raw.write_raw(&RawItem::from_line(line).unwrap()).unwrap();
    }
    assert!(borrowed.finish().unwrap() == lines && raw.finish().unwrap() == lines);

    let mut writer = ItemWriter::new(Vec::new());
    let spaced = RawItem::from_line(b"{\"a\":\n{\"N\":\"1\"}}").unwrap();
    assert_eq!(writer.write_raw(&spaced).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    assert_eq!(writer.finish().unwrap(), b"");
}

#[test]
fn readers_lend_and_give_the_same_items() {
    let items = numbered(8_000);
    for compression in COMPRESSIONS {
        let stream = written(&items, WriteOptions { compression, ..WriteOptions::default() });
        let mut reader = ItemReader::new(&stream[..]);
        let mut expected = items.iter();
        while let Some(item) = reader.next_ref().unwrap() {
            assert_eq!(Some(&item.to_item()), expected.next());
        }
        assert!(expected.next().is_none() && reader.next_ref().unwrap().is_none());
        assert_eq!((reader.items(), reader.bad_lines()), (8_000, 0));
    }
}

#[test]
fn bad_lines_are_told_and_passed() {
    let long = format!("{{\"pk\":{{\"S\":\"{}\"}}}}", "x".repeat(100_000));
    let lines = format!(
        "{{\"pk\":{{\"S\":\"a\"}}}}\n\nnonsense\n{{\"pk\":{{\"S\":\"b\"}}}}\n{long}\n  \n{{\"Item\":{{\"pk\":{{\"NS\":[\"1\",\"x\"]}}}}}}\r\n{{\"pk\":{{\"S\":\"c\"}}}}"
    );
    let options = LineOptions { longest_line: 1_000, ..LineOptions::default() };
    let reader = || ItemReader::with_options(lines.as_bytes(), options, DecodeOptions::default());
    let mut taken = reader();
    let (mut keys, mut errors) = (String::new(), Vec::new());
    for item in &mut taken {
        match item {
            Ok(item) => keys += &item.to_dynamodb_json(),
            Err(error) => errors.push(error),
        }
    }
    assert_eq!(keys, r#"{"pk":{"S":"a"}}{"pk":{"S":"b"}}{"pk":{"S":"c"}}"#);
    assert_eq!((taken.items(), taken.bad_lines()), (3, 3));
    let place = |text: &str| lines.find(text).unwrap() as u64;
    let found: Vec<_> =
        errors.iter().map(|error| (error.line(), error.offset(), error.path())).collect();
    let expected =
        [(3, place("nonsense"), "$"), (5, place(&long), "$"), (7, place("\"x\""), "$.pk.NS[1]")];
    assert_eq!(found, expected);
    assert!(errors.iter().all(|error| !error.is_final()));
    assert_eq!(errors[2].to_string(), "not a number at line 7, byte 25, attribute $.pk.NS[1]");

    // Lending passes them in the same way.
    let mut lending = reader();
    let (mut good, mut bad) = (0, 0);
    loop {
        match lending.next_ref() {
            Ok(Some(_)) => good += 1,
            Ok(None) => break,
            Err(_) => bad += 1,
        }
    }
    assert_eq!((good, bad), (3, 3));
}

#[test]
fn a_line_of_a_gigabyte_between_items() {
    let bare = |key: &str| format!("{{\"pk\":{{\"S\":\"{key}\"}}}}\n").into_bytes();
    let long = io::repeat(b'x').take(1 << 30);
    let (first, last) = (bare("a"), [b"\n".to_vec(), bare("b")].concat());
    let mut reader = ItemReader::new((&first[..]).chain(long).chain(&last[..]));
    assert!(reader.next().unwrap().is_ok());
    let error = reader.next().unwrap().unwrap_err();
    assert!(matches!(&error, ReadError::Line(error) if error.kind() == LineErrorKind::LineTooLong));
    assert_eq!((error.line(), error.offset()), (2, first.len() as u64));
    assert_eq!(reader.next().unwrap().unwrap(), Item::from_iter([("pk", "b")]));
    assert!(reader.next().is_none());
}

#[test]
fn what_ends_a_stream_early_is_final() {
    let items = numbered(4_000);
    for compression in &COMPRESSIONS[1..] {
        let options = WriteOptions { compression: *compression, ..WriteOptions::default() };
        let stream = written(&items, options);
        let cut = &stream[..stream.len() * 3 / 4];
        let mut reader = ItemReader::new(cut);
        let read: Vec<_> = reader.by_ref().collect();
        let (last, whole) = read.split_last().unwrap();
        assert!(whole.len() > 100);
        assert!(whole.iter().zip(&items).all(|(read, item)| read.as_ref().unwrap() == item));
        let error = last.as_ref().unwrap_err();
        assert!(error.is_final());
        assert_eq!(error.line(), whole.len() as u64 + 1);
        // The iterator has ended; who lends is told again.
        assert!(reader.next().is_none());
        assert!(reader.next_ref().is_err() && reader.next_ref().is_err());
        assert_eq!(reader.bad_lines(), 0);
    }
}

#[test]
fn options_of_decoding_hold() {
    let options = DecodeOptions { duplicates: Duplicates::Refuse, ..DecodeOptions::default() };
    let lines = &b"{\"a\":{\"N\":\"1\"},\"a\":{\"N\":\"2\"}}\n"[..];
    let mut reader = ItemReader::with_options(lines, LineOptions::default(), options);
    let Err(ReadError::Decode { error, .. }) = reader.next().unwrap() else { panic!("refused") };
    assert_eq!(error.kind(), DecodeErrorKind::DuplicateName);
    assert!(ItemReader::new(lines).next().unwrap().is_ok());
}

#[test]
fn records_are_read() {
    let good = r#"{"Metadata":{"WriteTimestampMicros":{"N":"7"}},"Keys":{"pk":{"S":"a"}}}"#;
    let bad = good.replace("\"a\"", "1");
    let lines = format!("{good}\n{{\"Item\":{{}}}}\n{bad}\n{good}");
    let mut reader = RecordReader::new(lines.as_bytes());
    let read: Vec<_> = reader.by_ref().collect();
    assert_eq!((reader.records(), reader.bad_lines()), (2, 2));
    assert_eq!(read[0].as_ref().unwrap(), read[3].as_ref().unwrap());
    let error = read[1].as_ref().unwrap_err();
    assert_eq!((error.line(), error.path()), (2, "$.Metadata"));
    let error = read[2].as_ref().unwrap_err();
    assert_eq!((error.line(), error.path()), (3, "$.Keys.pk"));
    assert_eq!(error.offset(), lines.find("\"S\":1").unwrap() as u64 + 4);

    // Not decoded, what is within the items does not count.
    let mut reader = RecordReader::new(lines.as_bytes());
    let mut results = Vec::new();
    loop {
        match reader.next_raw() {
            Ok(Some(record)) => results.push(record.write_timestamp_micros),
            Ok(None) => break,
            Err(error) => results.push(error.line() + 100),
        }
    }
    assert_eq!(results, [7, 102, 7, 7]);
}

#[test]
fn streams_that_were_not_finished_are_cut_off() {
    /// Keeps what it was given outside.
    struct Kept<'a>(&'a mut Vec<u8>);
    impl Write for Kept<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for compression in &COMPRESSIONS[1..] {
        let options = WriteOptions { compression: *compression, ..WriteOptions::default() };
        let mut stream = Vec::new();
        let mut writer = ItemWriter::with_options(Kept(&mut stream), options).unwrap();
        for item in numbered(4_000) {
            writer.write(&item).unwrap();
        }
        drop(writer);
        let mut reader = LineReader::new(&stream[..]);
        let mut batch = LineBatch::default();
        let error = loop {
            match reader.next_batch(&mut batch) {
                Ok(more) => assert!(more, "the stream has an end"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), LineErrorKind::Truncated);
    }
}

#[test]
fn nothing_is_written_behind_an_error() {
    /// Takes so many bytes, then fails once, then takes everything.
    #[derive(Debug)]
    struct Flaky {
        room: usize,
        late: usize,
    }
    impl Write for &mut Flaky {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            match self.room {
                usize::MAX => self.late += bytes.len(),
                0 => {
                    self.room = usize::MAX;
                    return Err(io::ErrorKind::StorageFull.into());
                }
                _ => {
                    let taken = bytes.len().min(self.room);
                    self.room -= taken;
                    return Ok(taken);
                }
            }
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for compression in COMPRESSIONS {
        let mut stream = Flaky { room: 10_000, late: 0 };
        let options = WriteOptions { compression, ..WriteOptions::default() };
        let mut writer = ItemWriter::with_options(&mut stream, options).unwrap();
        let items = numbered(2_000);
        let failed = items.iter().position(|item| writer.write(item).is_err()).unwrap();
        assert!(items[failed..].iter().all(|item| writer.write(item).is_err()));
        assert_eq!(writer.items(), failed as u64);
        writer.finish().unwrap_err();
        assert_eq!(stream.late, 0, "{compression:?}");
    }
}
