//! `ddbkit offload get`.

use super::ItemArgs;
use crate::args::wait::duration;
use clap::Args;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

/// The options of a get.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ddbkit offload get Pages --key '{\"pk\":{\"S\":\"page-1\"}}' --attribute html page.html
  ddbkit offload get Films --key '{\"id\":{\"N\":\"7\"}}' --attribute film - --range 0-1023
  ddbkit offload get Films --key '{\"id\":{\"N\":\"7\"}}' --attribute film --presign 15m

A file appears when all of the value was read and its SHA-256 proven. On standard output the proof comes
last: when it fails, the exit code is 255. A range is proven by its length only. An attribute that is not
in S3 is read from the item: text and binary as they are, anything else as DynamoDB JSON.")]
pub(crate) struct GetArgs {
    #[command(flatten)]
    pub(crate) item: ItemArgs,
    /// Attribute to read
    #[arg(long, value_name = "NAME")]
    pub(crate) attribute: String,
    /// File to write, or - for standard output
    #[arg(required_unless_present = "presign", conflicts_with = "presign")]
    pub(crate) file: Option<String>,
    /// Read these bytes only, first and last, counted from 0; not of a compressed value
    #[arg(long, value_name = "FIRST-LAST")]
    pub(crate) range: Option<ByteRange>,
    /// Print a URL by which anybody can read the object for this time, 168h at most
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) presign: Option<Duration>,
}

/// Some bytes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ByteRange(pub(crate) Range<u64>);

impl FromStr for ByteRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once('-').map(|(first, last)| (first.parse(), last.parse::<u64>()));
        let Some((Ok(first), Ok(last))) = ends else {
            return Err("write it like 0-1023".to_owned());
        };
        let end = last.checked_add(1).filter(|end| *end > first);
        end.map(|end| Self(first..end))
            .ok_or_else(|| "the last byte is before the first".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_of_a_range_belong_to_it() {
        assert_eq!("0-0".parse(), Ok(ByteRange(0..1)));
        assert_eq!("10-19".parse(), Ok(ByteRange(10..20)));
        for wrong in ["", "5", "-5", "5-", "9-8", "a-b", &format!("0-{}", u64::MAX)] {
            assert!(wrong.parse::<ByteRange>().is_err(), "{wrong}");
        }
    }
}
