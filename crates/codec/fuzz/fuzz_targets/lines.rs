//! Lines of streams, plain or compressed.
#![no_main]

use ddbkit_codec_fuzz::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check("lines", bytes));
