//! Ion text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ddbkit_codec_fuzz::checks::ion_text(bytes));
