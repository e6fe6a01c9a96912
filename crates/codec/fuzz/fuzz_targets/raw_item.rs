//! Items that are moved without being decoded.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ddbkit_codec_fuzz::checks::raw_item(bytes));
