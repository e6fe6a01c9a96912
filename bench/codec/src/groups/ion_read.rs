//! Streams of Ion to values.

use crate::Result;
use crate::case::{Case, Group, Run, nth, peer, take};
use crate::peers::ion;

pub const TEXT_BORROWED: Group =
    Group { name: "Ion text to borrowed values", cases: |corpus| borrowed(&corpus.ion_text) };
pub const TEXT_OWNED: Group =
    Group { name: "Ion text to owned values", cases: |corpus| owned(&corpus.ion_text) };
pub const BINARY_BORROWED: Group =
    Group { name: "Ion binary to borrowed values", cases: |corpus| borrowed(&corpus.ion_binary) };
pub const BINARY_OWNED: Group =
    Group { name: "Ion binary to owned values", cases: |corpus| owned(&corpus.ion_binary) };

fn borrowed(stream: &[u8]) -> Result<Vec<Case<'_>>> {
    let bytes = stream.len();
    Ok(vec![
        peer(
            "ion-rs, lazy, every scalar read",
            bytes,
            each_value(stream, |value| ion::read_scalars(&value)),
        ),
        peer("ion-rs, lazy, every value skipped", bytes, each_value(stream, |_| Ok(()))),
    ])
}

fn owned(stream: &[u8]) -> Result<Vec<Case<'_>>> {
    let bytes = stream.len();
    Ok(vec![
        peer(
            "ion-rs, lazy, to an enum",
            bytes,
            Box::new(move |want| {
                let mut items = 0;
                ion::each_value(stream, |value| {
                    take(ion::to_map(&ion::item(&value)?)?, nth(want, items)?)?;
                    items += 1;
                    Ok(())
                })
            }),
        ),
        peer(
            "ion-rs, Element::read_all",
            bytes,
            Box::new(move |_| Ok(ion_rs::Element::read_all(stream)?.len())),
        ),
    ])
}

fn each_value<'c>(
    stream: &'c [u8],
    one: impl Fn(ion_rs::LazyValue<'_, ion_rs::AnyEncoding>) -> Result + 'c,
) -> Run<'c> {
    Box::new(move |_| ion::each_value(stream, &one))
}
