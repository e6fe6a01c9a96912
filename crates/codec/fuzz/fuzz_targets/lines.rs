//! Lines of any stream, plain or compressed, are numbered without gaps.
#![no_main]

use ddbkit_codec::lines::{LineBatch, LineOptions, LineReader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let options =
        LineOptions { longest_line: 1 << 16, most_bytes: Some(1 << 22), ..LineOptions::default() };
    let mut reader = LineReader::with_options(bytes, options);
    let mut batch = LineBatch::default();
    let mut lines = 0;
    while let Ok(true) = reader.next_batch(&mut batch) {
        assert_eq!(batch.first_line, lines + 1);
        lines += batch.lines;
    }
});
