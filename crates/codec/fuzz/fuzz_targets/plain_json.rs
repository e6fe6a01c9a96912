//! Plain JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ddbkit_codec_fuzz::checks::plain_json(bytes));
