//! Values to streams of Ion.

use crate::Result;
use crate::case::{Case, Group, nth, peer, take};
use crate::corpus::{Corpus, Want};
use crate::peers::ion::{self, SEGMENT};
use ion_rs::{TextFormat, Writer, v1_0};
use std::hint::black_box;

pub const TEXT: Group = Group { name: "Values to Ion text", cases: text };
pub const BINARY: Group = Group { name: "Values to Ion binary", cases: binary };

fn text(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let bytes = corpus.ion_text.len();
    let elements = ion::elements(&corpus.ion_text)?;
    Ok(vec![peer(
        "ion-rs from its Element, its own layout",
        bytes,
        // Not read back: it writes control characters as they are, which Ion does not allow.
        Box::new(move |_| {
            let out = Vec::with_capacity(bytes);
            let mut writer = Writer::new(v1_0::Text.with_format(TextFormat::Lines), out)?;
            for element in &elements {
                writer.write(element)?;
            }
            black_box(writer.close()?);
            Ok(elements.len())
        }),
    )])
}

fn binary(corpus: &Corpus) -> Result<Vec<Case<'_>>> {
    let bytes = corpus.ion_binary.len();
    let elements = ion::elements(&corpus.ion_binary)?;
    Ok(vec![peer(
        "ion-rs from its Element",
        bytes,
        Box::new(move |want| {
            let mut writer = Writer::new(v1_0::Binary, Vec::with_capacity(bytes))?;
            for (n, element) in elements.iter().enumerate() {
                writer.write(element)?;
                if n % SEGMENT == SEGMENT - 1 {
                    writer.flush()?;
                }
            }
            read_back(&writer.close()?, want)?;
            Ok(elements.len())
        }),
    )])
}

/// What was written gives the items again.
fn read_back(stream: &[u8], want: Option<&[Want]>) -> Result {
    if want.is_none() {
        return Ok(());
    }
    let mut items = 0;
    ion::each_value(stream, |value| {
        take(ion::to_map(&ion::item(&value)?)?, nth(want, items)?)?;
        items += 1;
        Ok(())
    })?;
    Ok(())
}
