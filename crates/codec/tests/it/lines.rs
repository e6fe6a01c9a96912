//! Lines of plain and compressed streams.

use ddbkit_codec::lines::{LineBatch, LineErrorKind, LineOptions, LineReader};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{Read, Write};

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
        for cut in [stream.len() / 2, stream.len() - 1, stream.len() - 4] {
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
}

#[test]
fn long_lines_and_bombs_are_stopped() {
    let options = LineOptions { longest_line: 10, ..LineOptions::default() };
    let (_, _, error) = read(&b"short\n0123456789\n"[..], options);
    assert_eq!(error, Some((LineErrorKind::LineTooLong, 2)));
    let (_, lines, error) = read(&b"123456789\n123456789"[..], options);
    assert_eq!((lines, error), (2, None));

    let bomb = gzip(&vec![b'\n'; 10_000_000]);
    let options = LineOptions { most_bytes: Some(1_000), ..LineOptions::default() };
    let (_, _, error) = read(&bomb[..], options);
    assert_eq!(error, Some((LineErrorKind::TooLarge, 1_001)));
}
