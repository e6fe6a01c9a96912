//! Streams of Ion to values.

use crate::Result;
use crate::case::{Case, Group, Run, at_least, nth, ours, peer, take};
use crate::corpus::Want;
use crate::peers::ion;
use crate::visit::{visit, visit_decimals};
use ddbkit_codec::ion::{IonBinaryReader, IonTextReader};
use ddbkit_codec::{ItemRef, Tape};

pub const TEXT_BORROWED: Group =
    Group { name: "Ion text to borrowed values", cases: |corpus| text_borrowed(&corpus.ion_text) };
pub const TEXT_OWNED: Group =
    Group { name: "Ion text to owned values", cases: |corpus| text_owned(&corpus.ion_text) };
pub const BINARY_BORROWED: Group = Group {
    name: "Ion binary to borrowed values",
    cases: |corpus| binary_borrowed(&corpus.ion_binary),
};
pub const BINARY_OWNED: Group =
    Group { name: "Ion binary to owned values", cases: |corpus| binary_owned(&corpus.ion_binary) };

fn text_borrowed(stream: &[u8]) -> Result<Vec<Case<'_>>> {
    let bytes = stream.len();
    let mut cases = vec![
        ours(
            "IonTextReader::next_item",
            None,
            bytes,
            each_of_text(stream, |item, want| take(item, want)),
        ),
        ours(
            "IonTextReader::next_item, every value visited",
            at_least(8.0, "every scalar read"),
            bytes,
            each_of_text(stream, |item, want| {
                visit(item);
                take(item, want)
            }),
        ),
    ];
    cases.extend(borrowed_peers(stream));
    Ok(cases)
}

fn text_owned(stream: &[u8]) -> Result<Vec<Case<'_>>> {
    let mut cases = vec![ours(
        "IonTextReader::next_item, to_item",
        at_least(5.0, "to an enum"),
        stream.len(),
        each_of_text(stream, |item, want| take(item.to_item(), want)),
    )];
    cases.extend(owned_peers(stream));
    Ok(cases)
}

fn binary_borrowed(stream: &[u8]) -> Result<Vec<Case<'_>>> {
    let bytes = stream.len();
    let mut cases = vec![
        ours(
            "IonBinaryReader::next_item",
            None,
            bytes,
            each_of_binary(stream, |item, want| take(item, want)),
        ),
        ours(
            "IonBinaryReader::next_item, every value visited",
            at_least(6.0, "every scalar read"),
            bytes,
            each_of_binary(stream, |item, want| {
                visit_decimals(item);
                take(item, want)
            }),
        ),
    ];
    cases.extend(borrowed_peers(stream));
    Ok(cases)
}

fn binary_owned(stream: &[u8]) -> Result<Vec<Case<'_>>> {
    let mut cases = vec![ours(
        "IonBinaryReader::next_item, to_item",
        at_least(5.0, "to an enum"),
        stream.len(),
        each_of_binary(stream, |item, want| take(item.to_item(), want)),
    )];
    cases.extend(owned_peers(stream));
    Ok(cases)
}

fn each_of_text<'c>(
    stream: &'c [u8],
    mut one: impl FnMut(ItemRef<'_>, Option<&Want>) -> Result + 'c,
) -> Run<'c> {
    Box::new(move |want| {
        let (mut reader, mut tape, mut items) = (IonTextReader::new(stream), Tape::new(), 0);
        while let Some(item) = reader.next_item(&mut tape)? {
            one(item, nth(want, items)?)?;
            items += 1;
        }
        Ok(items)
    })
}

fn each_of_binary<'c>(
    stream: &'c [u8],
    mut one: impl FnMut(ItemRef<'_>, Option<&Want>) -> Result + 'c,
) -> Run<'c> {
    Box::new(move |want| {
        let (mut reader, mut tape, mut items) = (IonBinaryReader::new(stream), Tape::new(), 0);
        while let Some(item) = reader.next_item(&mut tape)? {
            one(item, nth(want, items)?)?;
            items += 1;
        }
        Ok(items)
    })
}

fn borrowed_peers(stream: &[u8]) -> [Case<'_>; 3] {
    let bytes = stream.len();
    [
        peer(
            "ion-rs, lazy, every scalar read",
            bytes,
            each_value(stream, |value| ion::read_scalars(&value, false)),
        ),
        peer(
            "ion-rs, lazy, every name and scalar read",
            bytes,
            each_value(stream, |value| ion::read_scalars(&value, true)),
        ),
        peer("ion-rs, lazy, every value skipped", bytes, each_value(stream, |_| Ok(()))),
    ]
}

fn owned_peers(stream: &[u8]) -> [Case<'_>; 2] {
    let bytes = stream.len();
    [
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
    ]
}

fn each_value<'c>(
    stream: &'c [u8],
    one: impl Fn(ion_rs::LazyValue<'_, ion_rs::AnyEncoding>) -> Result + 'c,
) -> Run<'c> {
    Box::new(move |_| ion::each_value(stream, &one))
}
