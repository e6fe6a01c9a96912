//! DynamoDB JSON, owned and borrowed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ddbkit_codec_fuzz::checks::dynamodb_json(bytes));
