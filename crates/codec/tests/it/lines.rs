//! Lines of plain and compressed streams.

use ddbkit_codec::lines::{LineBatch, LineErrorKind, LineOptions, LineReader, read_all};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Read, Write};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zstd(text: &[u8]) -> Vec<u8> {
    zstd::encode_all(text, 1).unwrap()
}

/// All lines with their numbers, or the kind and line of the error after what came before it.
fn read(stream: impl Read, options: LineOptions) -> (Vec<u8>, u64, Option<(LineErrorKind, u64)>) {
    let mut reader = LineReader::with_options(stream, options);
    let (mut bytes, mut lines) = (Vec::new(), 0);
    let mut batch = LineBatch::default();
    loop {
        match reader.next_batch(&mut batch) {
            Ok(true) => {
                assert_eq!(batch.first_line, lines + 1);
                bytes.extend_from_slice(&batch.bytes);
                lines += batch.lines;
            }
            Ok(false) => return (bytes, lines, None),
            Err(error) => return (bytes, lines, Some((error.kind(), error.line()))),
        }
    }
}

/// Gives a byte at a time, as a slow pipe may.
struct Slow<'a>(&'a [u8]);

impl Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(&mut out[..1])
    }
}

#[test]
fn every_form_gives_the_same_lines() {
    let text: String = (0..50_000).map(|n| format!("line {n} of some length\n")).collect();
    let text = text.as_bytes();
    let halves = text.split_at(text.len() / 2);
    let members = [gzip(halves.0), gzip(halves.1)].concat();
    let frames = [zstd(halves.0), zstd(halves.1)].concat();
    for stream in [text.to_vec(), gzip(text), members, zstd(text), frames] {
        assert_eq!(read(&stream[..], LineOptions::default()), (text.to_vec(), 50_000, None));
    }
}

#[test]
fn slow_pipes_are_recognised_all_the_same() {
    for stream in [b"a\nb\n".to_vec(), gzip(b"a\nb\n"), zstd(b"a\nb\n")] {
        let (bytes, lines, error) = read(Slow(&stream), LineOptions::default());
        assert_eq!((&bytes[..], lines, error), (&b"a\nb\n"[..], 2, None));
    }
}

#[test]
fn ends_of_lines_and_of_streams() {
    for (text, lines) in
        [("", 0), ("\n", 1), ("a", 1), ("a\n", 1), ("a\n\nb", 3), ("a\r\nb\r\n", 2)]
    {
        let (bytes, count, error) = read(text.as_bytes(), LineOptions::default());
        assert_eq!((&bytes[..], count, error), (text.as_bytes(), lines, None), "{text:?}");
    }
}

#[test]
fn what_is_cut_off_or_damaged_is_an_error() {
    let text = "a line that compresses\n".repeat(10_000);
    for stream in [gzip(text.as_bytes()), zstd(text.as_bytes())] {
        for cut in [1, stream.len() / 2, stream.len() - 1, stream.len() - 4] {
            let (_, _, error) = read(&stream[..cut], LineOptions::default());
            let kind = error.expect("a cut stream is no whole one").0;
            assert_eq!(kind, LineErrorKind::Truncated, "{cut} of {}", stream.len());
        }
    }
    let mut stream = gzip(text.as_bytes());
    let at = stream.len() - 6;
    stream[at] ^= 0xff;
    let (_, _, error) = read(&stream[..], LineOptions::default());
    assert_eq!(error.unwrap().0, LineErrorKind::Corrupt);
    let garbage = [&zstd(b"")[..4], &[0xff; 1_000]].concat();
    let (_, lines, error) = read(&garbage[..], LineOptions::default());
    assert_eq!((lines, error), (0, Some((LineErrorKind::Corrupt, 1))));
    let tail = [gzip(b"a\n"), b"{\"pk\":{\"S\":\"a\"}}\n".to_vec()].concat();
    let (_, lines, error) = read(&tail[..], LineOptions::default());
    assert_eq!((lines, error), (1, Some((LineErrorKind::Corrupt, 2))));
}

#[test]
fn lines_before_an_error_are_given_out_and_the_error_stays() {
    let text: String = (0..100_000_u64).map(|n| format!("{{\"n\":{}}}\n", n * n)).collect();
    let stream = gzip(text.as_bytes());
    let (bytes, lines, error) = read(&stream[..stream.len() / 2], LineOptions::default());
    assert!(lines > 10_000, "{lines}");
    assert!(text.as_bytes().starts_with(&bytes) && bytes.ends_with(b"\n"));
    assert_eq!(error, Some((LineErrorKind::Truncated, lines + 1)));

    let mut reader = LineReader::new(&stream[..stream.len() - 1]);
    let mut batch = LineBatch::default();
    while reader.next_batch(&mut batch).is_ok() {}
    for _ in 0..2 {
        let error = reader.next_batch(&mut batch).unwrap_err();
        assert_eq!(error.kind(), LineErrorKind::Truncated);
        assert_eq!(error.offset(), text.len() as u64);
        assert_eq!(batch, LineBatch { bytes: Vec::new(), lines: 0, ..batch.clone() });
    }
}

#[test]
fn failures_of_the_stream_are_told_from_damage() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
    for stream in [&b"a\n"[..], &gzip(b"a\n")[..9], &zstd(b"a\n")[..9]] {
        let (_, _, error) = read(stream.chain(Failing), LineOptions::default());
        assert_eq!(error.unwrap().0, LineErrorKind::Io);
    }
}

#[test]
fn long_lines_and_bombs_are_stopped() {
    let options = LineOptions { longest_line: 10, ..LineOptions::default() };
    let (_, lines, error) = read(&b"short\n0123456789\n"[..], options);
    assert_eq!((lines, error), (1, Some((LineErrorKind::LineTooLong, 2))));
    let (_, lines, error) = read(&b"123456789\n123456789"[..], options);
    assert_eq!((lines, error), (2, None));

    let bomb = gzip(&vec![b'\n'; 10_000_000]);
    let options = LineOptions { most_bytes: Some(1_000), ..LineOptions::default() };
    let (_, lines, error) = read(&bomb[..], options);
    assert_eq!((lines, error), (1_000, Some((LineErrorKind::TooLarge, 1_001))));
}

/// A stream of zstd that expands about 30,000 times.
fn zstd_bomb(line: &[u8], lines: usize) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    for _ in 0..lines {
        encoder.write_all(line).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn what_expands_too_much_is_stopped() {
    let mut line = vec![b' '; 1 << 20];
    line.push(b'\n');
    let bomb = zstd_bomb(&line, 100);
    let (bytes, _, error) = read(&bomb[..], LineOptions::default());
    assert_eq!(error.unwrap().0, LineErrorKind::ExpandsTooMuch);
    assert!(bytes.len() <= 65 << 20, "{}", bytes.len());
    let options = LineOptions { most_expansion: 100_000, ..LineOptions::default() };
    assert_eq!(read(&bomb[..], options).1, 100);
}

#[test]
fn a_line_of_a_gigabyte_is_stopped_early_and_can_be_skipped() {
    /// Counts what was taken.
    struct Counted<R>(R, u64);
    impl<R: Read> Read for &mut Counted<R> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let read = self.0.read(out)?;
            self.1 += read as u64;
            Ok(read)
        }
    }
    let long = io::repeat(b'x').take(1 << 30);
    let mut stream = Counted((&b"a\n"[..]).chain(long).chain(&b"\nb\n"[..]), 0);
    let (_, lines, error) = read(&mut stream, LineOptions::default());
    assert_eq!((lines, error), (1, Some((LineErrorKind::LineTooLong, 2))));
    assert!(stream.1 < 17 << 20, "{}", stream.1);

    let options = LineOptions { longest_line: 1_000, ..LineOptions::default() };
    for length in [1_000, 1_001, 500_000, 1 << 30] {
        let long = io::repeat(b'x').take(length);
        let stream = (&b"a\n"[..]).chain(long).chain(&b"\nb\n"[..]);
        let mut reader = LineReader::with_options(stream, options);
        let mut batch = LineBatch::default();
        reader.skip_line().unwrap();
        assert!(reader.next_batch(&mut batch).unwrap());
        // Nobody was told yet what would be skipped.
        reader.skip_line().unwrap();
        let error = reader.next_batch(&mut batch).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (LineErrorKind::LineTooLong, 2));
        reader.skip_line().unwrap();
        assert!(reader.next_batch(&mut batch).unwrap());
        assert_eq!((&batch.bytes[..], batch.first_line), (&b"b\n"[..], 3), "{length}");
        assert_eq!(batch.first_offset, length + 3);
        assert!(!reader.next_batch(&mut batch).unwrap());
    }
}

#[test]
fn whole_streams_are_what_the_reader_gives() {
    let text: String = (0..20_000).map(|n| format!("line {n}\n")).collect();
    let text = text.as_bytes();
    let twice = [text, text].concat();
    let mut streams = vec![(text.to_vec(), text), (gzip(text), text), (zstd(text), text)];
    // Members with equal text end in equal bytes.
    streams.push(([gzip(text), gzip(text)].concat(), &twice));
    streams.push(([gzip(text), gzip(b"")].concat(), text));
    streams.push((gzip(b""), b""));
    streams.push((Vec::new(), b""));
    let mut batch = LineBatch::default();
    for (stream, text) in &streams {
        read_all(stream, text.len(), &mut batch).unwrap();
        assert!(batch.bytes == *text);
        assert_eq!(batch.iter().count() as u64, batch.lines);
        assert_eq!((batch.first_line, batch.first_offset), (1, 0));
        if !text.is_empty() {
            let error = read_all(stream, text.len() - 1, &mut batch).unwrap_err();
            assert_eq!(error.kind(), LineErrorKind::TooLarge);
        }
    }
    let mut kind = |stream: &[u8]| {
        let error = read_all(stream, 1 << 20, &mut batch).unwrap_err();
        assert_eq!((batch.lines, batch.bytes.len()), (0, 0));
        error.kind()
    };
    let mut stream = gzip(text);
    for cut in [1, 2, 10, stream.len() / 2, stream.len() - 1] {
        assert_eq!(kind(&stream[..cut]), LineErrorKind::Truncated, "{cut}");
    }
    let at = stream.len() - 6;
    stream.extend_from_slice(b"more than a header");
    assert_eq!(kind(&stream), LineErrorKind::Corrupt);
    stream.truncate(at + 6);
    stream[at] ^= 1;
    assert_eq!(kind(&stream), LineErrorKind::Corrupt);
    // A length that cannot be takes no memory.
    stream[at + 5] = 0xff;
    assert_eq!(
        read_all(&stream, usize::MAX, &mut batch).unwrap_err().kind(),
        LineErrorKind::Corrupt
    );
}
