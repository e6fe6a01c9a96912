//! Changes of incremental exports and of streams.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ddbkit_codec_fuzz::checks::records(bytes));
