//! DynamoDB JSON, owned and on the tape.
#![no_main]

use ddbkit_codec_fuzz::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check("dynamodb_json", bytes));
