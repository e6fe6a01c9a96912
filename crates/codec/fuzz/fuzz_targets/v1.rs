//! DynamoDB JSON in the old casing.
#![no_main]

use ddbkit_codec_fuzz::check;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| check("v1", bytes));
