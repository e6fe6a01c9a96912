//! The old casing of DynamoDB JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ddbkit_codec_fuzz::checks::v1(bytes));
